package store

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/session"
)

var _ idp.Store = (*Store)(nil)

var flows = table[idp.Flow]{name: []byte("flows"), missing: idp.ErrNoFlow}

func flowKey(k idp.Kind, id string) []byte { return join([]byte(k), []byte(id)) }

// CreateFlow implements idp.Store. The tape isn't flushed, so that there is
// nothing to share with other writers and no reason to wait for them.
func (s *Store) CreateFlow(ctx context.Context, f idp.Flow) error {
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		if err := placeFlow(tx, f, f.IssuedAt); err != nil {
			return err
		}
		return flows.put(tx, flowKey(f.Kind, f.ID), f)
	})
}

// Flow implements idp.Store.
func (s *Store) Flow(_ context.Context, k idp.Kind, id string) (f idp.Flow, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		f, err = flows.get(tx, flowKey(k, id))
		return err
	})
	return f, err
}

// UpdateFlow implements idp.Store.
func (s *Store) UpdateFlow(ctx context.Context, k idp.Kind, id string, change func(*idp.Flow) error) (f idp.Flow, err error) {
	err = write(ctx, s.tape, func(tx *bolt.Tx) error {
		if f, err = flows.get(tx, flowKey(k, id)); err != nil {
			return err
		}
		before := f
		if err := change(&f); err != nil {
			return err
		}
		f.Submitted = true
		if err := movePlace(tx, before, f); err != nil {
			return err
		}
		return flows.put(tx, flowKey(k, id), f)
	})
	return f, err
}

// RegisterPerson implements idp.Store.
func (s *Store) RegisterPerson(ctx context.Context, i identity.Identity, v session.Session) error {
	if err := s.mintHandle(i); err != nil {
		return err
	}
	return write(ctx, s.db, func(tx *bolt.Tx) error {
		if err := putIdentity(tx, i); err != nil {
			return err
		}
		return createSession(tx, v, nil)
	})
}
