package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/session"
	"sting/backend/store/storetest"
)

func TestAFlowIsOneOfItsKind(t *testing.T) {
	s := storetest.New(t)
	if err := s.CreateFlow(t.Context(), idp.Flow{ID: "x", Kind: idp.LoginFlow}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Flow(t.Context(), idp.SettingsFlow, "x"); !errors.Is(err, idp.ErrNoFlow) {
		t.Errorf("as another kind: %v", err)
	}
	refused := errors.New("no")
	_, err := s.UpdateFlow(t.Context(), idp.LoginFlow, "x", func(f *idp.Flow) error { f.Finished = true; return refused })
	f, again := s.Flow(t.Context(), idp.LoginFlow, "x")
	if !errors.Is(err, refused) || again != nil || f.Finished {
		t.Errorf("a refused change: %v, %v, finished %t", err, again, f.Finished)
	}
}

func TestCodesOutliveARestartAndAreUsedOnce(t *testing.T) {
	dir := t.TempDir()
	now := time.Unix(1_800_000_000, 0)
	first, done := storetest.Open(t, dir)
	if err := first.CreateCode(t.Context(), idp.Code{FlowID: "f", MAC: []byte("right"), IssuedAt: now,
		ExpiresAt: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if _, err := first.UseCode(t.Context(), "f", []byte("wrong"), now); !errors.Is(err, idp.ErrCodeWrong) {
		t.Errorf("wrong: %v", err)
	}
	done()
	s, _ := storetest.Open(t, dir)
	if _, err := s.UseCode(t.Context(), "f", []byte("right"), now.Add(time.Hour)); !errors.Is(err, idp.ErrCodeExpired) {
		t.Errorf("too late: %v", err)
	}
	if c, err := s.UseCode(t.Context(), "f", []byte("right"), now); err != nil || c.Tries != 3 {
		t.Errorf("right: %d tries, %v", c.Tries, err)
	}
	if _, err := s.UseCode(t.Context(), "f", []byte("right"), now); !errors.Is(err, idp.ErrCodeUsed) {
		t.Errorf("again: %v", err)
	}
	if _, err := s.UseCode(t.Context(), "f", []byte("wrong"), now); !errors.Is(err, idp.ErrCodeWrong) {
		t.Errorf("the fifth: %v", err)
	}
	if _, err := s.UseCode(t.Context(), "f", []byte("right"), now); !errors.Is(err, idp.ErrCodeTries) {
		t.Errorf("too often: %v", err)
	}
	if _, err := s.UseCode(t.Context(), "nobody's", []byte("right"), now); !errors.Is(err, idp.ErrCodeWrong) {
		t.Errorf("no code: %v", err)
	}
}

func TestAPersonAndTheirSessionComeTogetherOrNotAtAll(t *testing.T) {
	s := storetest.New(t)
	now := time.Unix(1_800_000_000, 0)
	policy := session.Policy{Lifespan: time.Hour}
	make2 := func() (identity.Identity, session.Session) {
		i := identity.New(now, "default", []byte(`{}`), "ada@lab.local")
		return i, session.New(now, policy, i.ID, session.Proof{Method: session.Password}, session.Device{})
	}
	i, v := make2()
	if err := s.RegisterPerson(t.Context(), i, v); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), v.ID); err != nil {
		t.Errorf("session: %v", err)
	}
	j, w := make2()
	if err := s.RegisterPerson(t.Context(), j, w); !errors.Is(err, identity.ErrEmailTaken) {
		t.Errorf("the same address: %v", err)
	}
	if _, err := s.Identity(t.Context(), j.ID); !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("half a person: %v", err)
	}
	if _, err := s.Session(t.Context(), w.ID); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("a session of nobody: %v", err)
	}
}

// Requests that began earlier and came later, or in any order: each guess counts.
func TestGuessesAreCountedInWhateverOrderTheyCome(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for claim, step := range map[string]time.Duration{"at one time": 0, "each later": time.Second, "each earlier": -time.Second} {
		s := storetest.New(t)
		wrong := 0
		for n := range 3 * idp.MaxGuesses {
			flow := fmt.Sprint(n)
			must(t, s.CreateCode(t.Context(), idp.Code{FlowID: flow, Address: "ada@lab.local", MAC: []byte("right"), IssuedAt: now,
				ExpiresAt: now.Add(48 * time.Hour)}))
			at := now.Add(time.Duration(n) * step)
			if _, err := s.UseCode(t.Context(), flow, []byte("wrong"), at); errors.Is(err, idp.ErrCodeWrong) {
				wrong++
			} else if !errors.Is(err, idp.ErrCodeTries) {
				t.Fatal(err)
			}
		}
		if wrong != idp.MaxGuesses {
			t.Errorf("%s: %d guesses were compared, want %d", claim, wrong, idp.MaxGuesses)
		}
		last := now.Add(3 * idp.MaxGuesses * step)
		for after, want := range map[time.Duration]bool{-48 * time.Hour: true, 0: true, idp.GuessWindow - time.Hour: true,
			idp.GuessWindow + time.Hour: false} {
			got, err := s.Guessed(t.Context(), "address ada@lab.local", last.Add(after))
			if err != nil || got != want {
				t.Errorf("%s, %v later: guessed %v, %v", claim, after, got, err)
			}
		}
	}
}
