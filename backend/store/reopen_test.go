package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sting/backend/identity"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

func TestAStoreThatIsClosedSaysSoAndOneThatIsOpenedAgainHasEverything(t *testing.T) {
	s := storetest.New(t)
	p := person(t, s, "ada")
	must(t, s.Close())
	if s.Opened() {
		t.Error("a closed store says that it is open")
	}
	if _, err := s.Identity(t.Context(), p.ID); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a read of a closed store: %v", err)
	}
	if err := s.PutCeremony(t.Context(), ceremony("one", "browser", 0)); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a write to a closed store: %v", err)
	}
	must(t, s.Close()) // once more does nothing
	must(t, s.Reopen())
	must(t, s.Reopen())
	if got, err := s.Identity(t.Context(), p.ID); err != nil || got.ID != p.ID {
		t.Errorf("after it was opened again: %v, %v", got, err)
	}
	must(t, s.PutCeremony(t.Context(), ceremony("one", "browser", 0)))
}

func TestAClosedStoreLeavesItsFilesToOthers(t *testing.T) {
	dir := t.TempDir()
	s, _ := storetest.Open(t, dir)
	must(t, s.Close())
	other, done := storetest.Open(t, dir)
	person(t, other, "ada")
	if err := s.Reopen(); !errors.Is(err, store.ErrLocked) {
		t.Errorf("opened while another has it: %v", err)
	}
	done()
	must(t, s.Reopen())
}

func TestAFileThatIsTakenAwayWhileItIsOpenIsNoticedAndNothingMoreIsWritten(t *testing.T) {
	for name, take := range map[string]func(path string) error{
		"removed": os.Remove,
		"moved":   func(path string) error { return os.Rename(path, path+".moved") },
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".moved"), os.WriteFile(path, []byte("another"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, _ := storetest.Open(t, dir)
			p := person(t, s, "ada")
			path := filepath.Join(dir, "sting.db")
			must(t, s.Probe(t.Context(), start()))
			must(t, take(path))
			if err := s.Probe(t.Context(), start()); !errors.Is(err, store.ErrDisplaced) {
				t.Fatalf("the probe says %v", err)
			}
			if err := s.CreateIdentity(t.Context(), identity.New(start(), "default", []byte(`{}`), "bob")); !errors.Is(err, store.ErrDisplaced) {
				t.Errorf("a write: %v", err)
			}
			if _, err := s.Identity(t.Context(), p.ID); err != nil {
				t.Errorf("a read: %v", err)
			}
			if name == "removed" {
				return
			}
			must(t, s.Close())
			must(t, os.Rename(path+".moved", path))
			must(t, s.Reopen())
			must(t, s.Probe(t.Context(), start()))
			if _, err := s.Identity(t.Context(), p.ID); err != nil {
				t.Errorf("after it was put back: %v", err)
			}
		})
	}
}

func TestAFileThatWasSpoiledMeanwhileIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	s, _ := storetest.Open(t, dir)
	person(t, s, "ada")
	must(t, s.Close())
	path := filepath.Join(dir, "sting.db")
	whole, err := os.ReadFile(path)
	must(t, err)
	must(t, os.Truncate(path, 0))
	if err := s.Reopen(); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("an empty file: %v", err)
	}
	if err := s.Probe(t.Context(), start()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a probe after that: %v", err)
	}
	must(t, os.WriteFile(path, whole, 0o600))
	must(t, s.Reopen())
}

// Every call either works or says that the store is closed, whenever it comes.
func TestClosingWhileOthersWorkLosesNothing(t *testing.T) {
	s := storetest.New(t)
	var working sync.WaitGroup
	for w := range 4 {
		working.Go(func() {
			for i := range 150 {
				p := identity.New(start(), "default", []byte(`{}`), number(w*1000+i))
				err := s.CreateIdentity(t.Context(), p)
				if errors.Is(err, store.ErrClosed) {
					continue
				}
				if err != nil {
					t.Errorf("write: %v", err)
				}
				if _, err := s.Identity(t.Context(), p.ID); err != nil && !errors.Is(err, store.ErrClosed) {
					t.Errorf("read what was written: %v", err)
				}
			}
		})
	}
	for range 20 {
		must(t, s.Close())
		must(t, s.Reopen())
	}
	working.Wait()
}

func TestAMissingDataFileIsNoSilentFreshStart(t *testing.T) {
	dir := t.TempDir()
	open := func() []string {
		t.Helper()
		s, err := store.Open(dir, store.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		return s.Notices()
	}
	if said := open(); len(said) > 0 {
		t.Errorf("a first start says %q", said)
	}
	if said := open(); len(said) > 0 {
		t.Errorf("a second start says %q", said)
	}
	if err := os.Remove(filepath.Join(dir, "sting.db")); err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(open(), "\n"); !strings.Contains(said, "sting.db was missing") || !strings.Contains(said, "sting snapshot list") {
		t.Errorf("without sting.db it says %q", said)
	}
	if said := open(); len(said) > 0 {
		t.Errorf("the start after that says %q", said)
	}
}

func TestAResetSaysNothingOfAMissingFile(t *testing.T) {
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Clear("", func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Reopen(); err != nil {
		t.Fatal(err)
	}
	if said := s.Notices(); len(said) > 0 {
		t.Errorf("after a reset it says %q", said)
	}
}
