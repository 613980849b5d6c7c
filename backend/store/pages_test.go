package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// The examination of the pages is strict, and a file that is well must never be
// refused for it: bbolt writes, with all that it knows of merging and splitting.
func TestNoFileThatBboltWroteIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sting.db")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for round := range 40 {
		db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true, FreelistType: bolt.FreelistMapType})
		must(t, err)
		for range 25 {
			must(t, db.Update(func(tx *bolt.Tx) error { return churn(tx, random, round) }))
		}
		must(t, db.Close())
		if err := store.ExaminePages(path); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
}

// churn adds, replaces and removes some of everything, long and short.
func churn(tx *bolt.Tx, random *rand.Rand, round int) error {
	for i := range 4 {
		b, err := tx.CreateBucketIfNotExists([]byte(fmt.Sprintf("bucket %d", i)))
		if err != nil {
			return err
		}
		for range random.IntN(60) {
			key := fmt.Appendf(nil, "%0*d", 1+random.IntN(60), random.IntN(3000))
			value := bytes.Repeat([]byte{'v'}, random.IntN(700))
			if random.IntN(200) == 0 {
				value = bytes.Repeat([]byte{'v'}, random.IntN(300_000))
			}
			if err := b.Put(key, value); err != nil {
				return err
			}
		}
		c := b.Cursor()
		for k, _ := c.Seek(fmt.Appendf(nil, "%d", random.IntN(3000))); k != nil && random.IntN(30+round) != 0; k, _ = c.Next() {
			if err := c.Delete(); err != nil {
				return err
			}
		}
		if random.IntN(40) == 0 {
			if err := tx.DeleteBucket([]byte(fmt.Sprintf("bucket %d", i))); err != nil {
				return err
			}
		}
	}
	return nil
}

func copied(t *testing.T, home string) string {
	t.Helper()
	to := t.TempDir()
	must(t, os.CopyFS(to, os.DirFS(home)))
	return to
}

// listAt returns where the list of free pages stands in a file, and its length.
func listAt(t *testing.T, raw []byte) (at int64, n int) {
	t.Helper()
	header := raw[16:80]
	if other := raw[4096+16 : 4096+80]; binary.NativeEndian.Uint64(other[48:]) > binary.NativeEndian.Uint64(header[48:]) {
		header = other
	}
	at = int64(binary.NativeEndian.Uint64(header[32:])) * 4096
	return at, int(binary.NativeEndian.Uint16(raw[at+10:]))
}

// THREATS F35: one wrong id in the list of free pages.
func TestAWrongIDInTheListOfFreePagesIsMendedOrRefusedAndNothingIsOverwritten(t *testing.T) {
	whole := t.TempDir()
	written := furnish(t, whole)
	path := filepath.Join(whole, "sting.db")
	raw, err := os.ReadFile(path)
	must(t, err)
	at, n := listAt(t, raw)
	if n < 3 {
		t.Fatalf("the list has %d ids: nothing is shown", n)
	}
	mended := 0
	for _, bit := range []int{0, 1, 3, 5, 9, 31, 62} {
		for _, i := range []int{0, n / 2, n - 1} {
			t.Run(fmt.Sprintf("id %d, bit %d", i, bit), func(t *testing.T) {
				home := t.TempDir()
				must(t, os.CopyFS(home, os.DirFS(whole)))
				spoil(t, filepath.Join(home, "sting.db"), at+16+int64(8*i+bit/8), 1<<(bit%8))
				survive(t, copied(t, home), written, true)
				if survive(t, home, written, false) == "mended" {
					mended++
				}
			})
		}
	}
	if mended < 10 {
		t.Errorf("only %d of 21 were mended", mended)
	}
}

