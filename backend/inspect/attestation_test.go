package inspect_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/inspect"
)

// want is what should come of a made registration.
type want struct {
	verdict api.Verdict
	fault   string
	step    string // the first that failed
	says    string // in the cause
}

func (w want) check(t *testing.T, x api.Explanation) {
	t.Helper()
	first, _ := x.FirstFailed()
	if x.Verdict != w.verdict || x.Fault != w.fault || first.ID != w.step || !strings.Contains(x.Cause, w.says) {
		t.Errorf("got %s %s at %q: %s; want %s %s at %q: ...%s...", x.Verdict, x.Fault, first.ID, x.Cause, w.verdict, w.fault, w.step, w.says)
	}
}

func TestACertificateHasToMeetTheRequirementsOfThePackedFormat(t *testing.T) {
	model := []int{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}
	const invalid = "ATTESTATION_INVALID"
	good := func(*x509.Certificate) {}
	for name, c := range map[string]struct {
		change func(c *x509.Certificate)
		want   want
	}{
		"all is well": {good, want{inspect.Accepted, "", "", ""}},
		"no country": {func(c *x509.Certificate) {
			c.Subject.Country = nil
		}, want{inspect.Refused, invalid, "7.1.22", "country"}},
		"a country of three letters": {func(c *x509.Certificate) {
			c.Subject.Country = []string{"DEU"}
		}, want{inspect.Refused, invalid, "7.1.22", "country"}},
		"no vendor": {func(c *x509.Certificate) { c.Subject.Organization = nil }, want{inspect.Refused, invalid, "7.1.22", "vendor"}},
		"another unit": {func(c *x509.Certificate) {
			c.Subject.OrganizationalUnit = []string{"Sales"}
		}, want{inspect.Refused, invalid, "7.1.22", "OU"}},
		"no name":      {func(c *x509.Certificate) { c.Subject.CommonName = "" }, want{inspect.Refused, invalid, "7.1.22", "CN"}},
		"an authority": {func(c *x509.Certificate) { c.IsCA = true }, want{inspect.Refused, invalid, "7.1.22", "authority"}},
		"run out": {func(c *x509.Certificate) {
			c.NotAfter = time.Date(2025, 5, 5, 0, 0, 0, 0, time.UTC)
		}, want{inspect.Refused, invalid, "7.1.24", "valid until 2025-05-05"}},
		"not valid yet": {func(c *x509.Certificate) {
			c.NotBefore = time.Date(2030, 5, 5, 0, 0, 0, 0, time.UTC)
		}, want{inspect.Refused, invalid, "7.1.24", "valid from 2030-05-05"}},
		"the AAGUID of the model": {func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, extension(t, model, false, make([]byte, 16)))
		}, want{inspect.Accepted, "", "", ""}},
		"the AAGUID of another model": {func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, extension(t, model, false, []byte("0123456789abcdef")))
		}, want{inspect.Refused, invalid, "7.1.22", "30313233-3435-3637-3839-616263646566"}},
		"an AAGUID marked critical": {func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, extension(t, model, true, make([]byte, 16)))
		}, want{inspect.Refused, invalid, "7.1.22", "critical"}},
		"an AAGUID of fifteen bytes": {func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, extension(t, model, false, make([]byte, 15)))
		}, want{inspect.Refused, invalid, "7.1.22", "misshapen"}},
		"no basic constraints, a doubt": {func(c *x509.Certificate) { c.BasicConstraintsValid = false }, want{inspect.Accepted, "", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			m, issuer := newMaker(t), newKey(t)
			c.want.check(t, m.explain("packed", map[string]any{"alg": -7, "sig": m.sign(issuer, m.signed()),
				"x5c": [][]byte{certify(t, issuer, c.change)}}))
		})
	}
}

func TestFormatsThatNobodyKnowsAreNotCalledGood(t *testing.T) {
	m := newMaker(t)
	want{inspect.Unverified, inspect.ErrNotVerifiable.Code, "", `"vendor-x"`}.check(t, m.explain("vendor-x", map[string]any{"any": 1}))
	want{inspect.Refused, "MALFORMED", "7.1.13", "fmt is empty"}.check(t, m.explain("", map[string]any{}))
}

