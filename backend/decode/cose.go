package decode

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"

	"filippo.io/edwards25519"
)

// PublicKey is a decoded COSE_Key.
type PublicKey struct {
	Raw                []byte
	KeyType, Algorithm int64
	HasAlgorithm       bool // alg stands in the key
	Curve              int64
	Parameters         map[string]any
	X, Y               []byte // of EC2; x of OKP
	Modulus, Exponent  []byte // of RSA
	Key                crypto.PublicKey
	Doubts             []string // what is unusual and refuses nothing
	Spans              []Span
}

// Verifiable reports whether signatures of the key can be checked here.
func (k *PublicKey) Verifiable() bool {
	a, ok := AlgorithmOf(k.Algorithm)
	return ok && a.Verified && k.Key != nil
}

// ParseCOSEKey decodes a COSE_Key that fills raw and examines it: the point, the
// curve, the algorithm, the size. What could be read before an error stays in
// the answer. A key that is only unknown to us is no error; its pub is nil.
func ParseCOSEKey(raw []byte) (PublicKey, error) {
	k := PublicKey{Raw: raw, Parameters: map[string]any{}}
	it, sorted, err := ParseCBOR(raw)
	if err != nil {
		return k, fmt.Errorf("the COSE key does not decode: %w", err)
	}
	if it.Kind != Map {
		return k, fmt.Errorf("the COSE key is %s, not a map", it.What())
	}
	if !sorted {
		k.Doubts = append(k.Doubts, "The members of the key are not in CTAP2's canonical order.")
	}
	k.Algorithm, k.HasAlgorithm = number(it, 3)
	kty, ok := number(it, 1)
	if !ok {
		return k, errors.New("the COSE key has no key type (label 1)")
	}
	k.KeyType = kty
	if !k.HasAlgorithm { // Web Authentication Level 3, section 6.5.1: it MUST be there
		return k, errors.New("the COSE key has no algorithm (label 3)")
	}
	k.note(it)
	if a, known := AlgorithmOf(k.Algorithm); known && a.KeyType != k.KeyType {
		return k, fmt.Errorf("the algorithm is %s, which needs key type %d, and the key type is %d", AlgorithmName(k.Algorithm), a.KeyType,
			k.KeyType)
	}
	switch k.KeyType {
	case EC2:
		return k, k.readEC2(it)
	case OKP:
		return k, k.readOKP(it)
	case RSA:
		return k, k.readRSA(it)
	case AKP:
		return k, k.readAKP(it)
	}
	return k, nil
}

func number(it Item, label int64) (int64, bool) {
	m, ok := it.at(label)
	if !ok {
		return 0, false
	}
	return m.Int()
}

// note keeps what is shown of the key, and where it stands.
func (k *PublicKey) note(it Item) {
	for _, p := range it.Pairs {
		label := p.Key.label()
		k.Spans = append(k.Spans, Span{Field: label, Offset: p.Value.Offset, Length: p.Value.End - p.Value.Offset})
		if label == "-4" && k.KeyType != RSA || label == "-3" && k.KeyType == RSA {
			k.Doubts = append(k.Doubts, "The key carries a private member, which no authenticator gives away.")
			continue
		}
		switch n, ok := p.Value.Int(); {
		case ok:
			k.Parameters[label] = n
		case p.Value.Kind == Bytes:
			k.Parameters[label] = Hex(p.Value.Raw)
		default:
			k.Parameters[label] = p.Value.What()
		}
	}
}

func (k *PublicKey) readEC2(it Item) error {
	crv, ok := number(it, -1)
	if !ok {
		return errors.New("the key names no curve (label -1)")
	}
	k.Curve = crv
	if a, known := AlgorithmOf(k.Algorithm); known && a.Curve != crv {
		return fmt.Errorf("the algorithm is %s, whose curve is %s, and the key is on %s", AlgorithmName(k.Algorithm), CurveName(a.Curve),
			CurveName(crv))
	}
	x, okX := it.at(-2)
	y, okY := it.at(-3)
	if !okX || x.Kind != Bytes {
		return errors.New("the key has no x coordinate (label -2)")
	}
	if okY && y.Kind == Simple {
		return errors.New("the point is compressed, which WebAuthn does not allow")
	}
	if !okY || y.Kind != Bytes {
		return errors.New("the key has no y coordinate (label -3)")
	}
	k.X, k.Y = x.Raw, y.Raw
	curve, size := curveOf(crv)
	if size > 0 && (len(k.X) != size || len(k.Y) != size) {
		return fmt.Errorf("coordinates on %s have %d bytes, here are %d and %d", CurveName(crv), size, len(k.X), len(k.Y))
	}
	if curve == nil {
		return nil
	}
	point := append(append([]byte{4}, k.X...), k.Y...)
	pub, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return fmt.Errorf("the point (%s..., %s...) is not on %s", HexOf(k.X[:4]), HexOf(k.Y[:4]), CurveName(crv))
	}
	k.Key = pub
	return nil
}

