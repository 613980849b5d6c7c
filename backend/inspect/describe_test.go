package inspect_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"sting/backend/inspect"
)

func TestSecretsOfExtensionsAreNotKept(t *testing.T) {
	const secret = "c2VjcmV0LXNlY3JldA"
	raw := json.RawMessage(`{"id":"x","clientExtensionResults":{"credProps":{"rk":true},"prf":{"enabled":true,"results":{"first":"` + secret + `"}},"largeBlob":{"blob":"` + secret + `"}},"response":{}}`)
	got := string(inspect.Redact(raw))
	if strings.Contains(got, secret) {
		t.Errorf("the secret is kept: %s", got)
	}
	for _, want := range []string{`"rk":true`, `"enabled":true`, `"results":"redacted"`, `"blob":"redacted"`, `"id":"x"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
	for _, whole := range []string{`{ "id": "x" }`, `"text"`, `{"clientExtensionResults":7,"prf":1}`, `nonsense "prf"`} {
		if got := string(inspect.Redact(json.RawMessage(whole))); got != whole {
			t.Errorf("%s became %s", whole, got)
		}
	}
}

func TestAKeyIsWrittenForOtherPrograms(t *testing.T) {
	cose, err := base64.RawURLEncoding.DecodeString("pQECAyYgASFYIG5KhiApAoOdRQ3Gm5uzwPe7dxoDOQyPeaMszJT-VgIOIlgg-xaMJXg_nzhqRkpJBqJIgXtfRuurvA2qSmXOZvyQG4E")
	if err != nil {
		t.Fatal(err)
	}
	k, err := inspect.DescribeKey(cose)
	if err != nil || k.JWK["crv"] != "P-256" || !strings.HasPrefix(k.PEM, "-----BEGIN PUBLIC KEY-----") {
		t.Errorf("DescribeKey: %+v, %v", k, err)
	}
	if _, err := inspect.DescribeKey([]byte("no key")); err == nil {
		t.Error("what is no key is described")
	}
}
