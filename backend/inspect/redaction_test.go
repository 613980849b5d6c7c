package inspect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/inspect"
)

// What PRF computes is a key, what a large blob holds is a person's: neither is
// shown anywhere.
func TestPRFResultsAndLargeBlobsAreNeverShown(t *testing.T) {
	m := newMaker(t)
	m.flags |= 0x80
	m.ext = canonical(t, map[string]any{
		"hmac-secret": true, "credProtect": 3, "minPinLength": 6, "hmac-secret-mc": []byte("SECRETBYTES-OF-THE-AUTHENTICATOR"),
		"credBlob": []byte("SECRETBYTES"),
	})
	file := m.file("none", map[string]any{})
	file["credential"].(map[string]any)["clientExtensionResults"] = map[string]any{
		"prf":       map[string]any{"enabled": true, "results": map[string]any{"first": "U0VDUkVUQllURVM", "second": "U0VDUkVUQllURVM"}},
		"largeBlob": map[string]any{"supported": true, "blob": "U0VDUkVUQllURVM"},
		"credProps": map[string]any{"rk": true}, "hmacGetSecret": map[string]any{"output1": "U0VDUkVUQllURVM"}, "getCredBlob": "U0VDUkVUQllURVM",
	}
	x := explain(t, vector{file: file}.encode(t))
	if x.Verdict != inspect.Accepted {
		t.Fatalf("got %s: %s", x.Verdict, x.Cause)
	}
	raw, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, hidden := range []string{"SECRETBYTES", "U0VDUkVUQllURVM", "5345435245544259544553"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is shown", hidden)
		}
	}
	for _, shown := range []string{`"rk":true`, `"enabled":true`, `"supported":true`, `"3 (user verification required)"`, `"minPinLength":6`,
		`"hmac-secret":true`} {
		if !strings.Contains(text, shown) {
			t.Errorf("%s is not shown", shown)
		}
	}
}

// Unusual outputs are said and refuse nothing.
func TestUnusualExtensionOutputsAreDoubted(t *testing.T) {
	for name, ext := range map[string]map[string]any{
		"a level that there is not": {"credProtect": 9}, "a PIN of three": {"minPinLength": 3}, "a number for a truth": {"hmac-secret": 1},
	} {
		m := newMaker(t)
		m.flags |= 0x80
		m.ext = canonical(t, ext)
		x := m.explain("none", map[string]any{})
		if s, _ := x.Step("7.1.28"); s.Verdict != inspect.Warning || x.Verdict != inspect.Accepted {
			t.Errorf("%s: the step is %s, the verdict %s", name, s.Verdict, x.Verdict)
		}
	}
	m := newMaker(t)
	m.flags |= 0x80
	m.ext = []byte{0xa1, 1, 1}
	want{inspect.Refused, "MALFORMED", "7.1.13", "named by a number"}.check(t, m.explain("none", map[string]any{}))
}

// An encrypted value has a length, and is never shown.
func TestTheSecretsOfASignInHaveTheLengthOfOneOrTwo(t *testing.T) {
	for name, c := range map[string]struct {
		output any
		want   api.Verdict
	}{
		"one, protocol 1": {make([]byte, 32), inspect.Passed}, "two, protocol 1": {make([]byte, 64), inspect.Passed},
		"one, protocol 2": {make([]byte, 48), inspect.Passed}, "two, protocol 2": {make([]byte, 80), inspect.Passed},
		"a byte too few": {make([]byte, 31), inspect.Warning}, "a byte too many": {make([]byte, 81), inspect.Warning},
		"none": {[]byte{}, inspect.Warning}, "a truth": {true, inspect.Warning},
	} {
		s := newSpecimen(t, "none.ES256 authentication")
		data := s.bytes("authenticatorData")
		data[32] |= 0x80
		s.set("authenticatorData", append(data, canonical(t, map[string]any{"hmac-secret": c.output})...))
		x := explain(t, vector{file: s.file}.encode(t))
		step, _ := x.Step("7.2.23")
		if step.Verdict != c.want || (c.want == inspect.Warning) != strings.Contains(step.Note, "32, 64, 48 or 80") {
			t.Errorf("%s: %s, %q", name, step.Verdict, step.Note)
		}
	}
}

func TestRangesNameTheBytesOfEachField(t *testing.T) {
	s := newSpecimen(t, "packed.ES256 registration")
	x := explain(t, vector{file: s.file}.encode(t))
	object := s.bytes("attestationObject")
	var data []byte
	for _, r := range x.Ranges {
		if r.Field == "attestationObject.authData" {
			data = object[r.Offset : r.Offset+r.Length]
		}
	}
	parts := map[string][]byte{"attestationObject": object, "authenticatorData": data, "clientDataJSON": s.bytes("clientDataJSON")}
	seen := map[string]string{}
	for _, r := range x.Ranges {
		part := parts[r.Of]
		if r.Offset < 0 || r.Length <= 0 || r.Offset+r.Length > len(part) {
			t.Fatalf("%+v does not fit into the %d bytes of %s", r, len(part), r.Of)
		}
		seen[r.Field] = string(part[r.Offset : r.Offset+r.Length])
	}
	id, _ := s.credential()["id"].(string)
	for field, want := range map[string]string{
		"clientData.type": `"webauthn.create"`, "clientData.origin": `"https://example.org"`, "authenticatorData.flags": "\x4d",
		"authenticatorData.signCount": "\x00\x00\x00\x00", "attestationObject.fmt": "packed",
		"authenticatorData.attestedCredentialData.credentialId":          string(unbase64(t, id)),
		"authenticatorData.attestedCredentialData.credentialPublicKey.3": "\x26",
		"authenticatorData.attestedCredentialData.credentialIdLength":    "\x00\x20",
		"authenticatorData.attestedCredentialData.credentialPublicKey.1": "\x02",
	} {
		if seen[field] != want {
			t.Errorf("%s: got %q, want %q", field, seen[field], want)
		}
	}
	if _, ok := seen["attestationObject.attStmt.sig"]; !ok {
		t.Error("the signature has no range")
	}
}
