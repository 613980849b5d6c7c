package backend_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/httpapi"
	"sting/backend/labtest"
)

// THREATS T01: a name that was made to point at this machine gets nothing.
func TestAnUnknownHostGetsNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	port := lab.Origin[strings.LastIndex(lab.Origin, ":"):]
	for _, host := range []string{"evil.example", "evil.example" + port, "localhost.evil.example" + port, "127.0.0.1.nip.io" + port,
		"localhost:1", "169.254.169.254"} {
		for _, path := range []string{"/", "/login", "/api/auth/session", "/.ory/sessions/whoami"} {
			a := lab.Raw(t, "GET", path, host, map[string]string{"X-Forwarded-Host": "localhost" + port})
			if a.Status != 421 && a.Status != 400 {
				t.Errorf("GET %s for the host %q: %d", path, host, a.Status)
			}
			if a.Header.Get("Set-Cookie") != "" {
				t.Errorf("GET %s for the host %q sets a cookie", path, host)
			}
		}
	}
}

func TestAPageAtAnotherLoopbackNameMovesToTheRelyingParty(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	port := lab.Origin[strings.LastIndex(lab.Origin, ":"):]
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		a := lab.Raw(t, "GET", "/login?x=1", host+port, nil)
		if want := lab.Origin + "/login?x=1#moved-from=" + strings.Trim(host, "[]"); a.Status != 307 || a.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", host, a.Status, a.Header.Get("Location"), want)
		}
		if a := lab.Raw(t, "GET", "/api/auth/session", host+port, nil); a.Status != 421 || a.Code() != "HOST" {
			t.Errorf("an API call at %s: %d %s", host, a.Status, a.Body)
		}
	}
}

// THREATS T02: every route that changes something, taken from the site itself,
// refuses requests from elsewhere, and the database stays as it was.
func TestRequestsFromElsewhereChangeNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	b.SignIn()
	attacks := map[string][]string{
		"cross-site":                 {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
		"another port of localhost":  {"Origin", "https://localhost:9", "Sec-Fetch-Site", "same-site"},
		"no origin, cross-site":      {"Origin", "", "Sec-Fetch-Site", "cross-site"},
		"no origin, same-site":       {"Origin", "", "Sec-Fetch-Site", "same-site"},
		"a sandboxed frame":          {"Origin", "null", "Sec-Fetch-Site", "cross-site"},
		"null and nothing else":      {"Origin", "null", "Sec-Fetch-Site", ""},
		"foreign origin alone":       {"Origin", "https://evil.example", "Sec-Fetch-Site", ""},
		"suffix of ours":             {"Origin", lab.Origin + ".evil.example", "Sec-Fetch-Site", ""},
		"ours over http":             {"Origin", strings.Replace(lab.Origin, "https", "http", 1), "Sec-Fetch-Site", ""},
		"a form that posts text":     {"Origin", "", "Sec-Fetch-Site", "", "Content-Type", "text/plain"},
		"a form of our own page":     {"Content-Type", "application/x-www-form-urlencoded"},
		"no content type":            {"Origin", "", "Sec-Fetch-Site", "", "Content-Type", ""},
		"json in the parameter only": {"Origin", "", "Sec-Fetch-Site", "", "Content-Type", "text/plain; x=application/json"},
	}
	before := dump(t, lab)
	n := 0
	for _, r := range (&httpapi.Site{}).Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		n++
		for name, header := range attacks {
			a := b.Do(r.Method, strings.ReplaceAll(r.Path, "{id}", "x"), `{"email":"m@example.org","password":"correct horse battery","name":"x"}`,
				header...)
			if a.Status != 403 && a.Status != 415 {
				t.Errorf("%s %s, %s: %d %s", r.Method, r.Path, name, a.Status, a.Body)
			}
		}
	}
	if n < 12 {
		t.Errorf("only %d routes that change something were tried", n)
	}
	for _, r := range (&httpapi.Site{}).Routes() {
		if r.Method == http.MethodGet {
			b.Do("GET", strings.ReplaceAll(strings.ReplaceAll(r.Path, "{id}", "x"), "{code}", "HOST"), nil)
		}
	}
	if after := dump(t, lab); after != before {
		t.Error("the database is another one after requests from elsewhere and GETs")
	}
}

