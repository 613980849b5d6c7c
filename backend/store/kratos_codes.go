package store

import (
	"bytes"
	"context"
	"crypto/subtle"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/kratos/idp"
)

// maxCodes bounds the codes that are kept; the oldest go first.
const maxCodes = 10_000

var (
	codes      = table[idp.Code]{name: []byte("codes"), missing: idp.ErrCodeWrong} // flow -> code
	codesByAge = index{name: []byte("codes_by_age")}                               // issued flow -> nothing
)

// CreateCode implements idp.Store.
func (s *Store) CreateCode(_ context.Context, c idp.Code) error {
	return batch(s.db, func(tx *bolt.Tx) error {
		key := []byte(c.FlowID)
		old, err := codes.get(tx, key)
		switch {
		case err == nil:
			err = codesByAge.delete(tx, append(age(old.IssuedAt), key...))
		default:
			err = makeRoom(tx, codes.name, codesByAge, maxCodes)
		}
		if err != nil {
			return err
		}
		if err := codesByAge.put(tx, append(age(c.IssuedAt), key...), []byte{}); err != nil {
			return err
		}
		return codes.put(tx, key, c)
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

// UseCode implements idp.Store. What the attempt came to is decided inside the
// transaction and told after it, since an attempt counts whatever it came to.
func (s *Store) UseCode(_ context.Context, flowID string, mac []byte, now time.Time) (c idp.Code, err error) {
	var verdict error
	err = batch(s.db, func(tx *bolt.Tx) error {
		if c, err = codes.get(tx, []byte(flowID)); err != nil {
			verdict = err
			return nil
		}
		verdict = judgeCode(&c, mac, now)
		return codes.put(tx, []byte(flowID), c)
	})
	if err != nil {
		return idp.Code{}, err
	}
	return c, verdict
}

func judgeCode(c *idp.Code, mac []byte, now time.Time) error {
	if c.Tries >= idp.MaxCodeTries {
		return idp.ErrCodeTries
	}
	c.Tries++
	switch {
	case subtle.ConstantTimeCompare(c.MAC, mac) != 1:
		return idp.ErrCodeWrong
	case !c.UsedAt.IsZero():
		return idp.ErrCodeUsed
	case !now.Before(c.ExpiresAt):
		return idp.ErrCodeExpired
	}
	c.UsedAt = now
	return nil
}
