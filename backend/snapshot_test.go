package backend_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/labtest"
	"sting/backend/store"
)

// crafted are people that no front door would make.
var crafted = map[string]func(i *identity.Identity){
	"an argon2 hash of 4 TiB":   func(i *identity.Identity) { i.Password.Hash = "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$" + key },
	"a hash that is none":       func(i *identity.Identity) { i.Password.Hash = "secret" },
	"traits that are a list":    func(i *identity.Identity) { i.Traits = json.RawMessage(`[]`) },
	"traits with a NUL":         func(i *identity.Identity) { i.Traits = json.RawMessage(`{"email":"eve@example.org","a":"\u0000"}`) },
	"traits that turn around":   func(i *identity.Identity) { i.Traits = json.RawMessage(`{"email":"eve@example.org","a":"a\u202eb"}`) },
	"a state that is markup":    func(i *identity.Identity) { i.State = "<script>" },
	"a role nobody has":         func(i *identity.Identity) { i.Role = "owner" },
	"an identifier with a NUL":  func(i *identity.Identity) { i.Identifiers = []string{"eve\x00@example.org"} },
	"an id that is a path":      func(i *identity.Identity) { i.ID = "../../etc/passwd" },
	"a user handle of 65 bytes": func(i *identity.Identity) { i.UserHandle = []byte(strings.Repeat("h", 65)) },
	"a year that can't be":      func(i *identity.Identity) { i.CreatedAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) },
}

// craft writes a copy of a snapshot with one more person in it, under another name
// and with a description that fits its bytes.
func craft(t *testing.T, home, from, to string, i identity.Identity) {
	t.Helper()
	folder, dir := filepath.Join(home, "snapshots"), t.TempDir()
	raw, err := os.ReadFile(filepath.Join(folder, from+".db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sting.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir, store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateIdentity(t.Context(), i); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if raw, err = os.ReadFile(filepath.Join(dir, "sting.db")); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	doc, err := json.Marshal(object{"name": to, "taken_at": now, "version": "x", "bytes": len(raw), "sha256": hex.EncodeToString(sum[:])})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{to + ".db": raw, to + ".json": doc} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// THREATS T28: a snapshot that somebody made, with a description that fits.
func TestACraftedSnapshotIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	if _, err := lab.SaveSnapshot(t.Context(), "good"); err != nil {
		t.Fatal(err)
	}
	person := func() identity.Identity {
		i := identity.New(time.Now().UTC(), "default", json.RawMessage(`{"email":"eve@example.org"}`))
		i.Identifiers = []string{"eve@example.org"}
		i.Password = &identity.Password{Hash: "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + key, SetAt: time.Now().UTC()}
		return i
	}
	before := lab.Dump(t)
	for n, what := range slices.Sorted(maps.Keys(crafted)) {
		i, name := person(), "crafted"+string(rune('a'+n))
		crafted[what](&i)
		craft(t, lab.Home, "good", name, i)
		_, err := lab.RestoreSnapshot(t.Context(), name)
		if f := fault.From(err); err == nil || f.Code != "SNAPSHOT_REFUSED" || !strings.Contains(f.Hint, "1. ") {
			t.Errorf("%s: %v", what, err)
		}
		if lab.Dump(t) != before {
			t.Fatalf("%s: the data is another one", what)
		}
	}
	if a := b.Do("GET", "/api/auth/me", nil); a.Status != 200 {
		t.Errorf("the session afterwards: %d", a.Status)
	}
	craft(t, lab.Home, "good", "well", person())
	if _, err := lab.RestoreSnapshot(t.Context(), "well"); err != nil {
		t.Errorf("a snapshot with one more person, who is well: %v", err)
	}
}