func TestOneWrongByteInAHeaderIsPutRightAndMoreIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		bytes int
		says  string
	}{
		"one byte":  {1, "has been put right; nothing is lost"},
		"two bytes": {2, "one commit, may be lost"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, done := storetest.Open(t, dir)
			person(t, s, "ada")
			last := person(t, s, "bob")
			done()
			path := filepath.Join(dir, "sting.db")
			raw, err := os.ReadFile(path)
			must(t, err)
			newer := int64(16)
			if binary.NativeEndian.Uint64(raw[4096+16+48:]) > binary.NativeEndian.Uint64(raw[16+48:]) {
				newer += 4096
			}
			for i := range c.bytes {
				spoil(t, path, newer+20+int64(16*i), 0x40)
			}
			s, _ = storetest.Open(t, dir)
			if said := strings.Join(s.Notices(), " "); !strings.Contains(said, c.says) {
				t.Errorf("it says %q", said)
			}
			if _, err := s.Identity(t.Context(), last.ID); c.bytes == 1 && err != nil {
				t.Errorf("what was written last: %v", err)
			}
			if _, err := s.IdentityByIdentifier(t.Context(), "ada"); err != nil {
				t.Errorf("what was written before: %v", err)
			}
		})
	}
}

// misspell changes a byte in the entry of an index that leads from ada's address to her.
func misspell(t *testing.T, path string, p identity.Identity) {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	at := bytes.LastIndex(raw, []byte("ada@example.test"+string(p.ID)))
	for at >= 0 { // older copies stand in free pages
		raw[at+2] ^= 3
		at = bytes.LastIndex(raw, []byte("ada@example.test"+string(p.ID)))
	}
	must(t, os.WriteFile(path, raw, 0o600))
}

// A byte in an index leads to nobody: the address is neither unknown nor free.
func TestADamagedIndexIsMadeAnewAndNoAddressIsGivenTwice(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	p := person(t, s, "ada@example.test")
	for i := range 80 { // so that the index has pages of its own
		person(t, s, number(i))
	}
	done()
	path := filepath.Join(dir, "sting.db")
	misspell(t, path, p)
	s, _ = storetest.Open(t, dir)
	if said := strings.Join(s.Notices(), " "); !strings.Contains(said, "An index in sting.db was damaged") {
		t.Errorf("it says %q", said)
	}
	if got, err := s.IdentityByIdentifier(t.Context(), "ada@example.test"); err != nil || got.ID != p.ID {
		t.Errorf("by address: %v, %v", got.ID, err)
	}
	again := identity.New(start(), "default", []byte(`{}`), "ada@example.test")
	if err := s.CreateIdentity(t.Context(), again); !errors.Is(err, identity.ErrEmailTaken) {
		t.Errorf("a second account: %v", err)
	}
}

// THREATS F36, and what the person with the one damaged passkey is told.
func TestADamagedValueIsNamedWithWhoseItIsAndCanBeRemoved(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	p := person(t, s, "ada@example.test")
	c := credential(t, s, p)
	done()
	damage(t, filepath.Join(dir, "sting.db"), "\x01x$"+c.ID)
	s, _ = storetest.Open(t, dir)
	list, err := s.Damages(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].What != store.Passkey || list[0].ID != c.ID || list[0].Whose != "ada@example.test" ||
		list[0].File != "sting.db" {
		t.Fatalf("named are %v", list)
	}
	if n, err := s.DamagedOf(t.Context(), p.ID); n != 1 || err != nil {
		t.Errorf("%d damaged passkeys of the person: %v", n, err)
	}
	n, err := s.DropDamaged(t.Context())
	if n != 1 || err != nil {
		t.Errorf("removed %d: %v", n, err)
	}
	if list, err := s.Survey(t.Context()); len(list) != 0 || err != nil {
		t.Errorf("after that: %v, %v", list, err)
	}
	must(t, s.AddCredential(t.Context(), c)) // its id is free again
}

// A list of free pages may be longer than what is read of a page as a whole.
func TestALongListOfFreePagesIsSound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sting.db")
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
	must(t, err)
	must(t, db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket([]byte("many"))
		for i := range 9_000 {
			err = errors.Join(err, b.Put(fmt.Appendf(nil, "%05d", i), make([]byte, 5_000))) // two pages
		}
		return err
	}))
	must(t, db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("many")) }))
	must(t, db.Update(func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("few")); return err }))
	must(t, db.Close())
	must(t, store.ExaminePages(path))
}
