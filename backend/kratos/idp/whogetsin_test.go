package idp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"sting/backend/identity"
)

// THREATS T10: no clock tells who has an account. A hash costs the same for
// everybody, so counting them is measuring without a clock.
func TestAnUnknownAddressCostsAsMuchAsAKnownOne(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	passwordless := identity.New(l.clock.Now(), "default", []byte(`{"email":"bob@lab.local"}`), "bob@lab.local")
	if err := l.store.CreateIdentity(t.Context(), passwordless); err != nil {
		t.Fatal(err)
	}
	var n atomic.Int32
	l.p.Hasher.CountComparisons(&n)
	for who, address := range map[string]string{
		"a known address": "ada@lab.local", "an unknown one": "eve@lab.local", "somebody without a password": "bob@lab.local",
	} {
		n.Store(0)
		if r := l.app().login(address, "wrong-password-1"); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", who, r.status, r.raw)
		}
		if got := n.Load(); got != 1 {
			t.Errorf("%s costs %d comparisons, want 1", who, got)
		}
	}
}

// THREATS T03: of two cookies of one name one may be another port's, and a token
// that belongs to either proves nothing.
func TestTwoCSRFCookiesProveNothing(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	mine, planted := l.browser(), l.browser()
	flow := mine.begin("login")
	planted.begin("login")
	name := ""
	for n := range mine.jar {
		if strings.HasPrefix(n, "csrf_token_") {
			name = n
		}
	}
	form := `{"method":"password","identifier":"ada@lab.local","password":"` + goodPassword + `","csrf_token":"` +
		str(flow.node("csrf_token"), "attributes", "value") + `"}`
	post := func(cookie string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/self-service/login?flow="+str(flow.body, "id"), strings.NewReader(form))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json")
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		l.public.ServeHTTP(w, r)
		return w
	}
	own, other := name+"="+mine.jar[name], name+"="+planted.jar[name]
	for claim, cookie := range map[string]string{"ours first": own + "; " + other, "ours last": other + "; " + own,
		"ours twice": own + "; " + own} {
		if w := post(cookie); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "security_csrf_violation") {
			t.Errorf("%s: %d %s", claim, w.Code, w.Body)
		}
	}
	if w := post(own); w.Code != http.StatusOK {
		t.Errorf("ours alone: %d %s", w.Code, w.Body)
	}
}

// THREATS T02: a native flow has no CSRF token, so no page may submit one.
func TestANativeFlowRefusesEveryOrigin(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	for _, kind := range []string{"login", "registration", "recovery", "verification", "settings"} {
		for _, origin := range []string{"https://localhost:8443", "https://evil.example", "null"} {
			app := l.app()
			if kind == "settings" {
				app.login("ada@lab.local", goodPassword)
			}
			flow := app.begin(kind)
			r := httptest.NewRequest("POST", "/self-service/"+kind+"?flow="+str(flow.body, "id"), strings.NewReader(
				`{"method":"password","identifier":"ada@lab.local","password":"`+goodPassword+`","email":"ada@lab.local"}`))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json")
			r.Header.Set("Origin", origin)
			if app.token != "" {
				r.Header.Set("X-Session-Token", app.token)
			}
			w := httptest.NewRecorder()
			l.public.ServeHTTP(w, r)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `\"Origin\" key`) {
				t.Errorf("%s from %s: %d %s", kind, origin, w.Code, w.Body)
			}
		}
	}
}
