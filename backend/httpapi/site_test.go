package httpapi_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/httpapi"
	"sting/backend/session"
)

const sitePassword = "correct horse battery staple"

// registered is a page whose person has just registered with a password.
func (l *siteLab) registered(email string) *page {
	l.t.Helper()
	p := l.page()
	p.ask(201, "POST", "/api/auth/register", map[string]any{"email": email, "password": sitePassword})
	return p
}

// withPasskey adds a passkey and returns its id.
func (p *page) withPasskey() string {
	p.t.Helper()
	begun := p.ask(200, "POST", "/api/webauthn/registration/begin", map[string]any{})
	done := p.ask(200, "POST", "/api/webauthn/registration/complete", p.answer(begun, p.key.Create))
	id, _ := done["passkey"].(map[string]any)["id"].(string)
	return id
}

func (p *page) signIn() map[string]any {
	p.t.Helper()
	begun := p.ask(200, "POST", "/api/webauthn/authentication/begin", map[string]any{})
	return p.ask(200, "POST", "/api/webauthn/authentication/complete", p.answer(begun, p.key.Get))
}

func TestAPersonRegistersSignsInAndOut(t *testing.T) {
	l := newSiteLab(t)
	p := l.registered("ada@lab.local")
	if me := p.ask(200, "GET", "/api/auth/me", nil); me["auth_method"] != "password" || me["flask_auth"] != false ||
		me["kratos_auth"] != true {
		t.Errorf("%v", me)
	}
	l.page().refused(409, "EMAIL_TAKEN", "POST", "/api/auth/register", map[string]any{"email": "ada@lab.local", "password": sitePassword})
	for field, body := range map[string]map[string]any{
		"email":    {"password": sitePassword},
		"password": {"email": "bob@lab.local"},
		"traits":   {"email": "bob@lab.local", "password": sitePassword, "traits": map[string]any{"email": "eve@lab.local"}},
	} {
		if got := l.page().ask(400, "POST", "/api/auth/register", body); got["error_code"] != "INVALID_FIELD" {
			t.Errorf("%s: %v", field, got)
		}
	}
	p.withPasskey()
	if out := p.ask(200, "POST", "/api/auth/logout", map[string]any{}); out["success"] != true {
		t.Errorf("%v", out)
	}
	if p.cookies[session.KratosCookie] != "" || p.cookies[session.CookieName] != "" {
		t.Errorf("after a logout the browser has %v", p.cookies)
	}
	p.refused(401, "UNAUTHENTICATED", "GET", "/api/auth/me", nil)

	in := p.signIn()
	if in["verified"] != true || in["auth_method"] != "passkey" {
		t.Errorf("%v", in)
	}
	me := p.ask(200, "GET", "/api/auth/session", nil)
	if me["authenticated"] != true || me["flask_auth"] != true || me["kratos_auth"] != true || me["agree"] != true ||
		me["has_passkey"] != true {
		t.Errorf("%v", me)
	}
	p.ask(200, "GET", "/api/auth/status", nil)
	p.refused(401, "INVALID_CREDENTIALS", "POST", "/api/auth/login", map[string]any{"email": "ada@lab.local", "password": "wrong"})
	p.refused(400, "INVALID_FIELD", "POST", "/api/auth/login", map[string]any{"email": "ada@lab.local"})
	p.ask(200, "POST", "/api/auth/login", map[string]any{"email": "ada@lab.local", "password": sitePassword})
	if p.cookies[session.CookieName] != "" {
		t.Error("the cookie of the earlier passkey sign-in was left")
	}
}

