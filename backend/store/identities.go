package store

import (
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/session"
)

var _ identity.Store = (*Store)(nil)

var (
	identities  = table[identity.Identity]{name: []byte("identities"), missing: identity.ErrNotFound, coding: identityCoding()}
	identifiers = index{name: []byte("identifiers")}  // folded -> id
	userHandles = index{name: []byte("user_handles")} // bytes -> id
)

// CreateIdentity implements identity.Store.
func (s *Store) CreateIdentity(ctx context.Context, i identity.Identity) error {
	if err := s.mintHandle(i); err != nil {
		return err
	}
	return write(ctx, s.db, func(tx *bolt.Tx) error { return putIdentity(tx, i) })
}

func putIdentity(tx *bolt.Tx, i identity.Identity) error {
	if err := claimIdentifiers(tx, i); err != nil {
		return err
	}
	if err := userHandles.put(tx, i.UserHandle, []byte(i.ID)); err != nil {
		return err
	}
	if err := relist(tx, nil, listLeadsOfIdentity(i)); err != nil {
		return err
	}
	return identities.put(tx, []byte(i.ID), i)
}

func claimIdentifiers(tx *bolt.Tx, i identity.Identity) error {
	for _, name := range i.Identifiers {
		owner := identifiers.get(tx, []byte(name))
		if owner != nil && string(owner) != string(i.ID) {
			return identity.ErrEmailTaken
		}
		if err := identifiers.put(tx, []byte(name), []byte(i.ID)); err != nil {
			return err
		}
	}
	return nil
}

// Identity implements identity.Store.
func (s *Store) Identity(_ context.Context, id identity.ID) (i identity.Identity, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		i, err = s.people.get(tx, []byte(id))
		return err
	})
	return i, err
}

// IdentityByIdentifier implements identity.Store.
func (s *Store) IdentityByIdentifier(_ context.Context, identifier string) (identity.Identity, error) {
	return s.identityBy(identifiers, []byte(identifier))
}

// IdentityByUserHandle implements identity.Store.
func (s *Store) IdentityByUserHandle(_ context.Context, handle []byte) (identity.Identity, error) {
	return s.identityBy(userHandles, handle)
}

func (s *Store) identityBy(x index, key []byte) (i identity.Identity, err error) {
	if len(key) == 0 {
		return i, identity.ErrNotFound
	}
	err = view(s.db, func(tx *bolt.Tx) error {
		id := x.get(tx, key)
		if id == nil {
			return identity.ErrNotFound
		}
		i, err = s.people.get(tx, id)
		return err
	})
	return i, err
}

// UpdateIdentity implements identity.Store.
func (s *Store) UpdateIdentity(ctx context.Context, id identity.ID, change func(*identity.Identity) error) (i identity.Identity,
	err error) {
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		before, err := identities.get(tx, []byte(id))
		if err != nil {
			return err
		}
		i = before
		i.Identifiers = append([]string(nil), before.Identifiers...)
		if err := change(&i); err != nil {
			return err
		}
		i.ID, i.UserHandle = before.ID, before.UserHandle
		for _, name := range before.Identifiers {
			if err := identifiers.delete(tx, []byte(name)); err != nil {
				return err
			}
		}
		if err := claimIdentifiers(tx, i); err != nil {
			return err
		}
		if !keepsSessions(before, i) {
			if err := endLivingOf(tx, id, i.UpdatedAt, func(session.Session) bool { return true }); err != nil {
				return err
			}
		}
		if err := relist(tx, listLeadsOfIdentity(before), listLeadsOfIdentity(i)); err != nil {
			return err
		}
		return identities.put(tx, []byte(id), i)
	})
	return i, err
}

// keepsSessions reports whether who was signed in before a change may stay so:
// another password means that the old one may be known to somebody, and an account
// that is switched off signs nobody in (NIST SP 800-63B, 7.1; THREATS T30). A hash
// that is made anew of the same password keeps its time.
func keepsSessions(before, after identity.Identity) bool {
	if after.State == identity.Inactive && before.State != identity.Inactive {
		return false
	}
	if before.Password == nil || after.Password == nil {
		return before.Password == after.Password
	}
	return before.Password.SetAt.Equal(after.Password.SetAt)
}

// endLivingOf ends those sessions of a person that which picks.
func endLivingOf(tx *bolt.Tx, id identity.ID, at time.Time, which func(session.Session) bool) error {
	list, err := sessionsUnder(tx, id)
	if err != nil {
		return err
	}
	for _, v := range list {
		if !v.EndedAt.IsZero() || !which(v) {
			continue
		}
		if err := endSession(tx, v, at); err != nil {
			return err
		}
	}
	return nil
}

// DeleteIdentity implements identity.Store. The user handle goes too: a sign-in
// with a passkey of the person is answered through its tombstone.
func (s *Store) DeleteIdentity(ctx context.Context, id identity.ID) error {
	return write(ctx, s.db, func(tx *bolt.Tx) error {
		i, err := identities.get(tx, []byte(id))
		if err != nil {
			return err
		}
		for _, name := range i.Identifiers {
			if err := identifiers.delete(tx, []byte(name)); err != nil {
				return err
			}
		}
		if err := userHandles.delete(tx, i.UserHandle); err != nil {
			return err
		}
		if err := relist(tx, listLeadsOfIdentity(i), nil); err != nil {
			return err
		}
		if err := identities.delete(tx, []byte(id)); err != nil {
			return err
		}
		if err := endSessionsOf(tx, id); err != nil {
			return err
		}
		return buryCredentialsOf(tx, id)
	})
}

func endSessionsOf(tx *bolt.Tx, id identity.ID) error {
	list, err := sessionsUnder(tx, id)
	if err != nil {
		return err
	}
	for _, x := range list {
		if err := forgetSession(tx, x); err != nil {
			return err
		}
	}
	return nil
}

func buryCredentialsOf(tx *bolt.Tx, id identity.ID) error {
	list, err := credentialsUnder(tx, id)
	if err != nil {
		return err
	}
	for _, c := range list {
		if !c.Active() {
			continue
		}
		c.RevokedAt = latest(c.UpdatedAt, c.LastUsedAt)
		if err := credentials.put(tx, []byte(c.ID), c); err != nil {
			return err
		}
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Identities implements identity.Store.
func (s *Store) Identities(_ context.Context, after identity.ID, limit int) (list []identity.Identity, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		list = identities.list(tx, s.db, []byte(after), limit)
		return nil
	})
	return list, err
}
