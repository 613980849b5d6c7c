package kratostest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func (s *suite) wrongForms(t *testing.T) {
	taken := s.email("taken")
	s.app(t).register(taken)
	person := func(email string) map[string]any { return map[string]any{"email": email} }
	for _, c := range []struct {
		claim, kind, field string
		form               map[string]any
		says               int
	}{
		{"no address", "registration", "traits.email", map[string]any{"method": "password", "password": password, "traits": map[string]any{}},
			4000002},
		{"not an address", "registration", "traits.email",
			map[string]any{"method": "password", "password": password, "traits": person("nobody")}, 4000001},
		{"short password", "registration", "password", map[string]any{"method": "password", "password": "abc", "traits": person(s.email("x"))},
			4000032},
		{"password like the address", "registration", "password",
			map[string]any{"method": "password", "password": s.email("similar"), "traits": person(s.email("similar"))}, 4000031},
		{"address taken", "registration", "", map[string]any{"method": "password", "password": password, "traits": person(taken)}, 4000007},
		{"no method to register", "registration", "", map[string]any{"traits": person(s.email("x"))}, 4010003},
		{"no password", "login", "password", map[string]any{"method": "password", "identifier": taken}, 4000002},
		{"wrong password", "login", "", map[string]any{"method": "password", "identifier": taken, "password": wrongPassword}, 4000006},
		{"no method to sign in", "login", "", map[string]any{}, 4010002},
	} {
		for _, a := range []*actor{s.app(t), s.browser(t)} {
			flow := a.begin(c.kind)
			r := a.submit(c.kind, flow, clone(c.form))
			if r.status != http.StatusBadRequest || !slices.Contains(r.says(c.field), c.says) || r.text("id") != flow.text("id") {
				t.Errorf("%s: want 400 and %d at %q, got %d %.900s", c.claim, c.says, c.field, r.status, r.raw)
			}
		}
	}
}

func clone(form map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range form {
		out[k] = v
	}
	return out
}

func (s *suite) twoSteps(t *testing.T) {
	a, email := s.browser(t), s.email("steps")
	flow := a.begin("registration")
	if flow.value("method") != "profile" {
		t.Errorf("first step: method %q", flow.value("method"))
	}
	r := a.submit("registration", flow, map[string]any{"method": "profile", "traits": map[string]any{"email": email}})
	a.want(r, http.StatusBadRequest)
	if !slices.Contains(r.says(""), 1040009) || r.value("traits.email") != email {
		t.Fatalf("second step: %.900s", r.raw)
	}
	r = a.submit("registration", r, map[string]any{"method": "password", "password": password, "traits": map[string]any{"email": email}})
	a.want(r, http.StatusOK)
	if got := a.whoami().text("identity.traits.email"); got != email {
		t.Errorf("whoami: %q", got)
	}
}

func (s *suite) enumeration(t *testing.T) {
	known, unknown := s.email("known"), s.email("unknown")
	s.app(t).register(known)
	a := s.app(t)
	flow := a.begin("login")
	answers := map[string]string{}
	for _, who := range []string{known, unknown} {
		r := a.submit("login", flow, map[string]any{"method": "password", "identifier": who, "password": wrongPassword})
		a.want(r, http.StatusBadRequest)
		answers[who] = fmt.Sprint(dig(r.body, "ui.messages"))
	}
	if answers[known] != answers[unknown] {
		t.Errorf("told apart: %v", answers)
	}
}

func (s *suite) alreadyIn(t *testing.T) {
	for _, a := range []*actor{s.app(t), s.browser(t)} {
		door := "api"
		email := s.email("again-app")
		if a.cookies != nil {
			door, email = "browser", s.email("again-browser")
		}
		a.register(email)
		if r := a.ask("GET", "/self-service/login/"+door, nil); r.status != http.StatusBadRequest ||
			r.text("error.id") != "session_already_available" {
			t.Errorf("%s: %d %s", door, r.status, r.raw)
		}
		flow := a.want(a.ask("GET", "/self-service/login/"+door+"?refresh=true", nil), http.StatusOK)
		if !slices.Contains(flow.says(""), 1010003) || flow.value("identifier") != email {
			t.Errorf("%s: refresh: %.900s", door, flow.raw)
		}
		r := a.submit("login", flow, map[string]any{"method": "password", "identifier": email, "password": password})
		a.want(r, http.StatusOK)
	}
	if r := s.app(t).ask("GET", "/self-service/login/api?aal=aal2", nil); r.status != http.StatusUnauthorized ||
		r.text("error.id") != "session_aal1_required" {
		t.Errorf("a second factor of nobody: %d %s", r.status, r.raw)
	}
}

