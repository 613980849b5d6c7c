package idp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"sting/backend/identity"
)

func withAdmin(t testing.TB) *lab {
	t.Helper()
	l := newLab(t)
	l.admin = l.p.Admin()
	return l
}

func TestJSONPatches(t *testing.T) {
	op := func(op, path string, value any) map[string]any {
		return map[string]any{"op": op, "path": path, "value": value}
	}
	for name, c := range map[string]struct {
		ops    []any
		status int
		first  string
	}{
		"replace":                   {[]any{op("replace", "/traits/name/first", "Grace")}, 200, "Grace"},
		"add":                       {[]any{op("add", "/traits/name/last", "L")}, 200, "Ada"},
		"remove":                    {[]any{map[string]any{"op": "remove", "path": "/traits/name/first"}}, 200, ""},
		"copy":                      {[]any{map[string]any{"op": "copy", "from": "/traits/name/first", "path": "/traits/name/last"}}, 200, "Ada"},
		"move":                      {[]any{map[string]any{"op": "move", "from": "/traits/name/first", "path": "/traits/name/last"}}, 200, ""},
		"test that holds":           {[]any{op("test", "/traits/name/first", "Ada"), op("replace", "/traits/name/first", "Eve")}, 200, "Eve"},
		"test that fails":           {[]any{op("test", "/traits/name/first", "Bob"), op("replace", "/traits/name/first", "Eve")}, 400, "Ada"},
		"replace what is not there": {[]any{op("replace", "/traits/name/middle", "x")}, 400, "Ada"},
		"remove what is not there":  {[]any{map[string]any{"op": "remove", "path": "/traits/x"}}, 400, "Ada"},
		"a path without a slash":    {[]any{op("replace", "traits", "x")}, 400, "Ada"},
		"an operation nobody knows": {[]any{op("shout", "/traits", "x")}, 400, "Ada"},
		"what the schema refuses":   {[]any{op("replace", "/traits/email", "nobody")}, 400, "Ada"},
		"the id":                    {[]any{op("replace", "/id", "x")}, 400, "Ada"},
		"credentials":               {[]any{op("add", "/credentials/password", map[string]any{})}, 400, "Ada"},
		"a state nobody knows":      {[]any{op("replace", "/state", "asleep")}, 400, "Ada"},
		"everything":                {[]any{op("replace", "", []any{})}, 400, "Ada"},
		"the metadata, deep": {[]any{op("add", "/metadata_admin", map[string]any{"a": []any{1, 2}}), op("add", "/metadata_admin/a/1", 9),
			map[string]any{"op": "remove", "path": "/metadata_admin/a/0"}}, 200, "Ada"},
	} {
		t.Run(name, func(t *testing.T) {
			l := withAdmin(t)
			app := l.app()
			made := app.do("POST", "/admin/identities",
				map[string]any{"traits": map[string]any{"email": "ada@lab.local", "name": map[string]any{"first": "Ada"}}})
			id := str(made.body, "id")
			r := app.do("PATCH", "/admin/identities/"+id, c.ops)
			if r.status != c.status {
				t.Errorf("got %d %s", r.status, r.raw)
			}
			got := app.do("GET", "/admin/identities/"+id, nil)
			if first := str(got.body, "traits", "name", "first"); first != c.first {
				t.Errorf("first name %q in %s", first, got.raw)
			}
			if name == "the metadata, deep" {
				if diff := cmp.Diff([]any{9.0, 2.0}, at(got.body, "metadata_admin", "a")); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestAnImportedBcryptHashBecomesArgon2(t *testing.T) {
	l := withAdmin(t)
	hash, err := bcrypt.GenerateFromPassword([]byte(goodPassword), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	made := l.app().do("POST", "/admin/identities", map[string]any{
		"traits":      map[string]any{"email": "ada@lab.local"},
		"credentials": map[string]any{"password": map[string]any{"config": map[string]any{"hashed_password": string(hash)}}},
	})
	for range 2 {
		if r := l.app().login("ada@lab.local", goodPassword); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.raw)
		}
		who, err := l.store.Identity(t.Context(), identity.ID(str(made.body, "id")))
		if err != nil || !strings.HasPrefix(who.Password.Hash, "$argon2id$") {
			t.Fatalf("hash %.12q, %v", who.Password.Hash, err)
		}
	}
}

func TestImportsAreRefusedWithAReason(t *testing.T) {
	l := withAdmin(t)
	password := func(hash string) map[string]any {
		return map[string]any{"password": map[string]any{"config": map[string]any{"hashed_password": hash}}}
	}
	for name, body := range map[string]any{
		"no traits":            map[string]any{},
		"another schema":       map[string]any{"schema_id": "other", "traits": map[string]any{"email": "a@lab.local"}},
		"a state nobody knows": map[string]any{"state": "asleep", "traits": map[string]any{"email": "a@lab.local"}},
		"a hash nobody knows":  map[string]any{"traits": map[string]any{"email": "a@lab.local"}, "credentials": password("$md5$x")},
		"a hash that takes for ever": map[string]any{"traits": map[string]any{"email": "a@lab.local"},
			"credentials": password("$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaA")},
		"another's sign-in": map[string]any{"traits": map[string]any{"email": "a@lab.local"},
			"credentials": map[string]any{"oidc": map[string]any{}}},
		"not an object": []any{1},
	} {
		if r := l.app().do("POST", "/admin/identities", body); r.status != http.StatusBadRequest || str(r.body, "error", "reason") == "" {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	list := l.app().do("GET", "/admin/identities", nil)
	if list.raw != "[]" {
		t.Errorf("something was stored: %s", list.raw)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	l := withAdmin(t)
	app := l.app()
	huge := map[string]any{"method": "password", "identifier": "x", "password": strings.Repeat("x", 300<<10)}
	if r := app.submit("login", app.begin("login"), huge); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("login: %d %.200s", r.status, r.raw)
	}
	if r := app.do("POST", "/admin/identities", huge); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("import: %d %.200s", r.status, r.raw)
	}
}

func TestAPageLearnsOfItsErrorByItsID(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	b.html = true
	r := b.do("GET", "/self-service/login/browser?return_to=https%3A%2F%2Fevil.example", nil)
	id, ok := strings.CutPrefix(r.header.Get("Location"), "https://localhost:8443/error?id=")
	if r.status != http.StatusSeeOther || !ok {
		t.Fatalf("%d to %q", r.status, r.header.Get("Location"))
	}
	got := b.do("GET", "/self-service/errors?id="+id, nil)
	if str(got.body, "error", "id") != "self_service_flow_return_to_forbidden" {
		t.Errorf("%d %s", got.status, got.raw)
	}
}

// FuzzPatch throws patches at an identity: none may panic, and what is kept
// still fits the schema.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`[{"op":"replace","path":"/traits/name/first","value":"Pat"}]`, `[{"op":"move","from":"/traits","path":"/traits/x"}]`,
		`[{"op":"copy","from":"","path":"/metadata_public"}]`, `[{"op":"add","path":"/metadata_public/-","value":1}]`,
		`[{"op":"remove","path":""}]`, `{}`, `[`,
	} {
		f.Add(seed)
	}
	l := withAdmin(f)
	app := l.app()
	id := str(app.do("POST", "/admin/identities", map[string]any{"traits": map[string]any{"email": "ada@lab.local"}}).body, "id")
	f.Fuzz(func(t *testing.T, patch string) {
		here := *l
		here.t = t
		app := here.app()
		if r := app.do("PATCH", "/admin/identities/"+id, patch); r.status != http.StatusOK && r.status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", patch, r.status, r.raw)
		}
		if r := app.do("GET", "/admin/identities/"+id, nil); !strings.Contains(str(r.body, "traits", "email"), "@") {
			t.Errorf("%q: %s", patch, r.raw)
		}
	})
}

func TestAChangeOfStateIsDated(t *testing.T) {
	l := withAdmin(t)
	app := l.app()
	made := app.do("POST", "/admin/identities", map[string]any{"traits": map[string]any{"email": "ada@lab.local"}})
	patch := func(state string) string {
		r := app.do("PATCH", "/admin/identities/"+str(made.body, "id"), []any{map[string]any{"op": "replace", "path": "/state", "value": state}})
		return str(r.body, "state_changed_at")
	}
	l.clock.Move(time.Hour)
	if got := patch("active"); got != str(made.body, "created_at") {
		t.Errorf("the same state: %s", got)
	}
	if got := patch("inactive"); got <= str(made.body, "created_at") {
		t.Errorf("another state: %s", got)
	}
}

func TestIdentitiesAreFoundByAPartOfTheirAddress(t *testing.T) {
	l := withAdmin(t)
	app := l.app()
	for _, email := range []string{"ada@lab.local", "adam@lab.local", "grace@lab.local"} {
		app.do("POST", "/admin/identities", map[string]any{"traits": map[string]any{"email": email}})
	}
	r := app.do("GET", "/admin/identities?preview_credentials_identifier_similar=ADA", nil)
	if n := strings.Count(r.raw, `"schema_id"`); n != 2 || strings.Contains(r.raw, "grace") {
		t.Errorf("found %d: %s", n, r.raw)
	}
}

func TestAMisspeltMemberOfANewIdentityIsRefused(t *testing.T) {
	l := withAdmin(t)
	app := l.app()
	for name, want := range map[string]int{"trait": 400, "metadata": 400, "organization_id": 201, "recovery_addresses": 201} {
		body := map[string]any{"schema_id": "default", "traits": map[string]any{"email": name + "@example.org"}, name: nil}
		if r := app.do("POST", "/admin/identities", body); r.status != want || want == 400 && !strings.Contains(r.raw, name) {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
}