func TestACompoundAttestationHoldsWhereAllOfItDoes(t *testing.T) {
	m, issuer := newMaker(t), newKey(t)
	self := map[string]any{"fmt": "packed", "attStmt": map[string]any{"alg": -7, "sig": m.sign(m.key, m.signed())}}
	full := map[string]any{"fmt": "packed", "attStmt": map[string]any{"alg": -7, "sig": m.sign(issuer, m.signed()),
		"x5c": [][]byte{certify(t, issuer, func(*x509.Certificate) {})}}}
	bad := map[string]any{"fmt": "packed", "attStmt": map[string]any{"alg": -7, "sig": m.sign(issuer, m.signed())}}
	strange := map[string]any{"fmt": "vendor-x", "attStmt": map[string]any{}}
	nested := map[string]any{"fmt": "compound", "attStmt": map[string]any{}}
	for name, c := range map[string]struct {
		list []any
		want want
	}{
		"both hold":              {[]any{self, full}, want{inspect.Accepted, "", "", ""}},
		"one does not":           {[]any{self, bad}, want{inspect.Refused, "BAD_SIGNATURE", "7.1.22", "statement 2 (packed)"}},
		"one is unknown":         {[]any{self, strange}, want{inspect.Unverified, inspect.ErrNotVerifiable.Code, "", `"vendor-x"`}},
		"one only":               {[]any{self}, want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "here are 1"}},
		"one in the other":       {[]any{self, nested}, want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "stands in a compound"}},
		"something that is none": {[]any{self, 7}, want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "a number"}},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, m.explain("compound", c.list)) })
	}
	want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "array of statements"}.check(t, m.explain("compound", map[string]any{}))
}

// safetyNetToken signs what Google's service did.
func safetyNetToken(t *testing.T, m *maker, host string, change func(body map[string]any)) []byte {
	t.Helper()
	key, _ := rsaKey(t)
	cert := certify(t, key, func(c *x509.Certificate) { c.DNSNames = []string{host} })
	sum := sha256.Sum256(m.signed())
	body := map[string]any{"nonce": sum[:], "ctsProfileMatch": true, "basicIntegrity": true, "timestampMs": 1}
	change(body)
	encode := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	signed := encode(map[string]any{"alg": "RS256", "x5c": [][]byte{cert}}) + "." + encode(body)
	return []byte(signed + "." + base64.RawURLEncoding.EncodeToString(m.sign(key, []byte(signed))))
}

func TestSafetyNetIsReadAndHeldAgainstTheAnswer(t *testing.T) {
	m := newMaker(t)
	none := func(map[string]any) {}
	for name, c := range map[string]struct {
		response []byte
		want     want
	}{
		"all is well":  {safetyNetToken(t, m, "attest.android.com", none), want{inspect.Accepted, "", "", ""}},
		"another host": {safetyNetToken(t, m, "attest.example", none), want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "Google"}},
		"another nonce": {safetyNetToken(t, m, "attest.android.com", func(b map[string]any) {
			b["nonce"] = "AA=="
		}), want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "nonce"}},
		"a device that failed": {safetyNetToken(t, m, "attest.android.com", func(b map[string]any) {
			b["ctsProfileMatch"] = false
		}), want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "ctsProfileMatch"}},
		"no token": {[]byte("x.y"), want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "2 parts"}},
		"another signature": {append(safetyNetToken(t, m, "attest.android.com", none)[:0:0],
			swapLast(safetyNetToken(t, m, "attest.android.com", none))...), want{inspect.Refused, "BAD_SIGNATURE", "7.1.22", "token's certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.check(t, m.explain("android-safetynet", map[string]any{"ver": "14799021", "response": c.response}))
		})
	}
}

// swapLast changes a bit of the signature in the middle of its base64url.
func swapLast(token []byte) []byte {
	i := len(token) - 20
	if token[i] == 'A' {
		token[i] = 'B'
	} else {
		token[i] = 'A'
	}
	return token
}

// description is Android's key description, version 3.
type description struct {
	Version        int
	Level          asn1.Enumerated
	Keymaster      int
	KeymasterLevel asn1.Enumerated
	Challenge      []byte
	Unique         []byte
	Software, TEE  asn1.RawValue
}

func authorizationList(t *testing.T, elements ...[]byte) asn1.RawValue {
	t.Helper()
	var all []byte
	for _, el := range elements {
		all = append(all, el...)
	}
	return asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: all}
}

