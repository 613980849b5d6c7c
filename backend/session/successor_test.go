package session_test

import (
	"testing"
	"time"

	"sting/backend/session"
)

// THREATS T09: a successor has a new token for each view that the browser shows and
// its session had, and none for another.
func TestASuccessorHasTheViewsThatAreShownAndWereThere(t *testing.T) {
	begin := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for claim, c := range map[string]struct {
		had, shown, want []session.Kind
	}{
		"both": {[]session.Kind{"passkey", "kratos"}, []session.Kind{"passkey", "kratos"},
			[]session.Kind{"passkey", "kratos"}},
		"both, one shown":          {[]session.Kind{"passkey", "kratos"}, []session.Kind{"kratos"}, []session.Kind{"kratos"}},
		"both, the other shown":    {[]session.Kind{"passkey", "kratos"}, []session.Kind{"passkey"}, []session.Kind{"passkey"}},
		"both, none shown":         {[]session.Kind{"passkey", "kratos"}, nil, nil},
		"one, both shown":          {[]session.Kind{"kratos"}, []session.Kind{"passkey", "kratos"}, []session.Kind{"kratos"}},
		"the other one, and shown": {[]session.Kind{"passkey"}, []session.Kind{"passkey", "kratos"}, []session.Kind{"passkey"}},
	} {
		s := session.New(begin, session.Policy{Lifespan: time.Hour}, "ada", session.Proof{Method: session.Passkey, CredentialID: "key"},
			session.Device{})
		tokens := make(map[session.Kind]string)
		for _, k := range c.had {
			token, hash := session.NewToken()
			if tokens[k] = token; k == session.KindPasskey {
				s.PasskeyToken = hash
			} else {
				s.KratosToken = hash
			}
		}
		next := s.Successor(begin.Add(time.Minute), c.shown...)
		for kind, got := range map[session.Kind]struct {
			token string
			hash  []byte
		}{session.KindPasskey: {next.PasskeyToken, next.Session.PasskeyToken}, session.KindKratos: {next.KratosToken, next.Session.KratosToken}} {
			want := false
			for _, k := range c.want {
				want = want || k == kind
			}
			if (got.token != "") != want || (got.hash != nil) != want || want &&
				(string(session.Hash(got.token)) != string(got.hash) || got.token == tokens[kind]) {
				t.Errorf("%s: the %s view has %q", claim, kind, got.token)
			}
		}
		if next.ID == s.ID || next.IdentityID != "ada" {
			t.Errorf("%s: %s of %s", claim, next.ID, next.IdentityID)
		}
		if !s.MadeBy("key") || s.MadeBy("another") || s.MadeBy("") {
			t.Errorf("%s: made by the wrong passkey", claim)
		}
	}
}
