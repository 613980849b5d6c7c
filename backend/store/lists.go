package store

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/list"
	"sting/backend/passkey"
	"sting/backend/session"
)

// Each order of a list is an index whose keys sort as the list does, and whose bucket
// counts them in its sequence. The words that people are looked for by are an index
// too. All are kept in the transaction that writes the row.
var (
	peopleNewest   = index{name: []byte("people_newest"), counted: true}   // moment id -> nothing
	peopleNames    = index{name: []byte("people_names"), counted: true}    // folded name 0 id -> nothing
	peopleWords    = index{name: []byte("people_words")}                   // folded word 0 id -> nothing
	passkeysNewest = index{name: []byte("passkeys_newest"), counted: true} // as people's
	passkeysNames  = index{name: []byte("passkeys_names"), counted: true}
	passkeysWords  = index{name: []byte("passkeys_words")}
	sessionsNewest = index{name: []byte("sessions_newest"), counted: true}
)

// mostFound is how many rows a search by words looks at; of more, the list is walked.
const mostFound = 1000

// ordered is one order of a list.
type ordered[V any] struct {
	index
	descending bool
	key        func(V) []byte
}

// listed is a table with its orders.
type listed[V any] struct {
	rows   table[V]
	orders map[list.Order]ordered[V]
}

// moment makes a key part of 12 bytes that sorts by time, for every time there is.
func moment(t time.Time) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(t.Unix()-time.Time{}.Unix()))
	return binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond()))
}

const momentLen = 12

func leadsBehindMoment(key, _ []byte) []byte { return key[min(momentLen, len(key)):] }

// named makes a key that sorts by a name.
func named(name string, id []byte) []byte {
	folded := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "\x00", "")
	return join([]byte(folded[:min(len(folded), 100)]), id)
}

// wordsTo are the entries of a row in an index of words.
func wordsTo(x index, id []byte, texts ...string) (leads []lead) {
	for _, word := range list.Words(texts...) {
		leads = append(leads, lead{x, join([]byte(word), id), []byte{}})
	}
	return leads
}

func listLeadsOfIdentity(i identity.Identity) []lead {
	id := []byte(i.ID)
	return append(wordsTo(peopleWords, id, i.Email(), i.DisplayName()),
		lead{peopleNewest, append(moment(i.CreatedAt), id...), []byte{}}, lead{peopleNames, named(i.DisplayName(), id), []byte{}})
}

func listLeadsOfCredential(c passkey.Credential) []lead {
	id := []byte(c.ID)
	return append(wordsTo(passkeysWords, id, c.Name),
		lead{passkeysNewest, append(moment(c.CreatedAt), id...), []byte{}}, lead{passkeysNames, named(c.Name, id), []byte{}})
}

func listLeadsOfSession(v session.Session) []lead {
	return []lead{{sessionsNewest, append(moment(v.IssuedAt), v.ID...), []byte{}}}
}

// relist replaces the entries that a row had in the lists by those that it has now.
func relist(tx *bolt.Tx, before, now []lead) error {
	has := func(list []lead, l lead) bool {
		return slices.ContainsFunc(list, func(o lead) bool { return bytes.Equal(o.in.name, l.in.name) && bytes.Equal(o.key, l.key) })
	}
	for _, l := range before {
		if !has(now, l) {
			if err := l.in.delete(tx, l.key); err != nil {
				return err
			}
		}
	}
	for _, l := range now {
		if !has(before, l) {
			if err := l.in.put(tx, l.key, l.value); err != nil {
				return err
			}
		}
	}
	return nil
}

func peopleList() listed[identity.Identity] {
	return listed[identity.Identity]{rows: identities,
		orders: map[list.Order]ordered[identity.Identity]{
			list.Newest: {peopleNewest, true, func(i identity.Identity) []byte { return append(moment(i.CreatedAt), i.ID...) }},
			list.Name:   {peopleNames, false, func(i identity.Identity) []byte { return named(i.DisplayName(), []byte(i.ID)) }},
		}}
}

func passkeyList() listed[passkey.Credential] {
	return listed[passkey.Credential]{rows: credentials,
		orders: map[list.Order]ordered[passkey.Credential]{
			list.Newest: {passkeysNewest, true, func(c passkey.Credential) []byte { return append(moment(c.CreatedAt), c.ID...) }},
			list.Name:   {passkeysNames, false, func(c passkey.Credential) []byte { return named(c.Name, []byte(c.ID)) }},
		}}
}

