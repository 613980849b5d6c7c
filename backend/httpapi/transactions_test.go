package httpapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A request looks at each file once, and a sign-in flushes sting.db once.
func TestARequestTakesAsFewTransactionsAsItCan(t *testing.T) {
	const (
		readsDB, writesDB     = "sting.db false", "sting.db true"
		readsTape, writesTape = "tape.db false", "tape.db true"
	)
	l := newSiteLab(t)
	p := l.page()
	p.ask(201, "POST", "/api/auth/register", map[string]any{"email": "ada@lab.local", "password": "Zx9-Battery-Staple-77"})
	p.ask(200, "POST", "/api/webauthn/registration/complete", p.answer(p.ask(200, "POST", "/api/webauthn/registration/begin", nil),
		p.key.Create))
	signIn := func() map[string]any {
		return p.answer(p.ask(200, "POST", "/api/webauthn/authentication/begin", nil), p.key.Get)
	}
	p.ask(200, "POST", "/api/webauthn/authentication/complete", signIn())
	answer := signIn()
	for _, c := range []struct {
		method, path string
		body         any
		want         []string
	}{
		{"GET", "/api/auth/session", nil, []string{readsDB, readsTape}},
		{"GET", "/.ory/sessions/whoami", nil, []string{readsTape, readsDB}},
		{"GET", "/api/auth/status", nil, []string{readsDB}},
		{"POST", "/api/webauthn/authentication/begin", nil, []string{writesTape}},
		// The challenge is taken, the answer verified, the sessions that end are found.
		{"POST", "/api/webauthn/authentication/complete", answer, []string{writesTape, readsDB, readsDB, writesDB, writesTape}},
		{"GET", "/api/auth/session", nil, []string{readsDB, readsTape}},
	} {
		l.began = nil
		p.ask(200, c.method, c.path, c.body)
		if diff := cmp.Diff(c.want, l.began); diff != "" {
			t.Errorf("%s %s: %s", c.method, c.path, diff)
		}
	}
}
