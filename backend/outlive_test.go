package backend_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// THREATS T30: no session outlives its reason.

const newPassword = "Zx9-Battery-Staple-77"

// living reports whether a browser is signed in, and that both doors say the same.
func living(t *testing.T, b *labtest.Browser) bool {
	t.Helper()
	return b.Do("GET", "/api/auth/me", nil).Status == http.StatusOK
}

// signedInByPassword is another browser of somebody.
func signedInByPassword(lab *labtest.Lab, email string) *labtest.Browser {
	b := lab.Browser()
	b.Must("POST", "/api/auth/login", map[string]any{"email": email, "password": labtest.Password})
	return b
}

// settings submits the settings form of Kratos in a browser.
func settings(t *testing.T, b *labtest.Browser, form map[string]any) labtest.Answer {
	t.Helper()
	flow := b.Do("GET", "/.ory/self-service/settings/browser", nil, "Accept", "application/json")
	form["csrf_token"] = csrfOf(t, flow)
	return b.Do("POST", "/.ory/self-service/settings?flow="+flow.Text("id"), form, "Accept", "application/json")
}

func csrfOf(t *testing.T, flow labtest.Answer) string {
	t.Helper()
	var f struct {
		UI struct {
			Nodes []struct {
				Attributes struct {
					Name  string
					Value any
				}
			}
		}
	}
	flow.Into(t, &f)
	for _, n := range f.UI.Nodes {
		if n.Attributes.Name == "csrf_token" {
			return fmt.Sprint(n.Attributes.Value)
		}
	}
	t.Fatalf("no csrf_token: %d %s", flow.Status, flow.Body)
	return ""
}

// holding is a browser with tokens of another moment.
func holding(lab *labtest.Lab, cookies map[string]string, names ...string) func(path string) int {
	b := lab.Browser()
	var parts []string
	for _, name := range names {
		parts = append(parts, name+"="+cookies[name])
	}
	return func(path string) int { return b.Do("GET", path, nil, "Cookie", strings.Join(parts, "; ")).Status }
}

