package backend_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/httpapi"
	"sting/backend/labtest"
	"sting/backend/session"
)

// What stands here decides who gets in. Each test holds one line of the program
// that once could be broken without any test noticing.

// THREATS T22: the proof is asked for again when the authenticator is done.
func TestAPasskeyIsNotFinishedWithAStaleProof(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "session: {lifespan: 24h, privileged_age: 2m}\n")
	b := lab.Browser()
	b.Register("ann@example.org")
	for _, way := range []string{"registration", "passkeys/add"} {
		begun := b.Must("POST", "/api/webauthn/"+way+"/begin", map[string]any{"name": "Key"})
		body := b.Create(begun)
		move(t, lab, "+2m")
		refused(t, "finishing "+way, b.Do("POST", "/api/webauthn/"+way+"/complete", body), 403, "REAUTH_REQUIRED")
		b.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	}
	var keys api.Passkeys
	b.Must("GET", "/api/webauthn/passkeys", nil).Into(t, &keys)
	if keys.Count != 0 {
		t.Errorf("%d passkeys were added with a stale proof", keys.Count)
	}
}

// THREATS T06: a record of nobody's browser is not everybody's.
func TestARecordWithoutABrowserIsReadByNobodyHere(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	native := lab.Browser()
	a := native.Do("POST", "/api/webauthn/authentication/complete",
		map[string]any{"challenge_id": "x", "credential": map[string]any{"id": "x"}})
	id := a.Text("ceremony_id")
	if id == "" || native.Cookies()["__Host-sting_browser"] != "" {
		t.Fatalf("no record of a client without a cookie: %d %s", a.Status, a.Body)
	}
	for who, b := range map[string]*labtest.Browser{"the client itself": native, "another one without a cookie": lab.Browser()} {
		refused(t, who, b.Do("GET", "/api/ceremonies/"+id, nil), 404, "NOT_FOUND")
	}
	for name, cookie := range map[string]string{"an empty cookie": "", "a cookie that is none": "x", "a short cookie": "AAAA"} {
		a := lab.Browser().Do("GET", "/api/ceremonies/"+id, nil, "Cookie", "__Host-sting_browser="+cookie)
		refused(t, name, a, 404, "NOT_FOUND")
	}
}

// THREATS T09: whoever registers leaves what the browser was signed in with.
func TestARegistrationEndsTheEarlierSession(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	before := b.Cookies()
	b.Register("bob@example.org")
	expect(t, "after the registration", b.Do("GET", "/api/auth/session", nil),
		map[string]any{"authenticated": true, "agree": true, "auth_method": "password"})
	if who := b.Do("GET", "/api/auth/me", nil); !strings.Contains(string(who.Body), "bob@example.org") {
		t.Errorf("signed in after registering as bob: %s", who.Body)
	}
	for _, name := range []string{session.CookieName, "ory_kratos_session"} {
		if a := lab.Browser().Do("GET", "/api/auth/me", nil, "Cookie", name+"="+before[name]); a.Status != 401 {
			t.Errorf("%s from before the registration still shows %s", name, a.Body)
		}
	}
}

