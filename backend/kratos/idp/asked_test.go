package idp_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// with sends a request that has these headers and no others.
func (l *lab) with(handler http.Handler, method, path string, header ...string) reply {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	out := reply{status: w.Code, header: w.Header(), raw: w.Body.String()}
	if strings.HasPrefix(out.raw, "{") {
		if err := json.Unmarshal(w.Body.Bytes(), &out.body); err != nil {
			l.t.Fatal(err)
		}
	}
	return out
}

func TestATokenCountsBeforeTheCookieAndABearerAfterIt(t *testing.T) {
	l := newLab(t)
	ann, bob, eve := l.app(), l.app(), l.browser()
	annID := str(ann.register("ann@example.org").body, "identity", "id")
	bobID := str(bob.register("bob@example.org").body, "identity", "id")
	eveID := str(eve.register("eve@example.org").body, "identity", "id")
	cookie := "ory_kratos_session=" + eve.jar["ory_kratos_session"]
	for claim, c := range map[string]struct {
		header []string
		want   string
	}{
		"all three":                 {[]string{"X-Session-Token", ann.token, "Cookie", cookie, "Authorization", "Bearer " + bob.token}, annID},
		"a cookie and a bearer":     {[]string{"Cookie", cookie, "Authorization", "Bearer " + bob.token}, eveID},
		"a bearer":                  {[]string{"Authorization", "bearer " + bob.token}, bobID},
		"an old cookie, a bearer":   {[]string{"Cookie", "ory_kratos_session=old", "Authorization", "Bearer " + bob.token}, bobID},
		"an old token and a cookie": {[]string{"X-Session-Token", "ory_st_old", "Cookie", cookie}, ""},
	} {
		if r := l.with(l.public, "GET", "/sessions/whoami", c.header...); str(r.body, "identity", "id") != c.want {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
}

func TestASessionIsNotAnsweredWithoutTheTokenThatWasAskedFor(t *testing.T) {
	l := newLab(t)
	app := l.app()
	app.register("ann@example.org")
	if r := app.do("GET", "/sessions/whoami?tokenize_as=jwt", nil); r.status != http.StatusBadRequest ||
		!strings.Contains(str(r.body, "error", "reason"), "jwt") {
		t.Errorf("got %d %s", r.status, r.raw)
	}
}

func TestAClientThatSpeaksJSONIsAnsweredInJSON(t *testing.T) {
	l := newLab(t)
	for claim, c := range map[string]struct {
		header []string
		want   int
	}{
		"accepts JSON":             {[]string{"Accept", "application/json"}, 200},
		"accepts JSON first":       {[]string{"Accept", "application/json, text/plain, */*"}, 200},
		"sends JSON":               {[]string{"Content-Type", "application/json"}, 200},
		"a page":                   {[]string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}, 303},
		"accepts anything":         {[]string{"Accept", "*/*"}, 303},
		"prefers a page over JSON": {[]string{"Accept", "text/html, application/json;q=0.5"}, 303},
	} {
		if r := l.with(l.public, "GET", "/self-service/login/browser", c.header...); r.status != c.want {
			t.Errorf("%s: %d", claim, r.status)
		}
	}
}

var nextInLink = regexp.MustCompile(`<([^>]+)>; rel="next"`)

func TestIdentitiesAreListedByPageNumberToo(t *testing.T) {
	l := withAdmin(t)
	app := l.app()
	var want []string
	for i := range 7 {
		want = append(want, str(app.do("POST", "/admin/identities",
			map[string]any{"traits": map[string]any{"email": fmt.Sprintf("p%d@example.org", i)}}).body, "id"))
	}
	ids := func(path string) ([]string, http.Header) {
		t.Helper()
		r := app.do("GET", path, nil)
		var list []struct{ ID string }
		if err := json.Unmarshal([]byte(r.raw), &list); err != nil {
			t.Fatalf("%d %s", r.status, r.raw)
		}
		var out []string
		for _, i := range list {
			out = append(out, i.ID)
		}
		return out, r.header
	}
	var seen []string
	for at, pages := "/admin/identities?page=0&per_page=3", 0; at != "" && pages < 10; pages++ {
		page, header := ids(at)
		if header.Get("X-Total-Count") != "7" {
			t.Errorf("total: %q", header.Get("X-Total-Count"))
		}
		seen = append(seen, page...)
		at = ""
		if m := nextInLink.FindStringSubmatch(header.Get("Link")); m != nil {
			at = m[1]
		}
	}
	slices.Sort(seen)
	slices.Sort(want)
	if !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
	zero, _ := ids("/admin/identities?page=0&per_page=3")
	if one, _ := ids("/admin/identities?page=1&per_page=3"); !slices.Equal(zero, one) {
		t.Errorf("pages 0 and 1 differ: %v, %v", zero, one)
	}
	if far, _ := ids("/admin/identities?page=9223372036854775807&per_page=3"); len(far) != 0 {
		t.Errorf("a page far out: %v", far)
	}
	if none, _ := ids("/admin/identities?organization_id=6f1e6f0e-0000-4000-8000-000000000000"); len(none) != 0 {
		t.Errorf("of an organization: %v", none)
	}
	if r := app.do("GET", "/admin/identities?page=x", nil); r.status != http.StatusBadRequest {
		t.Errorf("page x: %d", r.status)
	}
}

func TestAVerificationGoesOnWhereTheRegistrationSaid(t *testing.T) {
	for claim, c := range map[string]struct{ query, want string }{
		"asked for":     {"?after_verification_return_to=" + url.QueryEscape("https://localhost:8443/welcome"), "https://localhost:8443/welcome"},
		"not asked for": {"?return_to=" + url.QueryEscape("https://localhost:8443/settings"), "https://localhost:8443/"},
		"elsewhere":     {"?after_verification_return_to=" + url.QueryEscape("https://evil.example/"), "https://localhost:8443/"},
	} {
		t.Run(claim, func(t *testing.T) {
			l, box := withMails(t)
			app := l.app()
			begun := app.do("GET", "/self-service/registration/api"+c.query, nil)
			done := app.submit("registration", begun,
				map[string]any{"method": "password", "password": goodPassword, "traits": map[string]any{"email": "ann@example.org"}})
			flow := app.do("GET", "/self-service/verification/flows?id="+str(done.body, "continue_with", 0, "flow", "id"), nil)
			passed := app.submit("verification", flow, map[string]any{"method": "code", "code": box.code(t)})
			if got := str(passed.body, "ui", "action"); passed.status != http.StatusOK || got != c.want {
				t.Errorf("goes on at %q: %d %s", got, passed.status, passed.raw)
			}
		})
	}
}