// dump returns what the durable database says through the door.
func dump(t *testing.T, lab *labtest.Lab) string {
	t.Helper()
	return lab.Dump(t)
}

func TestAnotherOriginOfTheConfigurationMayCall(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: off}\n"+
		"webauthn: {config: {rp: {id: localhost, origins: [\"https://localhost:%d\", \"https://localhost:5173\"]}}}\n", port, port))
	b := lab.Browser()
	a := b.Do("POST", "/api/webauthn/authentication/begin", nil, "Origin", "https://localhost:5173", "Sec-Fetch-Site", "same-site")
	if a.Status != 200 || a.Header.Get("Access-Control-Allow-Origin") != "https://localhost:5173" {
		t.Errorf("an origin on the list: %d %v", a.Status, a.Header)
	}
	for _, origin := range []string{"https://localhost:51730", "https://localhost:517", "null", "http://localhost:5173", "wails://wails",
		"https://evil-localhost:5173"} {
		a := b.Do("GET", "/api/auth/session", nil, "Origin", origin)
		for name := range a.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s gets the header %s", origin, name)
			}
		}
	}
}

func TestTwoCookiesOfOneNameAreBelievedNeither(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	for _, name := range []string{"ory_kratos_session", "__Host-sting_session", "__Host-sting_browser"} {
		a := lab.Browser().Do("GET", "/api/auth/session", nil, "Cookie", name+"=a; "+name+"=b")
		if a.Status != 400 || a.Code() != "COOKIE_AMBIGUOUS" {
			t.Errorf("two of %s: %d %s", name, a.Status, a.Body)
		}
	}
}

func TestEveryResponseCarriesTheHeaders(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	for _, path := range []string{"/", "/login", "/api/auth/session", "/api/nothing", "/nothing", "/assets/app-1.css", "/.ory/health/alive"} {
		a := b.Do("GET", path, nil)
		if csp := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'") ||
			!strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: Content-Security-Policy %q", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin",
			"Referrer-Policy": "same-origin"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if a.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: HSTS on localhost would count for every port", path)
		}
	}
}

func TestCookiesAreForThisHostAlone(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	a := b.Must("POST", "/api/webauthn/authentication/complete", b.Get(begun))
	seen := 0
	for _, line := range a.Header.Values("Set-Cookie") {
		seen++
		for _, attribute := range []string{"; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"} {
			if !strings.Contains(line, attribute) {
				t.Errorf("%s without %q", line, attribute)
			}
		}
		if strings.Contains(line, "Domain=") {
			t.Errorf("%s has a domain", line)
		}
	}
	if seen != 2 {
		t.Errorf("a passkey sign-in sets %d cookies, want 2", seen)
	}
}

func TestTheSiteSpeaksHTTP2OnBothLoopbackAddresses(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	port := lab.Origin[strings.LastIndex(lab.Origin, ":")+1:]
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		conn, err := tls.Dial("tcp", host+":"+port, &tls.Config{RootCAs: lab.CA, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS13})
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		if got := conn.ConnectionState().NegotiatedProtocol; got != "h2" {
			t.Errorf("%s speaks %q", host, got)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

// THREATS T06, T13: what is in the home folder is the person's alone.
func TestTheHomeFolderIsThePersonsAlone(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	err := filepath.Walk(lab.Home, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 && info.Name() != "ca.pem" {
			t.Errorf("%s has the mode %v", info.Name(), info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// THREATS F27: whoever connects and says nothing waits alone.
func TestConnectionsThatSayNothingKeepNobodyOut(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	at := "127.0.0.1" + lab.Origin[strings.LastIndex(lab.Origin, ":"):]
	for i := range 1_000 {
		conn, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatalf("after %d connections: %v", i, err)
		}
		defer conn.Close()
		if i%2 == 0 { // the first bytes of a handshake that never goes on
			if _, err := conn.Write([]byte{0x16, 0x03, 0x01}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if a := b.SignIn(); a.Status != 200 {
		t.Errorf("a sign-in beside silent connections: %d %s", a.Status, a.Body)
	}
}
