package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/identity"
	"sting/backend/session"
	"sting/backend/store/storetest"
)

// THREATS T09: what was revoked is gone at the very next look, however often it was
// looked at before.
func TestWhatWasRevokedIsNotAnsweredFromMemory(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	v, token, _ := issued(t, s, ada)
	hash := session.Hash(token)
	look := func() (session.Session, error) {
		v, err := s.SessionByToken(t.Context(), session.KindPasskey, hash)
		shown, same := s.ShownBy(t.Context(), session.KindPasskey, hash)
		if diff := cmp.Diff(v, shown.Session); diff != "" || !errors.Is(same, err) || err == nil && shown.Person.ID != ada.ID {
			t.Errorf("together with its person: %+v, %v: %s", shown, same, diff)
		}
		return v, err
	}
	for range 3 {
		if got, err := look(); err != nil || got.ID != v.ID {
			t.Fatalf("a living session: %+v, %v", got, err)
		}
	}
	_, err := s.UpdateSession(t.Context(), v.ID, func(v *session.Session) error { v.SeenAt = v.SeenAt.Add(time.Minute); return nil })
	must(t, err)
	if got, err := look(); err != nil || !got.SeenAt.Equal(v.SeenAt.Add(time.Minute)) {
		t.Errorf("a changed session: %+v, %v", got, err)
	}
	_, err = s.EndSession(t.Context(), v.ID, start())
	must(t, err)
	if _, err := look(); !errors.Is(err, session.ErrNone) {
		t.Errorf("an ended session: %v", err)
	}
	if got, err := s.Session(t.Context(), v.ID); err != nil || got.EndedAt.IsZero() || got.PasskeyToken != nil {
		t.Errorf("its row: %+v, %v", got, err)
	}
	_, err = s.UpdateIdentity(t.Context(), ada.ID, func(i *identity.Identity) error { i.State = identity.Inactive; return nil })
	must(t, err)
	if got, err := s.Identity(t.Context(), ada.ID); err != nil || got.State != identity.Inactive {
		t.Errorf("somebody switched off: %+v, %v", got, err)
	}
	must(t, s.DeleteIdentity(t.Context(), ada.ID))
	if _, err := s.Identity(t.Context(), ada.ID); !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("somebody deleted: %v", err)
	}
}

// What is told of a person beside their session is of the same moment.
func TestASessionIsShownWithThePasskeysThatItsPersonHasNow(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	v, token, _ := issued(t, s, ada)
	shows := func(want int) {
		t.Helper()
		shown, err := s.ShownBy(t.Context(), session.KindPasskey, session.Hash(token))
		if err != nil || shown.Session.ID != v.ID || shown.Passkeys != want {
			t.Errorf("%d passkeys (%v), want %d", shown.Passkeys, err, want)
		}
	}
	shows(0)
	credential(t, s, ada)
	c := credential(t, s, ada)
	credential(t, s, person(t, s, "eve@example.test"))
	shows(2)
	_, err := s.RemoveCredential(t.Context(), c.ID, start(), func(int, bool) error { return nil })
	must(t, err)
	shows(1)
}

// Who changes what they were given changes nothing for who asks next.
func TestWhatIsRememberedIsNobodysToChange(t *testing.T) {
	s := storetest.New(t)
	ada := identity.New(start(), "default", []byte(`{"email":"ada@example.test"}`), "ada@example.test")
	ada.Password = &identity.Password{Hash: "hash", SetAt: start()}
	ada.Addresses = []identity.Address{{ID: "1", Value: "ada@example.test", CreatedAt: start(), UpdatedAt: start()}}
	ada.MetadataPublic, ada.MetadataAdmin = []byte(`{"a":1}`), []byte(`{"b":1}`)
	must(t, s.CreateIdentity(t.Context(), ada))
	v, _, _ := issued(t, s, ada)
	for n := range 3 { // decoded, then remembered, then what was given out before
		person, err := s.Identity(t.Context(), ada.ID)
		must(t, err)
		ada.Made = false
		if diff := cmp.Diff(ada, person); diff != "" {
			t.Errorf("look %d: %s", n, diff)
		}
		person.Traits[2], person.Identifiers[0], person.UserHandle[0] = 'X', "eve", person.UserHandle[0]+1
		person.Password.Hash, person.Addresses[0].Value = "another", "eve"
		person.MetadataPublic[2], person.MetadataAdmin[2] = 'X', 'X'
		sess, err := s.Session(t.Context(), v.ID)
		must(t, err)
		if diff := cmp.Diff(v, sess); diff != "" {
			t.Errorf("look %d: %s", n, diff)
		}
		sess.Methods[0].Method, sess.PasskeyToken[0], sess.KratosToken[0] = "code", sess.PasskeyToken[0]+1, sess.KratosToken[0]+1
	}
}

// More are looked at than are remembered.
func TestEverybodyIsFoundAmongMoreThanAreRemembered(t *testing.T) {
	s := storetest.New(t)
	var all []identity.Identity
	for n := range 1100 {
		all = append(all, person(t, s, fmt.Sprintf("p%d@example.test", n)))
	}
	for range 2 {
		for _, want := range all {
			if got, err := s.Identity(t.Context(), want.ID); err != nil || got.Identifiers[0] != want.Identifiers[0] {
				t.Fatalf("got %+v, %v", got, err)
			}
		}
	}
}
