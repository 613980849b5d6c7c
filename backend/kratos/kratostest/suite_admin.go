package kratostest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	ory "github.com/ory/kratos-client-go"
	"golang.org/x/crypto/bcrypt"
)

func (s *suite) adminIdentities(t *testing.T) {
	ctx, email := t.Context(), s.email("admin")
	body := ory.CreateIdentityBody{SchemaId: "default", Traits: map[string]any{"email": email}, MetadataPublic: map[string]any{"k": "v"}}
	made, resp, err := s.admin.IdentityAPI.CreateIdentity(ctx).CreateIdentityBody(body).Execute()
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("create: %v", err)
	}
	if _, resp, err := s.admin.IdentityAPI.CreateIdentity(ctx).CreateIdentityBody(body).Execute(); err == nil ||
		resp.StatusCode != http.StatusConflict {
		t.Errorf("a second time: %v", err)
	}
	bad := ory.CreateIdentityBody{SchemaId: "default", Traits: map[string]any{"email": "bad"}}
	if _, resp, err := s.admin.IdentityAPI.CreateIdentity(ctx).CreateIdentityBody(bad).Execute(); err == nil ||
		resp.StatusCode != http.StatusBadRequest {
		t.Errorf("not an address: %v", err)
	}
	found, _, err := s.admin.IdentityAPI.ListIdentities(ctx).CredentialsIdentifier(email).Execute()
	if err != nil || len(found) > 1 || len(found) == 1 && found[0].Id != made.Id {
		t.Errorf("by identifier: %v, %v", found, err)
	}
	put := ory.UpdateIdentityBody{SchemaId: "default", State: "active",
		Traits: map[string]any{"email": email, "name": map[string]any{"first": "Up"}}}
	if _, _, err := s.admin.IdentityAPI.UpdateIdentity(ctx, made.Id).UpdateIdentityBody(put).Execute(); err != nil {
		t.Errorf("put: %v", err)
	}
	patch := []ory.JsonPatch{{Op: "replace", Path: "/traits/name/first", Value: "Pat"}, {Op: "add", Path: "/traits/name/last", Value: "Ch"}}
	if _, _, err := s.admin.IdentityAPI.PatchIdentity(ctx, made.Id).JsonPatch(patch).Execute(); err != nil {
		t.Errorf("patch: %v", err)
	}
	got, _, err := s.admin.IdentityAPI.GetIdentity(ctx, made.Id).Execute()
	if err != nil || dig(got.Traits, "name.first") != "Pat" || dig(got.Traits, "name.last") != "Ch" {
		t.Errorf("get: %+v, %v", got, err)
	}
	if _, err := s.admin.IdentityAPI.DeleteIdentity(ctx, made.Id).Execute(); err != nil {
		t.Errorf("delete: %v", err)
	}
	for claim, f := range map[string]func() (*http.Response, error){
		"get": func() (*http.Response, error) {
			_, r, err := s.admin.IdentityAPI.GetIdentity(ctx, made.Id).Execute()
			return r, err
		},
		"delete": func() (*http.Response, error) { return s.admin.IdentityAPI.DeleteIdentity(ctx, made.Id).Execute() },
	} {
		if resp, err := f(); err == nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s after it is gone: %v", claim, err)
		}
	}
}

var nextLink = regexp.MustCompile(`<([^>]+)>; rel="next"`)

func (s *suite) adminPages(t *testing.T) {
	a := s.app(t)
	want := map[string]bool{}
	for _, name := range []string{"p1", "p2", "p3", "p4", "p5"} {
		r := a.want(a.ask("POST", "/admin/identities", map[string]any{"schema_id": "default", "traits": map[string]any{"email": s.email(name)}}),
			http.StatusCreated)
		want[r.text("id")] = true
	}
	seen := map[string]bool{}
	for at := "/admin/identities?page_size=2"; at != ""; {
		r := a.want(a.ask("GET", at, nil), http.StatusOK)
		if len(r.list) > 2 {
			t.Fatalf("a page of %d", len(r.list))
		}
		for _, i := range r.list {
			id, _ := dig(i, "id").(string)
			if seen[id] {
				t.Fatalf("%s twice", id)
			}
			seen[id] = true
		}
		at = ""
		if m := nextLink.FindStringSubmatch(r.header.Get("Link")); m != nil {
			at = m[1]
		}
	}
	for id := range want {
		if !seen[id] {
			t.Errorf("%s is on no page", id)
		}
	}
}

