package backend_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
	"sting/backend/passkey/softkey"
)

// refusedSignIn answers a fresh challenge wrongly, and returns the id of the
// record.
func refusedSignIn(t *testing.T, b *labtest.Browser, wrong softkey.Mutation) string {
	t.Helper()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	a := b.Do("POST", "/api/webauthn/authentication/complete", b.Get(begun, wrong))
	if a.Status != 400 || a.Text("ceremony_id") == "" {
		t.Fatalf("a wrong answer: %d %s", a.Status, a.Body)
	}
	return a.Text("ceremony_id")
}

// nowhere are secrets that no record may show.
func nowhere(t *testing.T, what string, a labtest.Answer, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		if s == "" {
			t.Fatalf("%s: nothing to look for", what)
		}
		if strings.Contains(string(a.Body), s) {
			t.Errorf("%s holds %q: %s", what, s, a.Body)
		}
	}
}

func TestARecordIsReadByTheBrowserThatHeldItAndByItsOwner(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	ann := lab.Browser()
	ann.Register("ann@example.org")
	ann.AddPasskey()
	ann.SignIn()
	cookies := ann.Cookies()
	id := refusedSignIn(t, ann, softkey.WithOrigin("https://localhost:1"))
	path := "/api/ceremonies/" + id
	held := ann.Must("GET", path, nil)
	nowhere(t, "the record", held, `"browser":`, cookies["__Host-sting_browser"], cookies["__Host-sting_session"],
		cookies["ory_kratos_session"])
	if !has(decoded(t, held), []string{"record", "stored", "public_key"}) || held.Text("email") != "ann@example.org" ||
		held.Text("step") != "7.2.12" {
		t.Errorf("the browser that held it reads %s", held.Body)
	}

	ann.Must("POST", "/api/auth/logout", nil)
	if a := ann.Do("GET", path, nil); a.Status != 200 || string(a.Member("withheld")) != "false" {
		t.Errorf("signed out, with a signature of the passkey's own key: %d %s", a.Status, a.Body)
	}
	elsewhere := lab.Browser()
	elsewhere.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	if a := elsewhere.Do("GET", path, nil); a.Status != 200 {
		t.Errorf("the owner, signed in elsewhere: %d %s", a.Status, a.Body)
	}
	eve := lab.Browser()
	stranger := eve.Do("GET", path, nil)
	eve.Register("eve@example.org")
	eve.AddPasskey()
	for who, a := range map[string]labtest.Answer{"a stranger": stranger, "somebody else who is signed in": eve.Do("GET", path, nil),
		"an unknown id": eve.Do("GET", "/api/ceremonies/x", nil)} {
		if a.Status != 404 || a.Code() != "NOT_FOUND" || !strings.Contains(a.Text("hint"), "sting ceremonies ID") {
			t.Errorf("%s: %d %s", who, a.Status, a.Body)
		}
		if a.Text("error") != stranger.Text("error") || a.Text("hint") != stranger.Text("hint") {
			t.Errorf("%s is told something else than a stranger: %s", who, a.Body)
		}
	}
}

// Naming somebody's passkey is no proof of holding it.
func TestWhatIsStoredOfAPasskeyIsWithheldFromWhoOnlyNamesIt(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]int{"": 200, "security: {account_enumeration: {mitigate: true}}\n": 404} {
		lab := labtest.Start(t, config)
		ann := lab.Browser()
		ann.Register("ann@example.org")
		ann.AddPasskey()
		keys := ann.Must("GET", "/api/webauthn/passkeys", nil)
		eve := lab.Browser()
		eve.Key = ann.Key // she knows the credential's ID, and can't sign
		id := refusedSignIn(t, eve, softkey.BadSignature())
		a := eve.Do("GET", "/api/ceremonies/"+id, nil)
		if a.Status != want {
			t.Errorf("%q: %d %s", config, a.Status, a.Body)
			continue
		}
		nowhere(t, "what eve reads", a, "ann@example.org", `"public_key":`, `"stored":`)
		if want != 200 {
			continue
		}
		if string(a.Member("withheld")) != "true" || !strings.Contains(a.Text("cause"), "does not fit") || a.Text("fault") != "BAD_SIGNATURE" ||
			a.Text("step") != "7.2.21" {
			t.Errorf("eve reads %s", a.Body)
		}
		if owner := ann.Must("GET", "/api/ceremonies/"+id, nil); !strings.Contains(string(owner.Body), `"public_key":`) {
			t.Errorf("ann, who is signed in, reads %s (her passkeys: %s)", owner.Body, keys.Body)
		}
	}
}

// What a browser refused before anybody answered holds nothing to withhold.
func TestARefusalOfTheBrowserIsReadWhole(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	id := b.Must("POST", "/api/webauthn/report", map[string]any{
		"challenge_id": begun.Text("challenge_id"), "name": "SecurityError", "message": "", "elapsed_ms": 3, "origin": "http://127.0.0.1:5173",
		"rp_id": "127.0.0.1",
	}).Text("ceremony_id")
	a := b.Must("GET", "/api/ceremonies/"+id, nil)
	if string(a.Member("withheld")) != "false" || a.Text("origin") != "http://127.0.0.1:5173" ||
		!strings.Contains(a.Text("cause"), "The browser refused the RP ID 127.0.0.1") {
		t.Errorf("the browser reads %s", a.Body)
	}
}