func (s *suite) csrf(t *testing.T) {
	email := s.email("csrf")
	s.app(t).register(email)
	a := s.browser(t)
	flow := a.begin("login")
	id := flow.text("id")
	form := func(token string) map[string]any {
		return map[string]any{"method": "password", "identifier": email, "password": password, "csrf_token": token}
	}
	token := flow.value("csrf_token")
	for claim, r := range map[string]reply{
		"no cookie":               s.app(t).ask("POST", "/self-service/login?flow="+id, form(token)),
		"a made-up token":         a.ask("POST", "/self-service/login?flow="+id, form("bm90LXRoZS10b2tlbg==")),
		"reading without cookies": s.app(t).ask("GET", "/self-service/login/flows?id="+id, nil),
	} {
		if r.status != http.StatusForbidden || r.text("error.id") != "security_csrf_violation" {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
	a.want(a.ask("GET", "/self-service/login/flows?id="+id, nil), http.StatusOK)
	a.want(a.ask("POST", "/self-service/login?flow="+id, form(token)), http.StatusOK)
}

func (s *suite) pages(t *testing.T) {
	email := s.email("pages")
	s.app(t).register(email)
	a := s.browser(t)
	a.html = true
	r := a.ask("GET", "/self-service/login/browser?return_to="+url.QueryEscape(s.Site+"/after"), nil)
	a.want(r, http.StatusSeeOther)
	to, err := url.Parse(r.header.Get("Location"))
	if err != nil || !strings.HasPrefix(to.String(), s.Site+"/login?flow=") {
		t.Fatalf("begin: to %v, %v", to, err)
	}
	id := to.Query().Get("flow")
	a.html = false
	flow := a.want(a.ask("GET", "/self-service/login/flows?id="+id, nil), http.StatusOK)
	a.html = true
	post := func(pw string) reply {
		return a.ask("POST", "/self-service/login?flow="+id, url.Values{
			"csrf_token": {flow.value("csrf_token")}, "method": {"password"}, "identifier": {email}, "password": {pw},
		}.Encode())
	}
	if r := post(wrongPassword); r.status != http.StatusSeeOther || r.header.Get("Location") != s.Site+"/login?flow="+id {
		t.Errorf("wrong password: %d to %q", r.status, r.header.Get("Location"))
	}
	if r := post(password); r.status != http.StatusSeeOther || r.header.Get("Location") != s.Site+"/after" {
		t.Errorf("signed in: %d to %q", r.status, r.header.Get("Location"))
	}
	if got := a.whoami().text("identity.traits.email"); got != email {
		t.Errorf("whoami: %q", got)
	}
}

func (s *suite) returnTo(t *testing.T) {
	for _, to := range []string{"https://evil.example/", "//evil.example/", s.Site + "@evil.example/",
		"https://localhost.evil.example:8443/"} {
		a := s.browser(t)
		r := a.ask("GET", "/self-service/login/browser?return_to="+url.QueryEscape(to), nil)
		if r.status != http.StatusBadRequest || r.text("error.id") != "self_service_flow_return_to_forbidden" {
			t.Errorf("%s: %d %s", to, r.status, r.raw)
		}
	}
}

func (s *suite) logout(t *testing.T) {
	a := s.browser(t)
	if r := a.ask("GET", "/self-service/logout/browser", nil); r.status != http.StatusUnauthorized {
		t.Errorf("nobody: %d", r.status)
	}
	a.register(s.email("logout"))
	link := a.want(a.ask("GET", "/self-service/logout/browser", nil), http.StatusOK)
	if r := a.ask("GET", "/self-service/logout?token=wrong", nil); r.status != http.StatusForbidden {
		t.Errorf("wrong token: %d %s", r.status, r.raw)
	}
	a.want(a.whoami(), http.StatusOK)
	cookie := a.cookies["ory_kratos_session"]
	a.want(a.ask("GET", "/self-service/logout?token="+link.text("logout_token"), nil), http.StatusNoContent)
	a.cookies["ory_kratos_session"] = cookie
	a.want(a.whoami(), http.StatusUnauthorized)
}

func (s *suite) sessions(t *testing.T) {
	email := s.email("sessions")
	a, b, c := s.app(t), s.app(t), s.app(t)
	a.register(email)
	b.want(b.login(email, password), http.StatusOK)
	c.want(c.login(email, password), http.StatusOK)
	mine := a.whoami().text("id")
	others := a.want(a.ask("GET", "/sessions", nil), http.StatusOK).list
	if len(others) != 2 || slices.ContainsFunc(others, func(o any) bool { return dig(o, "id") == mine }) {
		t.Errorf("others: %v", others)
	}
	a.want(a.ask("DELETE", "/sessions/"+mine, nil), http.StatusBadRequest)
	a.want(a.ask("DELETE", "/sessions/"+b.whoami().text("id"), nil), http.StatusNoContent)
	b.want(b.whoami(), http.StatusUnauthorized)
	a.want(a.ask("DELETE", "/sessions/00000000-0000-4000-8000-000000000000", nil), http.StatusNoContent)
	stranger := s.app(t)
	stranger.register(s.email("stranger"))
	stranger.want(stranger.ask("DELETE", "/sessions/"+mine, nil), http.StatusNoContent)
	a.want(a.whoami(), http.StatusOK)
	a.want(a.ask("DELETE", "/sessions", nil), http.StatusOK)
	c.want(c.whoami(), http.StatusUnauthorized)
	s.app(t).want(s.app(t).ask("GET", "/sessions", nil), http.StatusUnauthorized)
}

func (s *suite) unknownFlows(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000000"
	a := s.app(t)
	for _, kind := range []string{"login", "registration", "recovery", "verification"} {
		a.want(a.ask("GET", "/self-service/"+kind+"/flows?id="+id, nil), http.StatusNotFound)
		a.want(a.ask("POST", "/self-service/"+kind+"?flow="+id, map[string]any{"method": "password"}), http.StatusNotFound)
	}
	a.want(a.ask("POST", "/self-service/registration", map[string]any{"method": "password"}), http.StatusBadRequest)
	a.want(a.ask("GET", "/self-service/errors?id="+id, nil), http.StatusNotFound)
}

func (s *suite) disabledMethods(t *testing.T) {
	const noLogin, noSignUp, noSettings = 4010002, 4010003, 4010004
	for _, c := range []struct {
		kind, method string
		more         map[string]any
		app, browser int // the message; 0: not found
	}{
		{"login", "oidc", map[string]any{"provider": "x"}, 0, 0},
		{"login", "code", map[string]any{"identifier": "x"}, 0, 0},
		{"login", "passkey", map[string]any{"passkey_login": "{}"}, noLogin, 0},
		{"login", "webauthn", map[string]any{"identifier": "x"}, noLogin, 0},
		{"login", "totp", map[string]any{"totp_code": "123456"}, noLogin, noLogin},
		{"login", "lookup_secret", map[string]any{"lookup_secret": "x"}, noLogin, noLogin},
		{"login", "saml", map[string]any{"provider": "x"}, noLogin, noLogin},
		{"registration", "oidc", map[string]any{"provider": "x"}, 0, 0},
		{"registration", "code", map[string]any{"traits": map[string]any{"email": s.email("x")}}, 0, 0},
		{"registration", "passkey", map[string]any{"passkey_register": "{}"}, noSignUp, 0},
		{"registration", "webauthn", map[string]any{"webauthn_register": "{}"}, noSignUp, 0},
		{"registration", "totp", nil, noSignUp, noSignUp},
		{"settings", "oidc", map[string]any{"link": "x"}, 0, 0},
		{"settings", "totp", map[string]any{"totp_code": "123456"}, 0, 0},
		{"settings", "lookup_secret", map[string]any{"lookup_secret_reveal": true}, 0, 0},
		{"settings", "passkey", map[string]any{"passkey_remove": "00"}, noSettings, 0},
		{"settings", "webauthn", map[string]any{"webauthn_remove": "00"}, noSettings, 0},
		{"settings", "saml", nil, noSettings, noSettings},
	} {
		for _, a := range []*actor{s.app(t), s.browser(t)} {
			door, says := "app", c.app
			if a.cookies != nil {
				door, says = "browser", c.browser
			}
			if c.kind == "settings" {
				a.register(s.email("off-" + c.method + "-" + door))
			}
			form := clone(c.more)
			form["method"] = c.method
			r := a.submit(c.kind, a.begin(c.kind), form)
			found := r.status == http.StatusBadRequest && slices.Contains(r.says(""), says)
			if says == 0 {
				found = r.status == http.StatusNotFound &&
					strings.HasPrefix(r.text("error.reason"), "This endpoint was disabled by system administrator")
			}
			if !found {
				t.Errorf("%s with %s of a %s: want %d, got %d %.600s", c.kind, c.method, door, says, r.status, r.raw)
			}
		}
	}
}
