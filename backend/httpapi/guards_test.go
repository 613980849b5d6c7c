package httpapi_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sting/backend/fault"
	"sting/backend/httpapi"
	"sting/backend/loopback"
	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
	"sting/backend/visitors"
)

// reached answers 299, so that it shows who came through.
var reached = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) })

// THREATS T04.
func TestCORSOpensToTheListedOriginsAndToNobodyElse(t *testing.T) {
	const listed, own = "https://app.localhost:5173", "https://localhost:8443"
	c := loopback.CORS{Origins: func() []string {
		return []string{own, listed, "http://localhost:8443"}
	}, Methods: "GET", Headers: "Content-Type"}
	for claim, in := range map[string]struct {
		method, origin, wanted string
		plain                  bool
		status                 int
		open                   bool
	}{
		"no origin":                     {"GET", "", "", false, 299, false},
		"the site itself":               {"GET", own, "", false, 299, false},
		"the site itself, asking first": {"OPTIONS", own, "GET", false, 299, false},
		"the site itself, over http":    {"GET", "http://localhost:8443", "", true, 299, false},
		"the site over http, from TLS":  {"GET", "http://localhost:8443", "", false, 299, true},
		"the site over TLS, from http":  {"GET", own, "", true, 299, true},
		"a stranger":                    {"GET", "https://evil.example", "", false, 299, false},
		"a stranger, asking first":      {"OPTIONS", "https://evil.example", "GET", false, 299, false},
		"listed":                        {"GET", listed, "", false, 299, true},
		"listed, asking first":          {"OPTIONS", listed, "GET", false, 204, true},
		"listed, with OPTIONS alone":    {"OPTIONS", listed, "", false, 299, true},
		"listed, with the header alone": {"GET", listed, "GET", false, 299, true},
	} {
		r := httptest.NewRequest(in.method, "/", nil)
		r.Host = "localhost:8443"
		if !in.plain {
			r.TLS = new(tls.ConnectionState)
		}
		if in.origin != "" {
			r.Header.Set("Origin", in.origin)
		}
		if in.wanted != "" {
			r.Header.Set("Access-Control-Request-Method", in.wanted)
		}
		w := httptest.NewRecorder()
		c.Wrap(reached).ServeHTTP(w, r)
		h, want := w.Header(), ""
		if in.open {
			want = in.origin
		}
		if w.Code != in.status || h.Get("Access-Control-Allow-Origin") != want {
			t.Errorf("%s: %d, opened to %q", claim, w.Code, h.Get("Access-Control-Allow-Origin"))
		}
		if in.open != (h.Get("Vary") == "Origin") || in.open != (h.Get("Cross-Origin-Resource-Policy") == "cross-origin") ||
			in.open != (h.Get("Access-Control-Allow-Credentials") == "true") {
			t.Errorf("%s: %v", claim, h)
		}
		if (in.status == 204) != (h.Get("Access-Control-Allow-Methods") == "GET") {
			t.Errorf("%s: methods %q", claim, h.Get("Access-Control-Allow-Methods"))
		}
	}
}

func newSite(rpID, at string, origins ...string) *httpapi.Site {
	return &httpapi.Site{
		Log: slog.New(slog.DiscardHandler), Origin: func(passkey.RelyingParty) string { return at },
		Parties:  func() relyingparty.Registry { return relyingparty.Registry{{ID: rpID, Origins: origins}} },
		Visitors: &visitors.Visitors{Now: time.Now, Machine: time.Now, Log: slog.New(slog.DiscardHandler)},
	}
}

// arriving is a request that came in at a port.
func arriving(method, path, host string, port int) *http.Request {
	r := httptest.NewRequest(method, path, nil)
	r.Host, r.TLS = host, new(tls.ConnectionState)
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey,
		net.Addr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})))
}

