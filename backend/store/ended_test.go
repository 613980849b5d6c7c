package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"sting/backend/session"
	"sting/backend/store"
)

// endedLab is a store with one living session and one that has ended, and a copy of
// its file from when both lived.
func endedLab(t *testing.T) (s *store.Store, copied []byte) {
	t.Helper()
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, id := range []session.ID{"lives", "ended"} {
		v := session.Session{ID: id, IdentityID: "ada", IssuedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour),
			KratosToken: session.Hash(string(id))}
		if err := s.CreateSession(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Snapshot(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EndSession(t.Context(), "ended", now); err != nil {
		t.Fatal(err)
	}
	if copied, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return s, copied
}

// putBack replaces sting.db by the copy, as a restore does, and opens it.
func putBack(t *testing.T, s *store.Store, copied []byte) {
	t.Helper()
	if err := s.CarryEnded(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Path(), copied, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Reopen(); err != nil {
		t.Fatal(err)
	}
}

func shows(t *testing.T, s *store.Store, id session.ID) bool {
	t.Helper()
	_, err := s.SessionByToken(t.Context(), session.KindKratos, session.Hash(string(id)))
	return err == nil
}

func TestACopyThatComesBackRevivesNoEndedSession(t *testing.T) {
	cases := map[string]struct {
		before func(t *testing.T, s *store.Store)
		lives  bool
	}{
		"whose row is there": {func(*testing.T, *store.Store) {}, true},
		"whose row was pruned": {func(t *testing.T, s *store.Store) {
			if n, err := s.PruneSessions(t.Context(), time.Date(2026, 11, 30, 12, 0, 1, 0, time.UTC)); n != 1 || err != nil {
				t.Fatalf("%d pruned, %v", n, err)
			}
		}, true},
		"after a kill between the list and the copy": {func(t *testing.T, s *store.Store) {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := s.CarryEnded(); err != nil {
				t.Fatal(err)
			}
		}, true},
		"of a file that can't be read any more, and the others with it": {func(t *testing.T, s *store.Store) {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(s.Path(), make([]byte, 64<<10), 0o600); err != nil {
				t.Fatal(err)
			}
		}, false},
	}
	for claim, c := range cases {
		t.Run(claim, func(t *testing.T) {
			s, copied := endedLab(t)
			c.before(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			putBack(t, s, copied)
			if shows(t, s, "ended") {
				t.Error("an ended session is alive")
			}
			if shows(t, s, "lives") != c.lives {
				t.Errorf("the living one is alive: %v, want %v", !c.lives, c.lives)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(s.Path()), "sessions.ended")); !os.IsNotExist(err) {
				t.Errorf("the list is still there: %v", err)
			}
		})
	}
}

// An export, too, is a copy from before.
func TestASessionThatIsBroughtBackStaysEnded(t *testing.T) {
	s, _ := endedLab(t)
	at := time.Date(2026, 11, 30, 12, 0, 1, 0, time.UTC)
	old, err := s.Session(t.Context(), "ended")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PruneSessions(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	old.EndedAt, old.KratosToken = time.Time{}, session.Hash("ended")
	if err := s.CreateSession(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if shows(t, s, "ended") {
		t.Error("it is alive")
	}
}

func TestWhatEndedIsForgottenOnceItWouldHaveRunOut(t *testing.T) {
	s, copied := endedLab(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Clear("", nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Reopen(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PruneSessions(t.Context(), time.Date(2026, 11, 30, 14, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	putBack(t, s, copied)
	if !shows(t, s, "ended") { // its own expiry keeps it from being used: nothing has to be remembered
		t.Error("what ran out is remembered for ever")
	}
}
