package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
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
		n := guessesOf(tx, c.Subject(), now)
		if !c.Long && n.Wrong >= idp.MaxGuesses {
			verdict = idp.ErrCodeTries
			return nil
		}
		if verdict = judgeCode(&c, mac, now); !c.Long && errors.Is(verdict, idp.ErrCodeWrong) {
			n.Wrong++
			if err := guesses.put(tx, guessKey(c.Subject()), n); err != nil {
				return err
			}
		}
		return codes.put(tx, []byte(flowID), c)
	})
	if err != nil {
		return idp.Code{}, err
	}
	return c, verdict
}

// guesses counts the wrong tries at short codes. Its places are few and fixed, and
// whoever shares one shares its count: so it never grows, no flood pushes a count
// out, and the worst that sharing does is a longer code.
var guesses = table[guessCount]{name: []byte("code_guesses"), missing: errNoGuesses}

var errNoGuesses = errors.New("nobody guessed")

// guessCount is how often codes were tried in vain since a moment.
type guessCount struct {
	Since time.Time `json:"since"`
	Wrong int       `json:"wrong"`
}

func guessKey(subject string) []byte {
	h := sha256.Sum256([]byte(subject))
	return h[:2]
}

// guessesOf returns the count that is running, or one that begins now. Where now is
// before its beginning, the clock was set back, or the request began earlier and was
// slow: then the count goes on from now, so that no slowness forgets guesses and no
// clock makes it run longer.
func guessesOf(tx *bolt.Tx, subject string, now time.Time) guessCount {
	n, err := guesses.get(tx, guessKey(subject))
	switch age := now.Sub(n.Since); {
	case err != nil, age >= idp.GuessWindow:
		return guessCount{Since: now}
	case age < 0:
		n.Since = now
	}
	return n
}

// Guessed implements idp.Store.
func (s *Store) Guessed(_ context.Context, subject string, now time.Time) (guessed bool, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		guessed = guessesOf(tx, subject, now).Wrong >= idp.MaxGuesses
		return nil
	})
	return guessed, err
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