// THREATS T01: the site's own addresses are those that it has, each with its port.
func TestTheSiteIsAtHomeWhereItsOwnAddressesAre(t *testing.T) {
	s := newSite("sting.localhost", "https://sting.localhost:8443", "https://app.localhost:9443", "no origin at all")
	for claim, c := range map[string]struct {
		at   string
		port int
		want bool
	}{
		"its own address":                      {"https://sting.localhost:8443", 1, true},
		"the relying party, where it came in":  {"https://sting.localhost:9000", 9000, true},
		"the relying party, at another port":   {"https://sting.localhost:9001", 9000, false},
		"a listed origin":                      {"https://app.localhost:9443", 1, true},
		"a listed origin's host, another port": {"https://app.localhost:1", 1, false},
		"another host where it came in":        {"https://localhost:9000", 9000, false},
		"another host":                         {"https://evil.example:8443", 8443, false},
	} {
		at, err := origin.Parse(c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Home(arriving("GET", "/", "x", c.port), at); got != c.want {
			t.Errorf("%s: at home %v", claim, got)
		}
	}
}

func TestAPageMovesAndAnAPIIsToldWhereToGo(t *testing.T) {
	for claim, c := range map[string]struct {
		rpID, method, path string
		want               int
	}{
		"a page":                       {"localhost", "GET", "/login?x=1", 307},
		"an API":                       {"localhost", "GET", "/api/auth/session", 421},
		"Kratos":                       {"localhost", "GET", "/.ory/sessions/whoami", 421},
		"a change":                     {"localhost", "POST", "/login", 421},
		"a page of a name elsewhere":   {"lab.example.com", "GET", "/login", 299},
		"an API of a name elsewhere":   {"lab.example.com", "GET", "/api/lab", 299},
		"a page at the address ifself": {"127.0.0.1", "GET", "/login", 299},
	} {
		s := newSite(c.rpID, "https://"+c.rpID+":8443")
		w := httptest.NewRecorder()
		s.Moved(reached).ServeHTTP(w, arriving(c.method, c.path, "127.0.0.1:8443", 8443))
		if w.Code != c.want || c.want == 307 && w.Header().Get("Location") != "https://localhost:8443/login?x=1#moved-from=127.0.0.1" {
			t.Errorf("%s: %d to %q", claim, w.Code, w.Header().Get("Location"))
		}
	}
}

// THREATS T03.
func TestTwoCookiesOfOneOfOurNamesStopARequest(t *testing.T) {
	s := newSite("localhost", "https://localhost:8443")
	for cookies, want := range map[string]int{
		"": 299, "ory_kratos_session=a": 299, "theme=a; theme=b": 299, "ory_kratos_session=a; __Host-sting_session=b": 299,
		"ory_kratos_session=a; ory_kratos_session=a": 400, "csrf_token_x=a; x=y; csrf_token_x=b": 400,
		"__Host-sting_browser=; __Host-sting_browser=": 400,
	} {
		r := httptest.NewRequest("GET", "/api/lab", nil)
		r.Header.Set("Cookie", cookies)
		w := httptest.NewRecorder()
		if s.Once(reached).ServeHTTP(w, r); w.Code != want {
			t.Errorf("%q: %d %s", cookies, w.Code, w.Body)
		}
	}
}

// THREATS T02: who follows a link reads, who frames or fetches doesn't; forms of
// other ports are Kratos' to judge.
func TestKratosOpensToLinksAndFormsOfNeighbours(t *testing.T) {
	frame := loopback.Frame{
		Rule: func(*http.Request) loopback.Rule { return loopback.KratosRule(func() []string { return nil }) }, Most: 1 << 10,
		Refuse: func(w http.ResponseWriter, _ *http.Request, _ *fault.Error) { w.WriteHeader(403) },
	}
	for claim, c := range map[string]struct {
		method string
		header map[string]string
		want   int
	}{
		"a link": {"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
			"Sec-Fetch-Dest": "document"}, 299},
		"a frame": {"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
			"Sec-Fetch-Dest": "iframe"}, 403},
		"a fetch": {"GET", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
			403},
		"a form of elsewhere": {"POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example",
			"Content-Type": "application/x-www-form-urlencoded"}, 403},
		"a neighbour's form": {"POST", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "https://localhost:9",
			"Content-Type": "application/x-www-form-urlencoded"}, 299},
	} {
		r := arriving(c.method, "/self-service/login", "localhost:8443", 8443)
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		if frame.Wrap(reached).ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%s: %d", claim, w.Code)
		}
	}
}

func TestABrowserIsKnownByAWholeCookie(t *testing.T) {
	whole := base64.RawURLEncoding.EncodeToString(make([]byte, 16))
	for value, known := range map[string]bool{whole: true, whole + "!": false, whole[:20]: false, whole + "AAAA": false, "": false,
		strings.Repeat("%", 22): false} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", "__Host-sting_browser="+value)
		if got := httpapi.BrowserOf(r) != nil; got != known {
			t.Errorf("%q: known %v", value, got)
		}
	}
}
