package watch_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"

	"sting/backend/browser/watch"
)

func TestTheAlphabetOfABodyIsTold(t *testing.T) {
	client, id := []byte(`{"type":"webauthn.get"}.`), []byte("an id of 17 bytes")
	url, padded := base64.RawURLEncoding.EncodeToString, base64.StdEncoding.EncodeToString
	credential, err := json.Marshal(map[string]any{"rawId": url(id), "response": map[string]any{"clientDataJSON": url(client)}})
	if err != nil {
		t.Fatal(err)
	}
	text := `{"client":%q,"key":%q}`
	for name, c := range map[string]struct{ body, want string }{
		"base64url":                              {fmt.Sprintf(text, url(client), url(id)), "base64url"},
		"padding alone, on one of two":           {fmt.Sprintf(text, padded(client), padded(id)), "base64"},
		"padding of a form":                      {"c=" + url(client) + "&key=" + url(id) + "%3D", "base64"},
		"hex":                                    {fmt.Sprintf("%x", client), "hex"},
		"numbers":                                {"[97, 110, 32, 105, 100, 32, 111, 102, 32, 49, 55, 32, 98, 121, 116, 101, 115]", "numbers"},
		"nothing of it, or another one's answer": {`{"key":"YW5vdGhlciBpZCBhbHRvZ2V0aGVy"}`, ""},
	} {
		encoding, found := watch.EncodingOf(c.body, credential)
		if found != (c.want != "") || found && encoding != c.want {
			t.Errorf("%s: %s, %t, want %q", name, encoding, found, c.want)
		}
	}
}
