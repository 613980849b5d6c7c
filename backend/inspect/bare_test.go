package inspect_test

import (
	"encoding/binary"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"sting/backend/inspect"
)

func encoded(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// bodies of other projects around an answer: how their pages post it.
func wrapped(t *testing.T, s *specimen) map[string]any {
	answer, text := s.credential(), encoded(t, s.credential())
	flat := map[string]any{"publicKeyCredentialId": answer["id"], "authenticatorLabel": "my key"}
	renamed := map[string]any{}
	for name, v := range s.response() {
		flat[name] = v
		renamed[map[string]string{"clientDataJSON": "clientDataJson", "attestationObject": "AttestationObject"}[name]] = v
		if name != "clientDataJSON" && name != "attestationObject" {
			renamed[name] = v
		}
	}
	delete(renamed, "")
	return map[string]any{
		"Spring Security":           map[string]any{"publicKey": map[string]any{"credential": answer, "label": "my key"}},
		"webauthn-rs, registration": map[string]any{"rpkc": answer},
		"webauthn-rs, sign-in":      map[string]any{"pkc": answer},
		"Kratos, passkey_register":  map[string]any{"method": "passkey", "csrf_token": "x", "passkey_register": text},
		"Kratos, passkey_login":     map[string]any{"method": "passkey", "passkey_login": text},
		"Android's bundle":          map[string]any{"androidx.credentials.BUNDLE_KEY_REGISTRATION_RESPONSE_JSON": text},
		"a text of JSON":            text,
		"a list of one":             []any{answer},
		"Hanko":                     map[string]any{"action": "webauthn_verify", "input_data": map[string]any{"public_key": answer}},
		"fields of a form":          flat,
		"fido2-net-lib":             map[string]any{"id": answer["id"], "rawId": answer["rawId"], "type": "public-key", "response": renamed},
		"five deep": map[string]any{"a": map[string]any{"b": []any{map[string]any{"c": encoded(t,
			map[string]any{"d": answer})}}}},
	}
}

func TestTheBodiesOfOtherProjectsAreRecognised(t *testing.T) {
	for vectorName, kind := range map[string]string{"packed.ES256 registration": "registration",
		"none.ES256 authentication": "authentication"} {
		for name, body := range wrapped(t, newSpecimen(t, vectorName)) {
			x := explain(t, []byte(encoded(t, body)))
			if x.Kind != kind || x.Verdict != inspect.Unverified || x.Decoded.ClientData["origin"] != "https://example.org" {
				t.Errorf("%s, %s: got a %s that is %s: %s", vectorName, name, x.Kind, x.Verdict, x.Cause)
			}
		}
	}
}

func TestAPostedFormIsRecognised(t *testing.T) {
	s := newSpecimen(t, "packed.ES256 registration")
	form := url.Values{"method": {"passkey"}, "passkey_register": {encoded(t, s.credential())}}.Encode()
	if x := explain(t, []byte(form+"\n")); x.Kind != "registration" || x.Verdict != inspect.Unverified {
		t.Errorf("got a %s that is %s: %s", x.Kind, x.Verdict, x.Cause)
	}
}

func TestOptionsInAnyWrapperSayWhatWasAsked(t *testing.T) {
	s := newSpecimen(t, "packed.ES256 registration")
	options := map[string]any{"publicKey": map[string]any{
		"challenge": s.file["challenge"], "rp": map[string]any{"id": "example.org", "name": "x"}, "user": map[string]any{"id": "AA"},
		"pubKeyCredParams": []any{map[string]any{"type": "public-key", "alg": -7}},
	}}
	for name, body := range map[string]any{
		"webauthn-rs":    map[string]any{"ccr": options, "rpkc": s.credential()},
		"Kratos":         map[string]any{"passkey_create_data": encoded(t, options), "passkey_register": encoded(t, s.credential())},
		"beside the two": map[string]any{"body": map[string]any{"credential": s.credential()}, "sent": map[string]any{"options": options}},
	} {
		x := explain(t, []byte(encoded(t, body)))
		for _, id := range []string{"7.1.8", "7.1.14", "7.1.20"} {
			if step, _ := x.Step(id); step.Verdict != inspect.Passed {
				t.Errorf("%s: step %s is %s", name, id, step.Verdict)
			}
		}
		if x.Verdict != inspect.Unverified || !strings.Contains(x.Cause, "origins is missing") || strings.Contains(x.Fix, "rp_id") {
			t.Errorf("%s: %s: %s / %s", name, x.Verdict, x.Cause, x.Fix)
		}
	}
}

// The fix of what is missing, followed to the letter.
func TestWhatIsMissingCanBeAddedBesideTheAnswer(t *testing.T) {
	for _, vectorName := range []string{"packed.ES256 registration", "none.ES256 authentication"} {
		s := newSpecimen(t, vectorName)
		for name, body := range map[string]map[string]any{
			"alone":   s.credential(),
			"wrapped": {"credential": s.credential()},
			"Spring":  {"publicKey": map[string]any{"credential": s.credential()}},
		} {
			x := explain(t, []byte(encoded(t, body)))
			if !strings.Contains(x.Fix, `"rp_id", "origins" and "challenge"`) {
				t.Errorf("%s: the fix is %s", name, x.Fix)
			}
			mended := map[string]any{"stored": s.file["stored"]}
			for k, v := range body {
				mended[k] = v
			}
			for _, member := range []string{"rp_id", "origins", "challenge"} {
				mended[member] = s.file[member]
			}
			if x := explain(t, []byte(encoded(t, mended))); x.Verdict != inspect.Accepted {
				t.Errorf("%s, %s, mended: %s: %s", vectorName, name, x.Verdict, x.Cause)
			}
		}
	}
}

func TestAFixNamesOnlyWhatIsMissing(t *testing.T) {
	for _, missing := range [][]string{{"rp_id"}, {"origins"}, {"challenge"}, {"rp_id", "challenge"}} {
		s := newSpecimen(t, "packed.ES256 registration")
		for _, name := range missing {
			delete(s.file, name)
		}
		x := explain(t, vector{file: s.file}.encode(t))
		for _, name := range []string{"rp_id", "origins", "challenge"} {
			if got, want := strings.Contains(x.Fix, `"`+name+`"`), slices.Contains(missing, name); got != want {
				t.Errorf("without %v: the fix is %s", missing, x.Fix)
			}
		}
	}
}

func TestFilesOfWindowsAreRead(t *testing.T) {
	text := string(newVectorFile(t, "packed.ES256 registration"))
	for name, raw := range map[string][]byte{
		"UTF-8 behind a mark":       []byte("\uFEFF" + text),
		"UTF-16, little first":      utf16File(binary.LittleEndian, "\uFEFF"+text),
		"UTF-16, big first":         utf16File(binary.BigEndian, "\uFEFF"+text),
		"UTF-16 without a mark":     utf16File(binary.LittleEndian, text),
		"UTF-16, big, without mark": utf16File(binary.BigEndian, text),
	} {
		if x := explain(t, raw); x.Verdict != inspect.Accepted {
			t.Errorf("%s: %s: %s", name, x.Verdict, x.Cause)
		}
	}
}

func newVectorFile(t testing.TB, name string) []byte {
	return vector{file: newSpecimen(t, name).file}.encode(t)
}

func utf16File(order binary.ByteOrder, text string) (out []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, 0, 0)
		order.PutUint16(out[len(out)-2:], unit)
	}
	return out
}
