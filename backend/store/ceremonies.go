package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/passkey"
)

var _ passkey.Challenges = (*Store)(nil)

var (
	ceremonies      = table[passkey.Ceremony]{name: []byte("ceremonies"), missing: passkey.ErrExpiredChallenge, coding: ceremonyCoding()}
	ceremoniesByAge = index{name: []byte("ceremonies_by_age")} // expiry id -> nothing, or proven
	ceremoniesOf    = index{name: []byte("ceremonies_of")}     // browser 0 beginning id -> nothing
	challenges      = index{name: []byte("challenges")}        // challenge -> id
)

// age makes a key part that sorts by time.
func age(t time.Time) []byte {
	b := make([]byte, 8)
	binary.BigEndian.PutUint64(b, uint64(t.UnixNano()))
	return b
}

// PutCeremony implements passkey.Challenges.
func (s *Store) PutCeremony(ctx context.Context, c passkey.Ceremony) error {
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		if err := boundCeremonies(tx, c, s.mostCeremonies()); err != nil {
			return err
		}
		id := []byte(c.ID)
		mark := []byte{}
		if provenBrowsers.get(tx, c.Browser) != nil {
			mark, c.Guest = proven, ""
		}
		if err := ceremoniesByAge.put(tx, append(age(c.ExpiresAt), id...), mark); err != nil {
			return err
		}
		if c.Guest != "" {
			if err := ceremoniesOfGuests.put(tx, guestKey(c), []byte{}); err != nil {
				return err
			}
		}
		if err := ceremoniesOf.put(tx, join(c.Browser, append(age(c.BeganAt), id...)), []byte{}); err != nil {
			return err
		}
		if err := challenges.put(tx, []byte(c.Challenge), id); err != nil {
			return err
		}
		if err := ceremonies.put(tx, id, c); err != nil {
			return err
		}
		return countCeremonies(tx, 1)
	})
}

// countCeremonies keeps the number of open ceremonies in the bucket's sequence,
// since counting keys is slow.
func countCeremonies(tx *bolt.Tx, by int) error {
	b := tx.Bucket(ceremonies.name)
	return b.SetSequence(uint64(max(int(b.Sequence())+by, 0)))
}

// sweepCeremony removes a ceremony that was found through an index and returns
// it, or nil where there was nothing to return. One that is damaged goes too, with the entry that led to it: it must
// not hold up the others.
func sweepCeremony(tx *bolt.Tx, id []byte, through index, key []byte) (*passkey.Ceremony, error) {
	c, err := dropCeremony(tx, id)
	switch {
	case err == nil:
		return &c, nil
	case errors.Is(err, ErrDamagedRecord):
		if err := ceremonies.delete(tx, id); err != nil {
			return nil, err
		}
		if err := countCeremonies(tx, -1); err != nil {
			return nil, err
		}
	case !errors.Is(err, passkey.ErrExpiredChallenge):
		return nil, err
	}
	return nil, through.delete(tx, key)
}

// dropCeremony removes a ceremony and every index of it.
func dropCeremony(tx *bolt.Tx, id []byte) (passkey.Ceremony, error) {
	c, err := ceremonies.get(tx, id)
	if err != nil {
		return c, err
	}
	if err := ceremoniesByAge.delete(tx, append(age(c.ExpiresAt), id...)); err != nil {
		return c, err
	}
	if err := ceremoniesOf.delete(tx, join(c.Browser, append(age(c.BeganAt), id...))); err != nil {
		return c, err
	}
	if err := ceremoniesOfGuests.delete(tx, guestKey(c)); err != nil {
		return c, err
	}
	if err := challenges.delete(tx, []byte(c.Challenge)); err != nil {
		return c, err
	}
	if err := ceremonies.delete(tx, id); err != nil {
		return c, err
	}
	return c, countCeremonies(tx, -1)
}

// TakeCeremony implements passkey.Challenges.
func (s *Store) TakeCeremony(ctx context.Context, id string) (c passkey.Ceremony, err error) {
	err = write(ctx, s.tape, func(tx *bolt.Tx) error {
		c, err = dropCeremony(tx, []byte(id))
		return err
	})
	return c, err
}

// CeremonyByChallenge implements passkey.Challenges.
func (s *Store) CeremonyByChallenge(_ context.Context, browser []byte, challenge string) (id string, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		key := challenges.get(tx, []byte(challenge))
		if key == nil {
			return passkey.ErrExpiredChallenge
		}
		c, err := ceremonies.get(tx, key)
		if err != nil {
			return err
		}
		if !bytes.Equal(c.Browser, browser) {
			return passkey.ErrExpiredChallenge
		}
		id = c.ID
		return nil
	})
	return id, err
}

// ExpireCeremonies implements passkey.Challenges.
func (s *Store) ExpireCeremonies(ctx context.Context, t time.Time, limit int) (gone []passkey.Ceremony, err error) {
	none := false
	err = view(s.tape, func(tx *bolt.Tx) error {
		k, _ := tx.Bucket(ceremoniesByAge.name).Cursor().First()
		none = k == nil || bytes.Compare(k[:8], age(t)) >= 0
		return nil
	})
	if err != nil || none {
		return nil, err
	}
	err = write(ctx, s.tape, func(tx *bolt.Tx) error {
		var keys [][]byte
		c := tx.Bucket(ceremoniesByAge.name).Cursor()
		for k, _ := c.First(); k != nil && len(keys) < limit && bytes.Compare(k[:8], age(t)) < 0; k, _ = c.Next() {
			keys = append(keys, bytes.Clone(k))
		}
		for _, k := range keys {
			c, err := sweepCeremony(tx, k[8:], ceremoniesByAge, k)
			if err != nil {
				return err
			}
			if c != nil {
				gone = append(gone, *c)
			}
		}
		return nil
	})
	return gone, err
}
