package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sting/backend/passkey"
	"sting/backend/store"
)

// openCeremony is a sign-in of a browser, the n-th millisecond after the flood
// began. guest is its address where it showed no cookie.
func openCeremony(browser, guest, id string, n int) passkey.Ceremony {
	at := floodBegan.Add(time.Duration(n) * time.Millisecond)
	return passkey.Ceremony{
		ID: id, Kind: passkey.Authentication, Challenge: "challenge of " + id, Browser: []byte(browser), Guest: guest,
		Session: []byte("{}"), Options: []byte("{}"), BeganAt: at, ExpiresAt: at.Add(5 * time.Minute),
	}
}

// roomOfTest is how many open ceremonies a flooded store keeps, so that a flood needs to be no longer.
const roomOfTest = 2_000

func floodedStore(t *testing.T) (*store.Store, func(passkey.Ceremony)) {
	t.Helper()
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true, Challenges: func() int { return roomOfTest }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s, func(c passkey.Ceremony) {
		t.Helper()
		if err := s.PutCeremony(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}

func taken(t *testing.T, s *store.Store, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, err := s.TakeCeremony(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestAFloodWithoutCookiesPushesOutItsOwnFirst(t *testing.T) {
	s, put := floodedStore(t)
	put(openCeremony("another without a cookie", "loopback", "before", 0))
	const flood = 2_500
	for i := range flood {
		if i == roomOfTest {
			put(openCeremony("another with a cookie", "", "between", 1+i))
			put(openCeremony("another without a cookie, elsewhere", "192.0.2.1", "elsewhere", 1+i))
		}
		put(openCeremony(fmt.Sprint("new ", i), "loopback", fmt.Sprint(i), 1+i))
	}
	kept := 0
	for i := range flood - 1 {
		if _, err := s.TakeCeremony(t.Context(), fmt.Sprint(i)); err == nil {
			kept++
		}
	}
	if kept > 1000 || kept < 900 {
		t.Errorf("%d of the flood are kept", kept)
	}
	taken(t, s, "before", "between", "elsewhere", fmt.Sprint(flood-1))
}

func TestAFloodOfMadeUpCookiesPushesOutItsOwnFirst(t *testing.T) {
	s, put := floodedStore(t)
	if err := s.ProveBrowser(t.Context(), []byte("known"), floodBegan); err != nil {
		t.Fatal(err)
	}
	put(openCeremony("another", "", "before", 0))
	const flood = roomOfTest + 500
	for i := range flood {
		if i == roomOfTest/2+1 { // where the next ones are taken from
			put(openCeremony("known", "", "of a browser that is known", 1+i))
		}
		put(openCeremony(fmt.Sprint("made up ", i), "", fmt.Sprint(i), 1+i))
	}
	kept := 0
	for i := range flood - 1 {
		if _, err := s.TakeCeremony(t.Context(), fmt.Sprint(i)); err == nil {
			kept++
		}
	}
	if kept > roomOfTest {
		t.Errorf("%d of the flood are kept", kept)
	}
	taken(t, s, "before", "of a browser that is known", fmt.Sprint(flood-1))
}

func TestTheRoomOfGuestsIsGivenBack(t *testing.T) {
	s, put := floodedStore(t)
	for i := range 3_000 { // each is answered
		id := fmt.Sprint(i)
		put(openCeremony("b"+id, "loopback", id, i))
		taken(t, s, id)
	}
	for i := range 1_000 {
		put(openCeremony(fmt.Sprint("c", i), "loopback", fmt.Sprint("open ", i), i))
	}
	for i := range 1_000 {
		taken(t, s, fmt.Sprint("open ", i))
	}
}

func TestProvenBrowsersAreBounded(t *testing.T) {
	s, put := floodedStore(t)
	for i := range 2_100 {
		if err := s.ProveBrowser(t.Context(), []byte(fmt.Sprint("browser ", i)), floodBegan.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	room := func(i int) bool { // a proven browser doesn't share the guests' room
		c := openCeremony(fmt.Sprint("browser ", i), "loopback", fmt.Sprint("c", i), i)
		put(c)
		got, err := s.TakeCeremony(t.Context(), c.ID)
		return err == nil && got.Guest == ""
	}
	if room(0) || !room(2_099) || !room(100) || room(99) {
		t.Error("not the browsers that were here last are remembered")
	}
}

func TestOpenCeremoniesAreBoundedByTheSetting(t *testing.T) {
	most := 30
	s, err := store.Open(t.TempDir(), store.Options{NoSync: true, Challenges: func() int { return most }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Check(), s.Close()); err != nil {
			t.Error(err)
		}
	})
	began := 0
	begin := func(n int) {
		for range n {
			began++
			c := openCeremony(fmt.Sprint("browser ", began), "", fmt.Sprint(began), began)
			if err := s.PutCeremony(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	begin(100)
	most = 10 // a bound that is lowered is reached while others begin
	begin(25)
	kept := 0
	for id := range began {
		if _, err := s.TakeCeremony(t.Context(), fmt.Sprint(1+id)); err == nil {
			kept++
		}
	}
	if kept != 10 {
		t.Errorf("%d are kept of %d, want 10", kept, began)
	}
}