func sessionList() listed[session.Session] {
	return listed[session.Session]{rows: sessions,
		orders: map[list.Order]ordered[session.Session]{
			list.Newest: {sessionsNewest, true, func(v session.Session) []byte { return append(moment(v.IssuedAt), v.ID...) }},
		}}
}

// ListIdentities implements identity.Store.
func (s *Store) ListIdentities(_ context.Context, o list.Order, after string, limit int) (list.Stretch[identity.Identity], error) {
	return stretchOf(s.db, peopleList(), o, after, limit)
}

// ListCredentials implements passkey.Credentials.
func (s *Store) ListCredentials(_ context.Context, o list.Order, after string, limit int) (list.Stretch[passkey.Credential], error) {
	return stretchOf(s.db, passkeyList(), o, after, limit)
}

// ListSessions implements session.Store.
func (s *Store) ListSessions(_ context.Context, o list.Order, after string, limit int) (list.Stretch[session.Session], error) {
	return stretchOf(s.db, sessionList(), o, after, limit)
}

// stretchOf returns at most limit rows behind a cursor, or behind the row whose id it is.
func stretchOf[V any](db *file, l listed[V], o list.Order, after string, limit int) (out list.Stretch[V], err error) {
	err = view(db, func(tx *bolt.Tx) error {
		x := l.orders[o]
		out = list.Stretch[V]{Total: x.total(tx)}
		place, err := l.place(tx, x, o, after)
		if err != nil {
			return err
		}
		c := tx.Bucket(x.name).Cursor()
		for k := x.behind(c, place); k != nil && len(out.Items) < limit; k = x.step(c) {
			v, err := l.rows.get(tx, x.rowOf(k))
			if err != nil { // one damaged row must not hide the others
				_ = db.met(err)
				continue
			}
			out.Items = append(out.Items, list.Item[V]{Value: v, Cursor: cursor(o, k)})
		}
		return nil
	})
	return out, err
}

// compare says which of two keys comes first in the order.
func (x ordered[V]) compare(a, b []byte) int {
	if x.descending {
		a, b = b, a
	}
	return bytes.Compare(a, b)
}

func (x ordered[V]) total(tx *bolt.Tx) int { return int(tx.Bucket(x.name).Sequence()) }

func (x ordered[V]) rowOf(key []byte) []byte {
	if x.descending {
		return leadsBehindMoment(key, nil)
	}
	return leadsBehindNUL(key, nil)
}

// behind moves to the first key behind a place; nil is the beginning.
func (x ordered[V]) behind(c *bolt.Cursor, place []byte) (k []byte) {
	switch {
	case place == nil && x.descending:
		k, _ = c.Last()
	case place == nil:
		k, _ = c.First()
	case x.descending:
		if k, _ = c.Seek(place); k == nil {
			k, _ = c.Last()
		}
		for k != nil && bytes.Compare(k, place) >= 0 {
			k, _ = c.Prev()
		}
	default:
		if k, _ = c.Seek(place); bytes.Equal(k, place) {
			k, _ = c.Next()
		}
	}
	return k
}

func (x ordered[V]) step(c *bolt.Cursor) (k []byte) {
	if x.descending {
		k, _ = c.Prev()
	} else {
		k, _ = c.Next()
	}
	return k
}

// cursor names a place in an order; no id has a dot in it.
func cursor(o list.Order, key []byte) string {
	return string(o) + "." + base64.RawURLEncoding.EncodeToString(key)
}

// place is the key that a cursor names, or the key of the row whose id it is.
func (l listed[V]) place(tx *bolt.Tx, x ordered[V], o list.Order, after string) ([]byte, error) {
	if after == "" {
		return nil, nil
	}
	if of, text, is := strings.Cut(after, "."); is {
		key, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || of != string(o) || len(key) == 0 {
			return nil, list.ErrCursor
		}
		return key, nil
	}
	v, err := l.rows.get(tx, []byte(after))
	if errors.Is(err, l.rows.missing) {
		return nil, list.ErrCursor
	}
	return x.key(v), err
}
