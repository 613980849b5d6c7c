package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
)

// reading is one look through a copy of sting.db.
type reading struct {
	Content
	tx      *bolt.Tx
	unsound map[string]bool // keys of records that are damaged or belong to nobody
	found   fault.Problems
}

// Scratch is the folder in which a copy is compared. A kill may leave it.
const Scratch = ".examined"

const craftedFix = "This file was not written by this program alone: use another snapshot."

func (r *reading) content() error {
	r.People = readTable(r, identities, func(i identity.Identity) string { return string(i.ID) })
	r.Passkeys = readTable(r, credentials, func(c passkey.Credential) string { return c.ID })
	r.registrations()
	r.Sessions = readTable(r, sessions, func(v session.Session) string { return string(v.ID) })
	people := map[identity.ID]bool{}
	for _, e := range r.People {
		people[e.Value.ID] = true
	}
	for n, e := range r.Sessions {
		if !people[e.Value.IdentityID] { // its person went while it was made: nobody can use it
			r.Sessions[n].Bad = true
			r.unsound[string(e.Value.ID)] = true
		}
	}
	return r.secrets()
}

// registrations adds to the passkeys what their registration said. In a copy of
// format 1 it stands in the passkey's own row.
func (r *reading) registrations() {
	if r.tx.Bucket(registrations.name) == nil {
		return
	}
	for n := range r.Passkeys {
		c := &r.Passkeys[n].Value
		if g, err := registrations.get(r.tx, []byte(c.ID)); err == nil {
			c.AttestationObject, c.ClientDataJSON = g.AttestationObject, g.ClientDataJSON
		}
	}
}

// readTable reads a table whole.
func readTable[T any](r *reading, t table[T], id func(T) string) (out []Entry[T]) {
	b := r.tx.Bucket(t.name)
	if b == nil {
		return nil
	}
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		where := fmt.Sprintf("%s/%q", t.name, k)
		e := Entry[T]{Where: where}
		var err error
		if e.Value, err = t.decode(k, v); err != nil {
			r.unsound[string(k)] = true
			continue
		}
		if id(e.Value) != string(k) {
			r.found.Add(where, craftedFix, "The record says that its id is %q.", id(e.Value))
			e.Bad = true
		}
		out = append(out, e)
	}
	return out
}

// secrets looks whether those that are kept are as long as this program makes them.
func (r *reading) secrets() error {
	b := r.tx.Bucket(settings.name)
	if b == nil {
		return nil
	}
	return b.ForEach(func(k, v []byte) error {
		if !strings.HasPrefix(string(k), "secret:") {
			return nil
		}
		var secret []byte
		raw, err := settings.decode(k, v)
		if err == nil && (json.Unmarshal(raw, &secret) != nil || len(secret) != 32) {
			r.found.Add(fmt.Sprintf("settings/%q", k), craftedFix, "The secret has %d bytes, not 32.", len(secret))
		}
		return nil
	})
}

// compare writes the same records into a new file, with this program's own hands,
// and looks what is different.
func (r *reading) compare(scratch string) error {
	dir := filepath.Join(scratch, Scratch)
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	own, err := Open(dir, Options{NoSync: true})
	if err == nil {
		err = r.compareWith(own)
		err = errors.Join(err, own.Close())
	}
	return errors.Join(err, os.RemoveAll(dir))
}

func (r *reading) compareWith(own *Store) error {
	_, found, err := own.bringAll(r.Content, r.unsound)
	if err != nil {
		return err
	}
	r.found = append(r.found, found...)
	return view(own.db, func(tx *bolt.Tx) error {
		for _, x := range []index{identifiers, userHandles, credentialIDs, credentialsOf, sessionTokens, sessionsOf} {
			r.compareIndex(x, tx)
		}
		return nil
	})
}

func (r *reading) compareIndex(x index, own *bolt.Tx) {
	b := r.tx.Bucket(x.name)
	if b == nil {
		return
	}
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if want := own.Bucket(x.name).Get(k); want == nil || !bytes.Equal(want, v) {
			if !r.ofUnsound(k, v) {
				r.found.Add(fmt.Sprintf("%s/%q", x.name, k), craftedFix, "It leads to %q, and no record says so.", v)
			}
		}
	}
}

// ofUnsound reports whether an entry of an index belongs to a record that can't be
// read: it names its id, or ends with it.
func (r *reading) ofUnsound(k, v []byte) bool {
	_, id, _ := bytes.Cut(k, []byte{0})
	return r.unsound[string(v)] || r.unsound[string(id)]
}

// bringAll is Bring into a store of one's own, where problems keep nothing out but
// what they are about.
func (s *Store) bringAll(c Content, named map[string]bool) (done Brought, found fault.Problems, err error) {
	err = write(context.Background(), s.db, func(tx *bolt.Tx) error {
		b := newBringing(tx)
		for id := range named {
			b.named[identity.ID(id)] = true
		}
		err := b.all(c)
		done, found = b.done, b.found
		return err
	})
	return done, found, err
}
