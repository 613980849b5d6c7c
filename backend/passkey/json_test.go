package passkey_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"
)

// raw64 decodes base64url without padding.
func raw64(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// withRPID returns request options for another relying party.
func withRPID(t *testing.T, options []byte, id string) []byte {
	t.Helper()
	o := decoded(t, options)
	o["rpId"] = id
	out, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
