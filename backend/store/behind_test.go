package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// openLarge opens a home as a large one is: it is examined while it is used.
func openLarge(t *testing.T, home string) *store.Store {
	t.Helper()
	s, err := store.Open(home, store.Options{NoSync: true, AtOnce: 1})
	must(t, err)
	return s
}

// Nothing that was free is lost, and nothing that is used is given away: bbolt's own
// examination and ours agree, after a stop as after a kill.
func TestALargeFileIsUsedWhileItIsExaminedAndGivesItsFreePagesBack(t *testing.T) {
	home := t.TempDir()
	w := furnish(t, home)
	path := filepath.Join(home, "sting.db")
	for round := range 4 {
		s := openLarge(t, home)
		for i := range 40 {
			v, _ := newSession(w.People[i].ID)
			_, err := s.Grant(t.Context(), w.Passkeys[i].ID, countUp, v)
			must(t, err)
			gone := person(t, s, fmt.Sprintf("gone-%d-%d", round, i))
			must(t, s.DeleteIdentity(t.Context(), gone.ID))
		}
		if round%2 == 1 {
			must(t, s.Examined(t.Context()))
		}
		for i := range 40 {
			person(t, s, fmt.Sprintf("new-%d-%d", round, i))
		}
		must(t, s.Examined(t.Context()))
		if said := s.Notices(); len(said) > 0 {
			t.Errorf("it says %q", said)
		}
		killed := t.TempDir()
		must(t, os.CopyFS(killed, os.DirFS(home))) // as a kill leaves it
		must(t, s.Close())
		if err := store.ExaminePages(path); err != nil {
			t.Errorf("round %d: after a stop %v", round, err)
		}
		must(t, store.CheckPages(path))
		again := openLarge(t, killed)
		must(t, again.Examined(t.Context()))
		if said := again.Notices(); len(said) > 0 {
			t.Errorf("after a kill it says %q", said)
		}
		must(t, again.Close())
		if err := store.ExaminePages(filepath.Join(killed, "sting.db")); err != nil {
			t.Errorf("round %d: after a kill and a stop %v", round, err)
		}
	}
}

// What was given up in one run is used in the next, while others read and write.
func TestALargeFileUsesWhatItGaveUpInAnEarlierRun(t *testing.T) {
	home := t.TempDir()
	furnish(t, home)
	first, done := storetest.Open(t, home)
	person(t, first, "taken")
	done()
	path := filepath.Join(home, "sting.db")
	var before int64
	for run := range 4 {
		s := openLarge(t, home)
		var all sync.WaitGroup
		examined := make(chan struct{})
		for range 2 { // as the site does all the time
			all.Go(func() {
				for {
					select {
					case <-examined:
						return
					default:
					}
					if _, err := s.IdentityByIdentifier(t.Context(), "taken"); err != nil {
						t.Errorf("a read: %v", err)
					}
					i := identity.New(start(), "default", []byte(`{}`), "taken")
					if err := s.CreateIdentity(t.Context(), i); !errors.Is(err, identity.ErrEmailTaken) {
						t.Errorf("a write: %v", err)
					}
				}
			})
		}
		must(t, s.Examined(t.Context()))
		close(examined)
		all.Wait()
		var crowd []identity.Identity
		for n := range 300 {
			crowd = append(crowd, person(t, s, fmt.Sprintf("crowd-%d-%d", run, n)))
		}
		for _, i := range crowd {
			must(t, s.DeleteIdentity(t.Context(), i.ID))
		}
		if said := s.Notices(); len(said) > 0 {
			t.Errorf("it says %q", said)
		}
		must(t, s.Close())
		must(t, errors.Join(store.ExaminePages(path), store.CheckPages(path)))
		info, err := os.Stat(path)
		must(t, err)
		if run > 1 && info.Size() > before+before/8 {
			t.Errorf("run %d: from %d bytes it grew to %d", run, before, info.Size())
		}
		before = info.Size()
	}
}

