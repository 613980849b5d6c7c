package backend_test

import (
	"fmt"
	"strings"
	"testing"

	"sting/backend/labtest"
)

// elsewhere starts a Kratos (the embedded provider of another lab, at a port of
// its own) and a lab that uses it.
func elsewhere(t *testing.T) (kratos, lab *labtest.Lab) {
	t.Helper()
	port, site := labtest.FreePort(t), labtest.FreePort(t)
	kratos = labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d}\n", labtest.FreePort(t), port))
	lab = labtest.Start(t, fmt.Sprintf("ports: {site: %d}\nkratos: {mode: external, public_url: \"http://localhost:%d\"}\n", site, port))
	return kratos, lab
}

func TestAKratosElsewhereTakesTheEmbeddedOnesPlace(t *testing.T) {
	t.Parallel()
	kratos, lab := elsewhere(t)
	b := lab.Browser()
	b.Register("ann@example.org")
	expect(t, "after a password", b.Do("GET", "/api/auth/session", nil), map[string]any{
		"authenticated": true, "auth_method": "password", "flask_auth": false, "kratos_auth": true,
	})
	b.AddPasskey()
	b.Must("POST", "/api/auth/logout", nil)
	b.SignIn()
	expect(t, "a passkey sign-in makes only our session", b.Do("GET", "/api/auth/session", nil), map[string]any{
		"authenticated": true, "auth_method": "passkey", "flask_auth": true, "kratos_auth": false,
	})
	if a := b.Do("GET", "/.ory/sessions/whoami", nil); a.Status != 401 {
		t.Errorf("whoami after a passkey: %d", a.Status)
	}
	if a := b.Do("GET", "/api/auth/status", nil); !strings.Contains(string(a.Body), "no way to make a session") {
		t.Errorf("the status doesn't say why: %s", a.Body)
	}
	refused(t, "a wrong password", b.Do("POST", "/api/auth/login", `{"email":"ann@example.org","password":"wrong wrong"}`), 401,
		"INVALID_CREDENTIALS")

	b.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	kratos.Stop()
	refused(t, "with Kratos down", b.Do("GET", "/api/auth/session", nil), 503, "KRATOS_UNAVAILABLE")
	b.SignIn() // passkeys go on working
	if a := b.Do("GET", "/api/auth/session", nil); a.Status != 200 || a.Text("auth_method") != "passkey" {
		t.Errorf("a passkey session with Kratos down: %d %s", a.Status, a.Body)
	}
	if a := b.Do("POST", "/api/auth/logout", nil); a.Status != 200 || !strings.Contains(a.Text("warning"), "Kratos could not be told") {
		t.Errorf("signing out with Kratos down: %d %s", a.Status, a.Body)
	}
}
