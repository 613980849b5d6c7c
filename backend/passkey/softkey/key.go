package softkey

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"math/big"
)

// Algorithm is a COSE algorithm identifier.
type Algorithm int64

// The algorithms that the package can make keys for.
const (
	ES256 Algorithm = -7
	EdDSA Algorithm = -8
	ES384 Algorithm = -35
	ES512 Algorithm = -36
	PS256 Algorithm = -37
	RS256 Algorithm = -257
)

// Algorithms returns every algorithm that the package can make keys for.
func Algorithms() []Algorithm { return []Algorithm{ES256, EdDSA, ES384, ES512, PS256, RS256} }

// String returns the name in the registry of COSE algorithms.
func (a Algorithm) String() string {
	switch a {
	case ES256:
		return "ES256"
	case EdDSA:
		return "EdDSA"
	case ES384:
		return "ES384"
	case ES512:
		return "ES512"
	case PS256:
		return "PS256"
	case RS256:
		return "RS256"
	}
	return fmt.Sprintf("COSE algorithm %d", int64(a))
}

func (a Algorithm) known() bool {
	switch a {
	case ES256, EdDSA, ES384, ES512, PS256, RS256:
		return true
	}
	return false
}

// curve returns the curve, COSE's number for it and the hash of an ECDSA
// algorithm; a nil curve for any other. Web Authentication Level 3, §5.8.5 ties
// each algorithm to its curve.
func (a Algorithm) curve() (elliptic.Curve, int, crypto.Hash) {
	switch a {
	case ES256:
		return elliptic.P256(), 1, crypto.SHA256
	case ES384:
		return elliptic.P384(), 2, crypto.SHA384
	case ES512:
		return elliptic.P521(), 3, crypto.SHA512
	}
	return nil, 0, 0
}

// The labels and values of a COSE key. RFC 9052 §7, RFC 9053 §7, RFC 8230 §4.
const (
	coseType, coseAlgorithm   = 1, 3
	coseCurve, coseX, coseY   = -1, -2, -3
	coseModulus, coseExponent = -1, -2
	coseOKP, coseEC2, coseRSA = 1, 2, 3
	coseEd25519               = 6
)

const rsaBits = 2048

// key is a credential's private key.
type key struct {
	algorithm Algorithm
	signer    crypto.Signer
}

// newKey makes a key from random. ecdsa.GenerateKey and rsa.GenerateKey no
// longer read the source they are given, so elliptic keys are drawn here.
func newKey(a Algorithm, random io.Reader) (key, error) {
	if curve, _, _ := a.curve(); curve != nil {
		signer, err := newECDSA(curve, random)
		return key{a, signer}, err
	}
	switch a {
	case EdDSA:
		seed := make([]byte, ed25519.SeedSize)
		_, err := io.ReadFull(random, seed)
		return key{a, ed25519.NewKeyFromSeed(seed)}, err
	case RS256, PS256:
		signer, err := rsa.GenerateKey(rand.Reader, rsaBits)
		return key{a, signer}, err
	}
	return key{}, fmt.Errorf("make a key for %s: unknown algorithm", a)
}

// newECDSA draws numbers until one is a private key: below the curve's order,
// and not zero.
func newECDSA(curve elliptic.Curve, random io.Reader) (*ecdsa.PrivateKey, error) {
	bits := curve.Params().BitSize
	d := make([]byte, (bits+7)/8)
	for {
		if _, err := io.ReadFull(random, d); err != nil {
			return nil, fmt.Errorf("draw a key: %w", err)
		}
		d[0] &= 0xff >> (len(d)*8 - bits)
		if new(big.Int).SetBytes(d).Sign() == 0 {
			return nil, fmt.Errorf("draw a key: the source of randomness gives zeros")
		}
		if k, err := ecdsa.ParseRawPrivateKey(curve, d); err == nil {
			return k, nil
		}
	}
}

// sign signs message the way the algorithm asks. ECDSA nonces are derived from
// key and message (RFC 6979).
func (k key) sign(message []byte) ([]byte, error) {
	hash := crypto.SHA256
	if curve, _, h := k.algorithm.curve(); curve != nil {
		return k.signer.Sign(nil, digest(h, message), h)
	}
	switch k.algorithm {
	case EdDSA:
		return k.signer.Sign(nil, message, crypto.Hash(0))
	case PS256:
		opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
		return k.signer.Sign(rand.Reader, digest(hash, message), opts)
	}
	return k.signer.Sign(rand.Reader, digest(hash, message), hash)
}

// cose returns the public key as the members of a COSE key.
func (k key) cose() (map[int]any, error) {
	switch public := k.signer.Public().(type) {
	case *ecdsa.PublicKey:
		_, number, _ := k.algorithm.curve()
		point, err := public.Bytes()
		if err != nil {
			return nil, fmt.Errorf("encode the public key: %w", err)
		}
		half := len(point) / 2
		return map[int]any{
			coseType: coseEC2, coseAlgorithm: int64(k.algorithm), coseCurve: number,
			coseX: point[1 : 1+half], coseY: point[1+half:],
		}, nil
	case ed25519.PublicKey:
		return map[int]any{
			coseType: coseOKP, coseAlgorithm: int64(k.algorithm), coseCurve: coseEd25519,
			coseX: []byte(public),
		}, nil
	case *rsa.PublicKey:
		return coseRSAKey(k.algorithm, public.N, int64(public.E)), nil
	}
	return nil, fmt.Errorf("encode the public key: %T is unknown", k.signer.Public())
}

func coseRSAKey(a Algorithm, n *big.Int, e int64) map[int]any {
	return map[int]any{
		coseType: coseRSA, coseAlgorithm: int64(a),
		coseModulus: n.Bytes(), coseExponent: big.NewInt(e).Bytes(),
	}
}

func digest(h crypto.Hash, message []byte) []byte {
	w := h.New()
	w.Write(message)
	return w.Sum(nil)
}
