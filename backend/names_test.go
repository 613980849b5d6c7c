package backend_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// What nobody could see in a name is refused by every door at which a name comes in.
func TestANameThatHidesSomethingIsRefusedAtEveryDoor(t *testing.T) {
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	page := must(lab.Passkeys(t.Context(), listAll))(t)
	id := page.Items[0].ID
	admin := "http://localhost:" + portOf(t, lab, "kratos_admin")
	for _, name := range []string{"a\u202Eb", "a\u2066b", "a\u200Eb", "a\u061Cb", "a\u200Bb", "a\u200Db", "a\u0085b", "a\u2028b", "a\uFEFFb",
		"a\x07b", "a\U000E0041b"} {
		if a := b.Do("PUT", "/api/webauthn/passkeys/"+id+"/rename", map[string]any{"name": name}); a.Status != 400 ||
			a.Text("error") != "Passkey name must be 1-100 characters" || !strings.Contains(a.Text("hint"), "U+") {
			t.Errorf("rename to %+q: %d %s", name, a.Status, a.Body)
		}
		if a := b.Do("POST", "/api/webauthn/passkeys/add/begin", map[string]any{"name": name}); a.Status != 400 {
			t.Errorf("add %+q: %d", name, a.Status)
		}
		if _, err := lab.RenamePasskey(t.Context(), id, name); err == nil {
			t.Errorf("the admin door takes %+q", name)
		}
		traits := map[string]any{"name": map[string]any{"first": name}}
		if a := lab.Browser().Do("POST", "/api/auth/register",
			map[string]any{"email": "bob@example.org", "password": labtest.Password, "traits": traits}); a.Status != 400 {
			t.Errorf("register %+q: %d %s", name, a.Status, a.Body)
		}
		traits["email"] = "bob@example.org"
		body := strings.NewReader(mustJSON(t, map[string]any{"schema_id": "default", "traits": traits}))
		req := must(http.NewRequestWithContext(t.Context(), "POST", admin+"/admin/identities", body))(t)
		if resp := must(lab.Client().Do(req))(t); resp.StatusCode != 400 {
			t.Errorf("Kratos' admin API takes %+q: %d %s", name, resp.StatusCode, readSome(resp))
		}
	}
	if page := must(lab.Users(t.Context(), listAll))(t); len(page.Items) != 1 {
		t.Errorf("%d people, want 1", len(page.Items))
	}
	if a := b.Do("PUT", "/api/webauthn/passkeys/"+id+"/rename", map[string]any{"name": "👩\u200d💻 می\u200cخواهم"}); a.Status != 200 {
		t.Errorf("joiners where writing needs them: %d %s", a.Status, a.Body)
	}
}

var listAll = api.Query{Limit: 100}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	return string(must(json.Marshal(v))(t))
}
