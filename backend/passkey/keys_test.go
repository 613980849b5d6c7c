package passkey_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/hex"
	"math/big"
	"testing"

	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

// THREATS T24: a key that is weak, or no key at all, is refused at the
// registration, and not at the first sign-in.

// The labels of a COSE key: RFC 9053, section 7.
const (
	kty, alg, crv, x, y = 1, 3, -1, -2, -3
	rsaN, rsaE          = -1, -2
)

type weakKey struct {
	claim string
	key   map[int]any
	ok    bool
}

func ec(algorithm, curve int, px, py any) map[int]any {
	return map[int]any{kty: 2, alg: algorithm, crv: curve, x: px, y: py}
}

func okp(algorithm, curve int, point []byte) map[int]any {
	return map[int]any{kty: 1, alg: algorithm, crv: curve, x: point}
}

func rsaKey(algorithm int, n *big.Int, e []byte) map[int]any {
	return map[int]any{kty: 3, alg: algorithm, rsaN: n.Bytes(), rsaE: e}
}

// bits returns an odd number of that many bits.
func bits(n uint) *big.Int {
	return new(big.Int).SetBit(new(big.Int).SetBit(new(big.Int), 0, 1), int(n)-1, 1)
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// changed returns k with one member replaced; nil removes it.
func changed(k map[int]any, label int, v any) map[int]any {
	out := map[int]any{}
	for l, old := range k {
		out[l] = old
	}
	if out[label] = v; v == nil {
		delete(out, label)
	}
	return out
}

func ecCases() []weakKey {
	p := elliptic.P256().Params()
	gx, gy := p.Gx.FillBytes(make([]byte, 32)), p.Gy.FillBytes(make([]byte, 32))
	off := bytes.Clone(gy)
	off[31] ^= 1
	q := elliptic.P384().Params()
	hx, hy := q.Gx.FillBytes(make([]byte, 48)), q.Gy.FillBytes(make([]byte, 48))
	r := elliptic.P521().Params()
	ix, iy := r.Gx.FillBytes(make([]byte, 66)), r.Gy.FillBytes(make([]byte, 66))
	overflow := new(big.Int).Add(p.Gx, p.P) // the same number modulo p where it fits
	good := ec(-7, 1, gx, gy)
	return []weakKey{
		{"a point of P-256", good, true},
		{"a point of P-384", ec(-35, 2, hx, hy), true},
		{"a point of P-521", ec(-36, 3, ix, iy), true},
		{"a point off the curve", ec(-7, 1, gx, off), false},
		{"the point (0, 0)", ec(-7, 1, make([]byte, 32), make([]byte, 32)), false},
		{"the point (0, 0) of P-384", ec(-35, 2, make([]byte, 48), make([]byte, 48)), false},
		{"ES256 on P-384", ec(-7, 2, hx, hy), false},
		{"ES384 on P-256", ec(-35, 1, gx, gy), false},
		{"ES256 that says P-384 over a point of P-256", ec(-7, 2, gx, gy), false},
		{"ES256 on secp256k1", ec(-7, 8, gx, gy), false},
		{"a coordinate of 31 bytes", ec(-7, 1, gx[1:], gy), false},
		{"a coordinate of 33 bytes", ec(-7, 1, append([]byte{0}, gx...), gy), false},
		{"a coordinate above the field", ec(-7, 1, overflow.Bytes(), gy), false},
		{"a compressed point", ec(-7, 1, gx, true), false},
		{"coordinates as text", ec(-7, 1, string(gx[:1]), "y"), false},
		{"no y", changed(good, y, nil), false},
		{"no x", changed(good, x, nil), false},
		{"no curve", changed(good, crv, nil), false},
		{"no key type", changed(good, kty, nil), false},
		{"an EC key of an RSA algorithm", changed(good, alg, -257), false},
		{"an EC key of EdDSA", changed(good, alg, -8), false},
		{"ES256K, which nobody is offered", ec(-47, 8, gx, gy), false},
	}
}

func okpCases() []weakKey {
	good := []byte(ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey))
	return []weakKey{
		{"a point of Ed25519", okp(-8, 6, good), true},
		{"31 bytes", okp(-8, 6, good[:31]), false},
		{"33 bytes", okp(-8, 6, append(bytes.Clone(good), 0)), false},
		{"all zeros, of order four", okp(-8, 6, make([]byte, 32)), false},
		{"the neutral element", okp(-8, 6, unhex("0100000000000000000000000000000000000000000000000000000000000000")), false},
		{"the point of order two", okp(-8, 6, unhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")), false},
		{"a point of order eight", okp(-8, 6, unhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")), false},
		{"the other point of order eight", okp(-8, 6, unhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")), false},
		{"the neutral element, not canonical", okp(-8, 6, unhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")), false},
		{"y above the field", okp(-8, 6, bytes.Repeat([]byte{0xff}, 32)), false},
		{"no point has this y", okp(-8, 6, unhex("0200000000000000000000000000000000000000000000000000000000000000")), false},
		{"on the curve of X25519", okp(-8, 4, good), false},
		{"of ES256", okp(-7, 6, good), false},
		{"Ed448, which can't be verified", okp(-8, 7, make([]byte, 57)), false},
	}
}

func rsaCases() []weakKey {
	e := []byte{1, 0, 1}
	return []weakKey{
		{"RSA of 2048 bits", rsaKey(-257, bits(2048), e), true},
		{"RSA of 2048 bits under PS256", rsaKey(-37, bits(2048), e), true},
		{"RSA of 512 bits", rsaKey(-257, bits(512), e), false},
		{"RSA of 1024 bits", rsaKey(-257, bits(1024), e), false},
		{"RSA of 2047 bits", rsaKey(-257, bits(2047), e), false},
		{"RSA of 2048 bits with zeros before", changed(rsaKey(-257, bits(1024), e), rsaN, append(make([]byte, 128), bits(1024).Bytes()...)),
			false},
		{"an even modulus", rsaKey(-257, new(big.Int).Add(bits(2048), big.NewInt(1)), e), false},
		{"the exponent 1", rsaKey(-257, bits(2048), []byte{1}), false},
		{"the exponent 3", rsaKey(-257, bits(2048), []byte{3}), false},
		{"an even exponent", rsaKey(-257, bits(2048), []byte{1, 0, 2}), false},
		{"no exponent", rsaKey(-257, bits(2048), nil), false},
		{"an exponent of nine bytes", rsaKey(-257, bits(2048), bytes.Repeat([]byte{1}, 9)), false},
		{"no modulus", rsaKey(-257, new(big.Int), e), false},
		{"an RSA key of ES256", rsaKey(-7, bits(2048), e), false},
		{"an RSA key of EdDSA", rsaKey(-8, bits(2048), e), false},
		{"a modulus of 20,000 bits", rsaKey(-257, bits(20_000), e), false},
	}
}

func TestKeys(t *testing.T) {
	cases := append(append(ecCases(), okpCases()...), rsaCases()...)
	cases = append(cases,
		weakKey{"a symmetric key", map[int]any{kty: 4, alg: -7, -1: []byte("secret")}, false},
		weakKey{"an empty map", map[int]any{}, false})
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			got, err := passkey.CheckKey(canonical(c.key))
			if !c.ok {
				refused(t, err, "BAD_KEY")
				return
			}
			if err != nil || got != c.key[alg] {
				t.Errorf("got algorithm %d and %v, want %v", got, err, c.key[alg])
			}
		})
	}
	for claim, raw := range map[string][]byte{"nothing": nil, "not CBOR": {0xff}, "not a map": {0x01}} {
		t.Run(claim, func(t *testing.T) {
			_, err := passkey.CheckKey(raw)
			refused(t, err, "BAD_KEY")
		})
	}
}

func TestAWeakKeyIsNotRegistered(t *testing.T) {
	cases := map[string]struct {
		mut  softkey.Mutation
		code string
	}{
		"off the curve":          {softkey.OffCurve(), "BAD_KEY"},
		"(0, 0)":                 {softkey.AtZero(), "BAD_KEY"},
		"the wrong curve":        {softkey.WithKeyMember(crv, 2), "BAD_KEY"},
		"RSA of 1024 bits":       {softkey.WeakRSA(1024, 65537), "BAD_KEY"},
		"RSA with exponent 3":    {softkey.WeakRSA(2048, 3), "BAD_KEY"},
		"RSA with exponent 1":    {softkey.WeakRSA(2048, 1), "BAD_KEY"},
		"Ed25519 of small order": {softkey.WithRawKey(canonical(okp(-8, 6, make([]byte, 32)))), "BAD_KEY"},
		"RSA that says ES256":    {softkey.WithRawKey(canonical(rsaKey(-7, bits(2048), []byte{1, 0, 1}))), "BAD_KEY"},
		"no map":                 {softkey.WithRawKey([]byte{0x01}), "BAD_KEY"},
		"bytes behind the key":   {softkey.WithRawKey(append(canonical(ecCases()[0].key), 0)), "MALFORMED"},
	}
	for claim, c := range cases {
		t.Run(claim, func(t *testing.T) {
			l := newLab(t)
			ada := l.person("ada@example.test")
			l.unchanged(func() {
				_, err := l.register(ada, softkey.New(), c.mut)
				refused(t, err, c.code)
			})
		})
	}
}
