package inspect_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/inspect"
	"sting/backend/tape"
)

func TestOnlyAnObjectWithAKindIsACeremony(t *testing.T) {
	for _, raw := range []string{"", "null", "[]", `"x"`, "7", "{}", `{"kind":"login"}`, `{"kind":7}`, `{"kind":"registration"`,
		`{"kind":"registration"}{}`, `{"response":{}}`} {
		if _, err := inspect.Explain([]byte(raw), inspect.Options{}); !errors.Is(err, inspect.ErrNotACeremony) {
			t.Errorf("%s: got %v", raw, err)
		}
	}
}

func TestWhatCameInsteadOfACredentialIsMalformed(t *testing.T) {
	for _, credential := range []string{"null", "7", `"x"`, "[]", "{}", "true", `{"id":"AA"}`} {
		for _, kind := range []string{"registration", "authentication"} {
			x := explain(t, []byte(`{"kind":"`+kind+`","credential":`+credential+`}`))
			if x.Verdict != inspect.Refused || x.Fault != "MALFORMED" {
				t.Errorf("%s of %s: got %s %s", credential, kind, x.Verdict, x.Fault)
			}
		}
	}
	if x := explain(t, []byte(`{"kind":"registration"}`)); x.Fault != "MALFORMED" || !strings.Contains(x.Cause, "no credential") {
		t.Errorf("got %s: %s", x.Fault, x.Cause)
	}
}

// What the file leaves out is not judged, and an answer that nobody can hold
// against a question is never called good.
func TestWhatTheFileDoesNotSayIsSkipped(t *testing.T) {
	for member, id := range map[string]string{"rp_id": "7.2.15", "origins": "7.2.12", "challenge": "7.2.11", "stored": "7.2.21"} {
		s := newSpecimen(t, "none.ES256 authentication")
		delete(s.file, member)
		x := explain(t, vector{file: s.file}.encode(t))
		step, _ := x.Step(id)
		if step.Verdict != inspect.Skipped || x.Verdict != inspect.Unverified || x.Fault != inspect.ErrNotVerifiable.Code {
			t.Errorf("without %s: step %s is %s, the verdict %s %s", member, id, step.Verdict, x.Verdict, x.Fault)
		}
	}
	for member, id := range map[string]string{"sign_count": "7.2.22", "backup_eligible": "7.2.19", "user_handle": "7.2.6"} {
		s := newSpecimen(t, "none.ES256 authentication")
		delete(s.file["stored"].(map[string]any), member)
		x := explain(t, vector{file: s.file}.encode(t))
		if step, _ := x.Step(id); step.Verdict != inspect.Skipped || x.Verdict != inspect.Accepted {
			t.Errorf("without %s: step %s is %s, the verdict %s", member, id, step.Verdict, x.Verdict)
		}
	}
}

func TestMembersOfTheWrongKindAreSaid(t *testing.T) {
	s := newSpecimen(t, "none.ES256 authentication")
	s.file["rp_id"], s.file["algorithms"] = 7, "all"
	s.stored("sign_count", "many")
	notes := strings.Join(explain(t, vector{file: s.file}.encode(t)).Notes, " ")
	for _, want := range []string{"rp_id is a number", "algorithms is not", "sign_count"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q does not say %q", notes, want)
		}
	}
}

