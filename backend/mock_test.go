package backend_test

import (
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/httpapi"
	"sting/backend/labtest"
)

// The mock user is seen by four addresses and opens nothing else, whatever its
// role.
func TestTheMockUserOpensNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "mock_user: {enabled: true, email: mock@example.org, role: admin}\n")
	b := lab.Browser()
	for _, path := range []string{"/api/auth/session", "/api/auth/me"} {
		expect(t, path, b.Do("GET", path, nil), map[string]any{
			"authenticated": true, "auth_method": "mock", "flask_auth": false, "kratos_auth": false,
		})
	}
	expect(t, "status", b.Do("GET", "/api/auth/status", nil), map[string]any{"authenticated": true, "auth_method": "mock"})
	if a := b.Do("GET", "/dashboard", nil); a.Status != 200 {
		t.Errorf("/dashboard with the mock user: %d", a.Status)
	}
	if a := b.Do("GET", "/settings", nil); a.Status != 303 {
		t.Errorf("/settings with the mock user: %d", a.Status)
	}
	open := []string{"/api/auth/session", "/api/auth/me", "/api/auth/status"}
	free := []string{"/api/browser-check", "/api/ceremonies/", "/api/auth/login", "/api/auth/logout", "/api/auth/register",
		"/api/auth/return_to", "/api/help/", "/api/lab", "/api/registration/form", "/api/watch", "/api/webauthn/auth", "/api/webauthn/report",
		"/api/webauthn/test"}
	tried := 0
	for _, r := range (&httpapi.Site{}).Routes() {
		if has := func(list []string) bool {
			for _, p := range list {
				if strings.HasPrefix(r.Path, p) && !strings.HasPrefix(r.Path, p+"s") {
					return true
				}
			}
			return false
		}; has(open) || has(free) {
			continue
		}
		tried++
		if a := b.Do(r.Method, strings.ReplaceAll(r.Path, "{id}", "x"), `{"name":"x"}`); a.Status != 401 {
			t.Errorf("%s %s with the mock user: %d %s", r.Method, r.Path, a.Status, a.Body)
		}
	}
	if tried < 9 {
		t.Errorf("only %d routes were tried", tried)
	}
	stranger := lab.Browser().Must("POST", "/api/webauthn/authentication/begin", nil)
	begun, err := lab.Ceremonies(t.Context(), query(1))
	if err != nil || len(begun.Items) != 1 {
		t.Fatalf("after %s: %d records, %v", stranger.Body, len(begun.Items), err)
	}
	if a := b.Do("GET", "/api/ceremonies/"+begun.Items[0].ID, nil); a.Status != 404 {
		t.Errorf("the mock user reads a stranger's record: %d %s", a.Status, a.Body)
	}
	status, err := lab.Status(t.Context())
	if err != nil || !status.MockUser || len(status.Warnings) == 0 {
		t.Errorf("the status doesn't warn: %+v %v", status.Warnings, err)
	}
	if a := b.Do("GET", "/api/lab", nil); !strings.Contains(string(a.Body), `"mock_user":true`) {
		t.Errorf("the pages can't show a banner: %s", a.Body)
	}
	b.Register("ann@example.org")
	expect(t, "a real session goes first", b.Do("GET", "/api/auth/session", nil), map[string]any{"auth_method": "password"})
}

// What the verb says counts at once and ends with the program.
func TestTheMockUserIsTurnedOnAndOffWhileTheLabRuns(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	mocked := func() bool { return b.Do("GET", "/api/auth/session", nil).Text("auth_method") == "mock" }
	if mocked() {
		t.Fatal("the mock user is on without being asked for")
	}
	if _, err := lab.Mock(t.Context(), api.MockRequest{On: true, Email: "mock@example.org"}); err != nil || !mocked() {
		t.Errorf("turned on: %v, %v", mocked(), err)
	}
	if _, err := lab.Mock(t.Context(), api.MockRequest{}); err != nil || mocked() {
		t.Errorf("turned off: %v, %v", mocked(), err)
	}
	if _, err := lab.Mock(t.Context(), api.MockRequest{On: true, Email: "mock@example.org"}); err != nil {
		t.Fatal(err)
	}
	lab.Restart()
	if mocked() {
		t.Error("the mock user is on after a restart")
	}
}
