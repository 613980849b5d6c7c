package store

import (
	"bytes"
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/session"
)

var _ session.Browsers = (*Store)(nil)

// signIn is which browser a session's token was given to.
type signIn struct {
	Browser []byte    `json:"browser" cbor:"1,keyasint"` // SHA-256 of its cookie
	At      time.Time `json:"at" cbor:"2,keyasint"`
}

var errNoSignIn = errors.New("no browser got the token by a sign-in")

// signIns stands in tape.db: who loses it proves who they are once more before
// something is added to an account, and no more.
var signIns = table[signIn]{name: []byte("sign_ins"), missing: errNoSignIn, coding: signInCoding()}

// SignedIn implements session.Browsers.
func (s *Store) SignedIn(ctx context.Context, browser []byte, at time.Time, tokens ...string) error {
	if len(tokens) == 0 {
		return nil
	}
	return write(ctx, s.tape, func(tx *bolt.Tx) error { return putSignIns(tx, browser, at, tokens) })
}

func putSignIns(tx *bolt.Tx, browser []byte, at time.Time, tokens []string) error {
	for _, token := range tokens {
		if token == "" {
			continue
		}
		if err := signIns.put(tx, session.Hash(token), signIn{browser, at}); err != nil {
			return err
		}
	}
	return nil
}

// SignedInBy implements session.Browsers.
func (s *Store) SignedInBy(_ context.Context, token string, browser []byte) (bool, error) {
	var got signIn
	err := view(s.tape, func(tx *bolt.Tx) (err error) {
		got, err = signIns.get(tx, session.Hash(token))
		if errors.Is(err, errNoSignIn) || errors.Is(err, ErrDamagedRecord) {
			return nil // nothing that speaks for the browser
		}
		return err
	})
	return err == nil && len(browser) > 0 && bytes.Equal(got.Browser, browser), err
}

// PruneSignIns forgets those from before t.
func (s *Store) PruneSignIns(ctx context.Context, t time.Time) error {
	var old [][]byte
	err := view(s.tape, func(tx *bolt.Tx) error {
		return tx.Bucket(signIns.name).ForEach(func(k, v []byte) error {
			if got, err := signIns.decode(k, v); err != nil || got.At.Before(t) {
				old = append(old, bytes.Clone(k))
			}
			return nil
		})
	})
	if err != nil || len(old) == 0 {
		return err
	}
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		for _, k := range old {
			if err := signIns.delete(tx, k); err != nil {
				return err
			}
		}
		return nil
	})
}
