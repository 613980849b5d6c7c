package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/identity"
	"sting/backend/list"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// everybody pages through a list and returns what it shows, and how many it says.
func everybody(t testing.TB, s *store.Store, o list.Order, atOnce int) (names []string, total int) {
	t.Helper()
	after := ""
	for {
		page, err := s.ListIdentities(t.Context(), o, after, atOnce)
		must(t, err)
		for _, i := range page.Items {
			names, after = append(names, i.Value.DisplayName()), i.Cursor
		}
		if total = page.Total; len(page.Items) < atOnce {
			return names, total
		}
	}
}

func personCalled(t testing.TB, s *store.Store, minutes int, name string) identity.Identity {
	t.Helper()
	i := personNamed(minutes, name)
	must(t, s.CreateIdentity(t.Context(), i))
	return i
}

func personNamed(minutes int, name string) identity.Identity {
	traits, _ := json.Marshal(map[string]string{"email": fmt.Sprintf("p%d@example.test", minutes), "name": name})
	return identity.New(start().Add(time.Duration(minutes)*time.Minute), "default", traits, fmt.Sprintf("p%d@example.test", minutes))
}

func TestPeopleAreListedNewestFirstAndByNameWithATrueTotal(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	bea, ada, cem := personCalled(t, s, 1, "bea"), personCalled(t, s, 2, "Ada"), personCalled(t, s, 3, "cem")
	check := func(claim string, newest, byName []string) {
		t.Helper()
		for o, want := range map[list.Order][]string{list.Newest: newest, list.Name: byName} {
			for _, atOnce := range []int{1, 2, 100} {
				if got, total := everybody(t, s, o, atOnce); !slices.Equal(got, want) || total != len(want) {
					t.Errorf("%s, %s, %d at once: %v and a total of %d, want %v", claim, o, atOnce, got, total, want)
				}
			}
		}
	}
	check("made", []string{"cem", "Ada", "bea"}, []string{"Ada", "bea", "cem"})
	_, err := s.UpdateIdentity(t.Context(), bea.ID, func(i *identity.Identity) error {
		i.Traits = []byte(`{"email":"p1@example.test","name":"Zoe"}`)
		return nil
	})
	must(t, err)
	check("renamed", []string{"cem", "Ada", "Zoe"}, []string{"Ada", "cem", "Zoe"})
	page, err := s.ListIdentities(t.Context(), list.Newest, "", 1)
	must(t, err)
	must(t, s.DeleteIdentity(t.Context(), cem.ID))
	check("removed", []string{"Ada", "Zoe"}, []string{"Ada", "Zoe"})
	behind, err := s.ListIdentities(t.Context(), list.Newest, page.Items[0].Cursor, 1) // of somebody who is gone
	if err != nil || len(behind.Items) != 1 || behind.Items[0].Value.ID != ada.ID {
		t.Errorf("behind who is gone stands %+v, %v", behind, err)
	}
	if behind, err := s.ListIdentities(t.Context(), list.Newest, string(ada.ID), 9); err != nil || len(behind.Items) != 1 {
		t.Errorf("behind an id stands %+v, %v", behind, err)
	}
	for _, wrong := range []string{"nobody", "name.AAAA", "newest.***", "newest."} {
		_, err := s.ListIdentities(t.Context(), list.Newest, wrong, 1)
		refused(t, err, "INVALID_FIELD")
	}
	done()
	s, _ = storetest.Open(t, dir)
	check("opened again", []string{"Ada", "Zoe"}, []string{"Ada", "Zoe"})
	if said := s.Notices(); len(said) > 0 {
		t.Errorf("it says %q", said)
	}
}

func TestPasskeysAndSessionsAreListedNewestFirst(t *testing.T) {
	s := storetest.New(t)
	ada := person(t, s, "ada@example.test")
	var keys, seen []string
	for n := range 5 {
		c := newCredential(ada)
		c.CreatedAt, c.Name = start().Add(time.Duration(n)*time.Second), fmt.Sprint("key ", 9-n)
		must(t, s.AddCredential(t.Context(), c))
		v, _ := newSession(ada.ID)
		v.IssuedAt = c.CreatedAt
		must(t, s.CreateSession(t.Context(), v))
		keys, seen = append([]string{c.ID}, keys...), append([]string{string(v.ID)}, seen...)
	}
	listed, err := s.ListCredentials(t.Context(), list.Newest, "", 3)
	must(t, err)
	if got := ids(listed.Items, func(c passkey.Credential) string { return c.ID }); !slices.Equal(got, keys[:3]) || listed.Total != 5 {
		t.Errorf("listed are %v of %d", got, listed.Total)
	}
	byName, err := s.ListCredentials(t.Context(), list.Name, "", 9)
	must(t, err)
	// the newest has the lowest number
	if got := ids(byName.Items, func(c passkey.Credential) string { return c.ID }); !slices.Equal(got, keys) {
		t.Errorf("by name %v", got)
	}
	v, _ := newSession(ada.ID)
	v.IssuedAt = start().Add(time.Hour)
	_, err = s.Grant(t.Context(), keys[0], func(c *passkey.Credential) error { c.SignCount++; return nil }, v, session.ID(seen[0]))
	must(t, err)
	live, err := s.ListSessions(t.Context(), list.Newest, "", 9)
	must(t, err)
	if got := ids(live.Items, func(v session.Session) string {
		return string(v.ID)
	}); !slices.Equal(got, append([]string{string(v.ID)}, seen...)) || live.Total != 6 {
		t.Errorf("sessions %v of %d", got, live.Total)
	}
	must(t, s.Forget(t.Context(), ada.ID, "none"))
	for what, total := range map[string]int{"passkeys": total(s.ListCredentials(t.Context(), list.Name, "", 0)),
		"sessions": total(s.ListSessions(t.Context(), list.Newest, "", 0))} {
		if total != 0 {
			t.Errorf("%d %s are counted of nobody", total, what)
		}
	}
}

