package idp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sting/backend/identity"
	"sting/backend/session"
)

const otherPassword = "Zx9-Battery-Staple-77"

func newPassword() map[string]any {
	return map[string]any{"method": "password", "password": otherPassword}
}

func TestSettingsAreThePersonsOwn(t *testing.T) {
	l := newLab(t)
	for _, door := range []string{"an app", "a browser"} {
		c, eve := l.app(), l.app()
		if door == "a browser" {
			c, eve = l.browser(), l.browser()
		}
		c.register(strings.Fields(door)[1] + "@lab.local")
		eve.register("eve-" + strings.Fields(door)[1] + "@lab.local")
		flow := c.begin("settings")
		at := "/self-service/settings/flows?id=" + str(flow.body, "id")
		nobody := l.app()
		if c.jar != nil {
			nobody = l.browser()
		}
		for claim, got := range map[string]struct {
			reply
			want int
		}{
			"read by another":      {eve.do("GET", at, nil), http.StatusForbidden},
			"submitted by another": {eve.submit("settings", flow, newPassword()), http.StatusForbidden},
			"read by nobody":       {nobody.do("GET", at, nil), http.StatusUnauthorized},
			"submitted by nobody":  {nobody.submit("settings", flow, newPassword()), http.StatusUnauthorized},
			"begun by nobody":      {nobody.do("GET", "/self-service/settings/"+c.door(), nil), http.StatusUnauthorized},
		} {
			if got.status != got.want || got.want == http.StatusForbidden && str(got.body, "error", "id") != "security_identity_mismatch" {
				t.Errorf("%s, %s: %d %s", door, claim, got.status, got.raw)
			}
		}
		if r := c.do("GET", at, nil); r.status != http.StatusOK {
			t.Errorf("%s, read by themselves: %d %s", door, r.status, r.raw)
		}
		l.clock.Move(2 * time.Hour)
		if r := c.do("GET", at, nil); r.status != http.StatusGone {
			t.Errorf("%s, read too late: %d %s", door, r.status, r.raw)
		}
		if r := c.submit("settings", flow, newPassword()); r.status != http.StatusGone {
			t.Errorf("%s, submitted too late: %d %s", door, r.status, r.raw)
		}
	}
}

// THREATS T22: how a person signs in, and where their mails go, is changed after a
// fresh proof; their name is not.
func TestWhatDecidesWhoGetsInIsChangedWithAFreshProofOnly(t *testing.T) {
	for _, door := range []string{"an app", "a browser"} {
		l := newLab(t)
		c := l.app()
		if door == "a browser" {
			c = l.browser()
		}
		c.register("ada@lab.local")
		l.clock.Move(16 * time.Minute)
		name := map[string]any{"method": "profile", "traits": map[string]any{"email": "ada@lab.local", "name": map[string]any{"first": "Ada"}}}
		if r := c.submit("settings", c.begin("settings"), name); r.status != http.StatusOK {
			t.Errorf("%s, another name: %d %s", door, r.status, r.raw)
		}
		for claim, form := range map[string]map[string]any{
			"another password": newPassword(),
			"another address":  {"method": "profile", "traits": map[string]any{"email": "eve@lab.local"}},
		} {
			flow := c.begin("settings")
			if r := c.submit("settings", flow, form); r.status != http.StatusForbidden || str(r.body, "error", "id") != "session_refresh_required" {
				t.Errorf("%s, %s: %d %s", door, claim, r.status, r.raw)
			}
			if c.jar == nil {
				continue
			}
			c.html = true
			r := c.submit("settings", flow, form)
			c.html = false
			if r.status != http.StatusForbidden { // JSON was sent: JSON is answered
				t.Errorf("%s, %s, from a page's script: %d", door, claim, r.status)
			}
		}
		if r := l.app().login("ada@lab.local", goodPassword); r.status != http.StatusOK {
			t.Errorf("%s: the password is another one: %d %s", door, r.status, r.raw)
		}
		c.fresh()
		c.login("ada@lab.local", goodPassword)
		for claim, form := range map[string]map[string]any{
			"no password":              {"method": "password", "password": ""},
			"a short one":              {"method": "password", "password": "x"},
			"one like the address":     {"method": "password", "password": "ada@lab.local1"},
			"no address":               {"method": "profile", "traits": map[string]any{"email": ""}},
			"an address that is none":  {"method": "profile", "traits": map[string]any{"email": "ada"}},
			"nothing that can be done": {"method": "nothing"},
		} {
			if r := c.submit("settings", c.begin("settings"), form); r.status != http.StatusBadRequest && r.status != http.StatusNotFound {
				t.Errorf("%s, %s: %d %s", door, claim, r.status, r.raw)
			}
		}
		before := c.jar[session.KratosCookie]
		r := c.submit("settings", c.begin("settings"), newPassword())
		if r.status != http.StatusOK || c.jar != nil && (c.jar[session.KratosCookie] == before || c.whoami().status != http.StatusOK) {
			t.Errorf("%s, with a fresh proof: %d %s", door, r.status, r.raw)
		}
		if l.app().login("ada@lab.local", goodPassword).status == http.StatusOK ||
			l.app().login("ada@lab.local", otherPassword).status != http.StatusOK {
			t.Errorf("%s: the password is not the new one", door)
		}
	}
}