func tagged(t *testing.T, v any, params string) []byte {
	t.Helper()
	der, err := asn1.MarshalWithParams(v, params)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestAnAndroidKeyIsHeldAgainstItsDescription(t *testing.T) {
	generated, imported := tagged(t, 0, "explicit,tag:702"), tagged(t, 2, "explicit,tag:702")
	inner := tagged(t, []int{2}, "set")
	signs := append([]byte{0xa1, byte(len(inner))}, inner...)
	inner = tagged(t, []int{3}, "set")
	decrypts := append([]byte{0xa1, byte(len(inner))}, inner...)
	everybody := tagged(t, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 600, IsCompound: true, Bytes: []byte{5, 0}}, "")
	oid := []int{1, 3, 6, 1, 4, 1, 11129, 2, 1, 17}
	for name, c := range map[string]struct {
		level         asn1.Enumerated
		tee, software asn1.RawValue
		spoil         func(d *description)
		want          want
	}{
		"made in hardware": {1, authorizationList(t, signs, generated), authorizationList(t), nil,
			want{inspect.Accepted, "", "", ""}},
		"made in software, and so said": {0, authorizationList(t), authorizationList(t, signs, generated), nil,
			want{inspect.Accepted, "", "", ""}},
		"software that lists hardware": {0, authorizationList(t, signs, generated), authorizationList(t), nil,
			want{inspect.Accepted, "", "", ""}},
		"origin and purpose apart": {1, authorizationList(t, signs), authorizationList(t, generated), nil, want{inspect.Accepted, "", "", ""}},
		"silent about the origin": {1, authorizationList(t, signs), authorizationList(t), nil,
			want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "(origin)"}},
		"silent about the purpose": {1, authorizationList(t, generated), authorizationList(t), nil,
			want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "(purpose)"}},
		"imported": {1, authorizationList(t, signs, imported), authorizationList(t), nil,
			want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "not generated"}},
		"not for signing": {1, authorizationList(t, decrypts, generated), authorizationList(t), nil,
			want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "purpose"}},
		"for all applications": {1, authorizationList(t, signs, generated), authorizationList(t, everybody), nil,
			want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "all applications"}},
		"another challenge": {1, authorizationList(t, signs, generated), authorizationList(t), func(d *description) {
			d.Challenge = []byte("x")
		}, want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "attestationChallenge"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMaker(t)
			d := description{Version: 3, Level: c.level, Keymaster: 4, KeymasterLevel: c.level, Challenge: m.clientHash(), Software: c.software,
				TEE: c.tee}
			if c.spoil != nil {
				c.spoil(&d)
			}
			cert := certify(t, m.key, func(x *x509.Certificate) { x.ExtraExtensions = append(x.ExtraExtensions, extension(t, oid, false, d)) })
			c.want.check(t, m.explain("android-key", map[string]any{"alg": -7, "sig": m.sign(m.key, m.signed()), "x5c": [][]byte{cert}}))
		})
	}
	m, other := newMaker(t), newKey(t)
	cert := certify(t, other, func(*x509.Certificate) {})
	want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", "another key"}.check(t,
		m.explain("android-key", map[string]any{"alg": -7, "sig": m.sign(other, m.signed()), "x5c": [][]byte{cert}}))
}

func TestWhatSoftwareSaysOfItselfIsAWarning(t *testing.T) {
	for _, name := range []string{"r078-webauthn-server-android-key", "w3c-l3cr-android-key"} {
		x := explain(t, readPeer(t, name))
		s, _ := x.Step("7.1.22")
		if x.Verdict != inspect.Accepted || s.Verdict != inspect.Warning || !strings.Contains(s.Note, "attestationSecurityLevel Software") {
			t.Errorf("%s is %s, step 22 is %s: %s", name, x.Verdict, s.Verdict, s.Note)
		}
	}
}

// The specification's own vector once had it, and a Go error is no explanation.
func TestAnIntegerWhereAnEnumeratedBelongsIsNamed(t *testing.T) {
	oid := []int{1, 3, 6, 1, 4, 1, 11129, 2, 1, 17}
	for _, spoiled := range []string{"attestationSecurityLevel", "keyMintSecurityLevel"} {
		m := newMaker(t)
		der := extension(t, oid, false, description{Version: 300, Challenge: m.clientHash(), Software: authorizationList(t),
			TEE: authorizationList(t)}).Value
		at := bytes.Index(der, []byte{asn1.TagEnum, 1, 0})
		if spoiled == "keyMintSecurityLevel" {
			at = bytes.LastIndex(der, []byte{asn1.TagEnum, 1, 0})
		}
		der[at] = asn1.TagInteger
		cert := certify(t, m.key, func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: oid, Value: der})
		})
		x := m.explain("android-key", map[string]any{"alg": -7, "sig": m.sign(m.key, m.signed()), "x5c": [][]byte{cert}})
		want{inspect.Refused, "ATTESTATION_INVALID", "7.1.22", spoiled + " of the key description is an INTEGER"}.check(t, x)
		if !strings.Contains(x.Cause, "w3c/webauthn#2373") || strings.Contains(x.Cause, "asn1:") {
			t.Errorf("the cause is %q", x.Cause)
		}
	}
}

func TestKeysOfEdwardsCurvesAttestThemselves(t *testing.T) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, alg := range []int{-8, -19} {
		m := newMaker(t)
		m.cose = map[int]any{1: 1, 3: alg, -1: 6, -2: []byte(pub)}
		want{inspect.Accepted, "", "", ""}.check(t, m.explain("packed", map[string]any{"alg": alg, "sig": m.sign(priv, m.signed())}))
	}
}