func total[T any](s list.Stretch[T], err error) int {
	if err != nil {
		return -1
	}
	return s.Total
}

func ids[T any](items []list.Item[T], id func(T) string) (out []string) {
	for _, i := range items {
		out = append(out, id(i.Value))
	}
	return out
}

func TestPeopleAndWhatTheyHaveAreFoundByWordsAndIDs(t *testing.T) {
	s := storetest.New(t)
	ada, eve := personCalled(t, s, 1, "Ada Łukasiewicz"), personCalled(t, s, 2, "Eve Smith-Jones")
	c := newCredential(ada)
	c.Name = "blue Key"
	must(t, s.AddCredential(t.Context(), c))
	v, _, _ := issued(t, s, eve)
	for q, want := range map[string]int{"ada": 1, "ŁUKA": 1, "jones": 1, "p2": 1, "example": 2, "p1@example.test": 1, "test": 2, "mith": 0,
		string(ada.ID)[:9]: 1} {
		found, err := s.FindIdentities(t.Context(), list.Newest, q, "")
		if err != nil || len(found.Items) != want {
			t.Errorf("people by %q: %d, %v, want %d", q, len(found.Items), err, want)
		}
	}
	for q, want := range map[string]int{"key": 1, "blue": 1, "ada": 1, "eve": 0, c.ID[:8]: 1} {
		if found, err := s.FindCredentials(t.Context(), list.Name, q, ""); err != nil || len(found.Items) != want {
			t.Errorf("passkeys by %q: %d, %v, want %d", q, len(found.Items), err, want)
		}
	}
	for q, want := range map[string]int{"eve": 1, "ada": 0, string(v.ID)[:8]: 1} {
		if found, err := s.FindSessions(t.Context(), list.Newest, q, ""); err != nil || len(found.Items) != want {
			t.Errorf("sessions by %q: %d, %v, want %d", q, len(found.Items), err, want)
		}
	}
}

// A cursor names a place that outlives the row, in a search as in a list.
func TestASearchGoesOnBehindWhoIsGone(t *testing.T) {
	s := storetest.New(t)
	var all []identity.Identity
	for n := range 5 {
		all = append(all, personCalled(t, s, n, fmt.Sprint("ada ", n)))
	}
	for _, o := range []list.Order{list.Newest, list.Name} {
		found, err := s.FindIdentities(t.Context(), o, "ada", "")
		must(t, err)
		gone := found.Items[1]
		must(t, s.DeleteIdentity(t.Context(), gone.Value.ID))
		want := found.Items[2:]
		found, err = s.FindIdentities(t.Context(), o, "ada", gone.Cursor)
		if diff := cmp.Diff(want, found.Items[found.Behind:]); err != nil || diff != "" {
			t.Errorf("%s: %v: %s", o, err, diff)
		}
		id := string(want[0].Value.ID)
		if found, err = s.FindIdentities(t.Context(), o, "ada", id); err != nil || len(found.Items)-found.Behind != len(want)-1 {
			t.Errorf("%s, behind an id: %d of %d, %v", o, found.Behind, len(found.Items), err)
		}
	}
	for _, after := range []string{string(all[3].ID), "newest.!", "name.AAAA"} { // the first is gone
		if _, err := s.FindIdentities(t.Context(), list.Newest, "ada", after); !errors.Is(err, list.ErrCursor) {
			t.Errorf("behind %q: %v", after, err)
		}
	}
}

// A count that is wrong, and a name that stands at a wrong place, are made anew.
func TestAWrongTotalIsMended(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	for n := range 5 {
		personCalled(t, s, n, fmt.Sprint("person ", n))
	}
	done()
	must(t, store.Miscount(dir, "people_newest", 77))
	s, _ = storetest.Open(t, dir)
	if got := total(s.ListIdentities(t.Context(), list.Newest, "", 1)); got != 5 {
		t.Errorf("it says %d", got)
	}
}

// Whoever registers is listed at once, by whatever way they came.
func TestWhoRegistersByAFlowIsListed(t *testing.T) {
	s := storetest.New(t)
	i := personNamed(1, "Ada")
	v, _ := newSession(i.ID)
	must(t, s.RegisterPerson(t.Context(), i, v))
	if got, n := everybody(t, s, list.Newest, 5); len(got) != 1 || n != 1 {
		t.Errorf("listed are %v of %d", got, n)
	}
	if found, err := s.FindIdentities(t.Context(), list.Name, "ada", ""); err != nil || len(found.Items) != 1 {
		t.Errorf("found are %v, %v", found, err)
	}
	if got := total(s.ListSessions(t.Context(), list.Newest, "", 1)); got != 1 {
		t.Errorf("%d sessions", got)
	}
}