// THREATS T02: a browser says "none" of what a person typed or opened from a
// bookmark, which is never a write of a page.
func TestAWriteThatNoPageSentIsRefused(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	tried := 0
	for _, r := range (&httpapi.Site{}).Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		tried++
		for _, site := range []string{"none", "same-site", "cross-site", "", "Same-Origin"} {
			a := lab.RawWrite(t, r.Method, strings.ReplaceAll(r.Path, "{id}", "x"), http.Header{"Sec-Fetch-Site": {site}})
			if a.Status != 403 || a.Code() != "CROSS_ORIGIN" {
				t.Errorf("%s %s with Sec-Fetch-Site %q: %d %s", r.Method, r.Path, site, a.Status, a.Body)
			}
		}
	}
	if tried < 12 {
		t.Errorf("only %d writes were tried", tried)
	}
	for name, header := range map[string]http.Header{
		"two words about the site": {"Sec-Fetch-Site": {"same-origin", "cross-site"}},
		"two origins, ours first":  {"Origin": {lab.Origin, "https://evil.example"}},
		"two origins, ours last":   {"Origin": {"https://evil.example", lab.Origin}},
	} {
		if a := lab.RawWrite(t, "POST", "/api/auth/logout", header); a.Status != 403 {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	if a := lab.RawWrite(t, "POST", "/api/auth/logout", nil); a.Status != 200 {
		t.Errorf("a program that is no browser: %d %s", a.Status, a.Body)
	}
}

// THREATS T03: two people in one browser change nothing, whatever the route.
func TestTwoPeoplesSessionsChangeNothingAnywhere(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	ann, bob := lab.Browser(), lab.Browser()
	ann.Register("ann@example.org")
	ann.AddPasskey()
	id := ann.SignIn().Text("session_id")
	bob.Register("bob@example.org")
	var keys api.Passkeys
	ann.Must("GET", "/api/webauthn/passkeys", nil).Into(t, &keys)
	key := keys.Passkeys[0]
	both := session.CookieName + "=" + ann.Cookies()[session.CookieName] + "; ory_kratos_session=" + bob.Cookies()["ory_kratos_session"]
	before := lab.Dump(t)
	for _, at := range []struct{ method, path string }{
		{"PUT", "/api/webauthn/passkeys/" + key.ID + "/rename"},
		{"DELETE", "/api/webauthn/passkeys/" + key.ID},
		{"DELETE", "/api/auth/sessions/" + id},
		{"POST", "/api/webauthn/registration/begin"},
		{"POST", "/api/webauthn/registration/complete"},
		{"POST", "/api/webauthn/registration/skip"},
		{"POST", "/api/webauthn/passkeys/add/begin"},
		{"POST", "/api/webauthn/passkeys/add/complete"},
	} {
		a := lab.Browser().Do(at.method, at.path, map[string]any{"name": "Mine now"}, "Cookie", both)
		refused(t, at.method+" "+at.path, a, 409, "SESSIONS_DISAGREE")
	}
	if after := lab.Dump(t); after != before {
		t.Error("two people's sessions changed something")
	}
}

// "Cannot tell" is never "signed out", so it is not the mock user either.
func TestTheMockUserStandsBackWhileKratosCannotTell(t *testing.T) {
	t.Parallel()
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	config := fmt.Sprintf("kratos: {mode: external, public_url: %q}\nmock_user: {enabled: true, email: mock@example.org}\n", down.URL)
	lab := labtest.Start(t, config)
	b := lab.Browser()
	expect(t, "with no cookie to ask about", b.Do("GET", "/api/auth/session", nil), map[string]any{"auth_method": "mock"})
	for _, path := range []string{"/api/auth/session", "/api/auth/me"} {
		refused(t, path, b.Do("GET", path, nil, "Cookie", "ory_kratos_session=x"), 503, "KRATOS_UNAVAILABLE")
	}
	a := b.Do("GET", "/api/auth/status", nil, "Cookie", "ory_kratos_session=x")
	expect(t, "the status", a, map[string]any{"authenticated": false})
	if strings.Contains(string(a.Body), "mock@example.org") {
		t.Errorf("the status names the mock user: %s", a.Body)
	}
}

// THREATS T04: of two origins nobody knows which page reads the answer.
func TestTwoOriginsOpenNothing(t *testing.T) {
	t.Parallel()
	site, public := labtest.FreePort(t), labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d}\n"+
		"webauthn: {config: {rp: {id: localhost, origins: [\"https://localhost:%d\", %q]}}}\n", site, public, site, spa))
	for _, url := range []string{lab.Origin + "/api/auth/session", lab.Origin + "/.ory/sessions/whoami",
		fmt.Sprintf("http://localhost:%d/sessions/whoami", public)} {
		for name, origins := range map[string][]string{"ours last": {"https://evil.example", spa}, "ours first": {spa, "https://evil.example"},
			"ours twice": {spa, spa}} {
			for _, method := range []string{"GET", "OPTIONS"} {
				req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header["Origin"] = origins
				req.Header.Set("Access-Control-Request-Method", "GET")
				resp, err := lab.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if got := opened(resp.Header); got != nil {
					t.Errorf("%s %s, %s: %v", method, url, name, got)
				}
			}
		}
	}
}

// THREATS T03: every cookie of ours is asked about twice; those of others are
// none of our business.
func TestTwoCookiesCountWhereTheyAreOurs(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	for name, want := range map[string]int{
		session.CookieName: 400, "__Host-sting_browser": 400, "ory_kratos_session": 400, "csrf_token_x": 400, "theme": 200, "sting_session": 200,
	} {
		if a := lab.Browser().Do("GET", "/api/lab", nil, "Cookie", name+"=a; "+name+"=b"); a.Status != want {
			t.Errorf("two of %s: %d %s", name, a.Status, a.Body)
		}
	}
}

// THREATS T09: what has ended is taken out of the browser too.
func TestABrowserForgetsWhatHasEnded(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	b.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	if got := b.Cookies(); got[session.CookieName] != "" || got["ory_kratos_session"] == "" {
		t.Errorf("after a password the browser holds %v", got)
	}
	b.SignIn()
	b.Must("POST", "/api/auth/logout", nil)
	if got := b.Cookies(); got[session.CookieName] != "" || got["ory_kratos_session"] != "" {
		t.Errorf("after signing out the browser holds %v", got)
	}
	own := b.SignIn().Text("session_id")
	b.Must("DELETE", "/api/auth/sessions/"+own, nil)
	if got := b.Cookies(); got[session.CookieName] != "" || got["ory_kratos_session"] != "" {
		t.Errorf("after ending its own session the browser holds %v", got)
	}
}

// A browser is one browser: its cookie is given once, and kept.
func TestABrowserIsKnownOnce(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Must("POST", "/api/webauthn/authentication/begin", nil)
	first := b.Cookies()["__Host-sting_browser"]
	a := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	if first == "" || b.Cookies()["__Host-sting_browser"] != first || a.Header.Get("Set-Cookie") != "" {
		t.Errorf("a second ceremony sets %q", a.Header.Values("Set-Cookie"))
	}
	other := lab.Browser()
	other.Must("POST", "/api/webauthn/authentication/begin", nil)
	if other.Cookies()["__Host-sting_browser"] == first {
		t.Error("two browsers are one")
	}
}
