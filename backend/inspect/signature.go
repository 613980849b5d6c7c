package inspect

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	_ "crypto/sha1" // TPMs still hash with it
	_ "crypto/sha256"
	_ "crypto/sha512"
	"errors"
	"fmt"

	"sting/backend/decode"
)

// errSignature means that a signature was checked and does not fit.
var errSignature = errors.New("the signature does not fit the key and the bytes that it should cover")

// errAlgorithm means that a signature could not be checked at all.
var errAlgorithm = errors.New("this explainer does not verify the algorithm")

// checkSignature verifies sig over data. It returns an error that is
// errSignature or errAlgorithm, or says that key and algorithm don't belong
// together.
func checkSignature(pub crypto.PublicKey, alg int64, data, sig []byte) error {
	a, ok := decode.AlgorithmOf(alg)
	if !ok || !a.Verified {
		return fmt.Errorf("%w: %s", errAlgorithm, decode.AlgorithmName(alg))
	}
	good := false
	switch k := pub.(type) {
	case *ecdsa.PublicKey:
		if a.KeyType != decode.EC2 {
			return fmt.Errorf("the key is an elliptic one, the algorithm is %s", decode.AlgorithmName(alg))
		}
		good = ecdsa.VerifyASN1(k, digest(a.Hash, data), sig)
	case ed25519.PublicKey:
		if a.KeyType != decode.OKP {
			return fmt.Errorf("the key is one of Ed25519, the algorithm is %s", decode.AlgorithmName(alg))
		}
		good = len(k) == ed25519.PublicKeySize && ed25519.Verify(k, data, sig)
	case *rsa.PublicKey:
		if a.KeyType != decode.RSA {
			return fmt.Errorf("the key is an RSA one, the algorithm is %s", decode.AlgorithmName(alg))
		}
		if a.PSS {
			good = rsa.VerifyPSS(k, a.Hash, digest(a.Hash, data), sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		} else {
			good = rsa.VerifyPKCS1v15(k, a.Hash, digest(a.Hash, data), sig) == nil
		}
	default:
		return fmt.Errorf("%w: the key is of a kind that it does not know", errAlgorithm)
	}
	if !good {
		return errSignature
	}
	return nil
}

func digest(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}
