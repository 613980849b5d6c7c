package inspect_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/inspect"
)

// challenged is a registration whose client data have what a page made of the
// challenge, "..." standing for the JSON value.
func challenged(t *testing.T, issued []byte, value string) api.Explanation {
	t.Helper()
	m := newMaker(t)
	m.client = []byte(`{"type":"webauthn.create","challenge":` + value + `,"origin":"https://example.org"}`)
	file := m.file("none", map[string]any{})
	file["challenge"] = base64.RawURLEncoding.EncodeToString(issued)
	return explain(t, vector{file: file}.encode(t))
}

func TestWhatAPageMakesOfTheChallengeIsNamed(t *testing.T) {
	issued := []byte("\x99\xa4c\xfb\x00\x7f\xc3\xa9 a challenge of bytes\xff\xfe")
	wire := base64.RawURLEncoding.EncodeToString(issued)
	var numbers []string
	latin1 := ""
	for _, b := range issued {
		numbers = append(numbers, fmt.Sprint(b))
		latin1 += string(rune(b))
	}
	again := func(b []byte) string { return encoded(t, base64.RawURLEncoding.EncodeToString(b)) }
	for name, c := range map[string]struct{ value, cause, fix string }{
		"decoded by atob": {encoded(t, latin1), "rewritten: browsers write the challenge in base64url, here it stands decoded",
			"byte for byte"},
		"decoded by TextDecoder": {encoded(t, strings.ToValidUTF8(string(issued), "\uFFFD")), "decoded as UTF-8", "byte for byte"},
		"a list of numbers":      {"[" + strings.Join(numbers, ",") + "]", "as a list of numbers", "byte for byte"},
		"numbers and commas":     {encoded(t, strings.Join(numbers, ",")), "as a list of numbers", "byte for byte"},
		"hexadecimal":            {encoded(t, hex.EncodeToString(issued)), "in hexadecimal", "byte for byte"},
		"an object made a text":  {`"[object ArrayBuffer]"`, "[object ArrayBuffer]", "byte for byte"},
		"plain base64":           {encoded(t, base64.StdEncoding.EncodeToString(issued)), "another spelling", "byte for byte"},
		"another case":           {encoded(t, strings.ToLower(wire)), "letters in another case", "unchanged"},
		"encoded twice":          {again([]byte(wire)), "encoded twice", "parseCreationOptionsFromJSON"},
		"encoded twice, plain inside": {again([]byte(base64.StdEncoding.EncodeToString(issued))), "encoded twice",
			"parseCreationOptionsFromJSON"},
		"atob and TextEncoder": {again([]byte(latin1)), "passed the challenge to the browser decoded", "as the bytes"},
		"the text of hexadecimal passed": {again([]byte(hex.EncodeToString(issued))), "passed the challenge to the browser in hexadecimal",
			"as the bytes"},
		"the numbers passed as a text": {again([]byte(strings.Join(numbers, ","))), "passed the challenge to the browser as a list of numbers",
			"as the bytes"},
		"an object passed as a text": {again([]byte("[object Object]")), "[object Object]", "as the bytes"},
		"another one":                {`"AAAAAAAAAAAAAAAAAAAAAA"`, "the relying party issued", "Begin a new ceremony"},
	} {
		x := challenged(t, issued, c.value)
		if x.Fault != "CHALLENGE_MISMATCH" || !strings.Contains(x.Cause, c.cause) || !strings.Contains(x.Fix, c.fix) {
			t.Errorf("%s: %s: %s / %s", name, x.Fault, x.Cause, x.Fix)
		}
	}
	x := explain(t, readPeer(t, "rep-yubico31"))
	if x.Fault != "CHALLENGE_MISMATCH" || !strings.Contains(x.Cause, "decoded, with each byte as a character (atob)") {
		t.Errorf("the page of a report: %s: %s", x.Fault, x.Cause)
	}
}

