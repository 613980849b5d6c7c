package softkey_test

import (
	"fmt"

	"sting/backend/passkey/softkey"
)

// A passkey provider registers, and then lies about where it signed in.
func ExampleAuthenticator() {
	provider := softkey.New(softkey.Synced())
	_, err := provider.Create([]byte(`{
		"rp": {"id": "localhost", "name": "Lab"},
		"user": {"id": "YWRh", "name": "ada", "displayName": "Ada"},
		"challenge": "AAAA",
		"pubKeyCredParams": [{"type": "public-key", "alg": -7}]
	}`), "https://localhost:8443")
	fmt.Println(err, provider.Credentials()[0].UserName)

	_, err = provider.Get([]byte(`{"challenge": "BBBB", "rpId": "localhost"}`),
		"https://localhost:8443", softkey.WithOrigin("https://phishing.test"))
	fmt.Println(err)

	_, err = provider.Get([]byte(`{"challenge": "BBBB", "rpId": "localhost"}`), "https://phishing.test")
	fmt.Println(err)
	// Output:
	// <nil> ada
	// <nil>
	// SecurityError: the RP ID "localhost" is neither phishing.test nor a domain above it
}
