package decode_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"sting/backend/decode"
)

// registration is one of the specification or of a device, with what others found in
// it.
type registration struct {
	name             string
	object, client   []byte
	rpID, format     string
	flags            string // "" where nobody says
	signCount        uint32
	aaguid, id, cose string // hexadecimal; "" where nobody says
	certificates     int    // -1 where nobody says
}

func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile("../inspect/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// base64url is what has to be readable.
func base64url(t *testing.T, text string) []byte {
	t.Helper()
	b, err := decode.ParseBase64URL(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return b
}

// registrations are the vectors of Web Authentication Level 3, section 16, and those of
// devices that can be read.
func registrations(t *testing.T) (list []registration) {
	t.Helper()
	var w struct {
		Vectors []struct {
			Name, RPID   string
			Registration struct {
				ClientDataJSON, AttestationObject, Fmt string
				CredentialID                           string `json:"credentialId_hex"`
				X5cCount                               int
				AuthData                               struct{ Flags map[string]bool }
			}
		}
	}
	readVectors(t, "w3c.json", &w)
	for _, v := range w.Vectors {
		var flags []string
		for _, name := range []string{"UP", "RFU1", "UV", "BE", "BS", "RFU2", "AT", "ED"} {
			if v.Registration.AuthData.Flags[name] {
				flags = append(flags, name)
			}
		}
		list = append(list, registration{
			name: v.Name, object: base64url(t, v.Registration.AttestationObject), client: base64url(t, v.Registration.ClientDataJSON),
			rpID: v.RPID, format: v.Registration.Fmt, flags: strings.Join(flags, " "), id: v.Registration.CredentialID,
			certificates: v.Registration.X5cCount,
		})
	}
	var d struct {
		Registrations []struct {
			ID, RPID, Fmt, Flags, AAGUID, PublicKeyCose string
			SignCount                                   uint32
			Body                                        struct {
				Response struct{ AttestationObject, ClientDataJSON string }
			}
		}
	}
	readVectors(t, "devices.json", &d)
	for _, r := range d.Registrations {
		object, wrong := decode.ParseBase64URL(r.Body.Response.AttestationObject)
		client, unread := decode.ParseBase64URL(r.Body.Response.ClientDataJSON)
		if r.Fmt == "" || wrong != nil || unread != nil { // nobody could read it
			continue
		}
		list = append(list, registration{
			name: r.ID, object: object, client: client, rpID: r.RPID, format: r.Fmt, flags: r.Flags, signCount: r.SignCount, aaguid: r.AAGUID,
			cose: hex.EncodeToString(base64url(t, r.PublicKeyCose)), certificates: -1,
		})
	}
	if len(list) < 50 {
		t.Fatalf("only %d registrations", len(list))
	}
	return list
}

// parts takes an attestation object apart.
func (r registration) parts(t *testing.T) (statement decode.Item, data decode.AuthenticatorData) {
	t.Helper()
	it, _, err := decode.ParseCBOR(r.object)
	if err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	format, err := decode.Field(it, "fmt", decode.Text)
	if err != nil || string(format.Raw) != r.format {
		t.Errorf("%s: the format is %q, want %q: %v", r.name, format.Raw, r.format, err)
	}
	raw, err := decode.Field(it, "authData", decode.Bytes)
	if err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	if statement, err = decode.Field(it, "attStmt", decode.Map); err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	if strangers := decode.Strangers(it, "fmt", "attStmt", "authData"); strangers != "" {
		t.Errorf("%s: nobody knows %s", r.name, strangers)
	}
	if data, err = decode.ParseAuthenticatorData(raw.Raw); err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	return statement, data
}

// What others found in the registrations of the specification and of devices is found
// here too, at the places that are named.
func TestRegistrationsAreReadAsOthersReadThem(t *testing.T) {
	for _, r := range registrations(t) {
		statement, a := r.parts(t)
		hash := sha256.Sum256([]byte(r.rpID))
		if !bytes.Equal(a.RPIDHash, hash[:]) && r.rpID != "" && !strings.HasPrefix(r.name, "reg-") {
			t.Errorf("%s: rpIdHash %x", r.name, a.RPIDHash)
		}
		if got := decode.FlagNames(a.Flags); got != r.flags {
			t.Errorf("%s: flags %q, want %q", r.name, got, r.flags)
		}
		if a.SignCount != r.signCount {
			t.Errorf("%s: signCount %d, want %d", r.name, a.SignCount, r.signCount)
		}
		if got := strings.ReplaceAll(decode.UUID(a.AAGUID), "-", ""); r.aaguid != "" && got != r.aaguid {
			t.Errorf("%s: AAGUID %s, want %s", r.name, got, r.aaguid)
		}
		if got := hex.EncodeToString(a.CredentialID); r.id != "" && got != r.id {
			t.Errorf("%s: credential ID %s, want %s", r.name, got, r.id)
		}
		if got := hex.EncodeToString(a.Key); r.cose != "" && got != r.cose {
			t.Errorf("%s: key %s, want %s", r.name, got, r.cose)
		}
		for _, s := range a.Spans {
			field, known := map[string][]byte{
				"rpIdHash": a.RPIDHash, "flags": {a.Flags}, "attestedCredentialData.aaguid": a.AAGUID,
				"attestedCredentialData.credentialId": a.CredentialID, "attestedCredentialData.credentialPublicKey": a.Key,
			}[s.Field]
			if at := a.Raw[s.Offset : s.Offset+s.Length]; known && !bytes.Equal(at, field) {
				t.Errorf("%s: at the place of %s is %x, not %x", r.name, s.Field, at, field)
			}
		}
		path, err := decode.Certificates(statement)
		if r.certificates >= 0 && len(path) != r.certificates {
			t.Errorf("%s: %d certificates, want %d: %v", r.name, len(path), r.certificates, err)
		}
	}
}

// Client data are read with the places of their members: what stands there is the value.
func TestMembersOfClientDataAreFoundInTheirBytes(t *testing.T) {
	for _, r := range registrations(t) {
		for _, raw := range [][]byte{r.client, append([]byte("\uFEFF"), r.client...)} {
			o, err := decode.ParseObject(decode.TrimBOM(raw))
			if err != nil {
				t.Fatalf("%s: %v", r.name, err)
			}
			values := decode.ClientDataValues(o)
			if kind, _ := o.Text("type"); kind != "webauthn.create" || values["type"] != "webauthn.create" {
				t.Errorf("%s: the type is %q", r.name, kind)
			}
			spans := decode.ClientDataSpans(raw)
			if len(spans) != len(o.Members) {
				t.Errorf("%s: %d places of %d members", r.name, len(spans), len(o.Members))
			}
			for i, s := range spans {
				if at := raw[s.Offset : s.Offset+s.Length]; s.Field != o.Members[i].Name || !bytes.Equal(at, o.Members[i].Raw) {
					t.Errorf("%s: %s is %s, and at its place is %s", r.name, s.Field, o.Members[i].Raw, at)
				}
			}
		}
	}
	for _, text := range []string{"", "[]", "null", `"x"`} {
		if spans := decode.ClientDataSpans([]byte(text)); spans != nil {
			t.Errorf("%q: %v", text, spans)
		}
	}
	for _, cut := range []string{`{"a":1,`, `{"a":1,"b":`} {
		if spans := decode.ClientDataSpans([]byte(cut)); len(spans) != 1 {
			t.Errorf("%q: %v", cut, spans)
		}
	}
}

// The keys of the vectors are what their names say, and can be written for others.
func TestKeysOfTheVectorsAreOfTheirAlgorithm(t *testing.T) {
	algorithms := map[string]string{"EdDSA": "EdDSA (-8)", "ES256": "ES256 (-7)", "ES384": "ES384 (-35)", "ES512": "ES512 (-36)",
		"RS256": "RS256 (-257)", "Ed448": "Ed448 (-53)"}
	for _, r := range registrations(t) {
		_, a := r.parts(t)
		k, err := decode.ParseCOSEKey(a.Key)
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
			continue
		}
		if _, name, ok := strings.Cut(r.name, "."); ok {
			name, _, _ = strings.Cut(name, ".")
			if got := decode.AlgorithmName(k.Algorithm); got != algorithms[name] {
				t.Errorf("%s: a key of %s", r.name, got)
			}
			if k.Verifiable() == (name == "Ed448") { // the standard library has no such curve
				t.Errorf("%s: that its signatures can be checked is %v", r.name, k.Verifiable())
			}
		}
		text := k.Text()
		if decode.KeyTypeName(k.KeyType) == "AKP" { // two devices with ML-DSA, which has no such forms here
			if k.Verifiable() || text.JWK != nil || text.PEM != "" {
				t.Errorf("%s: a key of the type %d is %+v", r.name, k.KeyType, text)
			}
			continue
		}
		if kty := map[string]string{"EC2": "EC", "OKP": "OKP", "RSA": "RSA"}[decode.KeyTypeName(k.KeyType)]; text.JWK["kty"] != kty || kty == "" {
			t.Errorf("%s: the key type is %q, want %q", r.name, text.JWK["kty"], kty)
		}
		if (text.PEM == "") == k.Verifiable() {
			t.Errorf("%s: PEM is %q", r.name, text.PEM)
		}
		for _, s := range k.Spans {
			if s.Field == "-2" && k.X != nil && !bytes.HasSuffix(a.Key[s.Offset:s.Offset+s.Length], k.X) {
				t.Errorf("%s: x is not at its place", r.name)
			}
		}
	}
}