// The signature proves what the browser wrote.
func TestClientDataThatWereWrittenAnewAreProven(t *testing.T) {
	const asSigned = `{"type":"webauthn.create","challenge":"MDEyMzQ1Njc4OWFiY2RlZg","origin":"https://example.org","crossOrigin":false}`
	for name, c := range map[string]struct{ signed, sent string }{
		"with blanks": {asSigned, "{\n  \"type\": \"webauthn.create\",\n  \"challenge\": \"MDEyMzQ1Njc4OWFiY2RlZg\",\n" +
			"  \"origin\": \"https://example.org\",\n  \"crossOrigin\": false\n}"},
		"in another order": {asSigned, `{"origin":"https://example.org","challenge":"MDEyMzQ1Njc4OWFiY2RlZg","type":"webauthn.create",` +
			`"crossOrigin":false}`},
		"in the alphabet's": {`{"challenge":"MDEyMzQ1Njc4OWFiY2RlZg","origin":"https://example.org","type":"webauthn.create"}`,
			`{"type":"webauthn.create","challenge":"MDEyMzQ1Njc4OWFiY2RlZg","origin":"https://example.org"}`},
		"without crossOrigin":   {asSigned, `{"type":"webauthn.create","challenge":"MDEyMzQ1Njc4OWFiY2RlZg","origin":"https://example.org"}`},
		"with escaped slashes":  {asSigned, strings.ReplaceAll(asSigned, "/", `\/`)},
		"without Android's":     {strings.ReplaceAll(asSigned, "/", `\/`), asSigned},
		"with a newline behind": {asSigned, asSigned + "\n"},
	} {
		m := newMaker(t)
		m.client = []byte(c.signed)
		sig := m.sign(m.key, m.signed())
		m.client = []byte(c.sent)
		x := m.explain("packed", map[string]any{"alg": -7, "sig": sig})
		if x.Fault != "BAD_SIGNATURE" || !strings.Contains(x.Cause, "rewritten after they were signed") ||
			!strings.Contains(x.Fix, "byte for byte") {
			t.Errorf("%s: %s: %s / %s", name, x.Fault, x.Cause, x.Fix)
		}
	}
	m := newMaker(t)
	sig := m.sign(newKey(t), m.signed())
	if x := m.explain("packed", map[string]any{"alg": -7, "sig": sig}); x.Fault != "BAD_SIGNATURE" || strings.Contains(x.Cause, "rewritten") {
		t.Errorf("another key's: %s: %s", x.Fault, x.Cause)
	}
}

func TestASignInWhoseClientDataWereWrittenAnewSaysSo(t *testing.T) {
	key := newKey(t)
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	s := newSpecimen(t, "none.ES256 authentication")
	hash := sha256.Sum256(s.bytes("clientDataJSON"))
	digest := sha256.Sum256(append(s.bytes("authenticatorData"), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	s.set("signature", sig)
	s.stored("public_key", encode64(canonical(t, map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})))
	if x := explain(t, vector{file: s.file}.encode(t)); x.Verdict != inspect.Accepted {
		t.Fatalf("before: %s: %s", x.Fault, x.Cause)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, s.bytes("clientDataJSON"), "", "  "); err != nil {
		t.Fatal(err)
	}
	s.set("clientDataJSON", pretty.Bytes())
	if x := explain(t, vector{file: s.file}.encode(t)); x.Fault != "BAD_SIGNATURE" ||
		!strings.Contains(x.Cause, "rewritten after they were signed") {
		t.Errorf("got %s: %s", x.Fault, x.Cause)
	}
}

func TestFieldsInAnotherEncodingAreNamed(t *testing.T) {
	twice := func(b []byte) string { return encode64([]byte(encode64(b))) }
	for name, c := range map[string]struct {
		spoil func(s *specimen, member string) any
		says  string
	}{
		"encoded twice": {func(s *specimen, member string) any {
			return twice(s.bytes(member))
		}, "encoded twice: what it decodes to is base64 again"},
		"in hexadecimal": {func(s *specimen, member string) any { return hex.EncodeToString(s.bytes(member)) }, "in hexadecimal"},
		"an ArrayBuffer": {func(*specimen, string) any { return map[string]any{} }, "as JSON.stringify writes an ArrayBuffer"},
		"a Uint8Array":   {func(*specimen, string) any { return map[string]any{"0": 123, "1": 34} }, "as JSON.stringify writes a Uint8Array"},
		"numbers":        {func(*specimen, string) any { return []int{123, 34} }, "the bytes one by one"},
	} {
		for vectorName, members := range map[string][]string{
			"none.ES256 registration": {"clientDataJSON", "attestationObject"}, "none.ES256 authentication": {"clientDataJSON", "authenticatorData"},
		} {
			for _, member := range members {
				s := newSpecimen(t, vectorName)
				response := map[string]any{}
				for k, v := range s.response() {
					response[k] = v
				}
				response[member] = c.spoil(s, member)
				s.credential()["response"] = response
				x := explain(t, vector{file: s.file}.encode(t))
				if x.Fault != "MALFORMED" || !strings.Contains(x.Cause, c.says) || !strings.Contains(x.Cause, member) {
					t.Errorf("%s of %s: %s: %s", member, name, x.Fault, x.Cause)
				}
			}
		}
	}
	s := newSpecimen(t, "none.ES256 registration")
	client := s.bytes("clientDataJSON")
	for text, says := range map[any]string{
		string(client): "was decoded by the page", "parsed": "decoded and parsed the client data",
	} {
		response := map[string]any{"attestationObject": s.response()["attestationObject"], "clientDataJSON": text}
		if text == "parsed" {
			response["clientDataJSON"] = json.RawMessage(client)
		}
		file := newSpecimen(t, "none.ES256 registration")
		file.credential()["response"] = response
		if x := explain(t, vector{file: file.file}.encode(t)); x.Fault != "MALFORMED" || !strings.Contains(x.Cause, says) {
			t.Errorf("%v: %s: %s", text, x.Fault, x.Cause)
		}
	}
}
