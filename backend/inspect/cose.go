package inspect

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

// publicKey is a decoded COSE_Key.
type publicKey struct {
	raw      []byte
	kty, alg int64
	hasAlg   bool // alg stands in the key
	crv      int64
	params   map[string]any
	x, y     []byte // of EC2; x of OKP
	n, e     []byte // of RSA
	pub      crypto.PublicKey
	doubts   []string // what is unusual and refuses nothing
	ranges   []Range
}

// verifiable reports whether signatures of the key can be checked here.
func (k *publicKey) verifiable() bool {
	a, ok := algorithmOf(k.alg)
	return ok && a.verified && k.pub != nil
}

// publicKeyOf decodes a COSE_Key that fills raw and examines it: the point, the
// curve, the algorithm, the size. What could be read before an error stays in
// the answer. A key that is only unknown to us is no error; its pub is nil.
func publicKeyOf(raw []byte) (publicKey, error) {
	k := publicKey{raw: raw, params: map[string]any{}}
	it, w, err := walkAll(raw)
	if err != nil {
		return k, fmt.Errorf("the COSE key does not decode: %w", err)
	}
	if it.kind != cborMap {
		return k, fmt.Errorf("the COSE key is %s, not a map", it.what())
	}
	if w.unsorted {
		k.doubts = append(k.doubts, "The members of the key are not in CTAP2's canonical order.")
	}
	k.alg, k.hasAlg = number(it, 3)
	kty, ok := number(it, 1)
	if !ok {
		return k, errors.New("the COSE key has no key type (label 1)")
	}
	k.kty = kty
	if !k.hasAlg { // Web Authentication Level 3, section 6.5.1: it MUST be there
		return k, errors.New("the COSE key has no algorithm (label 3)")
	}
	k.note(it)
	if a, known := algorithmOf(k.alg); known && a.kty != k.kty {
		return k, fmt.Errorf("the algorithm is %s, which needs key type %d, and the key type is %d", algName(k.alg), a.kty, k.kty)
	}
	switch k.kty {
	case ktyEC2:
		return k, k.readEC2(it)
	case ktyOKP:
		return k, k.readOKP(it)
	case ktyRSA:
		return k, k.readRSA(it)
	case ktyAKP:
		return k, k.readAKP(it)
	}
	return k, nil
}

func number(it item, label int64) (int64, bool) {
	m, ok := it.at(label)
	if !ok {
		return 0, false
	}
	return m.int()
}

// note keeps what is shown of the key, and where it stands.
func (k *publicKey) note(it item) {
	for _, p := range it.pairs {
		label := p.key.label()
		k.ranges = append(k.ranges, Range{Field: label, Offset: p.value.off, Length: p.value.end - p.value.off})
		if label == "-4" && k.kty != ktyRSA || label == "-3" && k.kty == ktyRSA {
			k.doubts = append(k.doubts, "The key carries a private member, which no authenticator gives away.")
			continue
		}
		switch n, ok := p.value.int(); {
		case ok:
			k.params[label] = n
		case p.value.kind == cborBytes:
			k.params[label] = Hex(p.value.raw)
		default:
			k.params[label] = p.value.what()
		}
	}
}

func (k *publicKey) readEC2(it item) error {
	crv, ok := number(it, -1)
	if !ok {
		return errors.New("the key names no curve (label -1)")
	}
	k.crv = crv
	if a, known := algorithmOf(k.alg); known && a.crv != crv {
		return fmt.Errorf("the algorithm is %s, whose curve is %s, and the key is on %s", algName(k.alg), curveName(a.crv), curveName(crv))
	}
	x, okX := it.at(-2)
	y, okY := it.at(-3)
	if !okX || x.kind != cborBytes {
		return errors.New("the key has no x coordinate (label -2)")
	}
	if okY && y.kind == cborSimple {
		return errors.New("the point is compressed, which WebAuthn does not allow")
	}
	if !okY || y.kind != cborBytes {
		return errors.New("the key has no y coordinate (label -3)")
	}
	k.x, k.y = x.raw, y.raw
	curve, size := curveOf(crv)
	if size > 0 && (len(k.x) != size || len(k.y) != size) {
		return fmt.Errorf("coordinates on %s have %d bytes, here are %d and %d", curveName(crv), size, len(k.x), len(k.y))
	}
	if curve == nil {
		return nil
	}
	point := append(append([]byte{4}, k.x...), k.y...)
	pub, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return fmt.Errorf("the point (%s..., %s...) is not on %s", hexOf(k.x[:4]), hexOf(k.y[:4]), curveName(crv))
	}
	k.pub = pub
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

func curveName(crv int64) string {
	if name, ok := map[int64]string{1: "P-256", 2: "P-384", 3: "P-521", 4: "X25519", 5: "X448", 6: "Ed25519", 7: "Ed448", 8: "secp256k1"}[crv]; ok {
		return name
	}
	return fmt.Sprintf("curve %d", crv)
}

func (k *publicKey) readOKP(it item) error {
	crv, ok := number(it, -1)
	if !ok {
		return errors.New("the key names no curve (label -1)")
	}
	k.crv = crv
	if a, known := algorithmOf(k.alg); known && a.crv != crv {
		return fmt.Errorf("the algorithm is %s, whose curve is %s, and the key is on %s", algName(k.alg), curveName(a.crv), curveName(crv))
	}
	x, ok := it.at(-2)
	if !ok || x.kind != cborBytes {
		return errors.New("the key has no public value (label -2)")
	}
	k.x = x.raw
	if size := map[int64]int{6: ed25519.PublicKeySize, 7: 57}[crv]; size > 0 && len(k.x) != size {
		return fmt.Errorf("a key of %s has %d bytes, here are %d", curveName(crv), size, len(k.x))
	}
	if crv != 6 {
		return nil
	}
	p, err := new(edwards25519.Point).SetBytes(k.x)
	if err != nil {
		return errors.New("the public value is no point of Ed25519")
	}
	if string(p.Bytes()) != string(k.x) {
		return errors.New("the point of Ed25519 is not written in its one canonical form")
	}
	if new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return errors.New("the point of Ed25519 has a small order: signatures that fit it can be made without a private key")
	}
	k.pub = ed25519.PublicKey(k.x)
	return nil
}

func (k *publicKey) readRSA(it item) error {
	n, okN := it.at(-1)
	e, okE := it.at(-2)
	if !okN || n.kind != cborBytes || !okE || e.kind != cborBytes {
		return errors.New("the RSA key needs a modulus (label -1) and an exponent (label -2)")
	}
	k.n, k.e = n.raw, e.raw
	modulus, exponent := new(big.Int).SetBytes(k.n), new(big.Int).SetBytes(k.e)
	if len(k.n) > 0 && k.n[0] == 0 || len(k.e) > 0 && k.e[0] == 0 {
		k.doubts = append(k.doubts, "The RSA numbers have leading zeros, which RFC 8230 forbids.")
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
	k.pub = &rsa.PublicKey{N: modulus, E: int(exponent.Int64())}
	return nil
}

// readAKP reads a key of ML-DSA far enough to name it.
func (k *publicKey) readAKP(it item) error {
	pub, ok := it.at(-1)
	if !ok || pub.kind != cborBytes {
		return errors.New("the key has no public value (label -1)")
	}
	want := map[int64]int{-48: 1312, -49: 1952, -50: 2592}[k.alg]
	if want > 0 && len(pub.raw) != want {
		return fmt.Errorf("a key of %s has %d bytes, here are %d", algName(k.alg), want, len(pub.raw))
	}
	k.x = pub.raw
	return nil
}
