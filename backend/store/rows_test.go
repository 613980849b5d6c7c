package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

func alive(t testing.TB, s *store.Store, id session.ID) bool {
	t.Helper()
	v, err := s.Session(t.Context(), id)
	must(t, err)
	return v.EndedAt.IsZero() && v.PasskeyToken != nil
}

// THREATS T30.
func TestWhichChangesOfAPersonEndTheirSessions(t *testing.T) {
	at := func(n int) *identity.Password {
		return &identity.Password{Hash: fmt.Sprint("hash ", n), SetAt: start().Add(time.Duration(n) * time.Second)}
	}
	type row struct {
		state    identity.State
		password *identity.Password
	}
	for claim, c := range map[string]struct {
		before, after row
		keeps         bool
	}{
		"nothing":                          {row{"active", at(1)}, row{"active", at(1)}, true},
		"nothing, without a password":      {row{"active", nil}, row{"active", nil}, true},
		"a hash made anew of the same one": {row{"active", at(1)}, row{"active", &identity.Password{Hash: "another", SetAt: at(1).SetAt}}, true},
		"another password":                 {row{"active", at(1)}, row{"active", at(2)}, false},
		"a first password":                 {row{"active", nil}, row{"active", at(1)}, false},
		"a password taken away":            {row{"active", at(1)}, row{"active", nil}, false},
		"switched off":                     {row{"active", at(1)}, row{"inactive", at(1)}, false},
		"switched on":                      {row{"inactive", at(1)}, row{"active", at(1)}, true},
		"off before and after":             {row{"inactive", at(1)}, row{"inactive", at(1)}, true},
	} {
		s := storetest.New(t)
		ada, eve := person(t, s, "ada@example.test"), person(t, s, "eve@example.test")
		become := func(r row) {
			_, err := s.UpdateIdentity(t.Context(), ada.ID, func(i *identity.Identity) error {
				i.State, i.Password, i.UpdatedAt = r.state, r.password, start().Add(time.Hour)
				return nil
			})
			must(t, err)
		}
		become(c.before)
		hers, _, _ := issued(t, s, ada)
		eves, _, _ := issued(t, s, eve)
		become(c.after)
		if alive(t, s, hers.ID) != c.keeps || !alive(t, s, eves.ID) {
			t.Errorf("%s: hers lives %v, another's %v", claim, alive(t, s, hers.ID), alive(t, s, eves.ID))
		}
	}
}

func TestARemovedPasskeyIsRemovedOnceAndEndsItsOwnSessions(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	one, two := credential(t, s, ada), credential(t, s, ada)
	made := func(c passkey.Credential) session.ID {
		v := session.New(start(), session.Policy{Lifespan: time.Hour}, ada.ID, session.Proof{Method: session.Passkey, CredentialID: c.ID},
			session.Device{})
		_, v.PasskeyToken = session.NewToken()
		must(t, s.CreateSession(t.Context(), v))
		return v.ID
	}
	first, other := made(one), made(two)
	asked := 0
	allow := func(int, bool) error { asked++; return nil }
	_, err := s.RemoveCredential(t.Context(), one.ID, start().Add(time.Minute), allow)
	must(t, err)
	if alive(t, s, first) || !alive(t, s, other) {
		t.Errorf("its own session lives %v, another's %v", alive(t, s, first), alive(t, s, other))
	}
	_, err = s.RemoveCredential(t.Context(), one.ID, start().Add(time.Hour), allow)
	refused(t, err, "NOT_FOUND")
	must(t, s.DeleteIdentity(t.Context(), ada.ID))
	c, err := s.Credential(t.Context(), one.ID)
	if err != nil || !c.RevokedAt.Equal(start().Add(time.Minute)) || asked != 1 {
		t.Errorf("removed at %v, asked %d times: %v", c.RevokedAt, asked, err)
	}
}

func TestThePlacesForPasskeysAreCountedWithoutTheRemovedOnes(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	first := credential(t, s, ada)
	for range passkey.MaxPasskeys - 1 {
		credential(t, s, ada)
	}
	refused(t, s.AddCredential(t.Context(), newCredential(ada)), "INVALID_FIELD")
	_, err := s.RemoveCredential(t.Context(), first.ID, start(), func(int, bool) error { return nil })
	must(t, err)
	credential(t, s, ada)
	refused(t, s.AddCredential(t.Context(), newCredential(ada)), "INVALID_FIELD")
	_, err = s.CredentialByCredentialID(t.Context(), []byte("unheard of"))
	refused(t, err, "UNKNOWN_CREDENTIAL")
	_, err = s.CredentialByCredentialID(t.Context(), nil)
	refused(t, err, "UNKNOWN_CREDENTIAL")
}

