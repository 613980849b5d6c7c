package decode_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"sting/backend/decode"
)

// key is a COSE_Key by its labels.
type key map[int]any

// with returns another key, without the labels whose value is nil.
func (k key) with(label int, value any) key {
	out := key{label: value}
	for l, v := range k {
		if l != label {
			out[l] = v
		}
	}
	if value == nil {
		delete(out, label)
	}
	return out
}

// encoded writes a value in CTAP2's canonical form.
func encoded(t *testing.T, v any) []byte {
	t.Helper()
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := mode.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func onCurve(t *testing.T, curve elliptic.Curve, crv, alg int) key {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	size := (len(point) - 1) / 2
	return key{1: 2, 3: alg, -1: crv, -2: point[1 : 1+size], -3: point[1+size:]}
}

// The examples are of RFC 9052, 9053 and 8230, and of what attackers and old
// authenticators write.
func TestWhatIsWrongWithAKeyIsSaid(t *testing.T) {
	p256 := onCurve(t, elliptic.P256(), 1, -7)
	okp := key{1: 1, 3: -8, -1: 6, -2: bytes.Repeat([]byte{0x66}, 32)}
	okp[-2].([]byte)[0] = 0x58 // the base point of Ed25519: RFC 8032, section 5.1
	modulus := bytes.Repeat([]byte{0xff}, 256)
	rsa := key{1: 3, 3: -257, -1: modulus, -2: []byte{1, 0, 1}}
	other := onCurve(t, elliptic.P256(), 1, -7)
	small, unusual := make([]byte, 32), bytes.Repeat([]byte{0xff}, 32)
	small[0], unusual[0] = 1, 0xee // the identity; y = 1 written as 1 + p
	unusual[31] = 0x7f
	for claim, c := range map[string]struct {
		key any
		why string // "": nothing
	}{
		"P-256":                              {p256, ""},
		"P-384":                              {onCurve(t, elliptic.P384(), 2, -35), ""},
		"P-521":                              {onCurve(t, elliptic.P521(), 3, -36), ""},
		"P-384 by its own algorithm":         {onCurve(t, elliptic.P384(), 2, -51), ""},
		"Ed25519":                            {okp, ""},
		"Ed25519 by its own algorithm":       {okp.with(3, -19), ""},
		"RSA":                                {rsa, ""},
		"ML-DSA-44":                          {key{1: 7, 3: -48, -1: make([]byte, 1312)}, ""},
		"a type that nobody knows":           {key{1: 99, 3: -70000}, ""},
		"an algorithm that nobody knows":     {onCurve(t, elliptic.P256(), 1, -70000), ""},
		"secp256k1":                          {onCurve(t, elliptic.P256(), 8, -47), ""},
		"no map":                             {[]int{1}, "is an array, not a map"},
		"no type":                            {p256.with(1, nil), "no key type"},
		"a type that is a text":              {p256.with(1, "EC2"), "no key type"},
		"no algorithm":                       {p256.with(3, nil), "no algorithm"},
		"the type of another algorithm":      {p256.with(3, -257), "needs key type 3, and the key type is 2"},
		"no curve":                           {p256.with(-1, nil), "names no curve"},
		"a curve of another algorithm":       {p256.with(-1, 2), "whose curve is P-256, and the key is on P-384"},
		"a curve that nobody knows":          {p256.with(-1, 77), "the key is on curve 77"},
		"no x":                               {p256.with(-2, nil), "no x coordinate"},
		"no y":                               {p256.with(-3, nil), "no y coordinate"},
		"a compressed point":                 {p256.with(-3, true), "compressed"},
		"a y that is a number":               {p256.with(-3, 5), "no y coordinate"},
		"a short coordinate":                 {p256.with(-2, []byte{1}), "have 32 bytes, here are 1 and 32"},
		"a point beside the curve":           {p256.with(-3, other[-3]), "is not on P-256"},
		"Ed25519 without a curve":            {okp.with(-1, nil), "names no curve"},
		"X25519 for signatures":              {okp.with(-1, 4), "whose curve is Ed25519, and the key is on X25519"},
		"Ed25519 without a point":            {okp.with(-2, nil), "no public value"},
		"a long point":                       {okp.with(-2, make([]byte, 33)), "has 32 bytes, here are 33"},
		"a point that is none":               {okp.with(-2, bytes.Repeat([]byte{2}, 32)), "no point of Ed25519"},
		"a point of small order":             {okp.with(-2, small), "small order"},
		"a point in a second form":           {okp.with(-2, unusual), "canonical form"},
		"a short Ed448":                      {key{1: 1, 3: -53, -1: 7, -2: make([]byte, 56)}, "has 57 bytes, here are 56"},
		"RSA without an exponent":            {rsa.with(-2, nil), "needs a modulus"},
		"RSA of 1024 bits":                   {rsa.with(-1, modulus[:128]), "has 1024 bits, 2048 or more"},
		"RSA of 16392 bits":                  {rsa.with(-1, bytes.Repeat([]byte{0xff}, 2049)), "more than anybody uses"},
		"an even modulus":                    {rsa.with(-1, append(bytes.Repeat([]byte{0xff}, 255), 0)), "modulus is even"},
		"the exponent 3":                     {rsa.with(-2, []byte{3}), "exponent is 3"},
		"an exponent of 33 bits":             {rsa.with(-2, []byte{1, 0, 0, 0, 1}), "exponent has 33 bits"},
		"an even exponent":                   {rsa.with(-2, []byte{1, 0, 2}), "exponent is even"},
		"ML-DSA without a key":               {key{1: 7, 3: -48}, "no public value"},
		"ML-DSA-65 with the size of another": {key{1: 7, 3: -49, -1: make([]byte, 1312)}, "has 1952 bytes, here are 1312"},
	} {
		k, err := decode.ParseCOSEKey(encoded(t, c.key))
		switch {
		case c.why == "" && err != nil:
			t.Errorf("%s: %v", claim, err)
		case c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)):
			t.Errorf("%s: %v, want %q", claim, err, c.why)
		case err != nil && k.Verifiable():
			t.Errorf("%s: signatures of it could be checked", claim)
		}
		if _, described := decode.DescribeKey(encoded(t, c.key)); (described == nil) != (c.why == "") {
			t.Errorf("%s: described with %v", claim, described)
		}
	}
	if _, err := decode.ParseCOSEKey([]byte{0xa1}); err == nil || !strings.Contains(err.Error(), "does not decode") {
		t.Errorf("a key cut short: %v", err)
	}
}

