package store_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store/storetest"
)

func TestAnAddressBelongsToOnePerson(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	eve := person(t, s, "eve@example.test")
	again := identity.New(start(), "default", nil, "  ADA@Example.Test ")
	refused(t, s.CreateIdentity(t.Context(), again), "EMAIL_TAKEN")
	if _, err := s.Identity(t.Context(), again.ID); !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("the refused person is there: %v", err)
	}
	_, err := s.UpdateIdentity(t.Context(), eve.ID, func(i *identity.Identity) error {
		i.Identifiers = []string{"ada@example.test"}
		return nil
	})
	refused(t, err, "EMAIL_TAKEN")
	if got, err := s.IdentityByIdentifier(t.Context(), "eve@example.test"); err != nil || got.ID != eve.ID {
		t.Errorf("a refused change lost the old address: %v, %v", got.ID, err)
	}
	_, err = s.UpdateIdentity(t.Context(), ada.ID, func(i *identity.Identity) error {
		i.Identifiers, i.UserHandle = []string{"lovelace@example.test"}, []byte("another")
		return nil
	})
	must(t, err)
	if _, err := s.IdentityByIdentifier(t.Context(), "ada@example.test"); !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("the old address still leads to her: %v", err)
	}
	if got, err := s.IdentityByUserHandle(t.Context(), ada.UserHandle); err != nil || got.ID != ada.ID {
		t.Errorf("the user handle changed: %v, %v", got.ID, err)
	}
	for _, empty := range []func() (identity.Identity, error){
		func() (identity.Identity, error) { return s.IdentityByIdentifier(t.Context(), "") },
		func() (identity.Identity, error) { return s.IdentityByUserHandle(t.Context(), nil) },
	} {
		if _, err := empty(); !errors.Is(err, identity.ErrNotFound) {
			t.Errorf("nothing leads to %v", err)
		}
	}
}

func TestOfManyWhoTakeOneAddressAtOnceOneGetsIt(t *testing.T) {
	s := storetest.New(t)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			errs[i] = s.CreateIdentity(t.Context(), identity.New(start(), "default", nil, "ada@example.test"))
		})
	}
	wg.Wait()
	got := 0
	for _, err := range errs {
		if err == nil {
			got++
		} else {
			refused(t, err, "EMAIL_TAKEN")
		}
	}
	if got != 1 {
		t.Errorf("%d got the address", got)
	}
}

func TestDeletingAPersonEndsSessionsAndLeavesTombstones(t *testing.T) {
	s := storetest.New(t)
	ada, eve := person(t, s, "ada@example.test"), person(t, s, "eve@example.test")
	c, eves := credential(t, s, ada), credential(t, s, eve)
	_, p, k := issued(t, s, ada)
	must(t, s.DeleteIdentity(t.Context(), ada.ID))
	for kind, token := range map[session.Kind]string{session.KindPasskey: p, session.KindKratos: k} {
		if _, err := s.SessionByToken(t.Context(), kind, session.Hash(token)); !errors.Is(err, session.ErrNone) {
			t.Errorf("the %s view survives: %v", kind, err)
		}
	}
	got, err := s.CredentialByCredentialID(t.Context(), c.CredentialID)
	if err != nil || got.Active() {
		t.Errorf("no tombstone: active %v, %v", got.Active(), err)
	}
	refused(t, s.AddCredential(t.Context(), newCredential(ada)), "NOT_FOUND")
	if got, err := s.Credential(t.Context(), eves.ID); err != nil || !got.Active() {
		t.Errorf("another person's passkey: %v, %v", got.Active(), err)
	}
	person(t, s, "ada@example.test") // the address is free again
	refused(t, s.DeleteIdentity(t.Context(), ada.ID), "NOT_FOUND")
}

func TestRemovingAsksInsideTheTransaction(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	_, err := s.UpdateIdentity(t.Context(), ada.ID, func(i *identity.Identity) error {
		i.Password = &identity.Password{Hash: "x"}
		return nil
	})
	must(t, err)
	one, two := credential(t, s, ada), credential(t, s, ada)
	var wg sync.WaitGroup
	removed := make([]error, 2)
	for i, id := range []string{one.ID, two.ID} {
		wg.Go(func() {
			_, removed[i] = s.RemoveCredential(t.Context(), id, start(), func(active int, password bool) error {
				if !password {
					t.Error("the password is not seen")
				}
				if active <= 1 {
					return passkey.ErrLastPasskey
				}
				return nil
			})
		})
	}
	wg.Wait()
	if (removed[0] == nil) == (removed[1] == nil) {
		t.Errorf("removed at once: %v and %v, want one of two", removed[0], removed[1])
	}
}

func TestListsComeInPagesWithoutGaps(t *testing.T) {
	s := storetest.New(t)
	var want []string
	for i := range 57 {
		p := person(t, s, number(i))
		credential(t, s, p)
		issued(t, s, p)
		want = append(want, string(p.ID))
	}
	slices.Sort(want)
	var got []string
	after := identity.ID("")
	for {
		page, err := s.Identities(t.Context(), after, 10)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			got = append(got, string(p.ID))
		}
		after = page[len(page)-1].ID
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d of %d are listed", len(got), len(want))
	}
	if list, err := s.Credentials(t.Context(), "", 1000); err != nil || len(list) != 57 {
		t.Errorf("%d passkeys (%v)", len(list), err)
	}
	if list, err := s.Sessions(t.Context(), "", 1000); err != nil || len(list) != 57 {
		t.Errorf("%d sessions (%v)", len(list), err)
	}
}
