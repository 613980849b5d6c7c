package httpapi_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/apps/front"
	"sting/backend/httpapi"
	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
	"sting/backend/session"
	"sting/backend/visitors"
)

// raw sends a request as it stands to port 8443. header come in pairs; plain is without
// TLS.
func (l *siteLab) raw(plain bool, method, url string, header ...string) *httptest.ResponseRecorder {
	l.t.Helper()
	r := arriving(method, url, "localhost:8443", 8443)
	if plain {
		r.TLS = nil
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	l.handler.ServeHTTP(w, r)
	return w
}

// listing adds accepted origins, which other pages are at.
func (l *siteLab) listing(origins ...string) {
	rp := l.Parties().Default()
	rp.Origins = append(slices.Clone(rp.Origins), origins...)
	l.Parties = func() relyingparty.Registry { return relyingparty.Registry{rp} }
}

func faultOf(t *testing.T, w *httptest.ResponseRecorder) api.Error {
	t.Helper()
	var f api.Error
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil {
		t.Errorf("%d %s: %v", w.Code, w.Body, err)
	}
	return f
}

func TestWhatComesWithoutTLSIsSentToHTTPSOrTold(t *testing.T) {
	l := newSiteLab(t)
	for claim, c := range map[string]struct {
		method, path string
		header       []string
		status       int
		says         string // of the hint, or where it leads
	}{
		"a page":                 {"GET", "/login?x=1", nil, 307, "https://localhost:8443/login?x=1"},
		"a page of ours":         {"GET", "/login", []string{"Host", "127.0.0.1:8443"}, 307, "https://127.0.0.1:8443/login"},
		"the API":                {"GET", "/api/lab", nil, 400, "Ask https://localhost:8443/api/lab."},
		"Kratos":                 {"GET", "/.ory/sessions/whoami", nil, 400, "Ask https://localhost:8443/.ory/sessions/whoami."},
		"a form":                 {"POST", "/login", []string{"Content-Type", "application/x-www-form-urlencoded"}, 400, "Ask https://"},
		"what a proxy hands on":  {"GET", "/login", []string{"X-Forwarded-Proto", "https"}, 400, "A proxy in front of the lab speaks http to it"},
		"what a gateway does":    {"GET", "/login", []string{"Via", "1.1 gate"}, 400, "let it go to https://localhost:8443."},
		"a host that isn't ours": {"GET", "/api/lab", []string{"Host", "evil.example:8443"}, 421, "Use the host localhost:8443"},
		"a page elsewhere": {"GET", "/api/lab", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403,
			"could not be added"},
	} {
		w := l.raw(true, c.method, c.path, c.header...)
		says := w.Header().Get("Location")
		if c.status != 307 {
			says = faultOf(t, w).Hint
		} else if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the redirect may be kept: another program may have the port tomorrow", claim)
		}
		if w.Code != c.status || !strings.Contains(says, c.says) {
			t.Errorf("%s: %d %q, want %d %q", claim, w.Code, says, c.status, c.says)
		}
	}
}

// A person is shown a page, in which what came from outside is no markup.
func TestWhoOpensAHostThatIsNotOursSeesAPage(t *testing.T) {
	l := newSiteLab(t)
	w := l.raw(false, "GET", "/login", "Host", "<b>.example", "Accept", "text/html,*/*")
	if body := w.Body.String(); w.Code != 421 || !strings.Contains(body, "doesn't answer for this host") || strings.Contains(body, "<b>") ||
		!strings.Contains(body, "&lt;b&gt;") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("%d %s", w.Code, body)
	}
	for claim, header := range map[string][]string{
		"a program":              {"GET", "/login"},
		"a page that fetches":    {"GET", "/api/lab", "Accept", "text/html"},
		"a form that is sent on": {"POST", "/login", "Accept", "text/html"},
	} {
		if f := faultOf(t, l.raw(false, header[0], header[1], append(header[2:], "Host", "evil.example")...)); f.ErrorCode != "HOST" {
			t.Errorf("%s: %+v", claim, f)
		}
	}
}

