package store

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/signin"
)

var (
	_ passkey.Credentials = (*Store)(nil)
	_ passkey.People      = (*Store)(nil)
	_ signin.Store        = (*Store)(nil)
)

var (
	credentials   = table[passkey.Credential]{name: []byte("credentials"), missing: passkey.ErrNotFound, coding: credentialCoding()}
	tombstones    = table[tombstone]{name: credentials.name, missing: passkey.ErrNotFound, coding: tombstoneCoding()}
	registrations = table[registration]{name: []byte("credential_registrations"), missing: errNoRegistration, coding: registrationCoding()}
	credentialIDs = index{name: []byte("credential_ids")} // the authenticator's id -> ours, tombstones too
	credentialsOf = index{name: []byte("credentials_of")} // identity 0 id -> nothing
)

var errNoRegistration = errors.New("nothing of the registration is kept")

// AddCredential implements passkey.Credentials.
func (s *Store) AddCredential(ctx context.Context, c passkey.Credential) error {
	return write(ctx, s.db, func(tx *bolt.Tx) error {
		if credentialIDs.get(tx, c.CredentialID) != nil {
			return passkey.ErrCredentialKnown
		}
		if _, err := identities.get(tx, []byte(c.IdentityID)); err != nil {
			return err // the person was deleted while the authenticator worked
		}
		have, err := credentialsUnder(tx, c.IdentityID)
		if err != nil {
			return err
		}
		if active(have) >= passkey.MaxPasskeys {
			return passkey.ErrTooMany
		}
		return putCredential(tx, c)
	})
}

func putCredential(tx *bolt.Tx, c passkey.Credential) error {
	if err := credentialIDs.put(tx, c.CredentialID, []byte(c.ID)); err != nil {
		return err
	}
	if err := credentialsOf.put(tx, join([]byte(c.IdentityID), []byte(c.ID)), []byte{}); err != nil {
		return err
	}
	if err := putRegistration(tx, c); err != nil {
		return err
	}
	if err := relist(tx, nil, listLeadsOfCredential(c)); err != nil {
		return err
	}
	return credentials.put(tx, []byte(c.ID), c)
}

func putRegistration(tx *bolt.Tx, c passkey.Credential) error {
	if len(c.AttestationObject)+len(c.ClientDataJSON) == 0 {
		return nil
	}
	return registrations.put(tx, []byte(c.ID), registration{c.AttestationObject, c.ClientDataJSON, c.ID})
}

// withRegistration adds what the registration of a passkey said. Where that can't be
// read, the passkey is what it is without it.
func withRegistration(tx *bolt.Tx, db *file, c passkey.Credential) passkey.Credential {
	g, err := registrations.get(tx, []byte(c.ID))
	if err != nil {
		_ = db.met(err)
		return c
	}
	c.AttestationObject, c.ClientDataJSON = g.AttestationObject, g.ClientDataJSON
	return c
}

func active(list []passkey.Credential) int {
	n := 0
	for _, c := range list {
		if c.Active() {
			n++
		}
	}
	return n
}

// activeOf counts the active passkeys of a person, those that can't be read left out.
func activeOf(tx *bolt.Tx, id identity.ID) (n int, err error) {
	err = credentialsOf.under(tx, join([]byte(id), nil), func(key, _ []byte) error {
		if c, err := tombstones.get(tx, key); err == nil && c.RevokedAt.IsZero() {
			n++
		}
		return nil
	})
	return n, err
}

// Credential implements passkey.Credentials.
func (s *Store) Credential(_ context.Context, id string) (c passkey.Credential, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		if c, err = credentials.get(tx, []byte(id)); err == nil {
			c = withRegistration(tx, s.db, c)
		}
		return err
	})
	return c, err
}

// CredentialByCredentialID implements passkey.Credentials.
func (s *Store) CredentialByCredentialID(_ context.Context, credentialID []byte) (c passkey.Credential, err error) {
	if len(credentialID) == 0 {
		return c, passkey.ErrUnknownCredential
	}
	err = view(s.db, func(tx *bolt.Tx) error {
		c, err = byCredentialID(tx, credentialID)
		return err
	})
	return c, err
}

func byCredentialID(tx *bolt.Tx, credentialID []byte) (passkey.Credential, error) {
	id := credentialIDs.get(tx, credentialID)
	if id == nil {
		return passkey.Credential{}, passkey.ErrUnknownCredential
	}
	return credentials.get(tx, id)
}