func (s *suite) adminImport(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for kind, hashed := range map[string]string{
		"bcrypt":   string(hash),
		"argon2id": argonOf(password),
	} {
		a, email := s.app(t), s.email("import-"+kind)
		a.want(a.ask("POST", "/admin/identities", map[string]any{
			"schema_id": "default", "traits": map[string]any{"email": email},
			"credentials": map[string]any{"password": map[string]any{"config": map[string]any{"hashed_password": hashed}}},
		}), http.StatusCreated)
		a.want(a.login(email, wrongPassword), http.StatusBadRequest)
		a.want(a.login(email, password), http.StatusOK)
	}
	a := s.app(t)
	a.want(a.ask("POST", "/admin/identities", map[string]any{
		"schema_id": "default", "traits": map[string]any{"email": s.email("import-plain")},
		"credentials": map[string]any{"password": map[string]any{"config": map[string]any{"password": password}}},
	}), http.StatusCreated)
	a.want(a.login(s.email("import-plain"), password), http.StatusOK)
	a.want(a.ask("POST", "/admin/identities", map[string]any{
		"schema_id": "default", "traits": map[string]any{"email": s.email("import-bad")},
		"credentials": map[string]any{"password": map[string]any{"config": map[string]any{"hashed_password": "$unknown$x"}}},
	}), http.StatusBadRequest)
}

func (s *suite) adminSessions(t *testing.T) {
	ctx := t.Context()
	a := s.app(t)
	r := a.register(s.email("watched"))
	person, mine := r.text("identity.id"), r.text("session.id")
	all, _, err := s.admin.IdentityAPI.ListIdentitySessions(ctx, person).Execute()
	if err != nil || len(all) != 1 || all[0].Id != mine {
		t.Errorf("of one person: %v, %v", all, err)
	}
	one, _, err := s.admin.IdentityAPI.GetSession(ctx, mine).Expand([]string{"identity", "devices"}).Execute()
	if err != nil || one.Identity == nil || one.Identity.Id != person || len(one.Devices) != 1 {
		t.Errorf("one: %+v, %v", one, err)
	}
	listed := a.want(a.ask("GET", "/admin/sessions?active=true&page_size=1000", nil), http.StatusOK)
	if !slices.ContainsFunc(listed.list, func(v any) bool { return dig(v, "id") == mine }) {
		t.Error("it is on no list")
	}
	if _, _, err := s.admin.IdentityAPI.ExtendSession(ctx, mine).Execute(); err != nil {
		t.Errorf("extend: %v", err)
	}
	if _, err := s.admin.IdentityAPI.DisableSession(ctx, mine).Execute(); err != nil {
		t.Errorf("disable: %v", err)
	}
	a.want(a.whoami(), http.StatusUnauthorized)
	b := s.app(t)
	b.want(b.login(s.email("watched"), password), http.StatusOK)
	if _, err := s.admin.IdentityAPI.DeleteIdentitySessions(ctx, person).Execute(); err != nil {
		t.Errorf("delete all: %v", err)
	}
	b.want(b.whoami(), http.StatusUnauthorized)
	a.want(a.ask("GET", "/admin/sessions/00000000-0000-4000-8000-000000000000", nil), http.StatusNotFound)
}

func (s *suite) adminDisable(t *testing.T) {
	a, email := s.app(t), s.email("disabled")
	id := a.register(email).text("identity.id")
	a.want(a.ask("PATCH", "/admin/identities/"+id, []any{map[string]any{"op": "replace", "path": "/state", "value": "inactive"}}),
		http.StatusOK)
	a.want(a.whoami(), http.StatusUnauthorized)
	b := s.app(t)
	if r := b.login(email, password); r.status != http.StatusUnauthorized || !strings.Contains(r.raw, "disabled") {
		t.Errorf("login: %d %s", r.status, r.raw)
	}
	b.want(b.login(email, wrongPassword), http.StatusBadRequest)
	a.token = ""
	a.want(a.ask("PATCH", "/admin/identities/"+id, []any{map[string]any{"op": "replace", "path": "/state", "value": "active"}}), http.StatusOK)
	b.want(b.login(email, password), http.StatusOK)
}

func (s *suite) adminBatch(t *testing.T) {
	a := s.app(t)
	one := func(email, id string) map[string]any {
		return map[string]any{"patch_id": id, "create": map[string]any{"schema_id": "default", "traits": map[string]any{"email": email}}}
	}
	r := a.want(a.ask("PATCH", "/admin/identities", map[string]any{"identities": []any{
		one(s.email("batch"), "11111111-1111-4111-8111-111111111111"), one(s.email("batch"), "22222222-2222-4222-8222-222222222222"),
	}}), http.StatusOK)
	actions := []any{dig(r.body, "identities.0.action"), dig(r.body, "identities.1.action")}
	if !slices.Contains(actions, any("create")) || !slices.Contains(actions, any("error")) {
		t.Errorf("got %v", actions)
	}
}

func (s *suite) adminMails(t *testing.T) {
	a, email := s.app(t), s.email("mailed")
	a.register(email)
	r := a.want(a.ask("GET", "/admin/courier/messages?page_size=1&recipient="+email, nil), http.StatusOK)
	if len(r.list) != 1 || dig(r.list[0], "recipient") != email || dig(r.list[0], "template_type") != "verification_code_valid" {
		t.Fatalf("got %s", r.raw)
	}
	id, _ := dig(r.list[0], "id").(string)
	a.want(a.ask("GET", "/admin/courier/messages/"+id, nil), http.StatusOK)
	a.want(a.ask("GET", "/admin/courier/messages/00000000-0000-4000-8000-000000000000", nil), http.StatusNotFound)
}
