package backend_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sting/backend/labtest"
)

const spa = "https://localhost:5173"

// ask sends a request with an Origin, as a browser does for a page elsewhere.
func ask(t *testing.T, client *http.Client, method, url, origin string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
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
	return resp
}

// opened lists what an answer opens to other origins.
func opened(h http.Header) (names []string) {
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			names = append(names, name)
		}
	}
	return names
}

// THREATS T04: Kratos' public API is open to pages of the origins of the
// configuration, at both of its addresses, and to nobody else's.
func TestKratosAnswersPagesOfTheListedOriginsAlone(t *testing.T) {
	t.Parallel()
	site, public := labtest.FreePort(t), labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d, smtp: off, smtp_plain: off, mail: off}\n"+
		"webauthn: {config: {rp: {id: localhost, origins: [\"https://localhost:%d\", %q]}}}\n", site, public, site, spa))
	client := lab.Client()
	for _, base := range []string{lab.Origin + "/.ory", fmt.Sprintf("http://localhost:%d", public)} {
		for _, path := range []string{"/sessions/whoami", "/self-service/login?flow=x", "/no/such/path"} {
			resp := ask(t, client, "OPTIONS", base+path, spa, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers",
				"content-type,x-session-token")
			h := resp.Header
			if resp.StatusCode != 204 || h.Get("Access-Control-Allow-Origin") != spa || h.Get("Access-Control-Allow-Credentials") != "true" ||
				!strings.Contains(h.Get("Access-Control-Allow-Headers"), "X-Session-Token") ||
				!strings.Contains(h.Get("Access-Control-Allow-Methods"), "POST") {
				t.Errorf("preflight of %s%s: %d %v", base, path, resp.StatusCode, h)
			}
		}
		resp := ask(t, client, "GET", base+"/sessions/whoami", spa)
		if resp.StatusCode != 401 || resp.Header.Get("Access-Control-Allow-Origin") != spa ||
			!strings.Contains(strings.Join(resp.Header.Values("Vary"), ","), "Origin") {
			t.Errorf("%s: %d %v", base, resp.StatusCode, resp.Header)
		}
		for _, origin := range []string{"https://localhost:51730", "https://localhost:517", "null", "http://localhost:5173", "wails://wails",
			"https://evil-localhost:5173", "https://localhost:5173.evil.example", spa + "/", "https://LOCALHOST:5173", "*"} {
			for _, method := range []string{"OPTIONS", "GET"} {
				resp := ask(t, client, method, base+"/sessions/whoami", origin, "Access-Control-Request-Method", "GET")
				if got := opened(resp.Header); got != nil {
					t.Errorf("%s %s from %s: %v", method, base, origin, got)
				}
			}
		}
	}
}

func TestAPageOfAnotherListedOriginSignsIn(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: off, smtp: off, smtp_plain: off, mail: off}\n"+
		"webauthn: {config: {rp: {id: localhost, origins: [\"https://localhost:%d\", %q]}}}\n", port, port, spa))
	lab.Browser().Register("ann@example.org")
	b := lab.Browser()
	flow := b.Do("GET", "/.ory/self-service/login/browser", nil, "Origin", spa, "Sec-Fetch-Site", "same-site", "Accept", "application/json")
	var form struct {
		ID string
		UI struct {
			Nodes []struct{ Attributes struct{ Name, Value string } }
		}
	}
	flow.Into(t, &form)
	token := ""
	for _, n := range form.UI.Nodes {
		if n.Attributes.Name == "csrf_token" {
			token = n.Attributes.Value
		}
	}
	send := map[string]any{"method": "password", "identifier": "ann@example.org", "password": labtest.Password, "csrf_token": token}
	if a := b.Do("POST", "/.ory/self-service/login?flow="+form.ID, send, "Origin", spa, "Sec-Fetch-Site", "same-site", "Accept",
		"application/json"); a.Status != 200 || a.Header.Get("Access-Control-Allow-Origin") != spa {
		t.Errorf("sign in: %d %s", a.Status, a.Body)
	}
	if b.Cookies()["ory_kratos_session"] == "" {
		t.Error("no session cookie")
	}
}

// What a Kratos elsewhere would open to everybody stays closed behind the site.
func TestAKratosElsewhereOpensNothingBehindTheSite(t *testing.T) {
	t.Parallel()
	loose := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(map[string]string{"status": "ok"}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(loose.Close)
	port := labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, smtp: off, smtp_plain: off, mail: off}\n"+
		"kratos: {mode: external, public_url: %q}\nwebauthn: {config: {rp: {id: localhost, origins: [\"https://localhost:%d\", %q]}}}\n", port,
		loose.URL, port, spa))
	resp := ask(t, lab.Client(), "GET", lab.Origin+"/.ory/health/alive", "https://evil.example")
	if got := opened(resp.Header); resp.StatusCode != 403 || got != nil {
		t.Errorf("a foreign origin: %d %v", resp.StatusCode, got)
	}
	resp = ask(t, lab.Client(), "GET", lab.Origin+"/.ory/health/alive", spa)
	if got := resp.Header.Values("Access-Control-Allow-Origin"); len(got) != 1 || got[0] != spa {
		t.Errorf("a listed origin: %v", got)
	}
}