// What a front end of somebody's own gets wrong is named, with the line that mends it,
// and remembered for the doctor.
func TestTheMistakeOfAFrontEndIsNamed(t *testing.T) {
	const listed, apart = "https://localhost:5173", "http://127.0.0.1:5173"
	for claim, c := range map[string]struct {
		header     []string
		status     int
		hint       string
		remembered string // of what is said about it later; "": nothing is
	}{
		"a tunnel that keeps its host": {[]string{"Host", "abc.ngrok.app"}, 421,
			"webauthn.config.rp.id: abc.ngrok.app and `origins: [https://abc.ngrok.app]`", `for the host "abc.ngrok.app"`},
		"a proxy that keeps localhost": {[]string{"Host", "localhost:3000"}, 421, "Vite `changeOrigin: true`", `for the host "localhost:3000"`},
		"a host that is none":          {[]string{"Host", "a..b"}, 421, "Use the host localhost:8443", ""},
		"an origin that nobody listed": {[]string{"Origin", "https://localhost:4000", "Sec-Fetch-Site", "same-site"}, 403,
			"http://127.0.0.1:5173, https://localhost:4000]` under webauthn.config.rp", "A page at https://localhost:4000 asked"},
		"one that is no site with ours": {[]string{"Origin", "http://localhost:4000", "Sec-Fetch-Site", "cross-site"}, 403,
			"That alone won't do.", "A page at http://localhost:4000 asked"},
		"one that could not be listed": {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, 403,
			"It could not be added", ""},
		"no origin at all": {[]string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, 403, "Send the request from a page of this site",
			""},
		"two origins":               {[]string{"Origin", listed, "Origin", listed}, 403, "Send the request from a page of this site", ""},
		"a listed one, without":     {[]string{"Origin", listed, "Sec-Fetch-Site", "same-site"}, 401, "credentials: 'include'", ""},
		"a listed one on no site":   {[]string{"Origin", apart, "Sec-Fetch-Site", "cross-site"}, 401, "127.0.0.1", "127.0.0.1"},
		"one that is handed on":     {[]string{"Origin", listed, "Sec-Fetch-Site", "same-origin"}, 401, "Sign in at /login", ""},
		"a page of ours":            {[]string{"Origin", siteOrigin, "Sec-Fetch-Site", "same-origin"}, 401, "Sign in at /login", ""},
		"one with a cookie of ours": {[]string{"Origin", listed, "Cookie", session.KratosCookie + "=x"}, 401, "Sign in at /login", ""},
	} {
		l := newSiteLab(t)
		l.listing(listed, apart)
		w := l.raw(false, "GET", "/api/auth/me", c.header...)
		if f := faultOf(t, w); w.Code != c.status || !strings.Contains(f.Hint, c.hint) {
			t.Errorf("%s: %d %s %q, want %d %q", claim, w.Code, f.ErrorCode, f.Hint, c.status, c.hint)
		}
		said := strings.Join(l.Visitors.Warnings([]string{listed, apart}, []string{"localhost"}), " ")
		if c.remembered == "" && said != "" || !strings.Contains(said, c.remembered) {
			t.Errorf("%s: remembered is %q, want %q", claim, said, c.remembered)
		}
	}
}

// A page that was given cookies and doesn't show them has a mistake; once it shows them
// it has none.
func TestAPageThatLosesItsCookiesIsRememberedUntilItShowsThem(t *testing.T) {
	const listed = "https://localhost:5173"
	l := newSiteLab(t)
	l.listing(listed)
	elsewhere := []string{"Origin", listed, "Sec-Fetch-Site", "same-site"}
	p := l.page()
	p.ask(201, "POST", "/api/auth/register", map[string]any{"email": "ada@lab.local", "password": sitePassword}, elsewhere...)
	warnings := func() string { return strings.Join(l.Visitors.Warnings([]string{listed}, nil), " ") }
	l.page().ask(401, "GET", "/api/auth/me", nil, elsewhere...)
	if said := warnings(); !strings.Contains(said, "credentials: 'include'") {
		t.Errorf("it says %q", said)
	}
	if session := l.page().ask(200, "GET", "/api/auth/session", nil, elsewhere...); !strings.Contains(session["hint"].(string), "include") {
		t.Errorf("the session is %v", session)
	}
	p.ask(200, "GET", "/api/auth/me", nil, elsewhere...)
	if said := warnings(); said != "" {
		t.Errorf("it says still %q", said)
	}
	l.page().ask(401, "GET", "/api/auth/me", nil, elsewhere...)
	if said := warnings(); said != "" {
		t.Errorf("of a browser that was never given a cookie it says %q", said)
	}
}

