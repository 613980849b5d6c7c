package inspect

import (
	"crypto"
	"fmt"
)

// COSE key types: RFC 9053 section 7, RFC 8230, and AKP of the ML-DSA draft.
const (
	ktyOKP = 1
	ktyEC2 = 2
	ktyRSA = 3
	ktyAKP = 7
)

// algRS1 is RSA with SHA-1.
const (
	algRS1  = -65535
	weakRS1 = "RS1 signs with SHA-1, which is broken; that is the relying party's own affair and refuses nothing."
)

// algorithm is what a COSE algorithm identifier demands of a key.
type algorithm struct {
	name string
	kty  int64
	crv  int64 // of OKP and EC2
	hash crypto.Hash
	pss  bool
	// verified says that we can check its signatures. ES256K and ML-DSA are named
	// and left unverified: the standard library has neither, and nobody offers them.
	verified bool
}

// algorithmOf returns what is known of an identifier. ES256 means P-256 and
// EdDSA means Ed25519: Web Authentication Level 3, section 5.8.5.
func algorithmOf(id int64) (algorithm, bool) {
	switch id {
	case -7:
		return algorithm{name: "ES256", kty: ktyEC2, crv: 1, hash: crypto.SHA256, verified: true}, true
	case -9:
		return algorithm{name: "ESP256", kty: ktyEC2, crv: 1, hash: crypto.SHA256, verified: true}, true
	case -35:
		return algorithm{name: "ES384", kty: ktyEC2, crv: 2, hash: crypto.SHA384, verified: true}, true
	case -51:
		return algorithm{name: "ESP384", kty: ktyEC2, crv: 2, hash: crypto.SHA384, verified: true}, true
	case -36:
		return algorithm{name: "ES512", kty: ktyEC2, crv: 3, hash: crypto.SHA512, verified: true}, true
	case -52:
		return algorithm{name: "ESP512", kty: ktyEC2, crv: 3, hash: crypto.SHA512, verified: true}, true
	case -8:
		return algorithm{name: "EdDSA", kty: ktyOKP, crv: 6, verified: true}, true
	case -19:
		return algorithm{name: "Ed25519", kty: ktyOKP, crv: 6, verified: true}, true
	case -53: // the specification has a vector of it; its keys decode, nothing here verifies it
		return algorithm{name: "Ed448", kty: ktyOKP, crv: 7}, true
	case -47:
		return algorithm{name: "ES256K", kty: ktyEC2, crv: 8}, true
	case -48, -49, -50:
		return algorithm{name: fmt.Sprintf("ML-DSA-%d", map[int64]int{-48: 44, -49: 65, -50: 87}[id]), kty: ktyAKP}, true
	}
	return rsaAlgorithmOf(id)
}

func rsaAlgorithmOf(id int64) (algorithm, bool) {
	switch id {
	case -257:
		return algorithm{name: "RS256", kty: ktyRSA, hash: crypto.SHA256, verified: true}, true
	case -258:
		return algorithm{name: "RS384", kty: ktyRSA, hash: crypto.SHA384, verified: true}, true
	case -259:
		return algorithm{name: "RS512", kty: ktyRSA, hash: crypto.SHA512, verified: true}, true
	case -37:
		return algorithm{name: "PS256", kty: ktyRSA, hash: crypto.SHA256, pss: true, verified: true}, true
	case -38:
		return algorithm{name: "PS384", kty: ktyRSA, hash: crypto.SHA384, pss: true, verified: true}, true
	case -39:
		return algorithm{name: "PS512", kty: ktyRSA, hash: crypto.SHA512, pss: true, verified: true}, true
	case algRS1: // with SHA-1: old authenticators and the statements of TPMs
		return algorithm{name: "RS1", kty: ktyRSA, hash: crypto.SHA1, verified: true}, true
	}
	return algorithm{}, false
}

// algName writes an identifier with its name.
func algName(id int64) string {
	if a, ok := algorithmOf(id); ok {
		return fmt.Sprintf("%s (%d)", a.name, id)
	}
	return fmt.Sprintf("unknown (%d)", id)
}
