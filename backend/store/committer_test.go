package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

var errRefused = errors.New("refused")

// held begins a write that holds everybody up until release is called.
func held(t *testing.T, s *store.Store, id string) (release func()) {
	t.Helper()
	hold := make(chan struct{})
	done := make(chan error)
	once := sync.OnceFunc(func() { close(hold) })
	go func() {
		_, err := s.UpdateCredential(t.Context(), id, func(*passkey.Credential) error { <-hold; return nil })
		done <- err
	}()
	synctest.Wait()
	return func() {
		once()
		if err := <-done; err != nil {
			t.Errorf("the write that held the others up: %v", err)
		}
	}
}

func TestAWriterThatFailsOrPanicsCostsItsNeighboursNothing(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, done := storetest.Open(t, dir)
		c := credential(t, s, person(t, s, "ada"))
		release := held(t, s, c.ID)
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				panicked, err := named(t.Context(), s, c.ID, i)
				switch {
				case i == 3 && !errors.Is(err, errRefused):
					t.Errorf("the writer that fails is told %v", err)
				case i == 7 && !strings.Contains(fmt.Sprint(panicked), "a mistake of the writer"):
					t.Errorf("the writer that panics goes on with %v", panicked)
				case i != 3 && i != 7 && (err != nil || panicked != nil):
					t.Errorf("writer %d: %v, %v", i, err, panicked)
				}
			})
			synctest.Wait() // it waits behind those before it
		}
		release()
		all.Wait()
		got, err := s.Credential(t.Context(), c.ID)
		must(t, err)
		if want := "key 0 1 2 4 5 6 8 9 10 11"; got.Name != want {
			t.Errorf("written in the order %q, want %q", got.Name, want)
		}
		done()
	})
}

// named appends a number to a credential's name; 3 is refused and 7 panics, both
// after they have changed it.
func named(ctx context.Context, s *store.Store, id string, i int) (panicked any, err error) {
	defer func() { panicked = recover() }()
	_, err = s.UpdateCredential(ctx, id, func(c *passkey.Credential) error {
		c.Name += fmt.Sprintf(" %d", i)
		switch i {
		case 3:
			return errRefused
		case 7:
			panic("a mistake of the writer")
		}
		return nil
	})
	return nil, err
}

func TestACancelledWriterGetsItsAnswerAndWritesNothing(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, done := storetest.Open(t, dir)
		c := credential(t, s, person(t, s, "ada"))
		release := held(t, s, c.ID)
		ctx, cancel := context.WithCancel(t.Context())
		answers := make(chan error)
		go func() {
			answers <- s.CreateIdentity(ctx, identity.New(start(), "default", []byte(`{}`), "bob"))
		}()
		synctest.Wait()
		cancel()
		if err := <-answers; !errors.Is(err, context.Canceled) { // while the commit before it still runs
			t.Errorf("a cancelled writer is told %v", err)
		}
		release()
		if _, err := s.IdentityByIdentifier(t.Context(), "bob"); !errors.Is(err, identity.ErrNotFound) {
			t.Errorf("what it wanted to write: %v", err)
		}
		person(t, s, "eve")
		done()
	})
}

// Everybody is cancelled at any moment: who is told nil finds what was written,
// who is told of the cancellation finds nothing, and nobody waits for ever.
func TestWhoIsCancelledAtAnyMomentIsToldTheTruth(t *testing.T) {
	s := storetest.New(t)
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := range 60 {
				ctx, cancel := context.WithCancel(t.Context())
				p := identity.New(start(), "default", []byte(`{}`), number(w*1000+i))
				go cancel()
				err := s.CreateIdentity(ctx, p)
				cancel()
				_, found := s.Identity(t.Context(), p.ID)
				if err == nil && found != nil || err != nil && !errors.Is(found, identity.ErrNotFound) {
					t.Errorf("told %v, found %v", err, found)
				}
			}
		})
	}
	all.Wait()
}

func TestWritersAtOnceLoseNoUpdate(t *testing.T) {
	s := storetest.New(t)
	c := credential(t, s, person(t, s, "ada"))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				_, err := s.UpdateCredential(t.Context(), c.ID, func(c *passkey.Credential) error {
					c.SignCount++
					c.Counters = slices.Clip(c.Counters)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got, err := s.Credential(t.Context(), c.ID)
	must(t, err)
	if got.SignCount != 400 {
		t.Errorf("counted to %d", got.SignCount)
	}
}
