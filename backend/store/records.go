package store

import (
	"bytes"
	"context"
	"encoding/json"

	bolt "go.etcd.io/bbolt"

	"sting/backend/tape"
)

var _ tape.Store = (*Store)(nil)

var (
	records  = table[tape.Record]{name: []byte("records"), missing: tape.ErrNotFound}
	settings = table[json.RawMessage]{name: []byte("settings"), missing: errNoSetting}
)

// PutRecords implements tape.Store.
func (s *Store) PutRecords(ctx context.Context, list []tape.Record, b tape.Bounds) error {
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		bucket := tx.Bucket(records.name)
		for _, r := range list {
			key := []byte(r.ID)
			if old := bucket.Get(key); old != nil {
				if err := countRecords(bucket, -1, -len(old)); err != nil {
					return err
				}
			}
			if err := records.put(tx, key, r); err != nil {
				return err
			}
			if err := countRecords(bucket, 1, len(bucket.Get(key))); err != nil {
				return err
			}
		}
		return boundRecords(bucket, b)
	})
}

// The number and the bytes of the records stand in the bucket's sequence: the
// number in the upper 24 bits.
const bytesBits = 40

func countRecords(b *bolt.Bucket, n, size int) error {
	s := int64(b.Sequence()) + int64(n)<<bytesBits + int64(size)
	return b.SetSequence(uint64(max(s, 0)))
}

func boundRecords(bucket *bolt.Bucket, b tape.Bounds) error {
	for {
		s := bucket.Sequence()
		if int(s>>bytesBits) <= b.Count && int64(s&(1<<bytesBits-1)) <= b.Bytes {
			return nil
		}
		k, v := bucket.Cursor().First() // ids sort by time
		if k == nil {
			return bucket.SetSequence(0)
		}
		size := len(v)
		if err := bucket.Delete(bytes.Clone(k)); err != nil {
			return err
		}
		if err := countRecords(bucket, -1, -size); err != nil {
			return err
		}
	}
}

// Record implements tape.Store.
func (s *Store) Record(_ context.Context, id string) (r tape.Record, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		r, err = records.get(tx, []byte(id))
		return err
	})
	return r, err
}

// Records implements tape.Store.
func (s *Store) Records(_ context.Context, before string, limit int) (list []tape.Record, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		c := tx.Bucket(records.name).Cursor()
		k, v := c.Last()
		if before != "" {
			c.Seek([]byte(before))
			k, v = c.Prev()
		}
		for ; k != nil && len(list) < limit; k, v = c.Prev() {
			r, err := records.decode(k, v)
			if err != nil {
				continue // one damaged record must not hide the others
			}
			list = append(list, r)
		}
		return nil
	})
	return list, err
}
