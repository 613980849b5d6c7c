package inspect_test

import (
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/inspect"
)

// signIn makes a sign-in of a made registration, signed over.
func signIn(m *maker, flags byte, count uint32, stored map[string]any) map[string]any {
	data := append([]byte{}, m.authData()[:32]...)
	data = append(data, flags, byte(count>>24), byte(count>>16), byte(count>>8), byte(count))
	m.client = []byte(`{"type":"webauthn.get","challenge":"MDEyMzQ1Njc4OWFiY2RlZg","origin":"https://example.org"}`)
	sig := m.sign(m.key, append(append([]byte{}, data...), m.clientHash()...))
	file := m.file("none", map[string]any{})
	s := &specimen{m.t, file}
	file["kind"] = "authentication"
	delete(s.response(), "attestationObject")
	s.set("authenticatorData", data)
	s.set("signature", sig)
	record := attestedOf(m)
	for k, v := range stored {
		record[k] = v
	}
	file["stored"] = record
	return file
}

func attestedOf(m *maker) map[string]any {
	object := canonical(m.t, map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": m.authData()})
	return attestedIn(m.t, encode64(object))
}

func TestTheCounterGoesUpUnlessCopiesCountForThemselves(t *testing.T) {
	for name, c := range map[string]struct {
		flags         byte
		got, stored   uint32
		step, verdict api.Verdict
	}{
		"both zero":                    {0x05, 0, 0, inspect.Passed, inspect.Accepted},
		"one more":                     {0x05, 6, 5, inspect.Passed, inspect.Accepted},
		"the first count":              {0x05, 1, 0, inspect.Passed, inspect.Accepted},
		"equal":                        {0x05, 5, 5, inspect.Failed, inspect.Refused},
		"lower":                        {0x05, 4, 5, inspect.Failed, inspect.Refused},
		"back to zero":                 {0x05, 0, 5, inspect.Failed, inspect.Refused},
		"equal, and backup eligible":   {0x0d, 5, 5, inspect.Warning, inspect.Accepted},
		"to zero, and backup eligible": {0x1d, 0, 5, inspect.Warning, inspect.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMaker(t)
			x := explain(t, vector{file: signIn(m, c.flags, c.got,
				map[string]any{"sign_count": c.stored, "backup_eligible": c.flags&8 != 0})}.encode(t))
			if s, _ := x.Step("7.2.22"); s.Verdict != c.step || x.Verdict != c.verdict {
				t.Errorf("the step is %s, the verdict %s (%s)", s.Verdict, x.Verdict, x.Cause)
			}
		})
	}
}

func TestWhatTheBrowserRefusedIsExplainedNoSurerThanItCanBe(t *testing.T) {
	for name, c := range map[string]struct{ exception, says string }{
		"a time-out": {`{"name":"NotAllowedError","message":"timed out or was not allowed","elapsed_ms":60010}`,
			"most likely the time"},
		"at once":        {`{"name":"NotAllowedError","message":"","elapsed_ms":12}`, "may be a missing gesture"},
		"in between":     {`{"name":"NotAllowedError","message":"","elapsed_ms":4200}`, "most likely the person cancelled"},
		"without a time": {`{"error":{"name":"NotAllowedError","message":""}}`, "can't be told"},
		"a certificate that is wrong": {`{"name":"NotAllowedError","message":"WebAuthn is not supported on sites with TLS certificate errors."}`,
			"This is certain"},
		"the wrong RP ID":       {`{"name":"SecurityError","message":"The relying party ID is not a registrable domain suffix"}`, "RP ID"},
		"autofill":              {`{"exception":{"name":"NotAllowedError","elapsed_ms":3,"mediation":"conditional"}}`, "Nobody was asked"},
		"known already":         {`{"name":"InvalidStateError"}`, "excludeCredentials"},
		"ended by the page":     {`{"name":"AbortError"}`, "page itself"},
		"one that nobody knows": {`{"name":"StrangeError","message":"odd"}`, "StrangeError"},
	} {
		x := explain(t, []byte(`{"kind":"registration","credential":`+c.exception+`}`))
		if first, _ := x.FirstFailed(); first.ID != "7.1.2" || !strings.Contains(x.Cause, c.says) || x.Fix == "" {
			t.Errorf("%s: step %s, %q", name, first.ID, x.Cause)
		}
	}
}

