package session_test

import (
	"cmp"
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"sting/backend/identity"
	"sting/backend/session"
)

// person is a store in which everybody is the same, or why they can't be read.
type person struct {
	session.Store
	who identity.Identity
	err error
}

func (p person) ShownBy(ctx context.Context, k session.Kind, hash []byte) (session.Shown, error) {
	s, err := p.Store.SessionByToken(ctx, k, hash)
	return session.Shown{Session: s, Person: p.who, Passkeys: 3}, cmp.Or(err, p.err)
}

// deaf is a store whose sessions can't be read, though they come along.
type deaf struct{ session.Store }

var errDeaf = errors.New("the disk is gone")

func (d deaf) ShownBy(ctx context.Context, k session.Kind, hash []byte) (session.Shown, error) {
	s, _ := d.Store.SessionByToken(ctx, k, hash)
	return session.Shown{Session: s, Person: identity.Identity{ID: "ada"}}, errDeaf
}

// THREATS T09: a session is worth what its person is.
func TestASessionShowsAPersonWhoMaySignIn(t *testing.T) {
	l := newLab(t)
	_, token, _ := l.issued("ada")
	active := identity.Identity{ID: "ada", State: identity.Active}
	own := session.Own{View: session.KindPasskey, Cookie: session.CookieName, Sessions: l.Sessions}
	for claim, c := range map[string]struct {
		who  person
		want error
	}{
		"somebody active": {person{l.store, active, nil}, nil},
		"somebody who was switched off": {person{l.store, identity.Identity{ID: "ada", State: identity.Inactive}, nil},
			session.ErrNone},
		"somebody who is gone":                    {person{l.store, identity.Identity{}, identity.ErrNotFound}, session.ErrNone},
		"somebody who can't be read":              {person{l.store, active, errDeaf}, errDeaf},
		"somebody switched off who can't be read": {person{l.store, identity.Identity{ID: "ada", State: identity.Inactive}, errDeaf}, errDeaf},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", session.CookieName+"="+token)
		l.Sessions.Store = c.who
		v, err := own.Session(t.Context(), r, session.Seen{})
		if !errors.Is(err, c.want) || c.want == nil && (err != nil || v.Person.ID != "ada") || c.want != nil && v.Person.ID != "" {
			t.Errorf("%s: %+v, %v", claim, v.Person, err)
		}
		if n, known := v.Passkeys(); known != (c.want == nil) || known && n != 3 {
			t.Errorf("%s: %d passkeys, known: %v", claim, n, known)
		}
	}
	l.Sessions.Store = deaf{l.store}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", session.CookieName+"="+token)
	if v, err := own.Session(t.Context(), r, session.Seen{}); !errors.Is(err, errDeaf) || v.Person.ID != "" {
		t.Errorf("a session that can't be read: %+v, %v", v, err)
	}
}

// A source that could not tell is one of several, and each is named.
func TestEverySourceThatCannotTellIsNamed(t *testing.T) {
	seen := session.Sources{source{session.KindPasskey, "", errDeaf}, source{session.KindKratos, "", errDeaf}}.See(t.Context(),
		httptest.NewRequest("GET", "/", nil))
	if len(seen.Unsure) != 2 {
		t.Errorf("unsure: %v", seen.Unsure)
	}
}

// What is seen is written where an idle limit makes it matter, and not each time.
func TestASessionIsSeenEveryTenthOfTheIdleLimit(t *testing.T) {
	l := newLab(t)
	s, token, _ := l.issued("ada")
	for _, c := range []struct {
		idle, after time.Duration
		written     bool
	}{{0, time.Hour, false}, {10 * time.Hour, 59 * time.Minute, false}, {10 * time.Hour, time.Hour, true}} {
		l.policy.Idle = c.idle
		l.clock.Reset()
		l.clock.Move(c.after)
		if !l.signedIn(session.KindPasskey, token) {
			t.Fatal("not signed in")
		}
		got, err := l.store.Session(t.Context(), s.ID)
		l.must(err)
		if written := !got.SeenAt.Equal(s.SeenAt); written != c.written {
			t.Errorf("idle %v after %v: written is %v", c.idle, c.after, written)
		}
	}
}