func TestWhatIsNotThereIsNotChanged(t *testing.T) {
	s := storetest.New(t)
	called := errors.New("it was asked to change nothing")
	_, person := s.UpdateIdentity(t.Context(), "nobody", func(*identity.Identity) error { return called })
	_, seen := s.UpdateSession(t.Context(), "none", func(*session.Session) error { return called })
	_, flow := s.UpdateFlow(t.Context(), idp.LoginFlow, "none", func(*idp.Flow) error { return called })
	_, key := s.UpdateCredential(t.Context(), "none", func(*passkey.Credential) error { return called })
	_, end := s.EndSession(t.Context(), "none", start())
	for claim, err := range map[string]error{"person": person, "session": seen, "flow": flow, "passkey": key, "session to end": end,
		"person to delete": s.DeleteIdentity(t.Context(), "nobody")} {
		if errors.Is(err, called) || err == nil {
			t.Errorf("%s: %v", claim, err)
			continue
		}
		refused(t, err, "NOT_FOUND")
	}
}

func TestAnAddressTwiceInOnePersonIsTheirOwn(t *testing.T) {
	s := storetest.New(t)
	i := identity.New(start(), "default", nil, "ada@example.test")
	i.Identifiers = []string{"ada@example.test", "ada@example.test"}
	must(t, s.CreateIdentity(t.Context(), i))
	if got, err := s.IdentityByIdentifier(t.Context(), "ada@example.test"); err != nil || got.ID != i.ID {
		t.Errorf("%v, %v", got.ID, err)
	}
}

func TestASessionEndsOnceAndIsKeptAWhile(t *testing.T) {
	s := storetest.New(t)
	v, _, _ := issued(t, s, person(t, s, "ada@example.test"))
	for n := range 3 {
		_, err := s.EndSession(t.Context(), v.ID, start().Add(time.Duration(n+1)*time.Minute))
		must(t, err)
	}
	got, err := s.Session(t.Context(), v.ID)
	if err != nil || !got.EndedAt.Equal(start().Add(time.Minute)) {
		t.Errorf("ended at %v, %v", got.EndedAt, err)
	}
	if n, err := s.PruneSessions(t.Context(), start()); err != nil || n != 0 {
		t.Errorf("%d were forgotten that ended since: %v", n, err)
	}
}

// A long code can't be guessed, so it counts no guesses; a code that is right, or
// too old, is no guess either.
func TestOnlyWrongTriesAtShortCodesAreGuesses(t *testing.T) {
	s := storetest.New(t)
	used := func(c idp.Code, mac string, at time.Time) error {
		c.FlowID, c.Address, c.MAC, c.IssuedAt, c.ExpiresAt = uuid.NewString(), "ada@lab.local", []byte("right"), start(), start().Add(time.Hour)
		must(t, s.CreateCode(t.Context(), c))
		_, err := s.UseCode(t.Context(), c.FlowID, []byte(mac), at)
		return err
	}
	for range 2 * idp.MaxGuesses {
		must(t, used(idp.Code{}, "right", start()))
		if err := used(idp.Code{}, "right", start().Add(time.Hour)); !errors.Is(err, idp.ErrCodeExpired) {
			t.Fatalf("too late: %v", err)
		}
		if err := used(idp.Code{Long: true}, "wrong", start()); !errors.Is(err, idp.ErrCodeWrong) {
			t.Fatalf("a wrong long one: %v", err)
		}
	}
	if guessed, err := s.Guessed(t.Context(), "address ada@lab.local", start()); err != nil || guessed {
		t.Errorf("guessed %v, %v", guessed, err)
	}
	for n := range idp.MaxGuesses {
		if err := used(idp.Code{}, "wrong", start()); !errors.Is(err, idp.ErrCodeWrong) {
			t.Fatalf("guess %d: %v", n, err)
		}
	}
	if err := used(idp.Code{}, "right", start()); !errors.Is(err, idp.ErrCodeTries) {
		t.Errorf("a right short one after the last guess: %v", err)
	}
	must(t, used(idp.Code{Long: true}, "right", start()))
}

// Whoever looks at the code and not at the write lets anybody in while nothing can
// be written.
func TestATryThatIsNotWrittenAndAChangeThatIsRefusedComeToNothing(t *testing.T) {
	s := storetest.New(t)
	must(t, s.CreateCode(t.Context(), idp.Code{FlowID: "f", MAC: []byte("right"), IssuedAt: start(), ExpiresAt: start().Add(time.Hour)}))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := s.UseCode(gone, "f", []byte("right"), start()); err == nil || c.FlowID != "" {
		t.Errorf("a try that isn't written: %+v, %v", c, err)
	}
	v, _, _ := issued(t, s, person(t, s, "ada@example.test"))
	no := errors.New("no")
	_, err := s.UpdateSession(t.Context(), v.ID, func(v *session.Session) error { v.ExpiresAt = start(); return no })
	got, again := s.Session(t.Context(), v.ID)
	if !errors.Is(err, no) || again != nil || !got.ExpiresAt.Equal(v.ExpiresAt) {
		t.Errorf("a refused change: %v, %v, until %v", err, again, got.ExpiresAt)
	}
}