// The front end that somebody works on has what is not the lab's, and the lab says when
// it is down.
func TestAFrontEndIsHandedWhatIsItsOwn(t *testing.T) {
	l := newSiteLab(t)
	dev := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(299)
		_, _ = w.Write([]byte(r.Method + " " + r.URL.Path + " " + r.Header.Get("Cookie")))
	}))
	l.Front = front.New(func() front.End { return front.End{URL: dev.URL, Paths: []string{"/"}} }, httpapi.IsOurs)
	l.handler = l.Handler()
	for path, want := range map[string]int{"/": 299, "/src/main.ts": 299, "/assets/theirs.js": 299, "/assets/a-1.js": 200, "/login": 200,
		"/api/lab/none": 404, "/help/BAD_KEY": 200} {
		if w := l.raw(false, "GET", path, "Cookie", session.KratosCookie+"=secret; theme=dark"); w.Code != want ||
			strings.Contains(w.Body.String(), "secret") || want == 299 && w.Body.String() != "GET "+path+" theme=dark" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := l.raw(false, "POST", "/form", "Origin", siteOrigin, "Sec-Fetch-Site", "same-origin", "Content-Type", "text/plain"); w.Code != 299 {
		t.Errorf("what its page sends is its affair: %d %s", w.Code, w.Body)
	}
	if w := l.raw(false, "GET", "/sw.js", "Service-Worker", "script"); w.Code != 299 {
		t.Errorf("its own service worker: %d %s", w.Code, w.Body)
	}
	dev.Close()
	for claim, header := range map[string][]string{
		"a person":           {"Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "none"},
		"an older browser":   {"Accept", "text/html,*/*"},
		"a frame of its own": {"Sec-Fetch-Dest", "iframe", "Sec-Fetch-Site", "same-origin"},
	} {
		w := l.raw(false, "GET", "/", header...)
		if body := w.Body.String(); w.Code != 503 || !strings.Contains(body, "refused") ||
			!strings.Contains(body, "looks again every three seconds") {
			t.Errorf("%s: %d %s", claim, w.Code, w.Body)
		}
	}
	for claim, header := range map[string][]string{
		"a program": nil, "a script that is loaded": {"Sec-Fetch-Dest", "script", "Sec-Fetch-Site", "same-origin", "Accept", "text/html"},
	} {
		w := l.raw(false, "GET", "/", header...)
		if f := faultOf(t, w); w.Code != 503 || f.ErrorCode != "FRONT_DOWN" {
			t.Errorf("%s: %d %+v", claim, w.Code, f)
		}
	}
}

func TestWhatOtherProgramsLeftBehindIsEndedAndSaid(t *testing.T) {
	var log bytes.Buffer
	l := newSiteLab(t)
	l.Visitors = &visitors.Visitors{Now: time.Now, Machine: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))}
	l.handler = l.Handler()
	w := l.raw(false, "GET", "/old/sw.js", "Service-Worker", "script")
	if h := w.Header(); w.Code != 200 || !strings.Contains(w.Body.String(), "unregister()") ||
		!strings.HasPrefix(h.Get("Content-Type"), "text/javascript") || h.Get("Cache-Control") != "no-store" ||
		!strings.Contains(log.String(), "/old/sw.js") {
		t.Errorf("%d %s; it says %s", w.Code, w.Body, &log)
	}
	log.Reset()
	w = l.raw(false, "GET", "/login", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Site", "same-origin")
	if w.Header().Get("X-Frame-Options") != "DENY" || !strings.Contains(log.String(), "in a frame of another page") {
		t.Errorf("%v; it says %s", w.Header(), &log)
	}
	log.Reset()
	if l.raw(false, "GET", "/login", "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "none"); log.Len() > 0 {
		t.Errorf("of a page that is opened it says %s", &log)
	}
}

