package inspect_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/inspect"
)

// signInAs is a good sign-in whose authenticator signed for what is hashed.
func signInAs(t *testing.T, hashed string, results, options map[string]any) api.Explanation {
	t.Helper()
	key := newKey(t)
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	client := []byte(`{"type":"webauthn.get","challenge":"MDEyMzQ1Njc4OWFiY2RlZg","origin":"https://example.org"}`)
	rp, hash := sha256.Sum256([]byte(hashed)), sha256.Sum256(client)
	data := binary.BigEndian.AppendUint32(append(rp[:], 1), 7)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	file := map[string]any{
		"kind": "authentication", "rp_id": "example.org", "origins": []string{"https://example.org"}, "challenge": "MDEyMzQ1Njc4OWFiY2RlZg",
		"credential": map[string]any{"id": "Y3JlZA", "rawId": "Y3JlZA", "type": "public-key", "clientExtensionResults": results,
			"response": map[string]any{"clientDataJSON": encode64(client), "authenticatorData": encode64(data), "signature": encode64(sig)}},
		"stored": map[string]any{"public_key": encode64(canonical(t, map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})),
			"sign_count": 0},
	}
	if options != nil {
		file["options"] = options
	}
	raw, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return explain(t, raw)
}

// Web Authentication Level 3, section 10.1.1: where the output is true, the hash
// is that of the AppID, and not that of the RP ID.
func TestTheHashOfAnAppIDIsRightWhereItWasAskedForAndUsed(t *testing.T) {
	const rp, app = "example.org", "https://example.org/app-id.json"
	used, unused := map[string]any{"appid": true}, map[string]any{"appid": false}
	asked := map[string]any{"rpId": rp, "challenge": "MDEyMzQ1Njc4OWFiY2RlZg",
		"allowCredentials": []any{map[string]any{"id": "Y3JlZA", "type": "public-key"}},
		"extensions":       map[string]any{"appid": app}}
	silent := map[string]any{"rpId": rp, "challenge": "MDEyMzQ1Njc4OWFiY2RlZg", "allowCredentials": asked["allowCredentials"]}
	const wrong = "RPID_MISMATCH"
	for name, c := range map[string]struct {
		hashed           string
		results, options map[string]any
		fault, says      string
	}{
		"asked for and used":               {app, used, asked, "", ""},
		"asked for and not needed":         {rp, unused, asked, "", ""},
		"asked for, the output is lost":    {app, map[string]any{}, asked, wrong, "clientExtensionResults.appid is not true"},
		"asked for, and said to be unused": {app, unused, asked, wrong, "clientExtensionResults.appid is not true"},
		"said to be used, the RP ID was":   {rp, used, asked, wrong, "then the hash is that one's"},
		"another AppID than the asked one": {"https://example.org", used, asked, wrong,
			"signed for https://example.org, this relying party is " + app},
		"not asked for":                      {"https://example.org", used, silent, wrong, "the options did not ask for one"},
		"nobody knows whether it was asked":  {"https://example.org", used, nil, wrong, "the file does not hold the options"},
		"not asked for and not used":         {"https://example.org", map[string]any{}, silent, wrong, "as U2F's appid has it"},
		"an output nobody asked for, unused": {rp, used, silent, "", ""},
	} {
		x := signInAs(t, c.hashed, c.results, c.options)
		if x.Fault != c.fault || !strings.Contains(x.Cause, c.says) {
			t.Errorf("%s: got %s (%s), want %q (%s)", name, x.Fault, x.Cause, c.fault, c.says)
		}
	}
}

// Section 10.1.2: appidExclude leaves keys out, and changes no hash.
func TestAnExcludedAppIDChangesNoHash(t *testing.T) {
	s := newSpecimen(t, "none.ES256 registration")
	s.credential()["clientExtensionResults"] = map[string]any{"appidExclude": true}
	s.file["options"] = map[string]any{"rp": map[string]any{"id": "example.org"},
		"extensions": map[string]any{"appidExclude": "https://u2f.example.org"}}
	if x := explain(t, vector{file: s.file}.encode(t)); x.Verdict != inspect.Accepted {
		t.Errorf("got %s: %s", x.Fault, x.Cause)
	}
	member, at := s.at("authenticatorData.rpIdHash")
	b, hash := s.bytes(member), sha256.Sum256([]byte("https://u2f.example.org"))
	copy(b[at:], hash[:])
	s.set(member, b)
	if x := explain(t, vector{file: s.file}.encode(t)); x.Fault != "RPID_MISMATCH" ||
		!strings.Contains(x.Cause, "appidExclude, which leaves out keys") {
		t.Errorf("got %s: %s", x.Fault, x.Cause)
	}
}