// curveOf returns the curve of a COSE identifier, nil for one that can't be
// computed with here, and the size of its coordinates in bytes.
func curveOf(crv int64) (elliptic.Curve, int) {
	switch crv {
	case 1:
		return elliptic.P256(), 32
	case 2:
		return elliptic.P384(), 48
	case 3:
		return elliptic.P521(), 66
	case 8:
		return nil, 32
	}
	return nil, 0
}

// CurveName names a COSE curve: RFC 9053, section 7.1.
func CurveName(crv int64) string {
	if name, ok := map[int64]string{1: "P-256", 2: "P-384", 3: "P-521", 4: "X25519", 5: "X448", 6: "Ed25519", 7: "Ed448",
		8: "secp256k1"}[crv]; ok {
		return name
	}
	return fmt.Sprintf("curve %d", crv)
}

func (k *PublicKey) readOKP(it Item) error {
	crv, ok := number(it, -1)
	if !ok {
		return errors.New("the key names no curve (label -1)")
	}
	k.Curve = crv
	if a, known := AlgorithmOf(k.Algorithm); known && a.Curve != crv {
		return fmt.Errorf("the algorithm is %s, whose curve is %s, and the key is on %s", AlgorithmName(k.Algorithm), CurveName(a.Curve),
			CurveName(crv))
	}
	x, ok := it.at(-2)
	if !ok || x.Kind != Bytes {
		return errors.New("the key has no public value (label -2)")
	}
	k.X = x.Raw
	if size := map[int64]int{6: ed25519.PublicKeySize, 7: 57}[crv]; size > 0 && len(k.X) != size {
		return fmt.Errorf("a key of %s has %d bytes, here are %d", CurveName(crv), size, len(k.X))
	}
	if crv != 6 {
		return nil
	}
	p, err := new(edwards25519.Point).SetBytes(k.X)
	if err != nil {
		return errors.New("the public value is no point of Ed25519")
	}
	if string(p.Bytes()) != string(k.X) {
		return errors.New("the point of Ed25519 is not written in its one canonical form")
	}
	if new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return errors.New("the point of Ed25519 has a small order: signatures that fit it can be made without a private key")
	}
	k.Key = ed25519.PublicKey(k.X)
	return nil
}

func (k *PublicKey) readRSA(it Item) error {
	n, okN := it.at(-1)
	e, okE := it.at(-2)
	if !okN || n.Kind != Bytes || !okE || e.Kind != Bytes {
		return errors.New("the RSA key needs a modulus (label -1) and an exponent (label -2)")
	}
	k.Modulus, k.Exponent = n.Raw, e.Raw
	modulus, exponent := new(big.Int).SetBytes(k.Modulus), new(big.Int).SetBytes(k.Exponent)
	if len(k.Modulus) > 0 && k.Modulus[0] == 0 || len(k.Exponent) > 0 && k.Exponent[0] == 0 {
		k.Doubts = append(k.Doubts, "The RSA numbers have leading zeros, which RFC 8230 forbids.")
	}
	switch bits := modulus.BitLen(); {
	case bits < 2048:
		return fmt.Errorf("the RSA modulus has %d bits, 2048 or more are needed", bits)
	case bits > 16384:
		return fmt.Errorf("the RSA modulus has %d bits, more than anybody uses", bits)
	case modulus.Bit(0) == 0:
		return errors.New("the RSA modulus is even: no key at all")
	case exponent.Cmp(big.NewInt(65537)) < 0:
		return fmt.Errorf("the RSA exponent is %s, 65537 or more is needed", exponent)
	case exponent.BitLen() > 31:
		return fmt.Errorf("the RSA exponent has %d bits, more than anybody uses", exponent.BitLen())
	case exponent.Bit(0) == 0:
		return errors.New("the RSA exponent is even: no key at all")
	}
	k.Key = &rsa.PublicKey{N: modulus, E: int(exponent.Int64())}
	return nil
}

// readAKP reads a key of ML-DSA far enough to name it.
func (k *PublicKey) readAKP(it Item) error {
	pub, ok := it.at(-1)
	if !ok || pub.Kind != Bytes {
		return errors.New("the key has no public value (label -1)")
	}
	want := map[int64]int{-48: 1312, -49: 1952, -50: 2592}[k.Algorithm]
	if want > 0 && len(pub.Raw) != want {
		return fmt.Errorf("a key of %s has %d bytes, here are %d", AlgorithmName(k.Algorithm), want, len(pub.Raw))
	}
	k.X = pub.Raw
	return nil
}

// KeyTypeName names a COSE key type.
func KeyTypeName(kty int64) string {
	switch kty {
	case OKP:
		return "OKP"
	case EC2:
		return "EC2"
	case RSA:
		return "RSA"
	case AKP:
		return "AKP"
	}
	return "unknown"
}
