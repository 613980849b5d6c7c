package decode_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"

	"sting/backend/decode"
)

// refuses fails unless an error says why.
func refuses(t *testing.T, claim string, err error, why string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("%s: %v, want %q", claim, err, why)
	}
}

// statements are those of a format.
func statements(t *testing.T, format string) map[string]decode.Item {
	t.Helper()
	out := map[string]decode.Item{}
	for _, r := range registrations(t) {
		if r.format == format {
			out[r.name], _ = r.parts(t)
		}
	}
	if len(out) == 0 {
		t.Fatalf("no statement of the format %s", format)
	}
	return out
}

func item(t *testing.T, v any) decode.Item {
	t.Helper()
	it, _, err := decode.ParseCBOR(encoded(t, v))
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// TPM statements of the specification and of devices name the key that they certify:
// Web Authentication Level 3, section 8.3; TPM 2.0 library, part 2, sections 10.12.8 and
// 12.2.4.
func TestTPMStatementsAreReadToTheirEnd(t *testing.T) {
	for name, st := range statements(t, "tpm") {
		s, err := decode.ParseTPMStatement(st)
		if err != nil || s.Version != "2.0" || len(s.Signature) == 0 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		info, err := decode.ParseCertInfo(s.CertInfo)
		if err != nil || info.Magic != decode.TPMGenerated || info.Kind != decode.TPMAttestCertify || info.Show()["magic"] != "0xff544347" ||
			info.Show()["type"] != "0x8017" {
			t.Errorf("%s: %v, %v", name, info.Show(), err)
		}
		area, err := decode.ParsePubArea(s.PubArea)
		shown := area.Show()
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case area.Kind == decode.TPMRSA && (len(area.Modulus) != 256 || shown["keyBits"] != uint16(2048)):
			t.Errorf("%s: %v, a modulus of %d bytes", name, shown, len(area.Modulus))
		case area.Kind == decode.TPMECC && (len(area.X) != 32 || len(area.Y) != 32 || shown["curve"] != "0x0003"): // TPM_ECC_NIST_P256
			t.Errorf("%s: %v, coordinates of %d and %d bytes", name, shown, len(area.X), len(area.Y))
		}
		path, err := decode.Certificates(st)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if vendor, err := decode.TPMVendor(path[0]); err != nil || !strings.HasPrefix(vendor["manufacturer"], "id:") || vendor["model"] == "" {
			t.Errorf("%s: %v, %v", name, vendor, err)
		}
		for cut := range s.CertInfo {
			if _, err := decode.ParseCertInfo(s.CertInfo[:cut]); err == nil {
				t.Errorf("%s: the first %d bytes of certInfo are a whole one", name, cut)
			}
		}
		for cut := range s.PubArea {
			if _, err := decode.ParsePubArea(s.PubArea[:cut]); err == nil {
				t.Errorf("%s: the first %d bytes of pubArea are a whole one", name, cut)
			}
		}
		_, err = decode.ParseCertInfo(append(s.CertInfo[:len(s.CertInfo):len(s.CertInfo)], 0))
		refuses(t, name, err, "1 byte stand behind it")
		_, err = decode.ParsePubArea(append(s.PubArea[:len(s.PubArea):len(s.PubArea)], 0, 0))
		refuses(t, name, err, "2 bytes stand behind it")
	}
}

// A key of a TPM may come with a scheme and a symmetric algorithm, which are passed over.
func TestAPubAreaWithSchemesIsRead(t *testing.T) {
	words := func(n ...uint16) (out []byte) {
		for _, w := range n {
			out = binary.BigEndian.AppendUint16(out, w)
		}
		return out
	}
	const sha256, null, aes, cfb, rsassa, ecdsa, kdf = 0x000b, 0x0010, 0x0006, 0x0043, 0x0014, 0x0018, 0x0020
	rsa := words(decode.TPMRSA, sha256, 0, 0x72, 0, aes, 128, cfb, rsassa, sha256, 2048, 0, 3, 2, 0xabcd)
	if a, err := decode.ParsePubArea(rsa); err != nil || a.Exponent != 3 || string(a.Modulus) != "\xab\xcd" {
		t.Errorf("RSA: %+v, %v", a, err)
	}
	ecc := words(decode.TPMECC, sha256, 0, 0x72, 0, null, ecdsa, sha256, 3, kdf, sha256, 2, 0x0102, 2, 0x0304)
	if a, err := decode.ParsePubArea(ecc); err != nil || a.Curve != 3 || string(a.X) != "\x01\x02" || string(a.Y) != "\x03\x04" {
		t.Errorf("ECC: %+v, %v", a, err)
	}
	_, err := decode.ParsePubArea(words(0x0008, sha256, 0, 0, 0)) // TPM_ALG_KEYEDHASH
	refuses(t, "a keyed hash", err, "0x0008 are not known")
	quote := append(words(0xff54, 0x4347, 0x8018, 0, 0), make([]byte, 25)...) // TPM_ST_ATTEST_QUOTE
	if c, err := decode.ParseCertInfo(quote); err != nil || c.Kind != 0x8018 || c.Name != nil {
		t.Errorf("a quote: %+v, %v", c, err)
	}
}

