package admin

import (
	"context"
	"errors"

	"sting/backend/api"
	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/list"
)

// Users lists the accounts.
func (l *Lab) Users(ctx context.Context, q api.Query) (api.Page[api.Person], error) {
	page, err := paged[identity.Identity, api.Person]{
		orders: []list.Order{list.Newest, list.Name}, stretch: l.People.ListIdentities, find: l.People.FindIdentities,
		texts: func(i identity.Identity) []string { return []string{string(i.ID), i.Email(), i.DisplayName()} },
		show:  func(i identity.Identity) (api.Person, error) { return l.person(ctx, i) },
	}.page(ctx, q)
	return naming(ctx, l, "account", q, page, err)
}

func (l *Lab) person(ctx context.Context, i identity.Identity) (api.Person, error) {
	passkeys, err := l.Verifying.Own(ctx, i.ID)
	if err != nil {
		return api.Person{}, err
	}
	living, err := l.Issued.Living(ctx, i.ID)
	if err != nil {
		return api.Person{}, err
	}
	return l.Wire.Person(i, len(passkeys), len(living)), nil
}

// User finds an account by id or e-mail address.
func (l *Lab) User(ctx context.Context, id string) (api.Person, error) {
	i, err := l.find(ctx, id)
	if err != nil {
		return api.Person{}, err
	}
	return l.person(ctx, i)
}

func (l *Lab) find(ctx context.Context, id string) (identity.Identity, error) {
	i, err := l.People.Identity(ctx, identity.ID(id))
	if errors.Is(err, identity.ErrNotFound) {
		return l.People.IdentityByIdentifier(ctx, identity.Fold(id))
	}
	return i, err
}

// RemoveUser deletes an account with its sessions; its passkeys stay as
// tombstones, since password managers may still offer them.
func (l *Lab) RemoveUser(ctx context.Context, id string) error {
	i, err := l.find(ctx, id)
	if err != nil {
		return err
	}
	if err := l.People.DeleteIdentity(ctx, i.ID); err != nil {
		return err
	}
	events.Publish(l.Bus, identity.Changed{ID: i.ID, What: "deleted"})
	return nil
}