// THREATS T29: another port of the host can put a session into a browser, and with it
// nothing is added to an account.
func TestASessionThatWasPlantedAddsNothing(t *testing.T) {
	l := newSiteLab(t)
	ada, eve := l.registered("ada@lab.local"), l.registered("eve@lab.local")
	ada.cookies[session.KratosCookie] = eve.cookies[session.KratosCookie]
	ada.refused(403, "NOT_SIGNED_IN_HERE", "POST", "/api/webauthn/registration/begin", map[string]any{})
	if me := ada.ask(200, "GET", "/api/auth/session", nil); me["signed_in_here"] == true {
		t.Errorf("the browser signed in to %v", me)
	}
	const settings = "/.ory/self-service/settings?flow=x" // no flow, which Kratos says with 400
	refused := ada.ask(403, "POST", settings, map[string]any{})
	why, _ := refused["error"].(map[string]any)
	if to, _ := refused["redirect_browser_to"].(string); why["id"] != "session_refresh_required" ||
		!strings.HasPrefix(to, siteOrigin+"/.ory/self-service/login/browser?refresh=true&return_to=") {
		t.Errorf("%v", refused)
	}
	ada.ask(303, "POST", settings, nil, "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
	for claim, answer := range map[string]map[string]any{
		"who bears a token":   ada.ask(400, "POST", settings, map[string]any{}, "X-Session-Token", "x"),
		"who signed in there": eve.ask(400, "POST", settings, map[string]any{}),
	} {
		if why, _ := answer["error"].(map[string]any); why["id"] == "session_refresh_required" {
			t.Errorf("%s is asked for a fresh proof: %v", claim, answer)
		}
	}
}

// CONTRACT section 6: what the two kinds of session mean beside each other, in words.
func TestTheStatusSaysWhatBecameOfASession(t *testing.T) {
	l := newSiteLab(t)
	notes := func(p *page) string {
		t.Helper()
		list, _ := p.ask(200, "GET", "/api/auth/status", nil)["notes"].([]any)
		var all []string
		for _, n := range list {
			all = append(all, n.(string))
		}
		return strings.Join(all, " ")
	}
	p := l.registered("ada@lab.local")
	p.withPasskey()
	expect := func(claim, want string, p *page) {
		t.Helper()
		if got := notes(p); !strings.Contains(got, want) {
			t.Errorf("%s: it says %q, want %q", claim, got, want)
		}
	}
	expect("nobody", "Nobody is signed in.", l.page())
	expect("a password", "there is no passkey session", p)
	p.signIn()
	expect("both", "Both cookies show a session of the same person.", p)
	held := p.cookies[session.KratosCookie]
	delete(p.cookies, session.KratosCookie)
	expect("a passkey alone", "the browser doesn't show Kratos' cookie", p)
	p.cookies[session.KratosCookie] = held
	other := l.registered("bob@lab.local")
	held, p.cookies[session.KratosCookie] = p.cookies[session.KratosCookie], other.cookies[session.KratosCookie]
	expect("two people", "belong to different people", p)
	p.cookies[session.KratosCookie] = held
	gone := *p
	gone.cookies = map[string]string{session.KratosCookie: held, session.CookieName: p.cookies[session.CookieName]}
	p.ask(200, "POST", "/api/auth/logout", map[string]any{})
	expect("after a sign-out", "was ended at", &gone)
	gone.cookies = map[string]string{session.KratosCookie: "nobody-knows-it"}
	expect("a token that nobody knows", "doesn't know the session that this browser shows", &gone)
	l.PasswordElsewhere = true
	expect("the same with a Kratos elsewhere", "or Kratos, which keeps it, doesn't know it", &gone)
	l.mock = true
	expect("the mock user", "This is the mock user", l.page())
}

func TestThePageIsToldWhatKeepsPasskeysFromWorkingThere(t *testing.T) {
	const listed = "https://localhost:5173"
	l := newSiteLab(t)
	l.listing(listed)
	l.Place = func(rp passkey.RelyingParty, at origin.Origin) (problem, fix string) {
		return "At " + at.String() + " no passkey of " + rp.ID + " works.", "Open another."
	}
	if own := l.page().ask(200, "GET", "/api/lab", nil); own["problem"] != "At https://localhost:8443 no passkey of localhost works." ||
		own["fix"] != "Open another." {
		t.Errorf("%v", own)
	}
	if other := l.page().ask(200, "GET", "/api/lab", nil, "Origin", listed, "Sec-Fetch-Site", "same-site"); other["problem"] != "" {
		t.Errorf("a page elsewhere is told about ours: %v", other)
	}
}

// THREATS T01: where the port isn't known, no name of this machine is the lab's.
func TestARequestWithoutAListenerIsNobodys(t *testing.T) {
	l := newSiteLab(t)
	r := httptest.NewRequest("GET", "/api/lab", nil)
	r.Host, r.TLS = "localhost:9", new(tls.ConnectionState)
	w := httptest.NewRecorder()
	if l.handler.ServeHTTP(w, r); w.Code != 421 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
