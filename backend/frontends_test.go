package backend_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/labtest"
)

// withOrigins is a lab at a port with a list of accepted origins.
func withOrigins(t *testing.T, port int, origins ...string) *labtest.Lab {
	t.Helper()
	return labtest.Start(t, fmt.Sprintf("ports: {site: %d}\nwebauthn:\n  config:\n    rp:\n      id: localhost\n      origins: [%s]\n", port,
		strings.Join(origins, ", ")))
}

// facts asks the lab what it says of itself at a name of this machine.
func facts(t *testing.T, lab *labtest.Lab, host string) api.LabFacts {
	t.Helper()
	a := lab.Raw(t, "GET", "/api/lab", host, nil)
	var out api.LabFacts
	if err := json.Unmarshal(a.Body, &out); err != nil || a.Status != 200 {
		t.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
	return out
}

var listLine = regexp.MustCompile("Let the list in line ([0-9]+) of sting.yml read `(origins: [^`]*)`")

// follow does what an advice about the list says, to the letter.
func follow(t *testing.T, lab *labtest.Lab, advice string) {
	t.Helper()
	m := listLine.FindStringSubmatch(advice)
	if m == nil {
		t.Fatalf("the advice names no line and no list: %s", advice)
	}
	file := filepath.Join(lab.Home, "sting.yml")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, n := strings.Split(string(raw), "\n"), 0
	fmt.Sscan(m[1], &n)
	old := lines[n-1]
	lines[n-1] = old[:strings.Index(old, "origins:")] + m[2]
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	lab.Restart()
}

func TestALabWithoutItsOwnPortOnTheListLocksNobodyOut(t *testing.T) {
	t.Parallel()
	for claim, listed := range map[string]string{
		"the port was moved alone": "https://localhost:8443",
		"without a port":           "https://localhost",
		"a front end alone":        "http://localhost:5173",
		"a front end over https":   "https://localhost:5173",
	} {
		t.Run(claim, func(t *testing.T) {
			port := labtest.FreePort(t)
			lab := withOrigins(t, port, listed)
			own := fmt.Sprintf("https://localhost:%d", port)
			if lab.Origin != own {
				t.Errorf("the lab says it is at %s, and listens at %s", lab.Origin, own)
			}
			status, err := lab.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range status.Services {
				if s.Name == "site" && (s.URL != own || s.State != api.Healthy) {
					t.Errorf("site: %s at %s", s.State, s.URL)
				}
			}
			host := strings.TrimPrefix(own, "https://")
			for _, path := range []string{"/login", "/register", "/"} {
				if a := lab.Raw(t, "GET", path, host, nil); a.Status != 200 || !strings.Contains(string(a.Body), "<title>pages") {
					t.Errorf("%s: %d %s", path, a.Status, a.Body)
				}
			}
			for _, name := range []string{"127.0.0.1", "[::1]"} {
				a := lab.Raw(t, "GET", "/login", fmt.Sprintf("%s:%d", name, port), nil)
				if to := a.Header.Get("Location"); a.Status != 307 || !strings.HasPrefix(to, own+"/login") {
					t.Errorf("a page at %s: %d to %q", name, a.Status, to)
				}
			}
			f := facts(t, lab, host)
			if !strings.Contains(f.Problem, own+" is missing in the list in line 6 of sting.yml") || !f.CeremoniesEnabled {
				t.Errorf("the page is told %q", f.Problem)
			}
			if want := fmt.Sprintf("`origins: [%s, %s]`", listed, own); !strings.Contains(f.Fix, want) {
				t.Errorf("the fix is %q, want %s in it", f.Fix, want)
			}
			report, err := lab.Config(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if said := fmt.Sprint(report.Problems); !strings.Contains(said, f.Fix) {
				t.Errorf("config check gives another advice: %s", said)
			}
			follow(t, lab, f.Fix)
			if f := facts(t, lab, host); f.Problem != "" {
				t.Errorf("after the fix: %s", f.Problem)
			}
		})
	}
}

// call sends a request with an Origin and a body, as a page elsewhere does.
func call(t *testing.T, client *http.Client, method, url, origin, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", origin)
	req.Header.Set("Accept", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(raw)
}

// refusedWith is what a request was told.
func refusedWith(t *testing.T, body string) api.Error {
	t.Helper()
	var e api.Error
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return e
}

// everywhere looks for words in the warnings of the lab, in the doctor's finding and
// in the log.
func everywhere(t *testing.T, lab *labtest.Lab, want bool, words ...string) {
	t.Helper()
	status, err := lab.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report, err := lab.Examine(t.Context(), "RP-13", nil)
	if err != nil {
		t.Fatal(err)
	}
	finding := ""
	for _, f := range report.Findings {
		if f.ID == "RP-13" {
			finding = f.Verdict + ": " + f.Cause + " " + f.Fix + " " + strings.Join(f.Evidence, "\n")
		}
	}
	log, err := os.ReadFile(filepath.Join(lab.Home, "logs", "sting.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words {
		for place, text := range map[string]string{"status": strings.Join(status.Warnings, "\n"), "doctor": finding} {
			if strings.Contains(text, w) != want {
				t.Errorf("%s with %q: %v, want %v: %s", place, w, !want, want, text)
			}
		}
		if logged := strings.ReplaceAll(string(log), `\"`, `"`); want && !strings.Contains(logged, w) {
			t.Errorf("the log lacks %q", w)
		}
	}
}

func TestAnOriginThatIsNotListedIsNamed(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	own, page := fmt.Sprintf("https://localhost:%d", port), "https://localhost:5174"
	lab := withOrigins(t, port, own)
	for _, method := range []string{"OPTIONS", "POST", "GET"} {
		resp, body := call(t, lab.Client(), method, own+"/api/webauthn/authentication/begin", page, "{}",
			"Content-Type", "application/json", "Access-Control-Request-Method", "POST", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors")
		e := refusedWith(t, body)
		if resp.StatusCode != 403 || e.ErrorCode != "CROSS_ORIGIN" || !strings.Contains(e.Error, page) ||
			!strings.Contains(e.Hint, "`origins: ["+own+", "+page+"]`") {
			t.Errorf("%s: %d %s", method, resp.StatusCode, body)
		}
	}
	everywhere(t, lab, true, "A page at "+page+" asked", "in line 6 of sting.yml")
	_, body := call(t, lab.Client(), "OPTIONS", own+"/api/lab", page, "", "Access-Control-Request-Method", "POST")
	follow(t, lab, refusedWith(t, body).Hint)
	if resp, body := call(t, lab.Client(), "OPTIONS", own+"/api/lab", page, "", "Access-Control-Request-Method",
		"POST"); resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Origin") != page {
		t.Errorf("after the fix: %d %s", resp.StatusCode, body)
	}
	everywhere(t, lab, false, page+" asked")
}

func TestAFetchWithoutCredentialsIsNamed(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	own, page := fmt.Sprintf("https://localhost:%d", port), "https://localhost:5174"
	lab := withOrigins(t, port, own, page)
	elsewhere := []string{"Content-Type", "application/json", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}
	if _, body := call(t, lab.Client(), "GET", own+"/api/auth/me", page, "", elsewhere...); !strings.Contains(refusedWith(t, body).Hint,
		"credentials: 'include'") {
		t.Errorf("somebody who may be signed out is told %s", body)
	}
	everywhere(t, lab, false, page) // and nobody is blamed for it
	resp, _ := call(t, lab.Client(), "POST", own+"/api/webauthn/authentication/begin", page, "{}", elsewhere...)
	if len(resp.Cookies()) == 0 {
		t.Fatal("begin sets no cookie")
	}
	_, body := call(t, lab.Client(), "GET", own+"/api/auth/me", page, "", elsewhere...)
	e := refusedWith(t, body)
	if e.ErrorCode != "UNAUTHENTICATED" || e.Error != "Authentication required" || !strings.Contains(e.Hint, "without the lab's cookies") {
		t.Errorf("me: %s", body)
	}
	_, body = call(t, lab.Client(), "GET", own+"/api/auth/status", page, "", elsewhere...)
	if !strings.Contains(body, "Nobody is signed in.") || !strings.Contains(body, "credentials: 'include'") {
		t.Errorf("status: %s", body)
	}
	everywhere(t, lab, true, "The request of the page at "+page+" came without the lab's cookies")
	call(t, lab.Client(), "GET", own+"/api/auth/me", page, "",
		append(elsewhere, "Cookie", resp.Cookies()[0].Name+"="+resp.Cookies()[0].Value)...)
	everywhere(t, lab, false, page)
}

func TestAnotherSiteIsNamedWhereItsCookiesCantTravel(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	own, page := fmt.Sprintf("https://localhost:%d", port), "http://localhost:5173"
	lab := withOrigins(t, port, own, page)
	elsewhere := []string{"Content-Type", "application/json", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}
	resp, body := call(t, lab.Client(), "POST", own+"/api/auth/register", page,
		`{"email":"ada@example.com","password":"correct horse battery"}`, elsewhere...)
	if resp.StatusCode != 201 {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	for _, path := range []string{"/api/auth/me", "/api/webauthn/passkeys"} {
		_, body := call(t, lab.Client(), "GET", own+path, page, "", elsewhere...)
		e := refusedWith(t, body)
		for _, words := range []string{"another site", "SameSite=Lax", "`front: {url: " + page + "}`", "proxy", own} {
			if e.ErrorCode != "UNAUTHENTICATED" || !strings.Contains(e.Hint, words) || strings.Contains(e.Hint, "/login") {
				t.Errorf("%s lacks %q: %s", path, words, body)
			}
		}
	}
	if _, body := call(t, lab.Client(), "GET", own+"/api/auth/session", page, "", elsewhere...); !strings.Contains(body, "another site") {
		t.Errorf("session: %s", body)
	}
	everywhere(t, lab, true, "To browsers "+page+" is another site than "+own)
	p, err := lab.Preflight(t.Context(), api.PreflightRequest{URL: page})
	if err != nil || p.Verdict != "depends" || !strings.Contains(p.Says, "another site") || !strings.Contains(p.Fix, "changeOrigin") ||
		!strings.Contains(p.Fix, "`front: {url: http://localhost:5173}`") {
		t.Errorf("preflight: %v %+v", err, p)
	}
	report, err := lab.Config(t.Context())
	if err != nil || !strings.Contains(fmt.Sprint(report.Problems), "another site") {
		t.Errorf("config check: %v %+v", err, report.Problems)
	}
}

// What the advice says: the front end's own server hands the paths on.
func TestAFrontEndThatHandsItsPathsOnIsSignedIn(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	own, page := fmt.Sprintf("https://localhost:%d", port), "http://localhost:5173"
	lab := withOrigins(t, port, own, page)
	for _, host := range []string{strings.TrimPrefix(own, "https://"), "localhost:5173"} { // with changeOrigin, and without
		client := lab.Client()
		send := func(method, path, body string, cookies []*http.Cookie) (*http.Response, string) {
			header := []string{"Content-Type", "application/json", "Sec-Fetch-Site", "same-origin"}
			var pairs []string
			for _, c := range cookies {
				pairs = append(pairs, c.Name+"="+c.Value)
			}
			if pairs != nil {
				header = append(header, "Cookie", strings.Join(pairs, "; "))
			}
			req := own + path
			resp, got := askAt(t, client, method, req, host, page, body, header...)
			return resp, got
		}
		resp, body := send("POST", "/api/auth/register",
			`{"email":"`+host[:9]+fmt.Sprint(len(host))+`@example.com","password":"correct horse battery"}`, nil)
		if resp.StatusCode != 201 {
			t.Fatalf("%s: %d %s", host, resp.StatusCode, body)
		}
		if resp, body := send("GET", "/api/auth/me", "", resp.Cookies()); resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", host, resp.StatusCode, body)
		}
	}
	everywhere(t, lab, false, "without the lab's cookies", "another_site")
}

// askAt is ask with a Host.
func askAt(t *testing.T, client *http.Client, method, url, host, origin, body string, header ...string) (*http.Response, string) {
	t.Helper()
	base := client.Transport
	client = &http.Client{Transport: hostly{base, host}, Timeout: client.Timeout}
	return call(t, client, method, url, origin, body, header...)
}

type hostly struct {
	http.RoundTripper
	host string
}

func (h hostly) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Host = h.host
	return h.RoundTripper.RoundTrip(r)
}

func TestAProxyThatKeepsItsHostIsNamed(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	own := fmt.Sprintf("localhost:%d", port)
	lab := withOrigins(t, port, "https://"+own)
	for _, host := range []string{"localhost:5173", "abcd.ngrok-free.app", "sting.lan:8443"} {
		a := lab.Raw(t, "GET", "/api/lab", host, nil)
		e := refusedWith(t, string(a.Body))
		if a.Status != 421 || e.ErrorCode != "HOST" || !strings.Contains(e.Error, fmt.Sprintf("%q", host)) {
			t.Errorf("%s: %d %s", host, a.Status, a.Body)
		}
		for _, words := range []string{"changeOrigin: true", "proxy_set_header Host " + own, "header_up Host " + own, "--host-header=" + own} {
			if !strings.Contains(e.Hint, words) {
				t.Errorf("%s: the hint lacks %q: %s", host, words, e.Hint)
			}
		}
		page := lab.Raw(t, "GET", "/login", host, map[string]string{"Accept": "text/html,*/*"})
		if page.Status != 421 || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") || !strings.Contains(string(page.Body), host) {
			t.Errorf("a page of %s: %d %s", host, page.Status, page.Body)
		}
	}
	everywhere(t, lab, true, `The request is for the host "abcd.ngrok-free.app"`)
	odd := lab.Raw(t, "GET", "/login", "a&lt;b", map[string]string{"Accept": "text/html"})
	if strings.Contains(string(odd.Body), `"a&lt;b"`) {
		t.Errorf("a Host is written into the page as it came: %s", odd.Body)
	}
}

// plainly sends a request without TLS and returns the head of the answer.
func plainly(t *testing.T, port int, method, path, host string, header ...string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", method, path, host)
	for i := 0; i+1 < len(header); i += 2 {
		fmt.Fprintf(conn, "%s: %s\r\n", header[i], header[i+1])
	}
	fmt.Fprint(conn, "\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s %s for %s: %v", method, path, host, err)
	}
	return resp
}

func TestAnAddressThatWasTypedWithoutHTTPSGetsThere(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	own := fmt.Sprintf("https://localhost:%d", port)
	lab := withOrigins(t, port, own)
	for claim, c := range map[string]struct {
		method, path, host string
		header             []string
		status             int
		to, code           string
	}{
		"a page":               {"GET", "/login?a=b", fmt.Sprintf("localhost:%d", port), nil, 307, own + "/login?a=b", ""},
		"a page at an address": {"GET", "/", fmt.Sprintf("127.0.0.1:%d", port), nil, 307, fmt.Sprintf("https://127.0.0.1:%d/", port), ""},
		"a foreign host":       {"GET", "/login", fmt.Sprintf("evil.example:%d", port), nil, 421, "", "HOST"},
		"two slashes":          {"GET", "//evil.example/x", fmt.Sprintf("localhost:%d", port), nil, 307, own + "//evil.example/x", ""},
		"an API":               {"GET", "/api/lab", fmt.Sprintf("localhost:%d", port), nil, 400, "", "HTTPS_ONLY"},
		"Kratos":               {"GET", "/.ory/sessions/whoami", fmt.Sprintf("localhost:%d", port), nil, 400, "", "HTTPS_ONLY"},
		"a form": {"POST", "/login", fmt.Sprintf("localhost:%d", port),
			[]string{"Content-Type", "application/x-www-form-urlencoded"}, 400, "", "HTTPS_ONLY"},
		"a proxy that speaks http": {"GET", "/login", fmt.Sprintf("localhost:%d", port), []string{"X-Forwarded-Proto", "https"}, 400, "",
			"HTTPS_ONLY"},
		"a page of another site": {"POST", "/api/auth/login", fmt.Sprintf("localhost:%d", port), []string{"Origin", "https://evil.example"}, 403,
			"", "CROSS_ORIGIN"},
	} {
		resp := plainly(t, port, c.method, c.path, c.host, c.header...)
		var e api.Error
		if c.code != "" {
			_ = json.NewDecoder(resp.Body).Decode(&e)
		}
		if resp.StatusCode != c.status || resp.Header.Get("Location") != c.to || e.ErrorCode != c.code ||
			resp.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: %d to %q, %+v", claim, resp.StatusCode, resp.Header.Get("Location"), e)
		}
		if strings.Contains(e.Hint, "http://") {
			t.Errorf("%s: a fix names http: %s", claim, e.Hint)
		}
	}
	resp, err := lab.Client().Get(own + "/login")
	if err != nil || resp.ProtoMajor != 2 {
		t.Fatalf("over TLS: %v %v", resp, err)
	}
	_ = resp.Body.Close()
}
