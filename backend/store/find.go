package store

import (
	"bytes"
	"context"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/list"
	"sting/backend/passkey"
	"sting/backend/session"
)

// FindIdentities implements identity.Store.
func (s *Store) FindIdentities(_ context.Context, o list.Order, q, after string) (list.Found[identity.Identity], error) {
	return find(s.db, peopleList(), o, after, func(tx *bolt.Tx, f *finding) {
		f.withID(tx, identities.name, q)
		f.people(tx, q)
	})
}

// FindCredentials implements passkey.Credentials.
func (s *Store) FindCredentials(_ context.Context, o list.Order, q, after string) (list.Found[passkey.Credential], error) {
	return find(s.db, passkeyList(), o, after, func(tx *bolt.Tx, f *finding) {
		f.withID(tx, credentials.name, q)
		f.withWords(tx, passkeysWords, q)
		f.ofPeople(tx, credentialsOf, q)
		if raw, err := base64.RawURLEncoding.DecodeString(q[:len(q)/4*4]); err == nil && len(raw) > 2 {
			_ = credentialIDs.under(tx, raw, func(_, id []byte) error { return f.add(id) })
		}
	})
}

// FindSessions implements session.Store.
func (s *Store) FindSessions(_ context.Context, o list.Order, q, after string) (list.Found[session.Session], error) {
	return find(s.db, sessionList(), o, after, func(tx *bolt.Tx, f *finding) {
		f.withID(tx, sessions.name, q)
		f.ofPeople(tx, sessionsOf, q)
	})
}

// finding collects the keys of rows, up to mostFound.
type finding struct {
	keys map[string]bool
	full bool
}

type errFull struct{}

func (errFull) Error() string { return "enough were found" }

func (f *finding) add(key []byte) error {
	if f.full = f.full || len(f.keys) >= mostFound; f.full {
		return errFull{}
	}
	f.keys[string(key)] = true
	return nil
}

// withID adds the rows whose id begins with what is looked for.
func (f *finding) withID(tx *bolt.Tx, rows []byte, q string) {
	c := tx.Bucket(rows).Cursor()
	for k, _ := c.Seek([]byte(q)); k != nil && bytes.HasPrefix(k, []byte(q)); k, _ = c.Next() {
		if f.add(k) != nil {
			return
		}
	}
}

// withWords adds the rows in which each word that is looked for begins a word. A word
// that too many have is left out: who shows the rows compares it.
func (f *finding) withWords(tx *bolt.Tx, x index, q string) {
	var all map[string]bool
	words := list.Words(q)
	for _, word := range words {
		one := &finding{keys: map[string]bool{}}
		_ = x.under(tx, []byte(word), func(rest, _ []byte) error { return one.add(leadsBehindNUL(rest, nil)) })
		switch {
		case one.full:
		case all == nil:
			all = one.keys
		default:
			maps.DeleteFunc(all, func(key string, _ bool) bool { return !one.keys[key] })
		}
	}
	f.full = f.full || all == nil && len(words) > 0
	for key := range all {
		_ = f.add([]byte(key))
	}
}

// people adds the accounts whose address begins with what is looked for, where that is
// one, or who have its words.
func (f *finding) people(tx *bolt.Tx, q string) {
	if strings.Contains(q, "@") {
		one := &finding{keys: map[string]bool{}}
		_ = identifiers.under(tx, []byte(identity.Fold(q)), func(_, id []byte) error { return one.add(id) })
		if len(one.keys) > 0 && !one.full {
			maps.Copy(f.keys, one.keys)
			return
		}
	}
	f.withWords(tx, peopleWords, q)
}

// ofPeople adds what belongs to the people who have the words.
func (f *finding) ofPeople(tx *bolt.Tx, of index, q string) {
	people := &finding{keys: map[string]bool{}}
	people.people(tx, q)
	f.full = f.full || people.full
	for id := range people.keys {
		_ = of.under(tx, join([]byte(id), nil), func(key, _ []byte) error { return f.add(key) })
	}
}

// find returns the rows that collect finds, in an order; none where there are more than
// a search looks at.
func find[V any](db *file, l listed[V], o list.Order, after string, collect func(*bolt.Tx, *finding)) (found list.Found[V], err error) {
	err = view(db, func(tx *bolt.Tx) error {
		f := &finding{keys: map[string]bool{}}
		if collect(tx, f); f.full {
			return nil
		}
		x := l.orders[o]
		place, err := l.place(tx, x, o, after)
		if err != nil {
			return err
		}
		keys := make(map[string][]byte, len(f.keys))
		for id := range f.keys {
			v, err := l.rows.get(tx, []byte(id))
			if err != nil {
				_ = db.met(err)
				continue
			}
			key := x.key(v)
			c := cursor(o, key)
			keys[c] = key
			found.Items = append(found.Items, list.Item[V]{Value: v, Cursor: c})
			if place != nil && x.compare(key, place) <= 0 {
				found.Behind++
			}
		}
		slices.SortFunc(found.Items, func(a, b list.Item[V]) int {
			return x.compare(keys[a.Cursor], keys[b.Cursor])
		})
		return nil
	})
	return found, err
}