func TestAMemberOfAStatementThatIsMissingOrOfAnotherKindIsNamed(t *testing.T) {
	whole := map[string]any{"ver": "2.0", "alg": -7, "sig": []byte{1}, "certInfo": []byte{2}, "pubArea": []byte{3}}
	if _, err := decode.ParseTPMStatement(item(t, whole)); err != nil {
		t.Fatal(err)
	}
	for name := range whole {
		without := maps.Clone(whole)
		delete(without, name)
		_, err := decode.ParseTPMStatement(item(t, without))
		refuses(t, name, err, name+" is missing")
		without[name] = []any{}
		_, err = decode.ParseTPMStatement(item(t, without))
		refuses(t, name, err, name+" is an array, where it should be ")
	}
	whole["sig"] = []byte{}
	_, err := decode.ParseTPMStatement(item(t, whole))
	refuses(t, "an empty signature", err, "sig is empty")
	if got := decode.Strangers(item(t, map[any]any{"alg": 1, "more": 2, 7: 3}), "alg"); got != `7, "more"` {
		t.Errorf("strangers are %s", got)
	}
	for claim, c := range map[string]struct {
		x5c any
		why string
	}{
		"none":            {nil, "x5c is a simple value"},
		"an empty list":   {[]any{}, "x5c is empty"},
		"a text":          {[]any{"pem"}, "certificate 1 of x5c is a text"},
		"no certificate":  {[]any{[]byte("der")}, "certificate 1 of x5c can't be read"},
		"no list at all":  {"x", "x5c is a text, where it should be an array"},
		"a truth, or one": {true, "x5c is true"},
	} {
		_, err := decode.Certificates(item(t, map[string]any{"x5c": c.x5c}))
		refuses(t, claim, err, c.why)
	}
}

// The subject alternative name of a TPM's certificate: TPM 2.0 EK profile, section 3.2.9.
func TestACertificateThatNamesNoTPMIsRefused(t *testing.T) {
	name := func(pairs ...string) *x509.Certificate {
		var set pkix.RelativeDistinguishedNameSET
		for i := 0; i < len(pairs); i += 2 {
			last := map[string]int{"manufacturer": 1, "model": 2, "version": 3}[pairs[i]]
			set = append(set, pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{2, 23, 133, 2, last}, Value: pairs[i+1]})
		}
		directory, err := asn1.Marshal(pkix.RDNSequence{set})
		if err != nil {
			t.Fatal(err)
		}
		return sanOf(t, []asn1.RawValue{
			{Class: asn1.ClassContextSpecific, Tag: 2, Bytes: []byte("dns.example")},
			{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: directory},
		})
	}
	vendor, err := decode.TPMVendor(name("manufacturer", "id:49465800", "model", "SLB\x009672", "version", "id:000d"))
	want := map[string]string{"manufacturer": "id:49465800", "model": "SLB\uFFFD9672", "version": "id:000d"}
	if err != nil || !reflect.DeepEqual(vendor, want) {
		t.Errorf("%v, %v", vendor, err)
	}
	_, err = decode.TPMVendor(name("manufacturer", "id:49465800", "version", "id:000d"))
	refuses(t, "no model", err, "the TPM's model")
	_, err = decode.TPMVendor(&x509.Certificate{})
	refuses(t, "no such name", err, "the TPM's manufacturer")
	broken := []asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: []byte{0x30, 9}}}
	_, err = decode.TPMVendor(sanOf(t, broken))
	refuses(t, "a directory name cut short", err, "can't be read")
	san := sanOf(t, broken)
	san.Extensions[0].Value = []byte{0x30, 9}
	_, err = decode.TPMVendor(san)
	refuses(t, "a list cut short", err, "can't be read")
}

func sanOf(t *testing.T, names []asn1.RawValue) *x509.Certificate {
	t.Helper()
	der, err := asn1.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	return &x509.Certificate{Extensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: der}}}
}

