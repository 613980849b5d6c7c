package store

import (
	"bytes"
	"context"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/session"
)

var _ idp.Store = (*Store)(nil)

// maxFlows bounds the flows that are kept; the oldest go first.
const maxFlows = 10_000

var (
	flows      = table[idp.Flow]{name: []byte("flows"), missing: idp.ErrNoFlow}
	flowsByAge = index{name: []byte("flows_by_age")} // issued key -> nothing
)

func flowKey(k idp.Kind, id string) []byte { return join([]byte(k), []byte(id)) }

// CreateFlow implements idp.Store. The tape isn't flushed, so that there is
// nothing to share with other writers and no reason to wait for them.
func (s *Store) CreateFlow(_ context.Context, f idp.Flow) error {
	return write(s.tape, func(tx *bolt.Tx) error {
		if err := makeRoom(tx, flows.name, flowsByAge, maxFlows); err != nil {
			return err
		}
		key := flowKey(f.Kind, f.ID)
		if err := flowsByAge.put(tx, append(age(f.IssuedAt), key...), []byte{}); err != nil {
			return err
		}
		return flows.put(tx, key, f)
	})
}

// makeRoom takes a place for one more value, the oldest one's where there are
// too many. The bucket's sequence counts the values, since counting keys is slow.
func makeRoom(tx *bolt.Tx, bucket []byte, byAge index, most uint64) error {
	b := tx.Bucket(bucket)
	if n := b.Sequence(); n < most {
		return b.SetSequence(n + 1)
	}
	k, _ := tx.Bucket(byAge.name).Cursor().First()
	if len(k) <= 8 {
		return b.SetSequence(1)
	}
	k = bytes.Clone(k)
	if err := byAge.delete(tx, k); err != nil {
		return err
	}
	return b.Delete(k[8:])
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
func (s *Store) UpdateFlow(_ context.Context, k idp.Kind, id string, change func(*idp.Flow) error) (f idp.Flow, err error) {
	err = write(s.tape, func(tx *bolt.Tx) error {
		if f, err = flows.get(tx, flowKey(k, id)); err != nil {
			return err
		}
		if err := change(&f); err != nil {
			return err
		}
		return flows.put(tx, flowKey(k, id), f)
	})
	return f, err
}

// RegisterPerson implements idp.Store.
func (s *Store) RegisterPerson(_ context.Context, i identity.Identity, v session.Session) error {
	return batch(s.db, func(tx *bolt.Tx) error {
		if err := claimIdentifiers(tx, i); err != nil {
			return err
		}
		if err := userHandles.put(tx, i.UserHandle, []byte(i.ID)); err != nil {
			return err
		}
		if err := identities.put(tx, []byte(i.ID), i); err != nil {
			return err
		}
		return createSession(tx, v, nil)
	})
}