func TestASecurityErrorNamesTheRuleAndTheValues(t *testing.T) {
	for name, c := range map[string]struct{ rpID, page, says string }{
		"an address as RP ID":   {"127.0.0.1", "https://127.0.0.1:8443", "An IP address can never be"},
		"a page at an address":  {"localhost", "https://127.0.0.1:8443", "https://127.0.0.1:8443, an address"},
		"another host":          {"localhost", "https://sting.test:8443", "neither its host, sting.test"},
		"no https":              {"sting.example", "http://sting.example:8080", "no secure context"},
		"below localhost":       {"localhost", "https://app.localhost:8443", "public suffix"},
		"a public suffix":       {"github.io", "https://me.github.io", "public suffix"},
		"the two fit":           {"example.org", "https://login.example.org", "another rule"},
		"nobody knows the page": {"example.org", "", "Compare"},
	} {
		x := explain(t, []byte(`{"kind":"registration","rp_id":"`+c.rpID+`","origin":"`+c.page+
			`","credential":{"exception":{"name":"SecurityError","elapsed_ms":2}}}`))
		if !strings.Contains(x.Cause+x.Fix, c.says) {
			t.Errorf("%s: %s %s", name, x.Cause, x.Fix)
		}
	}
}

// The options and the page narrow down what an exception can mean.
func TestWhatTheBrowserRefusedIsHeldAgainstTheOptionsAndThePage(t *testing.T) {
	atOnce := func(more string) string { return `{"name":"NotAllowedError","elapsed_ms":9` + more + `}` }
	for name, c := range map[string]struct{ file, exception, says string }{
		"one passkey is allowed": {`"kind":"authentication","options":{"challenge":"AA","allowCredentials":[{"id":"a"}]}`, atOnce(""),
			"the only passkey that the options allow"},
		"several are allowed": {`"kind":"authentication","options":{"challenge":"AA","allowCredentials":[{"id":"a"},{"id":"b"}]}`,
			atOnce(""), "none of the 2 passkeys"},
		"any passkey of the RP":     {`"kind":"authentication","rp_id":"localhost"`, atOnce(""), "no passkey of localhost"},
		"verification is required":  {`"kind":"authentication","user_verification":"required"`, atOnce(""), "could not be verified"},
		"verification is preferred": {`"kind":"authentication","user_verification":"preferred"`, atOnce(""), "!could not be verified"},
		"which algorithms":          {`"kind":"registration","algorithms":[-7]`, atOnce(""), "knows one of ES256 (-7)"},
		"a frame without permission": {`"kind":"authentication"`,
			atOnce(`,"message":"The 'publickey-credentials-get' feature is not enabled in this document."`), "This is certain"},
		"a page in the background": {`"kind":"authentication"`,
			atOnce(`,"message":"The operation is not allowed at this time because the page does not have focus."`), "This is certain"},
		"the RP ID that was asked": {`"kind":"authentication","rp_id":"localhost","origin":"https://localhost:8443"`,
			`{"name":"SecurityError","rp_id":"example.com"}`, "The RP ID example.com is neither its host"},
		"no secure context": {`"kind":"authentication","origin":"http://lab.test:80"`,
			`{"name":"TypeError","message":"Cannot read properties of undefined (reading 'get')"}`, "no secure context"},
		"no passkeys in this view": {`"kind":"authentication","origin":"https://localhost"`,
			`{"name":"ReferenceError","message":"PublicKeyCredential is not defined"}`, "without passkeys"},
		"options that can't be read": {`"kind":"authentication","origin":"https://localhost"`,
			`{"name":"TypeError","message":"challenge is not an ArrayBuffer"}`, "not what the browser reads"},
	} {
		x := explain(t, []byte(`{`+c.file+`,"credential":{"exception":`+c.exception+`}}`))
		says, not := strings.CutPrefix(c.says, "!")
		if strings.Contains(x.Cause, says) == not || x.Fix == "" {
			t.Errorf("%s: %q, %q", name, x.Cause, x.Fix)
		}
	}
}

func TestAnAnswerOfTheOtherKindIsSaidToBeThat(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"create's answer to a sign-in": {`"kind":"authentication","credential":{"id":"AA","rawId":"AA","type":"public-key",` +
			`"response":{"clientDataJSON":"e30","attestationObject":"oA"}}`,
			"answer of a registration"},
		"get's answer to a registration": {`"kind":"registration","credential":{"id":"AA","rawId":"AA","type":"public-key",` +
			`"response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA"}}`,
			"answer of a sign-in"},
	} {
		x := explain(t, []byte(`{`+c.file+`}`))
		if x.Fault != "MALFORMED" || !strings.Contains(x.Cause, c.says) || !strings.Contains(x.Fix, "/complete") {
			t.Errorf("%s: %s %q %q", name, x.Fault, x.Cause, x.Fix)
		}
	}
}
