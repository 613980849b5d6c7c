package store

import (
	"bytes"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// A sting.db of an older format is brought forward when it is opened, a stretch of
// rows in each transaction, so that memory is bounded however many there are. The
// file says from the first one on that it is of this format, so that no older
// program takes it for its own, and how far it is: a start that was killed goes on
// where it was. A row that can't be read stays as it is, and is named.

// keyMigrating is set in meta while rows of an older format are left: the bucket
// and, behind a NUL, the last key that was brought forward.
var keyMigrating = []byte("migrating")

// migrateAtOnce is how many rows one transaction brings forward.
const migrateAtOnce = 5_000

// migration is what becomes of the rows of one bucket.
type migration struct {
	bucket  []byte
	forward func(tx *bolt.Tx, key, row []byte) error
}

func migrations() []migration {
	return []migration{
		{credentials.name, func(tx *bolt.Tx, key, row []byte) error {
			c, err := credentials.decode(key, row)
			if err != nil {
				return nil
			}
			if err := putRegistration(tx, c); err != nil {
				return err
			}
			if err := relist(tx, nil, listLeadsOfCredential(c)); err != nil {
				return err
			}
			return credentials.put(tx, key, c)
		}},
		{identities.name, rewritten(identities, listLeadsOfIdentity)},
		{sessions.name, rewritten(sessions, listLeadsOfSession)},
	}
}

func rewritten[V any](t table[V], leads func(V) []lead) func(tx *bolt.Tx, key, row []byte) error {
	return func(tx *bolt.Tx, key, row []byte) error {
		v, err := t.decode(key, row)
		if err != nil {
			return nil
		}
		if err := relist(tx, nil, leads(v)); err != nil {
			return err
		}
		return t.put(tx, key, v)
	}
}

// migrate brings forward what is left of an older format.
func migrate(db *bolt.DB, atOnce int) error {
	for left := true; left; {
		if err := db.Update(func(tx *bolt.Tx) (err error) {
			left, err = migrateSome(tx, atOnce)
			return err
		}); err != nil {
			return fmt.Errorf("bring an older format forward: %w", err)
		}
	}
	return nil
}

// migrateSome brings at most so many rows forward and says whether any are left.
func migrateSome(tx *bolt.Tx, atOnce int) (left bool, err error) {
	meta := tx.Bucket(bucketMeta)
	at := bytes.Clone(meta.Get(keyMigrating))
	if at == nil {
		return false, nil
	}
	name, after, _ := bytes.Cut(at, []byte{0})
	begun := len(name) == 0
	for _, m := range migrations() {
		if begun = begun || bytes.Equal(m.bucket, name); !begun {
			continue
		}
		if !bytes.Equal(m.bucket, name) {
			after = nil
		}
		last, err := m.some(tx, after, atOnce)
		if err != nil {
			return false, err
		}
		if last != nil {
			return true, meta.Put(keyMigrating, join(m.bucket, last))
		}
	}
	return false, meta.Delete(keyMigrating)
}

// some brings rows of one bucket forward, and returns the key of the last, or nil
// where there was none behind after.
func (m migration) some(tx *bolt.Tx, after []byte, atOnce int) (last []byte, err error) {
	var keys [][]byte
	c := tx.Bucket(m.bucket).Cursor()
	k, _ := c.Seek(after)
	if k != nil && bytes.Equal(k, after) {
		k, _ = c.Next()
	}
	for ; k != nil && len(keys) < atOnce; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := m.forward(tx, k, tx.Bucket(m.bucket).Get(k)); err != nil {
			return nil, err
		}
		last = k
	}
	return last, nil
}