// Who examines a file works half of the time, and a fifth of it while others ask.
func TestAnExaminationLeavesRoomForWhoAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := uint64(0)
		step := store.Step(t.Context(), func() uint64 { return asked })
		for n, c := range []struct{ worked, asked, paused int }{{1, 0, 0}, {1, 0, 2}, {2, 1, 8}, {2, 0, 2}, {3, 5, 12}, {1, 1, 0}} {
			asked += uint64(c.asked)
			time.Sleep(time.Duration(c.worked) * time.Millisecond)
			at := time.Now()
			must(t, step())
			if got := time.Since(at).Milliseconds(); got != int64(c.paused) {
				t.Errorf("step %d pauses for %d ms, want %d", n, got, c.paused)
			}
		}
	})
}

func TestAStoreThatIsClosedWhileItIsExaminedIsAsItWas(t *testing.T) {
	home := t.TempDir()
	w := furnish(t, home)
	for range 5 {
		s := openLarge(t, home)
		_, err := s.Identity(t.Context(), w.People[0].ID)
		must(t, err)
		must(t, s.Close())
	}
	s := openLarge(t, home)
	must(t, s.Examined(t.Context()))
	must(t, s.Close())
	if err := store.ExaminePages(filepath.Join(home, "sting.db")); err != nil {
		t.Error(err)
	}
}

// leafBelowABranch is where a page begins that nobody looks at before a large file is
// opened: a leaf of a bucket whose root is another page.
func leafBelowABranch(t *testing.T, path string) (at int64) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	must(t, db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
			if b.Root() == 0 { // within the page that names it
				return nil
			}
			if root, err := tx.Page(int(b.Root())); err != nil || root.Type != "branch" {
				return err
			}
			last, _ := b.Cursor().Last()
			from := int64(uintptr(unsafe.Pointer(&last[0])) - db.Info().Data)
			for id := int(from / 4096); at == 0; id-- { // a long value goes on behind the page
				switch info, err := tx.Page(id); {
				case err != nil:
					return err
				case info.Type == "leaf":
					at = int64(id) * 4096
				}
			}
			return nil
		})
	}))
	if at == 0 {
		t.Fatal("no bucket has a branch")
	}
	return at
}

// A page in the middle of a tree: what was opened goes on to be read, and nothing more
// is written, which the store's service and the doctor say.
func TestAWrongTreeThatIsFoundBehindEndsWriting(t *testing.T) {
	home := t.TempDir()
	furnish(t, home)
	path := filepath.Join(home, "sting.db")
	spoil(t, path, leafBelowABranch(t, path), 0x10) // it says that it is another page
	s := openLarge(t, home)
	defer func() { must(t, s.Close()) }()
	must(t, s.Examined(t.Context()))
	f := refused(t, s.Probe(t.Context(), start()), "STORE_DAMAGED")
	if !strings.Contains(f.Hint, path) || !strings.Contains(f.Hint, "sting snapshot list") {
		t.Errorf("it hints %q", f.Hint)
	}
	_, err := s.Survey(t.Context())
	refused(t, err, "STORE_DAMAGED")
}

// What is damaged in a value or an index is named and mended as in a small file.
func TestWhatIsDamagedInALargeFileIsNamedAndMended(t *testing.T) {
	home := t.TempDir()
	w := furnish(t, home)
	path := filepath.Join(home, "sting.db")
	first, done := storetest.Open(t, home)
	ada := person(t, first, "ada@example.test")
	done()
	damage(t, path, "\x01x$"+w.Passkeys[3].ID)
	misspell(t, path, ada)
	s := openLarge(t, home)
	defer func() { must(t, s.Close()) }()
	must(t, s.Examined(t.Context()))
	list, err := s.Damages(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != w.Passkeys[3].ID {
		t.Errorf("named are %v, %v", list, err)
	}
	if said := strings.Join(s.Notices(), " "); !strings.Contains(said, "An index in sting.db was damaged") {
		t.Errorf("it says %q", said)
	}
	if got, err := s.IdentityByIdentifier(t.Context(), "ada@example.test"); err != nil || got.ID != ada.ID {
		t.Errorf("by address: %v, %v", got.ID, err)
	}
	_, err = s.Credential(t.Context(), w.Passkeys[3].ID)
	refused(t, err, fault.ErrStoreUnavailable.Code)
}