func TestPasskeysAreListedNamedAndRemoved(t *testing.T) {
	l := newSiteLab(t)
	p := l.registered("ada@lab.local")
	first := p.withPasskey()
	p.refused(400, "INVALID_FIELD", "POST", "/api/webauthn/passkeys/add/begin", map[string]any{"name": " "})
	other := *p
	other.key = l.page().key
	begun := other.ask(200, "POST", "/api/webauthn/passkeys/add/begin", map[string]any{"name": "blue"})
	if begun["passkey_name"] != "blue" {
		t.Errorf("%v", begun)
	}
	other.ask(200, "POST", "/api/webauthn/passkeys/add/complete", other.answer(begun, other.key.Create))
	list := p.ask(200, "GET", "/api/webauthn/passkeys", nil)
	if list["count"] != 2.0 || list["rp_id"] != "localhost" || list["user_handle"] == "" {
		t.Errorf("%v", list)
	}
	p.ask(200, "PUT", "/api/webauthn/passkeys/"+first+"/rename", map[string]any{"name": "red"})
	p.refused(400, "INVALID_FIELD", "PUT", "/api/webauthn/passkeys/"+first+"/rename", map[string]any{"name": ""})
	p.refused(404, "NOT_FOUND", "PUT", "/api/webauthn/passkeys/none/rename", map[string]any{"name": "red"})
	p.signIn()
	if stats := p.ask(200, "GET", "/api/webauthn/passkeys/stats", nil); stats["active_passkeys"] != 2.0 || stats["total_usage"] != 1.0 ||
		stats["last_used"] == nil {
		t.Errorf("%v", stats)
	}
	if gone := p.ask(200, "DELETE", "/api/webauthn/passkeys/"+first, nil); gone["success"] != true {
		t.Errorf("%v", gone)
	}
	p.ask(200, "GET", "/api/auth/me", nil) // the session that the removed passkey made goes on, with new tokens
	p.ask(200, "POST", "/api/webauthn/registration/skip", map[string]any{})
	l.page().refused(401, "UNAUTHENTICATED", "GET", "/api/webauthn/passkeys", nil)
	l.page().refused(401, "UNAUTHENTICATED", "GET", "/api/webauthn/passkeys/stats", nil)
	l.page().refused(401, "UNAUTHENTICATED", "DELETE", "/api/webauthn/passkeys/"+first, nil)
}

func TestWhatNeedsAFreshProofAsksForOne(t *testing.T) {
	l := newSiteLab(t)
	p := l.registered("ada@lab.local")
	id := p.withPasskey()
	l.policy.PrivilegedAge = time.Nanosecond
	p.refused(403, "REAUTH_REQUIRED", "DELETE", "/api/webauthn/passkeys/"+id, nil)
	p.refused(403, "REAUTH_REQUIRED", "POST", "/api/webauthn/passkeys/add/begin", map[string]any{"name": "blue"})
}

func TestAPersonSeesAndEndsOnlyTheirOwnSessions(t *testing.T) {
	l := newSiteLab(t)
	ada, bob := l.registered("ada@lab.local"), l.registered("bob@lab.local")
	second := l.page()
	second.ask(200, "POST", "/api/auth/login", map[string]any{"email": "ada@lab.local", "password": sitePassword})
	own, _ := ada.ask(200, "GET", "/api/auth/sessions", nil)["sessions"].([]any)
	if len(own) != 2 {
		t.Fatalf("%v", own)
	}
	for _, s := range own {
		one, _ := s.(map[string]any)
		id, _ := one["id"].(string)
		bob.refused(404, "NOT_FOUND", "DELETE", "/api/auth/sessions/"+id, nil)
		if one["current"] != true {
			ada.ask(200, "DELETE", "/api/auth/sessions/"+id, nil)
		}
	}
	second.refused(401, "UNAUTHENTICATED", "GET", "/api/auth/me", nil)
	ada.ask(200, "GET", "/api/auth/me", nil)
}

func TestTwoPeopleInOneBrowserChangeNothing(t *testing.T) {
	l := newSiteLab(t)
	ada, bob := l.registered("ada@lab.local"), l.registered("bob@lab.local")
	ada.withPasskey()
	ada.signIn()
	ada.cookies[session.KratosCookie] = bob.cookies[session.KratosCookie]
	if got := ada.ask(200, "GET", "/api/auth/session", nil); got["agree"] != false {
		t.Errorf("%v", got)
	}
	ada.refused(409, "SESSIONS_DISAGREE", "POST", "/api/webauthn/registration/skip", map[string]any{})
}

