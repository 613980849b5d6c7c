package idp_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/session"
	"sting/backend/store"
)

func (l *lab) change(id identity.ID, how func(*identity.Identity)) {
	l.t.Helper()
	if _, err := l.store.UpdateIdentity(l.t.Context(), id, func(i *identity.Identity) error { how(i); return nil }); err != nil {
		l.t.Fatal(err)
	}
}

func TestAnAccountThatIsSwitchedOffComesInByNoDoor(t *testing.T) {
	l, box := withMails(t)
	id := identity.ID(str(l.app().register("ada@lab.local").body, "identity", "id"))
	flow := l.app().recovery("ada@lab.local")
	code := box.code(t)
	l.change(id, func(i *identity.Identity) { i.State = identity.Inactive })
	for claim, r := range map[string]reply{
		"by its password": l.app().login("ada@lab.local", goodPassword),
		"by a code":       l.app().submit("recovery", flow, map[string]any{"method": "code", "code": code}),
	} {
		if r.status != http.StatusUnauthorized || !strings.Contains(r.raw, "account was disabled") {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
	if r := l.app().login("ada@lab.local", "wrong-password-1"); r.status != http.StatusBadRequest ||
		strings.Contains(r.raw, "account was disabled") {
		t.Errorf("whoever doesn't know the password is told that it is off: %d %s", r.status, r.raw)
	}
}

// A session shows a person who exists and may sign in, and only while they do.
func TestASessionOfSomebodyWhoIsGoneOrOffShowsNobody(t *testing.T) {
	for claim, end := range map[string]func(*lab, identity.ID) error{
		"off": func(l *lab, id identity.ID) error {
			l.change(id, func(i *identity.Identity) { i.State = identity.Inactive })
			return nil
		},
		"gone": func(l *lab, id identity.ID) error { return l.store.DeleteIdentity(l.t.Context(), id) },
	} {
		l := newLab(t)
		c := l.app()
		id := identity.ID(str(c.register("ada@lab.local").body, "identity", "id"))
		l.p.Sessions.Store = remembered{l.store, mustToken(t, l, c.token)}
		if r := c.whoami(); r.status != http.StatusOK {
			t.Fatalf("%s, before: %d", claim, r.status)
		}
		if err := end(l, id); err != nil {
			t.Fatal(err)
		}
		if r := c.whoami(); r.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
}

// remembered is a store in which a session outlives its person.
type remembered struct {
	*store.Store
	v session.Session
}

func (r remembered) ShownBy(ctx context.Context, _ session.Kind, _ []byte) (session.Shown, error) {
	i, err := r.Identity(ctx, r.v.IdentityID)
	return session.Shown{Session: r.v, Person: i}, err
}

func mustToken(t testing.TB, l *lab, token string) session.Session {
	t.Helper()
	v, err := l.store.SessionByToken(t.Context(), session.KindKratos, session.Hash(token))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhoIsSignedInIsNotSignedInAgain(t *testing.T) {
	for _, kind := range []string{"login", "registration"} {
		for _, door := range []string{"api", "browser"} {
			l := newLab(t)
			l.app().register("ada@lab.local")
			c := l.app()
			if door == "browser" {
				c = l.browser()
			}
			flow := c.begin(kind)
			if r := c.login("ada@lab.local", goodPassword); r.status != http.StatusOK {
				t.Fatalf("%d %s", r.status, r.raw)
			}
			form := ada()
			form["traits"] = map[string]any{"email": "bob@lab.local"}
			if door == "browser" { // the token that the browser has by now
				form["csrf_token"] = str(c.do("GET", "/self-service/login/browser?refresh=true", nil).node("csrf_token"), "attributes", "value")
			}
			for claim, r := range map[string]reply{
				"begins":  c.do("GET", "/self-service/"+kind+"/"+door, nil),
				"submits": c.do("POST", "/self-service/"+kind+"?flow="+str(flow.body, "id"), form),
			} {
				if claim == "submits" && door == "browser" {
					continue // the flow belongs to the token from before the sign-in
				}
				if r.status != http.StatusBadRequest || str(r.body, "error", "id") != "session_already_available" {
					t.Errorf("%s, %s, %s: %d %s", kind, door, claim, r.status, r.raw)
				}
			}
			if c.jar == nil {
				continue
			}
			c.html = true
			if r := c.do("GET", "/self-service/"+kind+"/browser", nil); r.status != http.StatusSeeOther ||
				strings.Contains(r.header.Get("Location"), "flow=") {
				t.Errorf("%s, a page: %d to %s", kind, r.status, r.header.Get("Location"))
			}
		}
	}
}

func TestAPasswordIsNoSecondFactorAndNoOtherMethod(t *testing.T) {
	l := newLab(t)
	c := l.app()
	c.register("ada@lab.local")
	if r := l.app().do("GET", "/self-service/login/api?aal=aal2", nil); r.status != http.StatusUnauthorized {
		t.Errorf("a second factor of nobody: %d %s", r.status, r.raw)
	}
	second := c.do("GET", "/self-service/login/api?aal=aal2", nil)
	if str(second.body, "requested_aal") != "aal2" {
		t.Fatalf("%d %s", second.status, second.raw)
	}
	before := c.token
	for claim, flow := range map[string]reply{"as a second factor": second, "first": l.app().begin("login")} {
		form, who := ada(), c
		if claim == "first" {
			form["method"], who = "code", l.app()
		}
		if r := who.submit("login", flow, form); r.status/100 != 4 || str(r.body, "session_token") != "" {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
	if c.token = before; c.whoami().status != http.StatusOK {
		t.Error("the session is over")
	}
	if first := str(l.app().begin("login").body, "requested_aal"); first != "aal1" {
		t.Errorf("a login asks for %q", first)
	}
}

// meanwhile changes an identity just before another change of it.
type meanwhile struct {
	identity.Store
	change func()
}

func (m meanwhile) UpdateIdentity(ctx context.Context, id identity.ID, how func(*identity.Identity) error) (identity.Identity, error) {
	m.change()
	return m.Store.UpdateIdentity(ctx, id, how)
}

func TestAPasswordThatWasSetMeanwhileIsNotOverwrittenByAnOlderHash(t *testing.T) {
	for claim, set := range map[string]*identity.Password{"another": {Hash: "set meanwhile"}, "none": nil} {
		l := newLab(t)
		id := identity.ID(str(l.app().register("ada@lab.local").body, "identity", "id"))
		older, err := idp.NewHasher(idp.Cost{MemoryKiB: 16, Passes: 1, Lanes: 1}).Hash(t.Context(), goodPassword)
		if err != nil {
			t.Fatal(err)
		}
		l.change(id, func(i *identity.Identity) { i.Password.Hash = older })
		l.p.Identities = meanwhile{l.store, func() { l.change(id, func(i *identity.Identity) { i.Password = set }) }}
		l.app().login("ada@lab.local", goodPassword)
		who, err := l.store.Identity(t.Context(), id)
		if err != nil || (who.Password == nil) != (set == nil) || set != nil && who.Password.Hash != set.Hash {
			t.Errorf("%s: kept is %+v, %v", claim, who.Password, err)
		}
	}
}

func TestALoginWhoseSessionCannotBeKeptMayBeTriedAgain(t *testing.T) {
	for _, call := range []string{"CreateSession", "Session"} {
		l := newLab(t)
		c := l.app()
		c.register("ada@lab.local")
		flow := c.do("GET", "/self-service/login/api?refresh=true", nil)
		for at := 1; ; at++ {
			f := l.failAt(at)
			r := c.submit("login", flow, ada())
			if len(f.calls) < at {
				t.Fatalf("%s was never called: %q", call, f.calls)
			}
			l.p.Store, l.p.Identities, l.p.Sessions.Store = l.store, l.store, l.store
			if f.calls[at-1] != call {
				c.register2(t)
				flow = c.do("GET", "/self-service/login/api?refresh=true", nil)
				continue
			}
			if r.status != http.StatusInternalServerError {
				t.Errorf("%s fails: %d %s", call, r.status, r.raw)
			}
			if r := l.app().submit("login", flow, ada()); r.status != http.StatusOK && r.status != http.StatusBadRequest ||
				strings.Contains(r.raw, "completed already") {
				t.Errorf("%s failed, and again: %d %s", call, r.status, r.raw)
			}
			break
		}
	}
}

// register2 signs the client in anew, whatever became of its session.
func (c *client) register2(t testing.TB) {
	t.Helper()
	c.token = ""
	if r := c.login("ada@lab.local", goodPassword); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.raw)
	}
}

func TestSigningOutLeadsNobodyElsewhereAndSaysWhatFailed(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	b.register("ada@lab.local")
	link := b.do("GET", "/self-service/logout/browser?return_to="+url.QueryEscape("https://localhost:8443/after"), nil)
	token := str(link.body, "logout_token")
	if !strings.Contains(str(link.body, "logout_url"), url.QueryEscape("https://localhost:8443/after")) {
		t.Errorf("the link forgets where to go: %s", link.raw)
	}
	if r := b.do("GET", "/self-service/logout/browser", nil); strings.Contains(r.raw, "return_to") {
		t.Errorf("the link goes somewhere: %s", r.raw)
	}
	if r := l.browser().do("GET", "/self-service/logout/browser", nil); r.status != http.StatusUnauthorized {
		t.Errorf("a link for nobody: %d %s", r.status, r.raw)
	}
	out := "/self-service/logout?token=" + token
	if r := b.do("GET", out+"&return_to=https%3A%2F%2Fevil.example", nil); r.status != http.StatusBadRequest ||
		b.whoami().status != http.StatusOK {
		t.Errorf("to another site: %d %s", r.status, r.raw)
	}
	l.p.Sessions.Store = stuck{l.store}
	if r := b.do("GET", out, nil); r.status != http.StatusInternalServerError || b.jar[session.KratosCookie] == "" {
		t.Errorf("while it can't be ended: %d %s", r.status, r.raw)
	}
	l.p.Sessions.Store = blind{l.store}
	if r := b.do("GET", out, nil); r.status != http.StatusInternalServerError {
		t.Errorf("while it can't be looked up: %d %s", r.status, r.raw)
	}
	l.p.Sessions.Store = l.store
	before := b.jar[b.csrfCookie()]
	b.html = true
	if r := b.do("GET", out+"&return_to=https%3A%2F%2Flocalhost%3A8443%2Fafter", nil); r.status != http.StatusSeeOther ||
		r.header.Get("Location") != "https://localhost:8443/after" {
		t.Errorf("to our own page: %d %s", r.status, r.header.Get("Location"))
	}
	if b.jar[b.csrfCookie()] == before {
		t.Error("the token of the forms outlives the session")
	}
	if r := b.do("GET", out, nil); r.status != http.StatusSeeOther || r.header.Get("Location") != "https://localhost:8443/login" {
		t.Errorf("once more: %d %s", r.status, r.header.Get("Location"))
	}
}

// stuck is a store that ends nothing.
type stuck struct{ session.Store }

func (stuck) EndSession(context.Context, session.ID, time.Time) (session.Session, error) {
	return session.Session{}, errors.New("the disk is gone")
}

func TestAnAppSignsOutWithItsToken(t *testing.T) {
	l := newLab(t)
	c := l.app()
	c.register("ada@lab.local")
	const at = "/self-service/logout/api"
	for claim, body := range map[string]any{"no JSON": "x", "no token": map[string]any{}, "an empty one": map[string]any{"session_token": ""},
		"a number": map[string]any{"session_token": 7}} {
		if r := c.do("DELETE", at, body); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
	if r := c.do("DELETE", at, map[string]any{"session_token": "ory_st_nobody"}); r.status != http.StatusForbidden ||
		c.whoami().status != http.StatusOK {
		t.Errorf("a token that shows nothing: %d %s", r.status, r.raw)
	}
	for claim, broken := range map[string]session.Store{"can't be ended": stuck{l.store}, "can't be looked up": blind{l.store}} {
		l.p.Sessions.Store = broken
		if r := c.do("DELETE", at, map[string]any{"session_token": c.token}); r.status != http.StatusInternalServerError {
			t.Errorf("a session that %s: %d %s", claim, r.status, r.raw)
		}
	}
	l.p.Sessions.Store = l.store
	if r := c.do("DELETE", at, map[string]any{"session_token": c.token}); r.status != http.StatusNoContent ||
		c.whoami().status != http.StatusUnauthorized {
		t.Errorf("its own: %d %s", r.status, r.raw)
	}
}
