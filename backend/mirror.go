package backend

import (
	"context"
	"errors"
	"net/http"
	"time"

	"sting/backend/identity"
	"sting/backend/session"
	"sting/backend/signin"
)

// mirrored gives the people of a Kratos elsewhere a row of their own here: with
// Kratos' id, and without a password.
type mirrored struct {
	signin.Passwords
	people identity.Store
	now    func() time.Time
}

// Register implements signin.Passwords.
func (m mirrored) Register(ctx context.Context, r signin.Registration) (signin.Accepted, error) {
	a, err := m.Passwords.Register(ctx, r)
	if err != nil {
		return a, err
	}
	return a, meet(ctx, m.people, a.View.Person, m.now())
}

// Login implements signin.Passwords.
func (m mirrored) Login(ctx context.Context, l signin.Login) (signin.Accepted, error) {
	a, err := m.Passwords.Login(ctx, l)
	if err != nil {
		return a, err
	}
	return a, meet(ctx, m.people, a.View.Person, m.now())
}

// mirroredSource does the same for whoever Kratos' cookie shows.
type mirroredSource struct {
	session.Source
	people identity.Store
	now    func() time.Time
}

// Session implements session.Source.
func (m mirroredSource) Session(ctx context.Context, r *http.Request) (session.View, error) {
	v, err := m.Source.Session(ctx, r)
	if err != nil {
		return v, err
	}
	return v, meet(ctx, m.people, v.Person, m.now())
}

// meet makes the row of a person who was not seen before. An address that
// another row has (a person who was deleted in Kratos and registered again)
// moves to the living one.
func meet(ctx context.Context, people identity.Store, who session.Person, now time.Time) error {
	if _, err := people.Identity(ctx, who.ID); !errors.Is(err, identity.ErrNotFound) {
		return err
	}
	i := identity.New(now, "default", who.Traits, who.Email)
	i.ID = who.ID
	err := people.CreateIdentity(ctx, i)
	if !errors.Is(err, identity.ErrEmailTaken) {
		return err
	}
	old, err := people.IdentityByIdentifier(ctx, identity.Fold(who.Email))
	if err != nil {
		return err
	}
	if _, err := people.UpdateIdentity(ctx, old.ID, func(o *identity.Identity) error {
		o.Identifiers = nil
		return nil
	}); err != nil {
		return err
	}
	return people.CreateIdentity(ctx, i)
}
