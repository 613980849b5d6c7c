package store

import (
	"bytes"
	"context"

	bolt "go.etcd.io/bbolt"

	"sting/backend/apps/watched"
)

var _ watched.Keys = (*Store)(nil)

// watchedKeys are the public keys of other people's relying parties, by RP ID and
// credential id.
var watchedKeys = table[watched.Key]{name: []byte("watched_keys"), missing: watched.ErrNoKey}

// mostWatchedKeys bounds what an app can cost that registers in a loop.
const mostWatchedKeys = 10_000

// WatchedKey implements watched.Keys.
func (s *Store) WatchedKey(_ context.Context, rpID, credentialID string) (k watched.Key, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		k, err = watchedKeys.get(tx, join([]byte(rpID), []byte(credentialID)))
		return err
	})
	return k, err
}

// WatchedKeys implements watched.Keys.
func (s *Store) WatchedKeys(_ context.Context, rpID string) (list []watched.Key, err error) {
	prefix := []byte(nil)
	if rpID != "" {
		prefix = join([]byte(rpID), nil)
	}
	err = view(s.tape, func(tx *bolt.Tx) error {
		c := tx.Bucket(watchedKeys.name).Cursor()
		for key, v := c.Seek(prefix); key != nil && bytes.HasPrefix(key, prefix); key, v = c.Next() {
			if k, err := watchedKeys.decode(key, v); err == nil { // one damaged key must not hide the others
				list = append(list, k)
			}
		}
		return nil
	})
	return list, err
}

// PutWatchedKey implements watched.Keys.
func (s *Store) PutWatchedKey(ctx context.Context, k watched.Key) error {
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		bucket, key := tx.Bucket(watchedKeys.name), join([]byte(k.RPID), []byte(k.CredentialID))
		if bucket.Get(key) == nil {
			if n := bucket.Sequence(); n >= mostWatchedKeys {
				first, _ := bucket.Cursor().First()
				if err := bucket.Delete(bytes.Clone(first)); err != nil {
					return err
				}
			} else if err := bucket.SetSequence(n + 1); err != nil {
				return err
			}
		}
		return watchedKeys.put(tx, key, k)
	})
}