func TestANewPasswordEndsTheOtherSessionsAndRenewsTheTokens(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	ann := lab.Browser()
	ann.Register("ann@example.org")
	ann.AddPasskey()
	id := ann.SignIn().Text("session_id")
	others := []*labtest.Browser{signedInByPassword(lab, "ann@example.org"), signedInByPassword(lab, "ann@example.org")}
	eve := lab.Browser()
	eve.Register("eve@example.org")
	before := ann.Cookies()
	a := settings(t, ann, map[string]any{"method": "password", "password": newPassword})
	if a.Status != 200 || !strings.Contains(string(a.Body), "Your 2 other sessions were signed out.") {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	for i, b := range others {
		if living(t, b) {
			t.Errorf("other session %d lives on", i)
		}
	}
	if !living(t, eve) {
		t.Error("somebody else was signed out")
	}
	me := ann.Must("GET", "/api/auth/me", nil)
	if me.Text("session_id") == id || string(me.Member("flask_auth")) != "true" || string(me.Member("kratos_auth")) != "true" ||
		me.Text("auth_method") != "passkey" {
		t.Errorf("afterwards: %s", me.Body)
	}
	for _, name := range []string{"__Host-sting_session", "ory_kratos_session"} {
		if ann.Cookies()[name] == before[name] {
			t.Errorf("%s is what it was before", name)
		}
		old := holding(lab, before, name)
		for _, path := range []string{"/api/auth/me", "/.ory/sessions/whoami"} {
			if got := old(path); got != 401 {
				t.Errorf("the old %s at %s: %d", name, path, got)
			}
		}
	}
}

func TestAChangeThatIsNoPasswordEndsNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	ann := lab.Browser()
	ann.Register("ann@example.org")
	other := signedInByPassword(lab, "ann@example.org")
	before := ann.Cookies()["ory_kratos_session"]
	a := settings(t, ann, map[string]any{"method": "profile",
		"traits": map[string]any{"email": "ann@example.org", "name": map[string]any{"first": "Ann"}}})
	if a.Status != 200 || !living(t, other) || ann.Cookies()["ory_kratos_session"] != before {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

// An app has no cookie that an answer could replace: it keeps its token, as with a
// real Kratos, and the others end all the same.
func TestAnAppKeepsItsTokenWhenItChangesThePassword(t *testing.T) {
	t.Parallel()
	lab := mitigating(t)
	other := signedInByPassword(lab.Lab, knownAddress)
	in := lab.flow(t, "login", map[string]any{"method": "password", "identifier": knownAddress, "password": labtest.Password})
	token := in.Text("session_token")
	ask := func(method, path string, body any) labtest.Answer {
		t.Helper()
		return lab.native(t, method, lab.public+path, body, "X-Session-Token", token)
	}
	flow := ask("GET", "/self-service/settings/api", nil)
	a := ask("POST", "/self-service/settings?flow="+flow.Text("id"), map[string]any{"method": "password", "password": newPassword})
	if a.Status != 200 || !strings.Contains(string(a.Body), "other session") {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if who := ask("GET", "/sessions/whoami", nil); who.Status != 200 {
		t.Errorf("the app is signed out: %d %s", who.Status, who.Body)
	}
	if living(t, other) {
		t.Error("another session lives on")
	}
}

func TestWhatAnAdministratorSetsEndsEverySession(t *testing.T) {
	t.Parallel()
	for claim, change := range map[string]any{
		"another password": map[string]any{"credentials": map[string]any{
			"password": map[string]any{"config": map[string]any{"password": newPassword}},
		}},
		"inactive": map[string]any{"state": "inactive"},
	} {
		t.Run(claim, func(t *testing.T) {
			lab := mitigating(t)
			b := signedInByPassword(lab.Lab, knownAddress)
			id := b.Must("GET", "/api/auth/me", nil)
			var who struct{ User struct{ ID string } }
			id.Into(t, &who)
			put := map[string]any{"schema_id": "default", "state": "active", "traits": map[string]any{"email": knownAddress}}
			if a := lab.native(t, "PUT", lab.admin+"/admin/identities/"+who.User.ID, put); a.Status != 200 || !living(t, b) {
				t.Fatalf("a change of neither: %d %s", a.Status, a.Body)
			}
			for name, v := range change.(map[string]any) {
				put[name] = v
			}
			if a := lab.native(t, "PUT", lab.admin+"/admin/identities/"+who.User.ID, put); a.Status != 200 {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			if living(t, b) {
				t.Error("the session lives on")
			}
			put["state"] = "active"
			delete(put, "credentials")
			if a := lab.native(t, "PUT", lab.admin+"/admin/identities/"+who.User.ID, put); a.Status != 200 || living(t, b) {
				t.Errorf("it came to life again: %d", a.Status)
			}
		})
	}
}

func TestARemovedPasskeyEndsTheSessionsThatItMade(t *testing.T) {
	t.Parallel()
	remove := map[string]func(t *testing.T, lab *labtest.Lab, own *labtest.Browser, id string) string{
		"in the settings": func(t *testing.T, _ *labtest.Lab, own *labtest.Browser, id string) string {
			return string(own.Must("DELETE", "/api/webauthn/passkeys/"+id, nil).Member("ended_sessions"))
		},
		"by the admin door": func(t *testing.T, lab *labtest.Lab, _ *labtest.Browser, id string) string {
			if err := lab.RemovePasskey(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			return "1"
		},
	}
	for claim, remove := range remove {
		t.Run(claim, func(t *testing.T) {
			lab := labtest.Start(t, "")
			own := lab.Browser()
			own.Register("ann@example.org")
			id := passkeyOf(t, own.AddPasskey())
			lost := lab.Browser()
			lost.Key = own.Key
			lost.SignIn()
			second := lab.Browser()
			second.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
			second.AddPasskey()
			second.SignIn()
			if n := remove(t, lab, own, id); n != "1" {
				t.Errorf("says that %s sessions ended", n)
			}
			if living(t, lost) {
				t.Error("the session that it made lives on")
			}
			if !living(t, own) || !living(t, second) {
				t.Error("a session that rests on something else was ended")
			}
		})
	}
}

// The browser that removes the passkey it signed in with stays signed in, with new
// tokens: the person is there, and proved it a moment ago.
func TestWhoRemovesThePasskeyOfTheirOwnSessionGetsANewOne(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	own := lab.Browser()
	own.Register("ann@example.org")
	id := passkeyOf(t, own.AddPasskey())
	own.SignIn()
	before := own.Cookies()
	own.Must("DELETE", "/api/webauthn/passkeys/"+id, nil)
	if me := own.Do("GET", "/api/auth/me", nil); me.Status != 200 || string(me.Member("flask_auth")) != "true" ||
		string(me.Member("kratos_auth")) != "true" {
		t.Errorf("%d %s", me.Status, me.Body)
	}
	for _, name := range []string{"__Host-sting_session", "ory_kratos_session"} {
		if got := holding(lab, before, name)("/api/auth/me"); got != 401 {
			t.Errorf("the old %s: %d", name, got)
		}
	}
}

func passkeyOf(t *testing.T, a labtest.Answer) string {
	t.Helper()
	var out struct{ Passkey struct{ ID string } }
	a.Into(t, &out)
	return out.Passkey.ID
}

func TestARestoreRevivesNoSessionThatEndedSince(t *testing.T) {
	t.Parallel()
	ends := map[string]func(t *testing.T, lab *labtest.Lab, b *labtest.Browser){
		"signed out": func(_ *testing.T, _ *labtest.Lab, b *labtest.Browser) {
			b.Must("POST", "/api/auth/logout", nil)
		},
		"ended by another password": func(t *testing.T, lab *labtest.Lab, _ *labtest.Browser) {
			settings(t, signedInByPassword(lab, "ann@example.org"), map[string]any{"method": "password", "password": newPassword})
		},
		"its person removed": func(t *testing.T, lab *labtest.Lab, _ *labtest.Browser) {
			if err := lab.RemoveUser(t.Context(), "ann@example.org"); err != nil {
				t.Fatal(err)
			}
		},
	}
	for claim, end := range ends {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			lab := labtest.Start(t, "")
			b, bystander := lab.Browser(), lab.Browser()
			b.Register("ann@example.org")
			bystander.Register("bob@example.org")
			cookies := b.Cookies()
			if _, err := lab.SaveSnapshot(t.Context(), "one"); err != nil {
				t.Fatal(err)
			}
			end(t, lab, b)
			old := holding(lab, cookies, "ory_kratos_session")
			restore := func(name string) string {
				t.Helper()
				changed, err := lab.RestoreSnapshot(t.Context(), name)
				if err != nil {
					t.Fatal(err)
				}
				return changed.Undo
			}
			undo := restore("one")
			if got := old("/api/auth/me"); got != 401 {
				t.Errorf("after a restore: %d", got)
			}
			if !living(t, bystander) {
				t.Error("a session that nobody ended is gone")
			}
			restore(undo)
			changed, err := lab.Reset(t.Context(), api.ResetRequest{})
			if err != nil {
				t.Fatal(err)
			}
			restore(changed.Undo)
			if !living(t, bystander) {
				t.Error("a session that nobody ended is gone after a reset and its undo")
			}
			restore("one")
			lab.Restart()
			if got := old("/api/auth/me"); got != 401 {
				t.Errorf("after a reset, its undo, another restore and a restart: %d", got)
			}
			if !living(t, bystander) {
				t.Error("a session that nobody ended is gone in the end")
			}
		})
	}
}
