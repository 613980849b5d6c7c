package store

import (
	"bytes"
	"context"
	"errors"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/tape"
)

// Forget removes a person without a trace: with the sessions, the passkeys and
// their tombstones, and the records of the ceremonies, also of those that only show
// the browser's name. It is for people who never were, such as that of a self-test;
// who is gone already is no error.
func (s *Store) Forget(ctx context.Context, id identity.ID, userAgent string) error {
	if err := s.DeleteIdentity(ctx, id); err != nil && !errors.Is(err, identity.ErrNotFound) {
		return err
	}
	err := write(ctx, s.db, func(tx *bolt.Tx) error {
		list, err := credentialsUnder(tx, id)
		if err != nil {
			return err
		}
		for _, c := range list {
			err := errors.Join(credentialIDs.delete(tx, c.CredentialID),
				credentialsOf.delete(tx, join([]byte(id), []byte(c.ID))), credentials.delete(tx, []byte(c.ID)), registrations.delete(tx, []byte(c.ID)),
				relist(tx, listLeadsOfCredential(c), nil))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		return forgetRecords(tx, func(r tape.Record) bool { return r.IdentityID == string(id) || r.UserAgent == userAgent })
	})
}

func forgetRecords(tx *bolt.Tx, of func(tape.Record) bool) error {
	bucket := tx.Bucket(records.name)
	var gone [][]byte
	err := bucket.ForEach(func(k, v []byte) error {
		if r, err := records.decode(k, v); err == nil && of(r) {
			gone = append(gone, bytes.Clone(k))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, k := range gone {
		size := len(bucket.Get(k))
		if err := errors.Join(bucket.Delete(k), countRecords(bucket, -1, -size)); err != nil {
			return err
		}
	}
	return nil
}
