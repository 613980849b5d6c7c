package passkey_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"sting/backend/fault"
	"sting/backend/passkey"
)

// isOneOf fails the test unless err is one of the faults in codes.
func isOneOf(t *testing.T, err error, codes ...string) {
	t.Helper()
	got := fault.From(err).Code
	for _, c := range codes {
		if got == c {
			return
		}
	}
	t.Errorf("got %v, want one of %v", err, codes)
}

func FuzzReadAnswer(f *testing.F) {
	var file struct{ Cases []struct{ Kind, Body string } }
	readVectors(f, "bodies.json", &file)
	for _, c := range file.Cases {
		f.Add(c.Kind == "registration", []byte(c.Body))
	}
	f.Add(false, []byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{}}`))
	last := file.Cases[len(file.Cases)-1]
	f.Add(last.Kind == "registration", []byte(last.Body+"{}"))
	f.Fuzz(func(t *testing.T, registration bool, raw []byte) {
		kind := passkey.Authentication
		if registration {
			kind = passkey.Registration
		}
		id, clientData, handle, err := passkey.ReadAnswer(kind, raw)
		if err != nil {
			isOneOf(t, err, "MALFORMED")
			return
		}
		// Another reader of the same bytes must not see anything else.
		var m struct {
			ID       string `json:"id"`
			RawID    string `json:"rawId"`
			Type     string `json:"type"`
			Response struct {
				ClientDataJSON string  `json:"clientDataJSON"`
				UserHandle     *string `json:"userHandle"`
			} `json:"response"`
		}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatalf("accepted, and encoding/json refuses it: %v", err)
		}
		text := base64.RawURLEncoding.EncodeToString
		if m.ID != text(id) || m.RawID != text(id) || m.Type != "public-key" || m.Response.ClientDataJSON != text(clientData) {
			t.Errorf("two readers disagree about %s", raw)
		}
		if len(id) == 0 || len(id) > 1023 || m.Response.UserHandle != nil && *m.Response.UserHandle != text(handle) {
			t.Errorf("id of %d bytes, user handle %x", len(id), handle)
		}
	})
}

// byTokens reads an object token by token: what Object has to say the same as, in
// one go.
func byTokens(raw []byte, known []string) (map[string]string, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	m := map[string]string{}
	for d.More() {
		t, err := d.Token()
		name, isName := t.(string)
		var v json.RawMessage
		_, twice := m[name]
		if err != nil || !isName || d.Decode(&v) != nil || twice || slices.ContainsFunc(known, func(k string) bool {
			return name != k && strings.EqualFold(name, k)
		}) {
			return nil, false
		}
		m[name] = string(v)
	}
	_, closed := d.Token()
	_, behind := d.Token()
	return m, closed == nil && errors.Is(behind, io.EOF)
}

func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		` { "type" : "a\"}b" , "x" : [ {"y":"]"} , 1e5 ] , "" : {} } `, `{}`, ` { } `, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"Type":1}`,
		`{"type":1}{}`, `{"type":1,}`, `{"type" 1}`, `[{"type":1}]`, `{"a":"\ud800","b":"` + "\xff" + `"}`, `{"a":nul}`, "\xef\xbb\xbf{}", ``,
		`{"a":{"b":{}},"c":[[],{}]}`, `{"a\\":"\\","b":"\\\""}`, `"type"`, `{"a":1`,
	} {
		f.Add([]byte(seed))
	}
	known := []string{"type", "id"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		want, good := byTokens(raw, known)
		got, err := passkey.Object(raw, known)
		if (err == nil) != good {
			t.Fatalf("%q: %v, by tokens it is good: %v", raw, err, good)
		}
		if !good {
			return
		}
		read := map[string]string{}
		for name, v := range got {
			read[name] = string(v)
		}
		if !maps.Equal(read, want) {
			t.Errorf("%q: %q, by tokens %q", raw, read, want)
		}
	})
}

func FuzzCheckClientData(f *testing.F) {
	const challenge = "Y2hhbGxlbmdl"
	for _, seed := range []string{
		`{"type":"webauthn.get","challenge":"Y2hhbGxlbmdl","origin":"https://localhost:8443","crossOrigin":false}`,
		`{"type":"webauthn.get","challenge":"Y2hhbGxlbmdl","origin":"https://localhost:8443","crossOrigin":true,` +
			`"topOrigin":"https://localhost:8443"}`,
		`{"type":"webauthn.get","challenge":"Y2hhbGxlbmdl","origin":"https://localhost:8443","tokenBinding":{"status":"supported"}}`,
		`{"type":"webauthn.get","challenge":"Y2hhbGxlbmdl","origin":"https://localhost:8443","crossOrigin":"no"}`,
		`{"type":"webauthn.get","challenge":"Y2hhbGxlbmdl","origin":"https://localhost:8443"}{}`,
		"\xef\xbb\xbf{}",
	} {
		f.Add([]byte(seed))
	}
	rp := passkey.RelyingParty{ID: "localhost", Origins: []string{origin}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		err := passkey.CheckClientData(raw, passkey.Authentication, challenge, rp)
		if err != nil {
			isOneOf(t, err, "MALFORMED", "TYPE_MISMATCH", "CHALLENGE_MISMATCH", "ORIGIN_MISMATCH", "TOP_ORIGIN_MISMATCH", "CROSS_ORIGIN_FRAME")
			return
		}
		if len(raw) > 3 && raw[0] == 0xef {
			raw = raw[3:]
		}
		var m struct {
			Type, Challenge, Origin string
			CrossOrigin             bool
			TopOrigin               *string
		}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatalf("accepted, and encoding/json refuses it: %v", err)
		}
		if m.Type != "webauthn.get" || m.Challenge != challenge || m.Origin != origin || m.CrossOrigin || m.TopOrigin != nil {
			t.Errorf("accepted %s", raw)
		}
	})
}

func FuzzCheckKey(f *testing.F) {
	for _, list := range [][]weakKey{ecCases(), okpCases(), rsaCases()} {
		for _, c := range list {
			f.Add(canonical(c.key))
		}
	}
	f.Fuzz(func(t *testing.T, cose []byte) {
		algorithm, err := passkey.CheckKey(cose)
		if err != nil {
			isOneOf(t, err, "BAD_KEY")
			return
		}
		// What was accepted is a key that can be verified with.
		key, err := webauthncose.ParsePublicKey(cose)
		if err != nil {
			t.Fatalf("accepted, and it can't be read: %v", err)
		}
		if good, err := webauthncose.VerifySignature(key, []byte("message"), make([]byte, 64)); good {
			t.Errorf("a key of algorithm %d takes zeros for a signature (%v)", algorithm, err)
		}
	})
}