// Android's key attestation, schema version 300.
func TestAKeyDescriptionIsReadAndWhatIsWrongWithItIsSaid(t *testing.T) {
	for name, st := range statements(t, "android-key") {
		path, err := decode.Certificates(st)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		d, err := decode.ParseKeyDescription(path[0])
		shown := d.Show()
		if err != nil || len(d.Challenge) != 32 || shown["softwareEnforced"] == nil || shown["attestationSecurityLevel"] == "" {
			t.Errorf("%s: %v, %v", name, shown, err)
		}
	}
	tagged := func(tag int, v any, params string) asn1.RawValue {
		inner, err := asn1.MarshalWithParams(v, params)
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: inner}
	}
	type description struct {
		Version       any
		Level         any
		Mint          int
		MintLevel     asn1.Enumerated
		Challenge     []byte
		Unique        []byte
		Software, TEE []asn1.RawValue
	}
	good := func() description {
		return description{300, asn1.Enumerated(1), 300, 1, []byte("challenge"), nil, nil, []asn1.RawValue{
			tagged(1, []int{2, 3}, "set"), tagged(702, 0, ""), {Class: asn1.ClassUniversal, Tag: asn1.TagNull},
		}}
	}
	read := func(v any) (decode.KeyDescription, error) {
		der, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return decode.ParseKeyDescription(&x509.Certificate{Extensions: []pkix.Extension{
			{Id: asn1.ObjectIdentifier{2, 5, 29, 15}}, {Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 1, 17}, Value: der},
		}})
	}
	d, err := read(good())
	want := map[string]any{
		"attestationVersion": int64(300), "attestationSecurityLevel": "trusted environment", "attestationChallenge": decode.Hex("challenge"),
		"softwareEnforced": map[string]any{"members": 0, "allApplications": false},
		"teeEnforced":      map[string]any{"members": 3, "allApplications": false, "purpose": []int64{2, 3}, "origin": int64(0)},
	}
	if got := d.Show(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	everybody := good()
	everybody.Level, everybody.Software = asn1.Enumerated(9), []asn1.RawValue{tagged(600, asn1.NullRawValue, "")}
	if d, err = read(everybody); err != nil || !d.Software.AllApplications || d.TEE.AllApplications ||
		d.Show()["attestationSecurityLevel"] != "9" {
		t.Errorf("%v, %v", d.Show(), err)
	}
	for claim, c := range map[string]struct {
		edit func(*description)
		why  string
	}{
		"a level as a number":   {func(d *description) { d.Level = 1 }, "w3c/webauthn#2373"},
		"a version as a text":   {func(d *description) { d.Version = "300" }, "attestationVersion of the key description has another ASN.1 type"},
		"a level as a truth":    {func(d *description) { d.Level = true }, "attestationSecurityLevel of the key description has another"},
		"an origin of a text":   {func(d *description) { d.TEE = []asn1.RawValue{tagged(702, "x", "")} }, "is not one INTEGER"},
		"a purpose of a number": {func(d *description) { d.Software = []asn1.RawValue{tagged(1, 2, "")} }, "is no SET of INTEGERs"},
		"a version of 72 bits": {func(d *description) {
			d.Version = asn1.RawValue{Tag: asn1.TagInteger, Bytes: []byte{1, 2, 3, 4, 5, 6, 7, 8, 9}}
		}, "no number that fits"},
	} {
		d := good()
		c.edit(&d)
		_, err := read(d)
		refuses(t, claim, err, c.why)
		wrong, ok := errors.AsType[*decode.Mismatch](err)
		if ok && (wrong.Expected == "" || wrong.Received == "" || wrong.Expected == wrong.Received) {
			t.Errorf("%s: expected %q, received %q", claim, wrong.Expected, wrong.Received)
		}
	}
	_, err = read(struct{ Version int }{300})
	refuses(t, "one member alone", err, "can't be read, at attestationSecurityLevel")
	_, err = read(300)
	refuses(t, "a number", err, "no ASN.1 sequence")
	_, err = decode.ParseKeyDescription(&x509.Certificate{})
	refuses(t, "none", err, "has no key description")
}

// RFC 7515, section 3.1: three parts in base64url, with the certificates in the head.
func TestASafetyNetTokenIsTakenApart(t *testing.T) {
	var der []byte
	for _, st := range statements(t, "packed") {
		if path, err := decode.Certificates(st); err == nil {
			der = path[0].Raw
		}
	}
	token := func(head any, body string) string {
		raw, err := json.Marshal(head)
		if err != nil {
			t.Fatal(err)
		}
		return decode.Base64URL(raw) + "." + decode.Base64URL([]byte(body)) + "." + decode.Base64URL([]byte("signature"))
	}
	type head struct {
		Alg string   `json:"alg"`
		X5c []string `json:"x5c"`
	}
	good := head{"RS256", []string{base64.StdEncoding.EncodeToString(der)}}
	text := token(good, `{"nonce":"bm9uY2U=","timestampMs":5,"ctsProfileMatch":true}`)
	s, err := decode.ParseSafetyNet(text)
	if err != nil || s.Algorithm != "RS256" || s.Payload.Nonce != "bm9uY2U=" || !s.Payload.CTSProfileMatch || s.Payload.BasicIntegrity ||
		len(s.Certificates) != 1 || string(s.Signature) != "signature" || s.Signed+"." != text[:strings.LastIndex(text, ".")+1] {
		t.Errorf("%+v, %v", s, err)
	}
	for claim, c := range map[string]struct{ text, why string }{
		"two parts":          {"a.b", "2 parts, not 3"},
		"no base64url":       {"e30.e30.a+b", "part 3 of the token is no base64url"},
		"no head":            {"AAAA.e30.AAAA", "head of the token"},
		"no body":            {token(good, "]"), "body of the token"},
		"no certificates":    {token(head{Alg: "RS256"}, "{}"), "no certificates"},
		"a certificate, not": {token(head{"RS256", []string{"AAAA"}}, "{}"), "certificate 1 of the token can't be read"},
	} {
		_, err := decode.ParseSafetyNet(c.text)
		refuses(t, claim, err, c.why)
	}
}
