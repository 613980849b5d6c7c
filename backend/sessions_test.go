package backend_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/labtest"
)

func TestARestartSignsNobodyOut(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b, c := lab.Browser(), lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	c.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	origin := lab.Origin
	lab.Restart()
	if lab.Origin != origin {
		t.Fatalf("the drawn port moved from %s to %s", origin, lab.Origin)
	}
	for name, browser := range map[string]*labtest.Browser{"passkey": b, "password": c} {
		if a := browser.Do("GET", "/api/auth/me", nil); a.Status != 200 || a.Text("auth_method") != name {
			t.Errorf("the %s session after a restart: %d %s", name, a.Status, a.Body)
		}
	}
}

func TestEndingASessionByAnyDoorMakesTheNextRequest401(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	doors := map[string]func(own *labtest.Browser, id string){
		"the person's other browser": func(own *labtest.Browser, id string) {
			own.Must("DELETE", "/api/auth/sessions/"+id, nil)
		},
		"the admin door": func(_ *labtest.Browser, id string) {
			if err := lab.EndSession(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		},
		"Kratos' own API": func(own *labtest.Browser, id string) {
			if a := own.Do("DELETE", "/.ory/sessions/"+id, nil, "Content-Type", ""); a.Status != 204 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
		},
	}
	for name, end := range doors {
		t.Run(name, func(t *testing.T) {
			email := strings.ReplaceAll(name, " ", ".") + "@example.org"
			email = strings.ReplaceAll(email, "'", "")
			victim, own := lab.Browser(), lab.Browser()
			victim.Register(email)
			victim.AddPasskey()
			id := victim.SignIn().Text("session_id")
			own.Must("POST", "/api/auth/login", map[string]any{"email": email, "password": labtest.Password})
			end(own, id)
			for _, path := range []string{"/api/auth/me", "/api/webauthn/passkeys", "/.ory/sessions/whoami"} {
				if a := victim.Do("GET", path, nil); a.Status != 401 {
					t.Errorf("%s answers %d after the session ended", path, a.Status)
				}
			}
			if a := own.Do("GET", "/api/auth/me", nil); a.Status != 200 {
				t.Errorf("the other browser is signed out too: %d", a.Status)
			}
		})
	}
}

func TestAMovedClockEndsSessionsAndChallengesAndNotTLS(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "session: {lifespan: 24h, privileged_age: 15m}\n")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	move(t, lab, "+6m")
	if a := b.Do("POST", "/api/webauthn/authentication/complete", b.Get(begun)); a.Code() != "EXPIRED_CHALLENGE" {
		t.Errorf("a challenge six minutes old: %d %s", a.Status, a.Body)
	}
	move(t, lab, "+10m")
	for _, path := range []string{"/api/webauthn/passkeys/add/begin", "/api/webauthn/registration/begin"} {
		if a := b.Do("POST", path, map[string]any{"name": "Second"}); a.Code() != "REAUTH_REQUIRED" || a.Status != 403 {
			t.Errorf("%s with a session sixteen minutes old: %d %s", path, a.Status, a.Body)
		}
	}
	var keys api.Passkeys
	b.Do("GET", "/api/webauthn/passkeys", nil).Into(t, &keys)
	if a := b.Do("DELETE", "/api/webauthn/passkeys/"+keys.Passkeys[0].ID, nil); a.Code() != "REAUTH_REQUIRED" {
		t.Errorf("removing a passkey with a session sixteen minutes old: %d %s", a.Status, a.Body)
	}
	b.SignIn()
	b.Must("POST", "/api/webauthn/passkeys/add/begin", map[string]any{"name": "Second"})
	move(t, lab, "+25h")
	if a := b.Do("GET", "/api/auth/me", nil); a.Status != 401 {
		t.Errorf("a session 25 hours old: %d", a.Status)
	}
	move(t, lab, "+17520h") // two years: the certificate would have run out
	if a := b.Do("GET", "/api/lab", nil); a.Status != 200 {
		t.Errorf("with the clock two years ahead: %d", a.Status)
	}
	move(t, lab, "reset")
}

func move(t *testing.T, lab *labtest.Lab, by string) {
	t.Helper()
	if _, err := lab.MoveClock(t.Context(), by); err != nil {
		t.Fatal(err)
	}
}

