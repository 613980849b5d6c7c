package passwords

import (
	"context"
	"errors"
	"net/http"
	"time"

	"sting/backend/identity"
	"sting/backend/session"
	"sting/backend/signin"
)

// provisioned gives the people of a Kratos elsewhere a row of their own here just in
// time, when they register and sign in: with Kratos' id, and without a password.
type provisioned struct {
	signin.Passwords
	provisioning
}

// Register implements signin.Passwords.
func (p provisioned) Register(ctx context.Context, r signin.Registration) (signin.Accepted, error) {
	a, err := p.Passwords.Register(ctx, r)
	if err != nil {
		return a, err
	}
	return a, p.provision(ctx, a.View.Person)
}

// Login implements signin.Passwords.
func (p provisioned) Login(ctx context.Context, l signin.Login) (signin.Accepted, error) {
	a, err := p.Passwords.Login(ctx, l)
	if err != nil {
		return a, err
	}
	return a, p.provision(ctx, a.View.Person)
}

// provisionedSource does the same for whoever Kratos' cookie shows.
type provisionedSource struct {
	session.Source
	provisioning
}

// Session implements session.Source.
func (s provisionedSource) Session(ctx context.Context, r *http.Request, before session.Seen) (session.View, error) {
	v, err := s.Source.Session(ctx, r, before)
	if err != nil {
		return v, err
	}
	return v, s.provision(ctx, v.Person)
}

// provisioning makes rows of people.
type provisioning struct {
	people identity.Store
	now    func() time.Time
}

// provision makes the row of a person who was not seen before. An address that
// another row has (a person who was deleted in Kratos and registered again)
// moves to the living one.
func (p provisioning) provision(ctx context.Context, who session.Person) error {
	if _, err := p.people.Identity(ctx, who.ID); !errors.Is(err, identity.ErrNotFound) {
		return err
	}
	i := identity.New(p.now(), "default", who.Traits, who.Email)
	i.ID = who.ID
	err := p.people.CreateIdentity(ctx, i)
	if !errors.Is(err, identity.ErrEmailTaken) {
		return err
	}
	old, err := p.people.IdentityByIdentifier(ctx, identity.Fold(who.Email))
	if err != nil {
		return err
	}
	if _, err := p.people.UpdateIdentity(ctx, old.ID, func(o *identity.Identity) error {
		o.Identifiers = nil
		return nil
	}); err != nil {
		return err
	}
	return p.people.CreateIdentity(ctx, i)
}
