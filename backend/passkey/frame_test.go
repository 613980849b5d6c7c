package passkey_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/fault"
	"sting/backend/passkey"
)

// Web Authentication Level 3, §7.1 steps 10 and 11, §7.2 steps 13 and 14.
func TestWhatClientDataSayOfFramesAndBindings(t *testing.T) {
	rp := passkey.RelyingParty{ID: "localhost", Origins: []string{"https://localhost:8443"}}
	for said, want := range map[string]string{
		``:                                    "",
		`,"crossOrigin":false`:                "",
		`,"crossOrigin":null`:                 "",
		`,"crossOrigin":true`:                 passkey.ErrCrossOrigin.Code,
		`,"crossOrigin":"false"`:              "MALFORMED",
		`,"crossOrigin":0`:                    "MALFORMED",
		`,"topOrigin":null`:                   "",
		`,"topOrigin":"https://evil.example"`: passkey.ErrTopOrigin.Code,
		`,"topOrigin":""`:                     passkey.ErrTopOrigin.Code,
		`,"crossOrigin":false,"topOrigin":"https://localhost:8443"`: passkey.ErrTopOrigin.Code,
		`,"tokenBinding":null`:                                 "",
		`,"tokenBinding":{"status":"supported"}`:               "",
		`,"tokenBinding":{"status":"present","id":"x"}`:        "",
		`,"tokenBinding":{"status":"not-supported"}`:           "",
		`,"tokenBinding":{"status":"maybe"}`:                   "MALFORMED",
		`,"tokenBinding":{"status":1}`:                         "MALFORMED",
		`,"tokenBinding":{}`:                                   "MALFORMED",
		`,"tokenBinding":"supported"`:                          "MALFORMED",
		`,"tokenBinding":[]`:                                   "MALFORMED",
		`,"tokenBinding":{"status":"supported","Status":"no"}`: "MALFORMED",
	} {
		raw := fmt.Sprintf(`{"type":"webauthn.get","challenge":"AAAA","origin":"https://localhost:8443"%s}`, said)
		err := passkey.CheckClientData([]byte(raw), passkey.Authentication, "AAAA", rp)
		code := ""
		if f, ok := errors.AsType[*fault.Error](err); ok {
			code = f.Code
		} else if err != nil {
			code = err.Error()
		}
		if code != want && !(want == "MALFORMED" && strings.HasPrefix(code, "MALFORMED")) {
			t.Errorf("%s: %q, want %q", said, code, want)
		}
	}
}

func TestAnIDThatTheLabMadeUpIsKnownByItsSeal(t *testing.T) {
	secret := make([]byte, 32)
	made := passkey.DecoyIDs(secret, "localhost", "nobody@example.test")
	if len(made) == 0 {
		t.Fatal("nothing is made up")
	}
	for _, id := range made {
		other := append([]byte{id[0] ^ 1}, id[1:]...)
		another := append([]byte("another"), secret[7:]...)
		if !passkey.IsDecoy(secret, id) || passkey.IsDecoy(secret, other) || passkey.IsDecoy(another, id) {
			t.Errorf("%x", id)
		}
	}
	for _, id := range [][]byte{nil, make([]byte, 16), make([]byte, 32), make([]byte, 64)} {
		if passkey.IsDecoy(secret, id) {
			t.Errorf("%d bytes of nothing were made up", len(id))
		}
	}
}

// Web Authentication Level 3, §10.1.1: what a client says it used, and nothing else.
func TestAnAppIDCountsWhereTheClientSaysSo(t *testing.T) {
	yes, no := true, false
	session := webauthn.SessionData{Extensions: protocol.SessionExtensions{AppID: "https://app.example"}}
	for claim, c := range map[string]struct {
		used *bool
		want string
	}{"said": {&yes, "https://app.example"}, "denied": {&no, ""}, "not said": {nil, ""}} {
		parsed := new(protocol.ParsedCredentialAssertionData)
		parsed.ClientExtensionResults.AppID = c.used
		if got := passkey.AppID(session, parsed); got != c.want {
			t.Errorf("%s: %q", claim, got)
		}
	}
}
