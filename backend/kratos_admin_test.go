package backend_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"sting/backend/labtest"
)

// Kratos' own ports answer other programs, and no other host's name.
func TestKratosOwnPortsAnswer(t *testing.T) {
	public, admin := labtest.FreePort(t), labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d, kratos_admin: %d, smtp: off, smtp_plain: off, mail: off}\n", labtest.FreePort(t), public, admin))
	lab.Browser().Register("ann@example.org")
	for url, want := range map[string]string{
		fmt.Sprintf("http://localhost:%d/health/ready", public):      `"ok"`,
		fmt.Sprintf("http://localhost:%d/admin/identities", admin):   "ann@example.org",
		fmt.Sprintf("http://127.0.0.1:%d/admin/health/ready", admin): `"ok"`,
	} {
		if status, body := fetch(t, url, ""); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", url, status, body)
		}
		if status, body := fetch(t, url, "evil.example"); status != 421 || strings.Contains(body, "ann@") {
			t.Errorf("%s for another host: %d %s", url, status, body)
		}
	}
}

func fetch(t *testing.T, url, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
