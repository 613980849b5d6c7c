package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/store"
)

var floodBegan = time.Unix(1_800_000_000, 0)

// openFlow is a login flow of a client, the n-th millisecond after the flood
// began.
func openFlow(client, id string, n int) idp.Flow {
	at := floodBegan.Add(time.Duration(n) * time.Millisecond)
	return idp.Flow{
		ID: id, Kind: idp.LoginFlow, Client: client, IssuedAt: at, UpdatedAt: at, ExpiresAt: at.Add(10 * time.Minute),
		RequestURL: "https://localhost:8443/.ory/self-service/login/browser",
	}
}

func TestAFloodOfOneClientPushesOutNobodyElsesFlow(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(dir, store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	create := func(f idp.Flow) {
		t.Helper()
		if err := s.CreateFlow(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	create(openFlow("another browser", "another's", 0))
	create(openFlow("flood", "an earlier one that looks alike", 1))
	create(openFlow("flood", "submitted", 2))
	if _, err := s.UpdateFlow(t.Context(), idp.LoginFlow, "submitted", func(*idp.Flow) error { return nil }); err != nil {
		t.Fatal(err)
	}
	ofPerson := openFlow("flood", "of a person", 3)
	ofPerson.IdentityID = identity.ID("ann")
	create(ofPerson)
	const flood = 10_000
	for i := range flood {
		create(openFlow("flood", fmt.Sprint(i), 10+i))
	}
	kept := 0
	for i := range flood {
		_, err := s.Flow(t.Context(), idp.LoginFlow, fmt.Sprint(i))
		switch {
		case err == nil:
			kept++
		case !errors.Is(err, idp.ErrNoFlow):
			t.Fatal(err)
		}
	}
	if kept > 1000 || kept < 900 {
		t.Errorf("%d flows of the flood are kept", kept)
	}
	for _, id := range []string{"another's", "an earlier one that looks alike", "submitted", "of a person", fmt.Sprint(flood - 1)} {
		if _, err := s.Flow(t.Context(), idp.LoginFlow, id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	fi, err := os.Stat(filepath.Join(dir, "tape.db"))
	if err != nil || fi.Size() > 16<<20 {
		t.Errorf("tape.db has %d bytes, %v", fi.Size(), err)
	}
}

func TestManyClientsTogetherAreBoundedToo(t *testing.T) {
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := s.CreateFlow(t.Context(), openFlow("a person", "mine", 0)); err != nil {
		t.Fatal(err)
	}
	const clients, each = 21, 500
	for i := range clients * each {
		if err := s.CreateFlow(t.Context(), openFlow(fmt.Sprint("client ", i%clients), fmt.Sprint(i), 1+i)); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for i := range clients * each {
		if _, err := s.Flow(t.Context(), idp.LoginFlow, fmt.Sprint(i)); err == nil {
			kept++
		}
	}
	if kept != 10_000-1 {
		t.Errorf("%d flows are kept", kept)
	}
	if _, err := s.Flow(t.Context(), idp.LoginFlow, "mine"); err != nil {
		t.Errorf("the one flow of another client: %v", err)
	}
}

func TestExpiredFlowsGoFirst(t *testing.T) {
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	const full = 1_000
	for i := range full {
		if err := s.CreateFlow(t.Context(), openFlow("one", fmt.Sprint(i), i)); err != nil {
			t.Fatal(err)
		}
	}
	late := int((11 * time.Minute).Milliseconds())
	for i := range full {
		if err := s.CreateFlow(t.Context(), openFlow("one", fmt.Sprint("late ", i), late+i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range full {
		if _, err := s.Flow(t.Context(), idp.LoginFlow, fmt.Sprint("late ", i)); err != nil {
			t.Fatalf("flow %d that is still good: %v", i, err)
		}
	}
}

func TestAFloodOfCodesLeavesTheOneThatAnotherWaitsFor(t *testing.T) {
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	send := func(client, id string, n int) {
		t.Helper()
		f := openFlow(client, id, n)
		f.ExpiresAt = f.IssuedAt.Add(time.Hour)
		code := idp.Code{FlowID: id, Kind: f.Kind, MAC: []byte("right"), IssuedAt: f.IssuedAt, ExpiresAt: f.ExpiresAt}
		err := s.CreateFlow(t.Context(), f)
		if err == nil {
			_, err = s.UpdateFlow(t.Context(), f.Kind, id, func(*idp.Flow) error { return nil })
		}
		if err := errors.Join(err, s.CreateCode(t.Context(), code)); err != nil {
			t.Fatal(err)
		}
	}
	send("another", "another's", 0)
	const flood = 10_200
	for i := range flood {
		send("flood", fmt.Sprint(i), 1+i)
	}
	for _, id := range []string{"another's", fmt.Sprint(flood - 1)} {
		if _, err := s.UseCode(t.Context(), id, []byte("right"), floodBegan.Add(time.Minute)); err != nil {
			t.Errorf("the code of %s: %v", id, err)
		}
	}
}

// A flood that looks like another client each time is one client all the same.
func TestAFloodOfNewClientsPushesOutItsOwnFirst(t *testing.T) {
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	create := func(f idp.Flow) {
		t.Helper()
		if err := s.CreateFlow(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	create(openFlow("another browser", "before", 0))
	const flood = 11_500
	for i := range flood {
		if i == 10_500 { // the room is full of the flood
			proven := openFlow("a browser that signed in", "proven", 1+i)
			proven.Proven = true
			create(proven)
		}
		f := openFlow(fmt.Sprint("made up ", i), fmt.Sprint(i), 1+i)
		create(f)
		if i%10 == 0 { // and submits some of them
			if _, err := s.UpdateFlow(t.Context(), f.Kind, f.ID, func(*idp.Flow) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, id := range []string{"before", "proven", fmt.Sprint(flood - 1)} {
		if _, err := s.Flow(t.Context(), idp.LoginFlow, id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	kept := 0
	for i := range flood {
		if _, err := s.Flow(t.Context(), idp.LoginFlow, fmt.Sprint(i)); err == nil {
			kept++
		}
	}
	if kept > 10_000 {
		t.Errorf("%d flows of the flood are kept", kept)
	}
}

// Who has accounts has no more room than others for it.
func TestAFloodOfManyPersonsLeavesAStrangersFlow(t *testing.T) {
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	if err := s.CreateFlow(t.Context(), openFlow("a stranger", "mine", 0)); err != nil {
		t.Fatal(err)
	}
	for i := range 10_500 {
		f := openFlow("flood", fmt.Sprint(i), 1+i)
		f.IdentityID = identity.ID(fmt.Sprint("person ", i%15))
		if err := s.CreateFlow(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Flow(t.Context(), idp.LoginFlow, "mine"); err != nil {
		t.Errorf("the stranger's flow: %v", err)
	}
}