// THREATS T09: no token from before a sign-in is good after it.
func TestASignInEndsWhatTheBrowserWasSignedInWith(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	before := b.Cookies()
	b.SignIn()
	after := b.Cookies()
	if before["ory_kratos_session"] == after["ory_kratos_session"] {
		t.Error("Kratos' cookie stays the same over a sign-in")
	}
	old := lab.Browser()
	for name, cookies := range map[string]map[string]string{"the password's": before} {
		if a := old.Do("GET", "/api/auth/me", nil, "Cookie", "ory_kratos_session="+cookies["ory_kratos_session"]); a.Status != 401 {
			t.Errorf("%s cookie is good after the next sign-in: %d", name, a.Status)
		}
	}
	b.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	if a := old.Do("GET", "/api/auth/me", nil, "Cookie", "__Host-sting_session="+after["__Host-sting_session"]); a.Status != 401 {
		t.Errorf("the passkey's cookie is good after the password: %d", a.Status)
	}
}

func TestTwoPeopleAtOnceAreNamedAndChangeNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	ann, bob := lab.Browser(), lab.Browser()
	ann.Register("ann@example.org")
	ann.AddPasskey()
	ann.SignIn()
	bob.Register("bob@example.org")
	both := "__Host-sting_session=" + ann.Cookies()["__Host-sting_session"] + "; ory_kratos_session=" + bob.Cookies()["ory_kratos_session"]
	mixed := lab.Browser()
	a := mixed.Do("GET", "/api/auth/session", nil, "Cookie", both)
	expect(t, "two people", a, map[string]any{"authenticated": true, "agree": false, "auth_method": "passkey"})
	for _, path := range []string{"/api/webauthn/registration/begin", "/api/webauthn/passkeys/add/begin", "/api/webauthn/registration/skip"} {
		if a := mixed.Do("POST", path, map[string]any{"name": "x"}, "Cookie", both); a.Status != 409 || a.Code() != "SESSIONS_DISAGREE" {
			t.Errorf("%s by two people: %d %s", path, a.Status, a.Body)
		}
	}
	if a := mixed.Do("POST", "/api/auth/logout", nil, "Cookie", both); a.Status != 200 {
		t.Errorf("signing two people out: %d %s", a.Status, a.Body)
	}
	if a := mixed.Do("GET", "/api/auth/me", nil, "Cookie", both); a.Status != 401 {
		t.Errorf("after signing out: %d", a.Status)
	}
}

func TestEveryCeremonyLeavesARecordThatIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	bad := b.Get(begun)
	bad["challenge_id"] = "unknown"
	refused := b.Do("POST", "/api/webauthn/authentication/complete", bad)
	if refused.Code() != "EXPIRED_CHALLENGE" || refused.Text("ceremony_id") == "" || refused.Text("ceremony_id") == "unknown" {
		t.Fatalf("refusal: %s", refused.Body)
	}
	move(t, lab, "+1h")
	lab.Restart() // housekeeping runs at the start and finds the open ceremony too old
	want := map[string]int{"registration verified": 1, "authentication verified": 1, "authentication rejected": 1,
		"authentication abandoned": 1}
	got := map[string]int{}
	for range 100 { // the tape is written behind the ceremonies' back
		got = map[string]int{}
		list, err := lab.Ceremonies(t.Context(), api.CeremonyQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Items {
			got[c.Kind+" "+c.State]++
			if c.State == "abandoned" {
				record, err := lab.Ceremony(t.Context(), c.ID)
				if err != nil || record.UserAgent != "labtest" || record.Origin == "" {
					t.Errorf("the abandoned ceremony's record doesn't say whose it was: %+v, %v", record, err)
				}
			}
			if c.ID == refused.Text("ceremony_id") && c.Fault != "EXPIRED_CHALLENGE" {
				t.Errorf("the refusal's record says %q", c.Fault)
			}
		}
		if got["authentication abandoned"] == 1 {
			break
		}
		<-time.After(20 * time.Millisecond)
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%d records of %q, want %d (all: %v)", got[k], k, n, got)
		}
	}
}

// THREATS T14: what would let somebody in stands in no file and no log.
func TestTokensStandNowhere(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	secrets := b.Cookies()
	delete(secrets, "csrf")
	lab.Stop()
	for _, name := range []string{"sting.db", "tape.db"} {
		raw, err := os.ReadFile(filepath.Join(lab.Home, name))
		if err != nil {
			t.Fatal(err)
		}
		for cookie, value := range secrets {
			if strings.HasPrefix(cookie, "csrf_token") {
				continue
			}
			if strings.Contains(string(raw), value) {
				t.Errorf("%s holds the value of %s", name, cookie)
			}
		}
		if strings.Contains(string(raw), labtest.Password) {
			t.Errorf("%s holds a password", name)
		}
	}
}
