package passkey

import (
	"bytes"
	"crypto/ecdh"
	"fmt"
	"math/big"

	"filippo.io/edwards25519"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// The COSE key types and the lab's demands on RSA: THREATS T24.
const (
	minRSABits     = 2048
	maxRSABits     = 16384 // as much as RFC 8230 asks of implementations; beyond, it only costs time at each sign-in
	minRSAExponent = 65537

	maxRSAExponentBits = 31 // what the standard library verifies with
)

// checkKey refuses public keys that could never verify, or are too weak: the
// library registers them all with attestation "none", and the person would find
// out at the first sign-in. It returns the COSE algorithm.
func checkKey(cose []byte) (int, error) {
	key, err := webauthncose.ParsePublicKey(cose)
	if err != nil {
		return 0, badKey("it does not decode: %v", err)
	}
	switch k := key.(type) {
	case webauthncose.EC2PublicKeyData:
		return int(k.Algorithm), checkEC(k)
	case webauthncose.OKPPublicKeyData:
		return int(k.Algorithm), checkOKP(k)
	case webauthncose.RSAPublicKeyData:
		return int(k.Algorithm), checkRSA(k)
	}
	return 0, badKey("its type %T is not known here", key)
}

func badKey(format string, args ...any) error {
	return ErrKey.Because(fmt.Errorf(format, args...)).Hinting("The public key is refused: "+format+". Register with another authenticator.",
		args...)
}

// checkEC wants the algorithm's own curve and a point on it: RFC 9053, section
// 2.1, and RFC 8230.
func checkEC(k webauthncose.EC2PublicKeyData) error {
	var curve ecdh.Curve
	var size int
	want := webauthncose.COSEEllipticCurve(0)
	switch webauthncose.COSEAlgorithmIdentifier(k.Algorithm) {
	case webauthncose.AlgES256:
		curve, size, want = ecdh.P256(), 32, webauthncose.P256
	case webauthncose.AlgES384:
		curve, size, want = ecdh.P384(), 48, webauthncose.P384
	case webauthncose.AlgES512:
		curve, size, want = ecdh.P521(), 66, webauthncose.P521
	default:
		return badKey("the algorithm %d is not one for elliptic curves here", k.Algorithm)
	}
	if webauthncose.COSEEllipticCurve(k.Curve) != want {
		return badKey("its curve %d does not belong to the algorithm %d", k.Curve, k.Algorithm)
	}
	if len(k.XCoord) != size || len(k.YCoord) != size {
		return badKey("its coordinates have %d and %d bytes, not %d", len(k.XCoord), len(k.YCoord), size)
	}
	point := append(append([]byte{4}, k.XCoord...), k.YCoord...)
	if _, err := curve.NewPublicKey(point); err != nil {
		return badKey("its point is not on the curve")
	}
	return nil
}

// checkOKP wants Ed25519 with 32 bytes that encode a point: RFC 8032, section
// 5.1.3.
func checkOKP(k webauthncose.OKPPublicKeyData) error {
	if webauthncose.COSEAlgorithmIdentifier(k.Algorithm) != webauthncose.AlgEdDSA ||
		webauthncose.COSEEllipticCurve(k.Curve) != webauthncose.Ed25519 {
		return badKey("only Ed25519 can be verified of its kind, this is algorithm %d on curve %d", k.Algorithm, k.Curve)
	}
	if len(k.XCoord) != 32 {
		return badKey("it has %d bytes, not 32", len(k.XCoord))
	}
	if !onEdwards25519(k.XCoord) {
		return badKey("its point is not on the curve, or of small order")
	}
	return nil
}

// checkRSA wants an algorithm for RSA, which the library looks at only when it
// verifies, and a modulus and an exponent that are neither weak nor absurd:
// RFC 8230 and RFC 8812.
func checkRSA(k webauthncose.RSAPublicKeyData) error {
	switch webauthncose.COSEAlgorithmIdentifier(k.Algorithm) {
	case webauthncose.AlgRS256, webauthncose.AlgRS384, webauthncose.AlgRS512,
		webauthncose.AlgPS256, webauthncose.AlgPS384, webauthncose.AlgPS512:
	default:
		return badKey("the algorithm %d is not one for RSA here", k.Algorithm)
	}
	n := new(big.Int).SetBytes(k.Modulus)
	if n.BitLen() < minRSABits || n.BitLen() > maxRSABits {
		return badKey("its modulus has %d bits, between %d and %d are allowed", n.BitLen(), minRSABits, maxRSABits)
	}
	if n.Bit(0) == 0 {
		return badKey("its modulus is even")
	}
	e := new(big.Int).SetBytes(k.Exponent) // leading zeros, as of a TPM's number of 32 bits, change no value
	if e.BitLen() > maxRSAExponentBits {
		return badKey("its exponent has %d bits, at most %d are allowed", e.BitLen(), maxRSAExponentBits)
	}
	if e.Cmp(big.NewInt(minRSAExponent)) < 0 || e.Bit(0) == 0 {
		return badKey("its exponent is %s, it must be odd and at least %d", e, minRSAExponent)
	}
	return nil
}

// onEdwards25519 reports whether b is the canonical encoding of a point of
// edwards25519 that is not one of the eight of small order, whose signatures
// verify for many messages.
func onEdwards25519(b []byte) bool {
	p, err := new(edwards25519.Point).SetBytes(b)
	if err != nil || !bytes.Equal(p.Bytes(), b) {
		return false
	}
	return new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 0
}

// algorithmOf reads the algorithm of a COSE key that may be no good otherwise.
func algorithmOf(cose []byte) (int, error) {
	var k struct {
		Type      *int `cbor:"1,keyasint"`
		Algorithm *int `cbor:"3,keyasint"`
	}
	if err := webauthncbor.Unmarshal(cose, &k); err != nil {
		return 0, badKey("it does not decode: %v", err)
	}
	if k.Type == nil || k.Algorithm == nil { // Web Authentication Level 3, section 6.5.1: both MUST be there
		return 0, badKey("it names no key type, or no algorithm (labels 1 and 3)")
	}
	return *k.Algorithm, nil
}
