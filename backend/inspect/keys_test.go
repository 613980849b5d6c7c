package inspect_test

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"sync"
	"testing"

	"sting/backend/inspect"
)

// oneRSAKey is made once: it takes long.
var oneRSAKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func rsaKey(t testing.TB) (*rsa.PrivateKey, map[int]any) {
	t.Helper()
	k, err := oneRSAKey()
	if err != nil {
		t.Fatal(err)
	}
	return k, map[int]any{1: 3, 3: -257, -1: k.N.Bytes(), -2: []byte{1, 0, 1}}
}

// A key that can never verify is refused at the registration, though the
// format none asks nobody.
func TestKeysThatCanNeverVerifyAreRefused(t *testing.T) {
	_, good := rsaKey(t)
	with := func(changes map[int]any) map[int]any {
		out := map[int]any{}
		for k, v := range good {
			out[k] = v
		}
		for k, v := range changes {
			out[k] = v
		}
		return out
	}
	n, _ := good[-1].([]byte)
	even := append([]byte{}, n...)
	even[len(even)-1] &^= 1
	m := newMaker(t)
	point, err := m.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	x, y := point[1:33], point[33:]
	refused := func(says string) want { return want{inspect.Refused, "BAD_KEY", "key", says} }
	for name, c := range map[string]struct {
		cose any
		want want
	}{
		"an RSA key of 2048 bits":    {good, want{inspect.Accepted, "", "", ""}},
		"an RSA key of 512 bits":     {with(map[int]any{-1: n[:64]}), refused("512 bits")},
		"an even modulus":            {with(map[int]any{-1: even}), refused("even")},
		"an exponent of 3":           {with(map[int]any{-2: []byte{3}}), refused("exponent is 3")},
		"an even exponent":           {with(map[int]any{-2: []byte{1, 0, 2}}), refused("even")},
		"an exponent of forty bits":  {with(map[int]any{-2: []byte{1, 0, 0, 0, 1}}), refused("33 bits")},
		"a modulus that is a number": {with(map[int]any{-1: 7}), refused("modulus")},
		"a compressed point":         {map[int]any{1: 2, 3: -7, -1: 1, -2: x, -3: true}, refused("compressed")},
		"a short coordinate":         {map[int]any{1: 2, 3: -7, -1: 1, -2: x[1:], -3: y}, refused("31 and 32")},
		"no coordinate":              {map[int]any{1: 2, 3: -7, -1: 1, -2: x}, refused("no y coordinate")},
		"the point at zero": {map[int]any{1: 2, 3: -7, -1: 1, -2: make([]byte, 32), -3: make([]byte, 32)},
			refused("not on P-256")},
		"no algorithm": {map[int]any{1: 2, -1: 1, -2: x, -3: y}, refused("no algorithm")},
		"no kind":      {map[int]any{3: -7, -1: 1, -2: x, -3: y}, refused("no key type")},
		"a list":       {[]int{1, 2}, refused("an array")},
		"an Ed25519 key of small order": {map[int]any{1: 1, 3: -8, -1: 6, -2: append([]byte{1}, make([]byte, 31)...)},
			refused("small order")},
		"an Ed25519 key that is no point":  {map[int]any{1: 1, 3: -8, -1: 6, -2: append([]byte{2}, make([]byte, 31)...)}, refused("no point")},
		"an Ed25519 key written otherwise": {map[int]any{1: 1, 3: -8, -1: 6, -2: notReduced()}, refused("canonical")},
		"an Ed25519 key of 31 bytes":       {map[int]any{1: 1, 3: -8, -1: 6, -2: make([]byte, 31)}, refused("has 32 bytes")},
		"EdDSA on Ed448":                   {map[int]any{1: 1, 3: -8, -1: 7, -2: make([]byte, 57)}, refused("Ed448")},
		"an Ed448 key, which none can check": {map[int]any{1: 1, 3: -53, -1: 7, -2: make([]byte, 57)},
			want{inspect.Unverified, inspect.ErrNotVerifiable.Code, "", "Ed448 (-53)"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMaker(t)
			m.cose = c.cose
			c.want.check(t, m.explain("none", map[string]any{}))
		})
	}
}

// notReduced is the point with y=1 written as y=1+p.
func notReduced() []byte {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	b := new(big.Int).Add(p, big.NewInt(1)).Bytes()
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return b
}

func TestAlgorithmsThatNobodyVerifiesAreNamed(t *testing.T) {
	m := newMaker(t)
	m.cose = map[int]any{1: 7, 3: -49, -1: make([]byte, 1952)}
	want{inspect.Unverified, inspect.ErrNotVerifiable.Code, "", "ML-DSA-65 (-49)"}.check(t, m.explain("none", map[string]any{}))
	file := m.file("none", map[string]any{})
	file["algorithms"] = []int{-7, -8}
	want{inspect.Refused, "ALGORITHM_NOT_OFFERED", "7.1.20", "ML-DSA-65 (-49)"}.check(t, explain(t, vector{file: file}.encode(t)))
	file["algorithms"] = []int{-7, -49}
	x := explain(t, vector{file: file}.encode(t))
	want{inspect.Unverified, inspect.ErrNotVerifiable.Code, "", "ML-DSA-65 (-49)"}.check(t, x)
	if x.Decoded.PublicKey["alg"] != "ML-DSA-65 (-49)" || x.Decoded.PublicKey["kty"] != "AKP" {
		t.Errorf("got %v", x.Decoded.PublicKey)
	}
}
