package idp_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"sting/backend/identity"
)

// THREATS T28: what no import takes, no door of the administrators takes either.

func TestTheAdminAPITakesWhatARegistrationWould(t *testing.T) {
	email := object{"email": "eve@lab.local"}
	costly := object{"password": object{"config": object{"hashed_password": "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$" +
		strings.Repeat("A", 43)}}}
	for what, body := range map[string]object{
		"a hash that costs too much": {"traits": email, "credentials": costly},
		"a trait with a NUL":         {"traits": object{"email": "eve@lab.local", "name": object{"first": "a\x00b"}}},
		"metadata with a NUL":        {"traits": email, "metadata_admin": object{"a": "\x00"}},
		"metadata that is too deep":  {"traits": email, "metadata_public": nested(100)},
		"traits that are a list":     {"traits": []any{}},
		"a state that is markup":     {"traits": email, "state": "<script>"},
	} {
		t.Run(what, func(t *testing.T) {
			l := withAdmin(t)
			app := l.app()
			made := str(app.do("POST", "/admin/identities", map[string]any{"traits": map[string]any{"email": "ada@lab.local"}}).body, "id")
			before := app.do("GET", "/admin/identities/"+made, nil).raw
			if r := app.do("POST", "/admin/identities", body); r.status != http.StatusBadRequest {
				t.Errorf("create: %d %s", r.status, r.raw)
			}
			if r := app.do("PUT", "/admin/identities/"+made, body); r.status != http.StatusBadRequest {
				t.Errorf("update: %d %s", r.status, r.raw)
			}
			batch := app.do("PATCH", "/admin/identities", object{"identities": []any{object{"create": body}}})
			if batch.status != http.StatusBadRequest && !strings.Contains(batch.raw, `"action":"error"`) {
				t.Errorf("batch: %d %s", batch.status, batch.raw)
			}
			list, err := l.store.Identities(t.Context(), "", 10)
			if err != nil || len(list) != 1 {
				t.Errorf("%d people, %v", len(list), err)
			}
			if after := app.do("GET", "/admin/identities/"+made, nil).raw; after != before {
				t.Errorf("the person was changed: %s", after)
			}
		})
	}
}

func TestAPatchWritesWhatARegistrationWould(t *testing.T) {
	l := withAdmin(t)
	app := l.app()
	at := "/admin/identities/" + str(app.do("POST", "/admin/identities", object{"traits": object{"email": "ada@lab.local"}}).body, "id")
	before := app.do("GET", at, nil).raw
	for path, value := range map[string]any{
		"/traits/name": object{"first": "a\x00b"}, "/metadata_admin": object{"a\x00": 1}, "/metadata_public": nested(100), "/state": "<script>",
		"/traits": []any{},
	} {
		if r := app.do("PATCH", at, []any{object{"op": "add", "path": path, "value": value}}); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, r.status, r.raw)
		}
	}
	if after := app.do("GET", at, nil).raw; after != before {
		t.Errorf("the person was changed: %s", after)
	}
}

type object = map[string]any

func nested(n int) any {
	var v any = "x"
	for range n {
		v = []any{v}
	}
	return v
}

func TestAnAdminsBodyIsReadInOneWayOnly(t *testing.T) {
	l := withAdmin(t)
	for what, body := range map[string]string{
		"a trait twice": `{"traits":{"email":"a@lab.local","email":"b@lab.local"}}`,
		"a state twice": `{"traits":{"email":"a@lab.local"},"state":"active","state":"inactive"}`,
	} {
		if r := l.app().do("POST", "/admin/identities", json.RawMessage(body)); r.status != http.StatusBadRequest ||
			!strings.Contains(r.raw, "comes twice") {
			t.Errorf("%s: %d %s", what, r.status, r.raw)
		}
	}
}

func TestAPasswordThatCannotBeCheckedIsNamed(t *testing.T) {
	l := newLab(t)
	i := identity.New(l.clock.Now(), "default", []byte(`{"email":"ada@lab.local"}`), "ada@lab.local")
	i.Password = &identity.Password{Hash: "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43), SetAt: l.clock.Now()}
	if err := l.store.CreateIdentity(t.Context(), i); err != nil {
		t.Fatal(err)
	}
	app := l.app()
	flow := app.do("GET", "/self-service/login/api", nil)
	r := app.do("POST", "/self-service/login?flow="+str(flow.body, "id"),
		map[string]any{"method": "password", "identifier": "ada@lab.local", "password": "x"})
	if r.status != http.StatusServiceUnavailable || str(r.body, "error", "id") != "password_hash_refused" {
		t.Errorf("%d %s", r.status, r.raw)
	}
}
