package tape_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sting/backend/tape"
)

func TestSecretsOfExtensionsAreNotKept(t *testing.T) {
	const secret = "c2VjcmV0LXNlY3JldA"
	raw := json.RawMessage(`{"id":"x","clientExtensionResults":{"credProps":{"rk":true},"prf":{"enabled":true,"results":{"first":"` + secret +
		`"}},"largeBlob":{"blob":"` + secret + `"},"hmacGetSecret":{"output1":"` + secret + `","output2":"` + secret + `"}},"response":{}}`)
	got := string(tape.Redact(raw))
	if strings.Contains(got, secret) {
		t.Errorf("the secret is kept: %s", got)
	}
	for _, want := range []string{`"rk":true`, `"enabled":true`, `"results":"redacted"`, `"blob":"redacted"`, `"id":"x"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
	for _, whole := range []string{`{ "id": "x" }`, `"text"`, `{"clientExtensionResults":7,"prf":1}`, `nonsense "prf"`} {
		if got := string(tape.Redact(json.RawMessage(whole))); got != whole {
			t.Errorf("%s became %s", whole, got)
		}
	}
}
