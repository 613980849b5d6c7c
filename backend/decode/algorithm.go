package decode

import (
	"crypto"
	"fmt"
)

// COSE key types: RFC 9053 section 7, RFC 8230, and AKP of the ML-DSA draft.
const (
	OKP = 1
	EC2 = 2
	RSA = 3
	AKP = 7
)

// RS1 is RSA with SHA-1.
const RS1 = -65535

// Algorithm is what a COSE algorithm identifier demands of a key.
type Algorithm struct {
	name    string
	KeyType int64
	Curve   int64 // of OKP and EC2
	Hash    crypto.Hash
	PSS     bool
	// verified says that we can check its signatures. ES256K and ML-DSA are named
	// and left unverified: the standard library has neither, and nobody offers them.
	Verified bool
}

// AlgorithmOf returns what is known of an identifier. ES256 means P-256 and
// EdDSA means Ed25519: Web Authentication Level 3, section 5.8.5.
func AlgorithmOf(id int64) (Algorithm, bool) {
	switch id {
	case -7:
		return Algorithm{name: "ES256", KeyType: EC2, Curve: 1, Hash: crypto.SHA256, Verified: true}, true
	case -9:
		return Algorithm{name: "ESP256", KeyType: EC2, Curve: 1, Hash: crypto.SHA256, Verified: true}, true
	case -35:
		return Algorithm{name: "ES384", KeyType: EC2, Curve: 2, Hash: crypto.SHA384, Verified: true}, true
	case -51:
		return Algorithm{name: "ESP384", KeyType: EC2, Curve: 2, Hash: crypto.SHA384, Verified: true}, true
	case -36:
		return Algorithm{name: "ES512", KeyType: EC2, Curve: 3, Hash: crypto.SHA512, Verified: true}, true
	case -52:
		return Algorithm{name: "ESP512", KeyType: EC2, Curve: 3, Hash: crypto.SHA512, Verified: true}, true
	case -8:
		return Algorithm{name: "EdDSA", KeyType: OKP, Curve: 6, Verified: true}, true
	case -19:
		return Algorithm{name: "Ed25519", KeyType: OKP, Curve: 6, Verified: true}, true
	case -53: // the specification has a vector of it; its keys decode, nothing here verifies it
		return Algorithm{name: "Ed448", KeyType: OKP, Curve: 7}, true
	case -47:
		return Algorithm{name: "ES256K", KeyType: EC2, Curve: 8}, true
	case -48, -49, -50:
		return Algorithm{name: fmt.Sprintf("ML-DSA-%d", map[int64]int{-48: 44, -49: 65, -50: 87}[id]), KeyType: AKP}, true
	}
	return rsaAlgorithmOf(id)
}

func rsaAlgorithmOf(id int64) (Algorithm, bool) {
	switch id {
	case -257:
		return Algorithm{name: "RS256", KeyType: RSA, Hash: crypto.SHA256, Verified: true}, true
	case -258:
		return Algorithm{name: "RS384", KeyType: RSA, Hash: crypto.SHA384, Verified: true}, true
	case -259:
		return Algorithm{name: "RS512", KeyType: RSA, Hash: crypto.SHA512, Verified: true}, true
	case -37:
		return Algorithm{name: "PS256", KeyType: RSA, Hash: crypto.SHA256, PSS: true, Verified: true}, true
	case -38:
		return Algorithm{name: "PS384", KeyType: RSA, Hash: crypto.SHA384, PSS: true, Verified: true}, true
	case -39:
		return Algorithm{name: "PS512", KeyType: RSA, Hash: crypto.SHA512, PSS: true, Verified: true}, true
	case RS1: // with SHA-1: old authenticators and the statements of TPMs
		return Algorithm{name: "RS1", KeyType: RSA, Hash: crypto.SHA1, Verified: true}, true
	}
	return Algorithm{}, false
}

// AlgorithmName writes an identifier with its name.
func AlgorithmName(id int64) string {
	if a, ok := AlgorithmOf(id); ok {
		return fmt.Sprintf("%s (%d)", a.name, id)
	}
	return fmt.Sprintf("unknown (%d)", id)
}