// Owned implements passkey.Credentials.
func (s *Store) Owned(_ context.Context, credentialID []byte) (o passkey.Owned, err error) {
	if len(credentialID) == 0 {
		return o, passkey.ErrUnknownCredential
	}
	err = view(s.db, func(tx *bolt.Tx) error {
		if o.Credential, err = byCredentialID(tx, credentialID); err != nil {
			return err
		}
		o.Person, o.NoPerson = s.people.get(tx, []byte(o.IdentityID))
		_ = s.db.met(o.NoPerson)
		return nil
	})
	return o, err
}

// CredentialsOf implements passkey.Credentials.
func (s *Store) CredentialsOf(_ context.Context, id identity.ID) (list []passkey.Credential, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		list, err = credentialsUnder(tx, id)
		return err
	})
	slices.SortStableFunc(list, func(a, b passkey.Credential) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return list, err
}

// DamagedOf implements passkey.Credentials.
func (s *Store) DamagedOf(_ context.Context, id identity.ID) (n int, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		n = 0
		return credentialsOf.under(tx, join([]byte(id), nil), func(key, _ []byte) error {
			if _, err := credentials.get(tx, key); errors.Is(err, ErrDamagedRecord) {
				_ = s.db.met(err)
				n++
			}
			return nil
		})
	})
	return n, err
}

func credentialsUnder(tx *bolt.Tx, id identity.ID) (list []passkey.Credential, err error) {
	err = credentialsOf.under(tx, join([]byte(id), nil), func(key, _ []byte) error {
		c, err := credentials.get(tx, bytes.Clone(key))
		if err == nil {
			list = append(list, c)
		}
		return nil // one damaged record must not hide the others
	})
	return list, err
}

// UpdateCredential implements passkey.Credentials.
func (s *Store) UpdateCredential(ctx context.Context, id string, change func(*passkey.Credential) error) (c passkey.Credential, err error) {
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		c, err = updateCredential(tx, id, change)
		return err
	})
	return c, err
}

func updateCredential(tx *bolt.Tx, id string, change func(*passkey.Credential) error) (passkey.Credential, error) {
	before, err := credentials.get(tx, []byte(id))
	if err != nil {
		return before, err
	}
	c := before
	c.Counters = slices.Clone(before.Counters)
	if err := change(&c); err != nil {
		return before, err
	}
	c.ID, c.CredentialID, c.IdentityID = before.ID, before.CredentialID, before.IdentityID
	if c.Name != before.Name || !c.CreatedAt.Equal(before.CreatedAt) { // a sign-in changes neither
		if err := relist(tx, listLeadsOfCredential(before), listLeadsOfCredential(c)); err != nil {
			return before, err
		}
	}
	return c, credentials.put(tx, []byte(id), c)
}

// RemoveCredential implements passkey.Credentials.
func (s *Store) RemoveCredential(ctx context.Context, id string, at time.Time,
	allow func(active int, password bool) error) (c passkey.Credential, err error) {
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		c, err = updateCredential(tx, id, func(c *passkey.Credential) error {
			if !c.Active() {
				return passkey.ErrNotFound
			}
			have, err := credentialsUnder(tx, c.IdentityID)
			if err != nil {
				return err
			}
			person, err := identities.get(tx, []byte(c.IdentityID))
			if err != nil && !errors.Is(err, identity.ErrNotFound) {
				return err
			}
			if err := allow(active(have), person.Password != nil); err != nil {
				return err
			}
			c.RevokedAt, c.UpdatedAt = at, at
			return nil
		})
		if err != nil {
			return err
		}
		return endLivingOf(tx, c.IdentityID, at, func(v session.Session) bool { return v.MadeBy(c.ID) })
	})
	return c, err
}

// Credentials implements passkey.Credentials.
func (s *Store) Credentials(_ context.Context, after string, limit int) (list []passkey.Credential, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		list = credentials.list(tx, s.db, []byte(after), limit)
		for i := range list {
			list[i] = withRegistration(tx, s.db, list[i])
		}
		return nil
	})
	return list, err
}

// Grant implements signin.Store: the credential's new state and the session
// come into being together, or neither does.
func (s *Store) Grant(ctx context.Context, credentialID string, use func(*passkey.Credential) error, v session.Session,
	replaced ...session.ID) (c passkey.Credential, err error) {
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		if c, err = updateCredential(tx, credentialID, use); err != nil {
			return err
		}
		return createSession(tx, v, replaced)
	})
	return c, err
}
