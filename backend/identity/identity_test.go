package identity_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sting/backend/fault"
	"sting/backend/identity"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func ada() identity.Identity {
	i := identity.New(noon, "default", json.RawMessage(`{"email":"ada@lab.local"}`), " Ada@Lab.Local ")
	i.Addresses = []identity.Address{{
		ID: string(identity.NewID()), Value: "ada@lab.local", Via: "email", Status: "completed", Verified: true,
		VerifiedAt: noon, CreatedAt: noon, UpdatedAt: noon,
	}}
	i.Password = &identity.Password{Hash: "h", SetAt: noon}
	return i
}

func TestANewPersonHasNothingToComplainAbout(t *testing.T) {
	i := ada()
	if ps := i.Examine(); len(ps) != 0 {
		t.Errorf("%v", ps)
	}
	if i.State != identity.Active || !i.Made || i.Role != "user" || len(i.UserHandle) != 32 || i.Identifiers[0] != "ada@lab.local" {
		t.Errorf("%+v", i)
	}
	other := ada()
	if other.ID == i.ID || string(other.UserHandle) == string(i.UserHandle) {
		t.Error("two people have one id or one user handle")
	}
}

func TestEachThingThatNothingHereWouldMakeIsNamedByItsPlace(t *testing.T) {
	for where, spoil := range map[string]func(*identity.Identity){
		"id":                       func(i *identity.Identity) { i.ID = identity.ID(strings.ToUpper(string(i.ID))) + "F" },
		"schema_id":                func(i *identity.Identity) { i.SchemaID = "" },
		"state":                    func(i *identity.Identity) { i.State = "asleep" },
		"role":                     func(i *identity.Identity) { i.Role = "root" },
		"user_handle":              func(i *identity.Identity) { i.UserHandle = make([]byte, 65) },
		"traits":                   func(i *identity.Identity) { i.Traits = json.RawMessage(`[1]`) },
		"traits.name":              func(i *identity.Identity) { i.Traits = json.RawMessage(`{"name":"a\u202eb"}`) },
		"traits.list[1].x":         func(i *identity.Identity) { i.Traits = json.RawMessage(`{"list":["a",{"x":"\u0000"}]}`) },
		"metadata_public":          func(i *identity.Identity) { i.MetadataPublic = make([]byte, identity.MaxMember+1) },
		"metadata_admin":           func(i *identity.Identity) { i.MetadataAdmin = json.RawMessage(`{"a":`) },
		"identifiers":              func(i *identity.Identity) { i.Identifiers = many(identity.MaxIdentifiers + 1) },
		"identifiers[0]":           func(i *identity.Identity) { i.Identifiers[0] = "Ada@lab.local" },
		"identifiers[1]":           func(i *identity.Identity) { i.Identifiers = []string{"a", "a"} },
		"addresses[0].id":          func(i *identity.Identity) { i.Addresses[0].ID = "1" },
		"addresses[0].value":       func(i *identity.Identity) { i.Addresses[0].Value = " x" },
		"addresses[0].via":         func(i *identity.Identity) { i.Addresses[0].Via = "sms" },
		"addresses[0].status":      func(i *identity.Identity) { i.Addresses[0].Status = "lost" },
		"addresses[0].verified":    func(i *identity.Identity) { i.Addresses[0].Verified = false },
		"addresses[0].verified_at": func(i *identity.Identity) { i.Addresses[0].VerifiedAt = noon.AddDate(2000, 0, 0) },
		"addresses[0].created_at":  func(i *identity.Identity) { i.Addresses[0].CreatedAt = time.Time{} },
		"addresses[0].updated_at":  func(i *identity.Identity) { i.Addresses[0].UpdatedAt = noon.AddDate(-100, 0, 0) },
		"password.set_at":          func(i *identity.Identity) { i.Password.SetAt = time.Time{} },
		"state_at":                 func(i *identity.Identity) { i.StateAt = noon.AddDate(1000, 0, 0) },
		"created_at":               func(i *identity.Identity) { i.CreatedAt = time.Time{} },
		"updated_at":               func(i *identity.Identity) { i.UpdatedAt = time.Time{} },
	} {
		i := ada()
		spoil(&i)
		ps := i.Examine()
		if !names(ps, where) {
			t.Errorf("%s: %v", where, ps)
		}
		for _, p := range ps {
			if p.What == "" || p.Fix == "" {
				t.Errorf("%s: %+v says too little", where, p)
			}
		}
	}
}

func names(ps fault.Problems, where string) bool {
	for _, p := range ps {
		if p.Where == where {
			return true
		}
	}
	return false
}

func many(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.Repeat("a", i+1)
	}
	return list
}

func TestWhatAPersonIsCalled(t *testing.T) {
	for _, c := range []struct{ traits, email, name string }{
		{`{"email":"a@b.c"}`, "a@b.c", "a@b.c"},
		{`{"email":"a@b.c","name":"Ada"}`, "a@b.c", "Ada"},
		{`{"email":"a@b.c","name":{"first":"Ada","last":"Lovelace"}}`, "a@b.c", "Ada Lovelace"},
		{`{"email":"a@b.c","name":{"first":"Ada"}}`, "a@b.c", "Ada"},
		{`{"email":"a@b.c","name":7}`, "a@b.c", "a@b.c"},
		{`{"email":"a@b.c","name":"  "}`, "a@b.c", "a@b.c"},
		{`{"name":"Ada"}`, "first@lab.local", "Ada"},
		{`no JSON`, "first@lab.local", "first@lab.local"},
	} {
		i := identity.Identity{Traits: json.RawMessage(c.traits), Identifiers: []string{"first@lab.local"}}
		if i.Email() != c.email || i.DisplayName() != c.name {
			t.Errorf("%s: %q, %q", c.traits, i.Email(), i.DisplayName())
		}
	}
	if got := (identity.Identity{}).Email(); got != "" {
		t.Errorf("nobody has the address %q", got)
	}
}

func TestIdentifiersAndIDsHaveOneForm(t *testing.T) {
	for s, want := range map[string]bool{
		"ada@lab.local": true, "ada": true, "": false, "Ada": false, " ada": false, "a\x00b": false,
		strings.Repeat("a", identity.MaxIdentifier): true, strings.Repeat("a", identity.MaxIdentifier+1): false,
	} {
		if got := identity.ValidIdentifier(s); got != want {
			t.Errorf("identifier %q: %v", s, got)
		}
	}
	for s, want := range map[string]bool{
		string(identity.NewID()):                        true,
		"":                                              false,
		"00000000-0000-0000-0000-000000000000":          false,
		"9B2E1C54-0B53-4F0E-9D0C-1C1C1C1C1C1C":          false,
		"{9b2e1c54-0b53-4f0e-9d0c-1c1c1c1c1c1c}":        false,
		"9b2e1c540b534f0e9d0c1c1c1c1c1c1c":              false,
		"urn:uuid:9b2e1c54-0b53-4f0e-9d0c-1c1c1c1c1c1c": false,
	} {
		if got := identity.ValidID(s); got != want {
			t.Errorf("id %q: %v", s, got)
		}
	}
	if got := identity.Quoted(strings.Repeat("ä", 100) + "\n"); len([]rune(got)) != 63 || strings.Contains(got, "\n") {
		t.Errorf("%d: %s", len([]rune(got)), got)
	}
}
