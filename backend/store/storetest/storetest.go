// Package storetest opens real stores for tests. There is no fake of a store:
// what a test sees is what the program does, without the flush to disk.
package storetest

import (
	"sync"
	"testing"

	"sting/backend/store"
)

// New opens a store in a folder of its own. When the test ends, the files are
// checked for inconsistencies and closed.
func New(t testing.TB) *store.Store {
	t.Helper()
	s, _ := Open(t, t.TempDir())
	return s
}

// Watched is New for who wants to hear of each transaction.
func Watched(t testing.TB, began func(file string, writes bool)) *store.Store {
	t.Helper()
	s, _ := open(t, t.TempDir(), store.Options{Began: began})
	return s
}

// Open opens the store in dir. The function that it returns checks and closes
// the files, so that a test can open them again; it is called at the end of the
// test too, and a second call does nothing.
func Open(t testing.TB, dir string) (*store.Store, func()) {
	t.Helper()
	return open(t, dir, store.Options{})
}

func open(t testing.TB, dir string, o store.Options) (*store.Store, func()) {
	t.Helper()
	o.NoSync = true
	s, err := store.Open(dir, o)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	var once sync.Once
	done := func() {
		once.Do(func() {
			if err := s.Check(); err != nil {
				t.Errorf("the store is inconsistent: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Errorf("close the store: %v", err)
			}
		})
	}
	t.Cleanup(done)
	return s, done
}
