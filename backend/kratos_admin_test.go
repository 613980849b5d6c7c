package backend_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"sting/backend/labtest"
)

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

// What was made in a lab leaves it as what Kratos' admin API takes: here another
// lab's stands in for a Kratos.
func TestWhatIsExportedForKratosIsTakenByAKratos(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	lab.Browser().Register("ann@example.org")
	lab.Browser().Register("bob@example.org")
	raw, err := lab.Export(t.Context(), "kratos")
	if err != nil {
		t.Fatal(err)
	}
	var people []json.RawMessage
	if err := json.Unmarshal(raw, &people); err != nil || len(people) != 2 {
		t.Fatalf("%d people, %v", len(people), err)
	}
	admin := labtest.FreePort(t)
	kratos := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: off, kratos_admin: %d, smtp: off, smtp_plain: off, mail: off}\n",
		labtest.FreePort(t), admin))
	for _, person := range people {
		resp, err := http.Post(fmt.Sprintf("http://localhost:%d/admin/identities", admin), "application/json", bytes.NewReader(person))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusCreated {
			t.Errorf("%s: %d %s, %v", person, resp.StatusCode, body, err)
		}
	}
	for _, email := range []string{"ann@example.org", "bob@example.org"} {
		kratos.Browser().Must("POST", "/api/auth/login", map[string]any{"email": email, "password": labtest.Password})
	}
}