func TestARecordIsShownToWhoHeldTheCeremony(t *testing.T) {
	l := newSiteLab(t)
	p := l.registered("ada@lab.local")
	begun := p.ask(200, "POST", "/api/webauthn/registration/begin", map[string]any{})
	reported := p.ask(200, "POST", "/api/webauthn/report", map[string]any{
		"challenge_id": begun["challenge_id"], "name": "NotAllowedError", "message": "no", "elapsed_ms": 1200, "origin": siteOrigin,
	})
	id, _ := reported["ceremony_id"].(string)
	if id == "" {
		t.Fatalf("%v", reported)
	}
	p.ask(200, "GET", "/api/ceremonies/"+id, nil)
	l.page().refused(404, "NOT_FOUND", "GET", "/api/ceremonies/"+id, nil)
	p.refused(404, "NOT_FOUND", "GET", "/api/ceremonies/none", nil)
	p.refused(400, "EXPIRED_CHALLENGE", "POST", "/api/webauthn/registration/complete", p.answer(begun, p.key.Create))
}

func TestTheMockUserIsSeenAndActsNowhere(t *testing.T) {
	l := newSiteLab(t)
	l.mock = true
	p := l.page()
	if me := p.ask(200, "GET", "/api/auth/me", nil); me["auth_method"] != "mock" {
		t.Errorf("%v", me)
	}
	p.refused(401, "UNAUTHENTICATED", "POST", "/api/webauthn/registration/begin", map[string]any{})
}

func TestABrowserIsHeardAndBounded(t *testing.T) {
	l := newSiteLab(t)
	p := l.page()
	p.ask(200, "POST", "/api/browser-check", map[string]any{"webauthn": true, "cookies": true, "capabilities": map[string]bool{"x": true}})
	if heard := l.Visitors.Browsers(); len(heard) != 1 || !heard[0].WebAuthn || heard[0].Cookies {
		t.Errorf("%+v", heard)
	}
	many := map[string]bool{}
	for n := range 500 {
		many[strings.Repeat("x", n+1)] = true
	}
	p.refused(400, "INVALID_FIELD", "POST", "/api/browser-check", map[string]any{"capabilities": many})
	p.refused(400, "INVALID_FIELD", "POST", "/api/browser-check",
		map[string]any{"capabilities": map[string]bool{strings.Repeat("x", 500): true}})
}

func TestThePagesAndTheirFiles(t *testing.T) {
	l := newSiteLab(t)
	p := l.page()
	for _, path := range []string{"/", "/login", "/register", "/help/BAD_KEY", "/assets/a-1.js", "/favicon.svg"} {
		p.ask(200, "GET", path, nil)
	}
	p.ask(404, "GET", "/assets/none.js", nil)
	p.ask(404, "GET", "/nothing-here", nil)
	p.refused(405, "METHOD", "POST", "/login", map[string]any{})
	p.ask(303, "GET", "/dashboard", nil)
	l.registered("ada@lab.local").ask(200, "GET", "/dashboard", nil)
	p.ask(200, "GET", "/api/help/BAD_KEY", nil)
	p.refused(404, "NOT_FOUND", "GET", "/api/help/NONE", nil)
	p.ask(200, "GET", "/api/webauthn/test", nil)
	p.refused(405, "METHOD", "DELETE", "/api/auth/login", nil)
	p.refused(404, "NOT_FOUND", "GET", "/api/nothing", nil)
	for to, want := range map[string]string{siteOrigin + "/settings": siteOrigin + "/settings", "https://evil.example/": "/dashboard"} {
		if got := p.ask(200, "GET", "/api/auth/return_to?to="+to, nil); got["to"] != want {
			t.Errorf("%s leads to %v", to, got)
		}
	}
}

func TestKratosAnswersUnderTheSite(t *testing.T) {
	l := newSiteLab(t)
	p := l.registered("ada@lab.local")
	if who := p.ask(200, "GET", "/.ory/sessions/whoami", nil, "Accept", "application/json"); who["active"] != true {
		t.Errorf("%v", who)
	}
	l.page().ask(401, "GET", "/.ory/sessions/whoami", nil, "Accept", "application/json")
}

func TestRoutesAreSorted(t *testing.T) {
	if !slices.IsSortedFunc((&httpapi.Site{}).Routes(), func(a, b httpapi.Route) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("the list of routes is not sorted by path")
	}
}