func TestARecordOfTheRecorderIsACeremony(t *testing.T) {
	s := newSpecimen(t, "packed.ES256 registration")
	credential, err := json.Marshal(s.file["credential"])
	if err != nil {
		t.Fatal(err)
	}
	challenge, _ := s.file["challenge"].(string)
	raw, err := json.Marshal(tape.Record{
		ID: "r1", Kind: "registration", RPID: "example.org", Origins: []string{"https://example.org"}, Challenge: challenge,
		UserVerification: "preferred", Credential: credential, State: tape.Verified, BeganAt: time.Unix(0, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	if x := explain(t, raw); x.Verdict != inspect.Accepted {
		t.Errorf("got %s: %s", x.Verdict, x.Cause)
	}
}

// exports are the ways in which tools of browsers write an answer.
func exports(t *testing.T, name string) map[string]any {
	s := newSpecimen(t, name)
	numbers := func(member string) (list []int) {
		for _, b := range s.bytes(member) {
			list = append(list, int(b))
		}
		return list
	}
	numbered := map[string]int{}
	for i, n := range numbers("clientDataJSON") {
		numbered[strconv.Itoa(i)] = n
	}
	plain := func(member string) string { return base64.StdEncoding.EncodeToString(s.bytes(member)) }
	answer := func(change func(response map[string]any)) map[string]any {
		response := map[string]any{}
		for k, v := range s.response() {
			response[k] = v
		}
		change(response)
		return map[string]any{"id": s.credential()["id"], "rawId": s.credential()["rawId"], "type": "public-key", "response": response}
	}
	same := func(map[string]any) {}
	return map[string]any{
		"the answer alone":           answer(same),
		"under credential":           map[string]any{"credential": answer(same), "browser": "x"},
		"under response":             map[string]any{"response": answer(same), "tool": 1},
		"without a raw ID":           map[string]any{"id": s.credential()["id"], "response": s.response()},
		"bytes as arrays of numbers": answer(func(r map[string]any) { r["clientDataJSON"] = numbers("clientDataJSON") }),
		"bytes as numbered members":  answer(func(r map[string]any) { r["clientDataJSON"] = numbered }),
		"bytes as Node's buffers": answer(func(r map[string]any) {
			r["clientDataJSON"] = map[string]any{"type": "Buffer", "data": numbers("clientDataJSON")}
		}),
		"bytes as plain base64": answer(func(r map[string]any) {
			for member := range r {
				r[member] = plain(member)
			}
		}),
		"the response of it, no more": s.response(),
	}
}

func TestBareAnswersAreExplainedAsFarAsTheyGo(t *testing.T) {
	for vectorName, kind := range map[string]string{"packed.ES256 registration": "registration",
		"none.ES256 authentication": "authentication"} {
		for name, export := range exports(t, vectorName) {
			raw, err := json.Marshal(export)
			if err != nil {
				t.Fatal(err)
			}
			x := explain(t, raw)
			if x.Kind != kind || x.Verdict != inspect.Unverified || x.Decoded.ClientData["origin"] != "https://example.org" {
				t.Errorf("%s, %s: got a %s that is %s: %s (%v)", vectorName, name, x.Kind, x.Verdict, x.Cause, x.Decoded.ClientData)
			}
			if s, _ := x.Step("7.1.22"); kind == "registration" && s.Verdict != inspect.Passed {
				t.Errorf("%s: the attestation is %s", name, s.Verdict)
			}
		}
	}
}

func TestOptionsBesideABareAnswerSayWhatWasAsked(t *testing.T) {
	s := newSpecimen(t, "none.ES256 registration")
	raw, err := json.Marshal(map[string]any{
		"options": map[string]any{"publicKey": map[string]any{
			"challenge": s.file["challenge"], "rp": map[string]any{"id": "localhost"},
			"pubKeyCredParams":       []any{map[string]any{"type": "public-key", "alg": -257}},
			"authenticatorSelection": map[string]any{"userVerification": "required"},
		}},
		"credential": s.credential(),
	})
	if err != nil {
		t.Fatal(err)
	}
	x := explain(t, raw)
	for id, want := range map[string]api.Verdict{"7.1.8": inspect.Passed, "7.1.14": inspect.Failed, "7.1.16": inspect.Failed,
		"7.1.20": inspect.Failed} {
		if step, _ := x.Step(id); step.Verdict != want {
			t.Errorf("step %s is %s, want %s", id, step.Verdict, want)
		}
	}
}

// Bytes in another form are read in an export, and refused in a ceremony.
func TestACeremonyIsReadStrictly(t *testing.T) {
	for name, export := range exports(t, "packed.ES256 registration") {
		answer, ok := export.(map[string]any)
		if !ok || !strings.HasPrefix(name, "bytes as") {
			continue
		}
		s := newSpecimen(t, "packed.ES256 registration")
		s.file["credential"] = answer
		if x := explain(t, vector{file: s.file}.encode(t)); x.Fault != "MALFORMED" {
			t.Errorf("%s: got %s", name, x.Verdict)
		}
	}
}
