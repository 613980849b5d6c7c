package backend_test

import (
	"strings"
	"testing"

	"sting/backend/labtest"
	"sting/backend/passkey/softkey"
)

// logged returns the line of a service's log that has all the words, or fails.
func logged(t *testing.T, lab *labtest.Lab, service string, words ...string) string {
	t.Helper()
	lines, err := lab.Logs(t.Context(), service, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range lines {
		missing := 0
		for _, w := range words {
			if !strings.Contains(l.Text, w) {
				missing++
			}
		}
		if missing == 0 {
			return l.Text
		}
		all = append(all, l.Text)
	}
	t.Fatalf("the log of %s has no line with %q:\n%s", service, words, strings.Join(all, "\n"))
	return ""
}

// The guide sends whoever can't sign in to the logs.
func TestTheLogsSayWhySomebodyWasRefused(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("kim@example.com")
	b.AddPasskey()
	if a := b.Do("POST", "/api/auth/login", map[string]any{"email": "kim@example.com", "password": "Hunter2-Is-Wrong"}); a.Status != 401 {
		t.Fatalf("a wrong password: %d %s", a.Status, a.Body)
	}
	if line := logged(t, lab, "kratos", "refused", "4000006", "kim@example.com"); strings.Contains(line, "Hunter2") {
		t.Errorf("the password is in the log: %s", line)
	}
	id := refusedSignIn(t, b, softkey.WithOrigin("https://localhost:1"))
	logged(t, lab, "site", "request refused", id, "code=")
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	reported := b.Must("POST", "/api/webauthn/report", map[string]any{"challenge_id": begun.Text("challenge_id"), "name": "NotAllowedError"})
	logged(t, lab, "site", "the browser refused a ceremony", "NotAllowedError", reported.Text("ceremony_id"))
}