func TestSessionsAreListedAndEndedByTheirPersonAlone(t *testing.T) {
	l := newLab(t)
	c, second, eve := l.app(), l.app(), l.app()
	c.register("ada@lab.local")
	second.login("ada@lab.local", goodPassword)
	eve.register("eve@lab.local")
	id := func(c *client) string { return str(c.whoami().body, "id") }
	mine, other, eves := id(c), id(second), id(eve)
	if r := c.do("GET", "/sessions", nil); !strings.Contains(r.raw, other) || strings.Contains(r.raw, mine) || strings.Contains(r.raw, eves) {
		t.Errorf("listed: %s", r.raw)
	}
	for claim, got := range map[string]struct {
		id   string
		want int
	}{"their own current one": {mine, 400}, "somebody else's": {eves, 204},
		"one that never was": {"00000000-0000-0000-0000-000000000000", 204}} {
		if r := c.do("DELETE", "/sessions/"+got.id, nil); r.status != got.want {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
	for who, one := range map[string]*client{"eve": eve, "ada": c, "ada elsewhere": second} {
		if one.whoami().status != http.StatusOK {
			t.Errorf("%s was signed out", who)
		}
	}
	l.p.Sessions.Store = stuck{l.store}
	if r := c.do("DELETE", "/sessions/"+other, nil); r.status != http.StatusInternalServerError {
		t.Errorf("one that can't be ended: %d %s", r.status, r.raw)
	}
	l.p.Sessions.Store = l.store
	if r := c.do("DELETE", "/sessions/"+other, nil); r.status != http.StatusNoContent || second.whoami().status != http.StatusUnauthorized {
		t.Errorf("another one of their own: %d %s", r.status, r.raw)
	}
}

func TestABearerTokenIsOneThatSaysSo(t *testing.T) {
	l := newLab(t)
	c := l.app()
	c.register("ada@lab.local")
	token := c.token
	for said, want := range map[string]int{
		"Bearer " + token: 200, "bearer  " + token: 200, "Basic " + token: 401, token: 401, "Bearer" + token: 401, "": 401, "Bearer ": 401,
	} {
		if r := l.app().with("Authorization", said).whoami(); r.status != want {
			t.Errorf("%.12q: %d %s", said, r.status, r.raw)
		}
	}
	browser := l.browser()
	browser.login("ada@lab.local", goodPassword)
	if got := browser.jar[session.KratosCookie]; strings.HasPrefix(got, "ory_st_") || !strings.HasPrefix(token, "ory_st_") {
		t.Errorf("an app's token is %.7q, a browser's %.7q", token, got)
	}
}

// A code reaches who can recover by the address it was asked for, and nobody else.
func TestACodeGoesToWhoRecoversByTheAddress(t *testing.T) {
	for claim, c := range map[string]struct {
		addresses []identity.Address
		sent      bool
	}{
		"no address":         {nil, false},
		"another address":    {[]identity.Address{{ID: "a", Value: "eve@lab.local", Via: "email", Recover: true, Verify: true}}, false},
		"not for recoveries": {[]identity.Address{{ID: "a", Value: "ada@lab.local", Via: "email", Verify: true}}, false},
		"this one":           {[]identity.Address{{ID: "a", Value: "ada@lab.local", Via: "email", Recover: true}}, true},
	} {
		l, box := withMails(t)
		i := identity.New(l.clock.Now(), "default", []byte(`{"email":"ada@lab.local"}`), "ada@lab.local")
		i.Addresses = c.addresses
		if err := l.store.CreateIdentity(t.Context(), i); err != nil {
			t.Fatal(err)
		}
		l.app().recovery("ada@lab.local")
		if got := len(box.mails) == 1; got != c.sent {
			t.Errorf("%s: %d mails", claim, len(box.mails))
		}
	}
}

// The cookie is overwritten, so what it showed has to end.
func TestARecoveryEndsWhatTheBrowserShowed(t *testing.T) {
	l, box := withMails(t)
	l.app().register("ada@lab.local")
	for _, who := range []string{"eve@lab.local", "ada@lab.local"} {
		b := l.browser()
		flow := b.recovery("ada@lab.local")
		code := box.code(t)
		earlier := l.browser()
		if who == "eve@lab.local" {
			earlier.register(who)
		} else {
			earlier.login(who, goodPassword)
		}
		b.jar[session.KratosCookie] = earlier.jar[session.KratosCookie]
		if r := b.submit("recovery", flow, map[string]any{"method": "code", "code": code}); r.status != http.StatusOK ||
			str(r.body, "state") != "passed_challenge" {
			t.Errorf("signed in as %s: %d %s", who, r.status, r.raw)
		}
		if earlier.whoami().status != http.StatusUnauthorized || b.whoami().status != http.StatusOK {
			t.Errorf("signed in as %s: the earlier session is good, or the new one is not", who)
		}
	}
	app, eve := l.app(), l.app()
	eve.register("mallory@lab.local")
	flow := app.recovery("ada@lab.local")
	app.token = eve.token
	if r := app.submit("recovery", flow, map[string]any{"method": "code", "code": box.code(t)}); r.status != http.StatusOK ||
		eve.whoami().status != http.StatusOK {
		t.Errorf("an app overwrites no cookie, and ends nobody: %d %s", r.status, r.raw)
	}
}
