package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/passkey"
)

// Bounds of the open ceremonies: anybody may begin one, and who begins many loses
// their own first.
//
// A client is a browser that shows the lab's cookie. Those that show none are one
// client for each address: the first half of theirs stays until it expires, and
// the other half is taken turn by turn, so that the one who was there before a
// flood keeps its ceremony. A flood that makes a cookie up each time is bounded by
// the room for all, in the same way; what belongs to a browser that has finished a
// ceremony before is not touched by it.
const (
	maxCeremonies          = 20_000 // unless Options.Challenges says another number
	maxCeremoniesOfBrowser = 50
	maxCeremoniesOfGuests  = 1_000
	maxProvenBrowsers      = 2_000
)

var (
	ceremoniesOfGuests = index{name: []byte("ceremonies_of_guests")} // address 0 beginning id -> nothing
	provenBrowsers     = index{name: []byte("proven_browsers")}      // browser -> when it last finished a ceremony
)

// proven marks the age of a ceremony whose browser has finished one before.
var proven = []byte{1}

// guestKey is the key of a ceremony that a client without a cookie began.
func guestKey(c passkey.Ceremony) []byte {
	return join([]byte(c.Guest), append(age(c.BeganAt), c.ID...))
}

// boundCeremonies makes room for c among at most `most` of all.
func boundCeremonies(tx *bolt.Tx, c passkey.Ceremony, most uint64) error {
	var own [][]byte
	err := ceremoniesOf.under(tx, join(c.Browser, nil), func(rest, _ []byte) error {
		own = append(own, bytes.Clone(rest))
		return nil
	})
	if err != nil {
		return err
	}
	for ; len(own) >= maxCeremoniesOfBrowser; own = own[1:] {
		if _, err := sweepCeremony(tx, own[0][8:], ceremoniesOf, join(c.Browser, own[0])); err != nil {
			return err
		}
	}
	if c.Guest != "" {
		if err := boundGuests(tx, c); err != nil {
			return err
		}
	}
	for range sweepsAtOnce {
		all := tx.Bucket(ceremonies.name).Sequence()
		if all < most {
			return nil
		}
		if err := dropYounger(tx, all, c.BeganAt); err != nil {
			return err
		}
	}
	return nil
}

// sweepsAtOnce is how many ceremonies one more may push out: two, so that a bound
// that was lowered is reached step by step and no single request pays for it.
const sweepsAtOnce = 2

// mostCeremonies is the bound of all open ceremonies together.
func (s *Store) mostCeremonies() uint64 {
	if s.options.Challenges == nil {
		return maxCeremonies
	}
	return uint64(max(s.options.Challenges(), 1))
}

// boundGuests makes room among the ceremonies of the clients without a cookie.
func boundGuests(tx *bolt.Tx, c passkey.Ceremony) error {
	prefix := join([]byte(c.Guest), nil)
	var keys [][]byte
	err := ceremoniesOfGuests.under(tx, prefix, func(rest, _ []byte) error {
		keys = append(keys, bytes.Clone(rest))
		return nil
	})
	if err != nil || len(keys) < maxCeremoniesOfGuests {
		return err
	}
	chosen := keys[len(keys)/2]
	if old, err := ceremonies.get(tx, keys[0][8:]); err != nil || !c.BeganAt.Before(old.ExpiresAt) {
		chosen = keys[0]
	}
	_, err = sweepCeremony(tx, chosen[8:], ceremoniesOfGuests, join([]byte(c.Guest), chosen))
	return err
}

// dropYounger forgets one of all ceremonies: the first if it has expired, otherwise
// the first of the younger half that no proven browser began.
func dropYounger(tx *bolt.Tx, all uint64, now time.Time) error {
	cursor := tx.Bucket(ceremoniesByAge.name).Cursor()
	k, _ := cursor.First()
	if len(k) <= 8 {
		return nil
	}
	chosen := bytes.Clone(k)
	if bytes.Compare(k[:8], age(now)) > 0 {
		passed := uint64(0)
		for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
			if passed++; len(v) > 0 {
				continue
			}
			if chosen = append(chosen[:0], k...); passed > all/2 {
				break
			}
		}
	}
	_, err := sweepCeremony(tx, chosen[8:], ceremoniesByAge, chosen)
	return err
}

// ProveBrowser implements passkey.Challenges.
func (s *Store) ProveBrowser(ctx context.Context, browser []byte, at time.Time, tokens ...string) error {
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		if err := putSignIns(tx, browser, at, tokens); err != nil {
			return err
		}
		b := tx.Bucket(provenBrowsers.name)
		if b.Get(browser) == nil {
			if b.Sequence() >= maxProvenBrowsers {
				if err := forgetProven(b); err != nil {
					return err
				}
			} else if err := b.SetSequence(b.Sequence() + 1); err != nil {
				return err
			}
		}
		return b.Put(browser, age(at))
	})
}

// forgetProven forgets the browser whose last ceremony is the longest ago.
func forgetProven(b *bolt.Bucket) error {
	var oldest []byte
	least := uint64(0)
	err := b.ForEach(func(k, v []byte) error {
		if at := binary.BigEndian.Uint64(append(bytes.Clone(v), make([]byte, 8)...)); oldest == nil || at < least {
			oldest, least = bytes.Clone(k), at
		}
		return nil
	})
	if err != nil || oldest == nil {
		return err
	}
	return b.Delete(oldest)
}
