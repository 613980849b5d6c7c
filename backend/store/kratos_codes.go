package store

import (
	"bytes"
	"context"
	"crypto/subtle"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/kratos/idp"
)

// maxCodes bounds the codes that are kept; mostLooked is how many are looked at
// for one that can go.
const (
	maxCodes   = 10_000
	mostLooked = 2 * maxFlowsOfClient
)

var (
	codes      = table[idp.Code]{name: []byte("codes"), missing: idp.ErrCodeWrong} // flow -> code
	codesByAge = index{name: []byte("codes_by_age")}                               // issued flow -> nothing
)

// CreateCode implements idp.Store.
func (s *Store) CreateCode(ctx context.Context, c idp.Code) error {
	return write(ctx, s.db, func(tx *bolt.Tx) error {
		key := []byte(c.FlowID)
		old, err := codes.get(tx, key)
		switch {
		case err == nil:
			err = codesByAge.delete(tx, append(age(old.IssuedAt), key...))
		default:
			err = s.roomForCode(tx, c.IssuedAt)
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

// roomForCode takes a place for one more code. The bucket's sequence counts them,
// since counting keys is slow. Where there are too many, one goes that nobody can
// use any more, being too old or its flow forgotten: a client's flood costs its own
// flows first, so that their codes go, and not those that others wait for.
func (s *Store) roomForCode(tx *bolt.Tx, now time.Time) error {
	b := tx.Bucket(codes.name)
	if n := b.Sequence(); n < maxCodes {
		return b.SetSequence(n + 1)
	}
	var oldest, useless []byte
	err := view(s.tape, func(tape *bolt.Tx) error {
		c := tx.Bucket(codesByAge.name).Cursor()
		looked := 0
		for k, _ := c.First(); len(k) > 8 && useless == nil && looked < mostLooked; k, _ = c.Next() {
			if looked++; oldest == nil {
				oldest = bytes.Clone(k)
			}
			code, err := codes.get(tx, k[8:])
			if err != nil || !now.Before(code.ExpiresAt) || tape.Bucket(flows.name).Get(flowKey(code.Kind, code.FlowID)) == nil {
				useless = bytes.Clone(k)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if oldest == nil {
		return b.SetSequence(1)
	}
	if useless == nil {
		useless = oldest
	}
	if err := codesByAge.delete(tx, useless); err != nil {
		return err
	}
	return b.Delete(useless[8:])
}

// UseCode implements idp.Store. What the attempt came to is decided inside the
// transaction and told after it, since an attempt counts whatever it came to.
func (s *Store) UseCode(ctx context.Context, flowID string, mac []byte, now time.Time) (c idp.Code, err error) {
	var verdict error
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
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