func TestWhatIsUnusualAboutAKeyRefusesNothing(t *testing.T) {
	p256 := onCurve(t, elliptic.P256(), 1, -7)
	unsorted := []byte{0xa2, 0x03, 0x39, 0x01, 0x00, 0x01, 0x18, 0x63} // {3: -257, 1: 99}
	if _, err := decode.ParseCOSEKey(unsorted); err == nil {
		t.Error("RS256 with a type that nobody knows is taken")
	}
	for claim, c := range map[string]struct {
		raw   []byte
		doubt string
	}{
		"a private member of EC2": {encoded(t, p256.with(-4, []byte{1})), "private member"},
		"of RSA": {encoded(t, key{1: 3, 3: -257, -1: bytes.Repeat([]byte{0xff}, 256), -2: []byte{1, 0, 1}, -3: []byte{1}}),
			"private member"},
		"a leading zero": {encoded(t, key{1: 3, 3: -257, -1: append([]byte{0}, bytes.Repeat([]byte{0xff}, 256)...), -2: []byte{1, 0, 1}}),
			"leading zeros"},
		"an odd order": {[]byte{0xa2, 0x03, 0x3a, 0x00, 0x01, 0x11, 0x6f, 0x01, 0x18, 0x63}, "canonical order"}, // {3: -70000, 1: 99}
	} {
		k, err := decode.ParseCOSEKey(c.raw)
		if err != nil || !strings.Contains(strings.Join(k.Doubts, " "), c.doubt) {
			t.Errorf("%s: doubts %q, %v", claim, k.Doubts, err)
		}
		if _, shown := k.Parameters["-4"]; shown {
			t.Errorf("%s: the private member is shown", claim)
		}
	}
	k, err := decode.ParseCOSEKey(encoded(t, p256.with(5, []int{1}).with(2, "name")))
	if err != nil || k.Parameters["5"] != "an array" || k.Parameters["2"] != "a text" || k.Parameters["3"] != int64(-7) {
		t.Errorf("%v, %v", k.Parameters, err)
	}
}

// The names are those of the IANA registry "COSE Algorithms".
func TestAlgorithmsHaveTheNamesOfTheRegistry(t *testing.T) {
	for id, want := range map[int64]string{
		-7: "ES256", -8: "EdDSA", -9: "ESP256", -19: "Ed25519", -35: "ES384", -36: "ES512", -37: "PS256", -38: "PS384", -39: "PS512",
		-47: "ES256K", -48: "ML-DSA-44", -49: "ML-DSA-65", -50: "ML-DSA-87", -51: "ESP384", -52: "ESP512", -53: "Ed448",
		-257: "RS256", -258: "RS384", -259: "RS512", -65535: "RS1", -1: "unknown",
	} {
		if got := decode.AlgorithmName(id); !strings.HasPrefix(got, want+" (") {
			t.Errorf("%d is %s, want %s", id, got, want)
		}
		if a, known := decode.AlgorithmOf(id); known && decode.KeyTypeName(a.KeyType) == "unknown" || known == (want == "unknown") {
			t.Errorf("%d: %+v, %v", id, a, known)
		}
	}
}
