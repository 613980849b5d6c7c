package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/store/storetest"
)

// beforeTheList makes a data file as a lab had it that kept no list: a person and
// a passkey, and nothing beside.
func beforeTheList(t *testing.T) (dir string, c passkey.Credential) {
	t.Helper()
	dir = t.TempDir()
	s, done := storetest.Open(t, dir)
	person := identity.New(start(), "default", []byte(`{}`), "ada@example.test")
	if err := s.CreateIdentity(t.Context(), person); err != nil {
		t.Fatal(err)
	}
	c = passkey.Credential{ID: "1", CredentialID: []byte("key"), IdentityID: person.ID, UserHandle: person.UserHandle, RPID: "localhost",
		RevokedAt: start()}
	if err := s.AddCredential(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	done()
	forgetTheList(t, dir)
	return dir, c
}

// forgetTheList takes away what a data file and a folder know of the list.
func forgetTheList(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "minted.list")); err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(dir, "sting.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Delete([]byte("minted")) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatALabWithoutTheListMadeCountsAsItsOwn(t *testing.T) {
	dir, c := beforeTheList(t)
	for range 2 { // and is remembered
		s, done := storetest.Open(t, dir)
		if !s.Minted("localhost", c.CredentialID, c.UserHandle) || !s.MintedHandle(c.UserHandle) {
			t.Error("a passkey from before the list, or its user handle, is nobody's")
		}
		if s.Minted("example.org", c.CredentialID, c.UserHandle) || s.Minted("localhost", c.CredentialID, []byte("other")) ||
			s.Minted("localhost", []byte("other"), c.UserHandle) || s.Minted("localhost", c.CredentialID, nil) {
			t.Error("a passkey that differs counts as the lab's own")
		}
		done()
	}
}

func TestAListThatIsLostIsNotMadeOfImportedPasskeys(t *testing.T) {
	dir, c := beforeTheList(t)
	_, done := storetest.Open(t, dir)
	done()
	if err := os.Remove(filepath.Join(dir, "minted.list")); err != nil {
		t.Fatal(err)
	}
	s, _ := storetest.Open(t, dir)
	if s.Minted("localhost", c.CredentialID, c.UserHandle) {
		t.Error("the list is made again of what the data file holds")
	}
}

func TestAPersonReadFromAFileIsNotOfThisLab(t *testing.T) {
	s := storetest.New(t)
	made := identity.New(start(), "default", []byte(`{}`), "ada@example.test")
	read := identity.New(start(), "default", []byte(`{}`), "eve@example.test")
	read.Made = false // as JSON leaves it
	for _, i := range []identity.Identity{made, read} {
		if err := s.CreateIdentity(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	if !s.MintedHandle(made.UserHandle) || s.MintedHandle(read.UserHandle) {
		t.Error("whoever was made here and whoever was not are not told apart")
	}
	if got, err := s.Identity(t.Context(), made.ID); err != nil || got.Made {
		t.Errorf("a person who is read again is new: %v, %v", got.Made, err)
	}
}

func TestADamagedListLeavesPasskeysAlone(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	for _, id := range []string{"one", "two", "three"} {
		if err := s.Mint("localhost", []byte(id), []byte("handle")); err != nil {
			t.Fatal(err)
		}
	}
	done()
	path := filepath.Join(dir, "minted.list")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(raw), "\n")
	broken := "x" + lines[0][1:] + lines[1] + lines[2][:20] // a bit turned over, and a write that was cut
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	s, done = storetest.Open(t, dir)
	if s.Minted("localhost", []byte("one"), []byte("handle")) || !s.Minted("localhost", []byte("two"), []byte("handle")) ||
		s.Minted("localhost", []byte("three"), []byte("handle")) {
		t.Error("a line that can't be read counts, or one that can doesn't")
	}
	if said := strings.Join(s.Notices(), "; "); !strings.Contains(said, "2 lines") {
		t.Errorf("it is not said: %q", said)
	}
	if err := s.Mint("localhost", []byte("four"), []byte("handle")); err != nil {
		t.Fatal(err)
	}
	done()
	s, _ = storetest.Open(t, dir)
	if !s.Minted("localhost", []byte("four"), []byte("handle")) {
		t.Error("what was written behind a line that was cut is lost")
	}
}