// A browser offers no passkey of another relying party ID and doesn't say why; the
// page can.
func TestARefusedSignInSaysThatPasskeysWereLeftBehind(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	refuse := func() labtest.Answer {
		other := lab.Browser()
		begun := other.Must("POST", "/api/webauthn/authentication/begin", nil)
		return other.Must("POST", "/api/webauthn/report",
			map[string]any{"challenge_id": begun.Text("challenge_id"), "name": "NotAllowedError", "message": "", "elapsed_ms": 90})
	}
	if a := refuse(); strings.Contains(a.Text("cause"), "were made for") {
		t.Errorf("nothing was left behind: %s", a.Body)
	}
	config := "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n" +
		"webauthn: {config: {rp: {id: sting.localhost}}}\n"
	done(t, os.WriteFile(filepath.Join(lab.Home, "sting.yml"), []byte(config), 0o600))
	lab.Restart()
	if a := refuse(); !strings.Contains(a.Text("cause"), "made for localhost") || !strings.Contains(a.Text("fix"), "becomes localhost again") {
		t.Errorf("the page reads %s", a.Body)
	}
}

func TestARemovedPasskeyIsNamedToWhoHoldsItsKeyAlone(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	ann := lab.Browser()
	ann.Register("ann@example.org")
	ann.AddPasskey()
	var keys struct{ Passkeys []struct{ ID, Name string } }
	ann.Must("GET", "/api/webauthn/passkeys", nil).Into(t, &keys)
	ann.Must("DELETE", "/api/webauthn/passkeys/"+keys.Passkeys[0].ID, nil)
	eve := lab.Browser()
	eve.Key = ann.Key
	removed := `removed here at`
	for who, c := range map[string]struct {
		wrong softkey.Mutation
		named bool
	}{"the key's holder": {softkey.WithExtensionOutput("x", true), true}, "who can't sign": {softkey.BadSignature(), false}} {
		a := eve.Must("GET", "/api/ceremonies/"+refusedSignIn(t, eve, c.wrong), nil)
		if strings.Contains(string(a.Body), removed) != c.named || a.Text("fault") != "REMOVED_CREDENTIAL" {
			t.Errorf("%s reads %s", who, a.Body)
		}
	}
}

func TestACeremonyThatItsPageLeftIsAbandonedAtOnce(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	report := map[string]any{"challenge_id": begun.Text("challenge_id"), "name": "AbortError", "message": "", "elapsed_ms": 1200,
		"mediation": "conditional", "left": true}
	id := b.Must("POST", "/api/webauthn/report", report).Text("ceremony_id")
	c, err := lab.Ceremony(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if c.State != "abandoned" || c.Fault != "" || !strings.Contains(c.Cause, "left") || len(c.Differs) != 0 || c.EndedAt == "" {
		t.Errorf("state %s, fault %q, cause %q, differs %v", c.State, c.Fault, c.Cause, c.Differs)
	}
	if a := b.Do("POST", "/api/webauthn/report", report); a.Code() != "EXPIRED_CHALLENGE" {
		t.Errorf("a second report: %d %s", a.Status, a.Body)
	}
}

func TestTheRecordOfAnAnswerThatComesAgainNamesTheFirst(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	answer := b.Get(b.Must("POST", "/api/webauthn/authentication/begin", nil))
	b.Must("POST", "/api/webauthn/authentication/complete", answer)
	first, err := lab.Ceremonies(t.Context(), query(1))
	if err != nil {
		t.Fatal(err)
	}
	again := b.Do("POST", "/api/webauthn/authentication/complete", answer)
	c, err := lab.Ceremony(t.Context(), again.Text("ceremony_id"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.Cause, "used up at") || !strings.Contains(c.Cause, first.Items[0].ID) || c.Step != "7.2.11" {
		t.Errorf("step %s: %q", c.Step, c.Cause)
	}
	if strings.Contains(string(again.Body), first.Items[0].ID) {
		t.Errorf("the outside is told which ceremony it was: %s", again.Body)
	}
}

func query(limit int) api.CeremonyQuery { return api.CeremonyQuery{Limit: limit} }

func decoded(t *testing.T, a labtest.Answer) (v any) {
	t.Helper()
	a.Into(t, &v)
	return v
}

// An RP ID that is changed leaves the passkeys of the one before behind.
func TestPasskeysThatAChangedRPIDLeftBehindAreMarkedInTheList(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	config := func(id string) string {
		return fmt.Sprintf("ports: {site: %d, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"+
			"webauthn: {config: {rp: {id: %s, origins: [\"https://%s:%d\"]}}}\n", port, id, id, port)
	}
	lab := labtest.Start(t, config("localhost"))
	ann := lab.Browser()
	ann.Register("ann@example.org")
	ann.AddPasskey()
	left := func() (bool, string) {
		t.Helper()
		list, err := lab.Passkeys(t.Context(), api.Query{Limit: 10})
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("%d passkeys, %v", len(list.Items), err)
		}
		d, err := lab.PasskeyDetails(t.Context(), list.Items[0].ID)
		if err != nil || d.LeftBehind != list.Items[0].LeftBehind {
			t.Fatalf("its details say %v, the list %v (%v)", d.LeftBehind, list.Items[0].LeftBehind, err)
		}
		return d.LeftBehind, strings.Join(d.Warnings, " ")
	}
	if behind, warned := left(); behind || warned != "" {
		t.Errorf("at its own RP ID: left behind %v, warnings %q", behind, warned)
	}
	if err := os.WriteFile(filepath.Join(lab.Home, "sting.yml"), []byte(config("sting.localhost")), 0o600); err != nil {
		t.Fatal(err)
	}
	lab.Restart()
	if behind, warned := left(); !behind || !strings.Contains(warned, `RP ID "localhost"`) {
		t.Errorf("after the change: left behind %v, warnings %q", behind, warned)
	}
}
