package idp_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A recovery whose form holds an address asks for a new code, whatever else the form
// holds: Kratos' own button "Resend code" sends the typed code along.
func TestAnAddressBesideARecoveryCodeAsksForANewCode(t *testing.T) {
	for name, of := range map[string]func(*lab) *client{
		"an app":             (*lab).app,
		"a browser":          (*lab).browser,
		"a browser's form":   func(l *lab) *client { c := l.browser(); c.html = true; return c },
		"another one's code": (*lab).app,
	} {
		t.Run(name, func(t *testing.T) {
			l, box := withMails(t)
			l.app().register("kim@example.com")
			c := of(l)
			html := c.html
			c.html = false
			flow := c.recovery("kim@example.com")
			first := box.code(t)
			mails := len(box.mails)
			form := map[string]any{"method": "code", "email": "kim@example.com", "code": first}
			if name == "another one's code" {
				form["email"] = "nobody@example.com"
			}
			r := c.sendForm("recovery", flow, form, html)
			if html {
				if r.status != http.StatusSeeOther {
					t.Fatalf("a form: %d %s", r.status, r.raw)
				}
				r = c.do("GET", "/self-service/recovery/flows?id="+str(flow.body, "id"), nil)
			}
			if r.status != http.StatusOK || str(r.body, "state") != "sent_email" || !cmp.Equal(r.said()[""], []int{1060003}) {
				t.Fatalf("%d %s", r.status, r.raw)
			}
			if who := c.whoami(); who.status != http.StatusUnauthorized {
				t.Errorf("somebody is signed in: %s", who.raw)
			}
			if form["email"] != "kim@example.com" {
				return
			}
			if len(box.mails) != mails+1 {
				t.Fatalf("%d mails were sent, not one", len(box.mails)-mails)
			}
			if again := box.code(t); again != first {
				if r := c.submit("recovery", flow, map[string]any{"method": "code", "code": first}); !cmp.Equal(r.said()[""], []int{4060006}) {
					t.Errorf("the code from before: %d %s", r.status, r.raw)
				}
			}
			if r := c.submit("recovery", flow, map[string]any{"method": "code", "code": box.code(t)}); str(r.body, "state") != "passed_challenge" {
				t.Errorf("the new code: %d %s", r.status, r.raw)
			}
			if c.jar != nil {
				return // the recovery renewed its CSRF token
			}
			if r := c.submit("recovery", flow, form); r.status != http.StatusBadRequest {
				t.Errorf("an address to a recovery that is through: %d %s", r.status, r.raw)
			}
			if len(box.mails) != mails+1 {
				t.Error("a recovery that is through sent another mail")
			}
		})
	}
}

func TestARecoveryCodeWithoutAnAddressBeforeIsAskedForOne(t *testing.T) {
	l, _ := withMails(t)
	app := l.app()
	r := app.submit("recovery", app.begin("recovery"), map[string]any{"method": "code", "code": "123456"})
	if r.status != http.StatusBadRequest || !cmp.Equal(r.said()["email"], []int{4000002}) {
		t.Errorf("%d %s", r.status, r.raw)
	}
}

// In a verification the code counts, as in Kratos: there is no session to be had by it.
func TestACodeBesideAnAddressVerifies(t *testing.T) {
	for name, of := range map[string]func(*lab) *client{"an app": (*lab).app, "a browser": (*lab).browser} {
		t.Run(name, func(t *testing.T) {
			l, box := withMails(t)
			l.app().register("kim@example.com")
			c := of(l)
			flow := c.submit("verification", c.begin("verification"), map[string]any{"method": "code", "email": "kim@example.com"})
			mails := len(box.mails)
			r := c.submit("verification", flow, map[string]any{"method": "code", "email": "kim@example.com", "code": box.code(t)})
			if r.status != http.StatusOK || str(r.body, "state") != "passed_challenge" || len(box.mails) != mails {
				t.Errorf("%d mails more, %d %s", len(box.mails)-mails, r.status, r.raw)
			}
		})
	}
}

// sendForm submits a form as JSON, or as a page does.
func (c *client) sendForm(kind string, flow reply, form map[string]any, html bool) reply {
	c.t.Helper()
	if !html {
		return c.submit(kind, flow, form)
	}
	fields := url.Values{"csrf_token": {str(flow.node("csrf_token"), "attributes", "value")}}
	for name, v := range form {
		s, _ := v.(string)
		fields.Set(name, s)
	}
	c.html = true
	defer func() { c.html = false }()
	return c.do("POST", "/self-service/"+kind+"?flow="+str(flow.body, "id"), fields.Encode())
}

// A token that was signed out is known as such, however its session ended; one that
// never was is refused.
func TestASignOutTellsAnEndedTokenFromOneThatNeverWas(t *testing.T) {
	l := newLab(t)
	out := func(token string) reply {
		return l.app().do("DELETE", "/self-service/logout/api", map[string]any{"session_token": token})
	}
	app := l.app()
	app.register("ada@lab.local")
	if r := out(app.token); r.status != http.StatusNoContent {
		t.Errorf("signed in: %d %s", r.status, r.raw)
	}
	if r := out(app.token); r.status != http.StatusNoContent {
		t.Errorf("signed out already: %d %s", r.status, r.raw)
	}
	app.token = ""
	app.login("ada@lab.local", goodPassword)
	other := l.app()
	other.login("ada@lab.local", goodPassword)
	settings := app.begin("settings")
	if r := app.submit("settings", settings,
		map[string]any{"method": "password", "password": "Zx9-Battery-Staple-77"}); r.status != http.StatusOK {
		t.Fatalf("another password: %d %s", r.status, r.raw)
	}
	for claim, token := range map[string]string{"ended by another password": other.token, "kept through another password": app.token} {
		if r := out(token); r.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
	if r := app.whoami(); r.status != http.StatusUnauthorized {
		t.Errorf("after the sign-out: %d", r.status)
	}
	if r := out(app.token); r.status != http.StatusNoContent {
		t.Errorf("kept, then signed out: %d %s", r.status, r.raw)
	}
	for _, token := range []string{"ory_st_never", goodPassword} {
		r := out(token)
		if r.status != http.StatusForbidden || str(r.body, "error",
			"reason") != "The provided Ory Session Token could not be found, is invalid, or otherwise malformed." {
			t.Errorf("never was: %d %s", r.status, r.raw)
		}
	}
}
