package store

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/session"
)

var _ session.Store = (*Store)(nil)

var (
	sessions      = table[session.Session]{name: []byte("sessions"), missing: session.ErrNotFound, coding: sessionCoding()}
	sessionTokens = index{name: []byte("session_tokens")} // kind 0 hash -> id
	sessionsOf    = index{name: []byte("sessions_of")}    // identity 0 id -> nothing
)

// CreateSession implements session.Store.
func (s *Store) CreateSession(ctx context.Context, v session.Session, replaced ...session.ID) error {
	return write(ctx, s.db, func(tx *bolt.Tx) error { return createSession(tx, v, replaced) })
}

func createSession(tx *bolt.Tx, v session.Session, replaced []session.ID) error {
	if ended(tx, v.ID) { // it comes from a copy, and ended is ended
		v = retired(v)
		v.EndedAt = v.SeenAt
	}
	for _, id := range replaced {
		old, err := sessions.get(tx, []byte(id))
		if err != nil {
			continue // gone or damaged: nothing left that could be used
		}
		if old, err = handOver(tx, old, v); err != nil {
			return err
		}
		if err := endSession(tx, old, v.IssuedAt); err != nil {
			return err
		}
	}
	if err := putTokens(tx, v); err != nil {
		return err
	}
	if err := sessionsOf.put(tx, join([]byte(v.IdentityID), []byte(v.ID)), []byte{}); err != nil {
		return err
	}
	if err := relist(tx, nil, listLeadsOfSession(v)); err != nil {
		return err
	}
	return sessions.put(tx, []byte(v.ID), v)
}

// handOver takes from old the token that its successor goes on with, as an app's
// does: it ends with the successor.
func handOver(tx *bolt.Tx, old, next session.Session) (session.Session, error) {
	if len(next.KratosToken) == 0 || !bytes.Equal(old.KratosToken, next.KratosToken) && !bytes.Equal(old.EndedToken, next.KratosToken) {
		return old, nil
	}
	err := dropTokens(tx, old)
	old.KratosToken, old.EndedToken = nil, nil
	return old, err
}

// retired is a session whose tokens show nobody any more.
func retired(v session.Session) session.Session {
	switch {
	case len(v.KratosToken) > 0:
		v.EndedToken = v.KratosToken
	case len(v.PasskeyToken) > 0: // there is no view of Kratos' where that one runs elsewhere
		v.EndedToken = v.PasskeyToken
	}
	v.PasskeyToken, v.KratosToken = nil, nil
	return v
}

func putTokens(tx *bolt.Tx, v session.Session) error {
	for k, hash := range tokensOf(v) {
		if err := sessionTokens.put(tx, join([]byte(k), hash), []byte(v.ID)); err != nil {
			return err
		}
	}
	return nil
}

func dropTokens(tx *bolt.Tx, v session.Session) error {
	for k, hash := range tokensOf(v) {
		if err := sessionTokens.delete(tx, join([]byte(k), hash)); err != nil {
			return err
		}
	}
	return nil
}

func tokensOf(v session.Session) map[session.Kind][]byte {
	m := make(map[session.Kind][]byte, 3)
	if len(v.PasskeyToken) > 0 {
		m[session.KindPasskey] = v.PasskeyToken
	}
	if len(v.KratosToken) > 0 {
		m[session.KindKratos] = v.KratosToken
	}
	if len(v.EndedToken) > 0 {
		m[session.KindEnded] = v.EndedToken
	}
	return m
}

// SessionByToken implements session.Store.
func (s *Store) SessionByToken(_ context.Context, k session.Kind, hash []byte) (v session.Session, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		v, err = s.sessionByToken(tx, k, hash)
		return err
	})
	return v, err
}

func (s *Store) sessionByToken(tx *bolt.Tx, k session.Kind, hash []byte) (session.Session, error) {
	id := sessionTokens.get(tx, join([]byte(k), hash))
	if id == nil {
		return session.Session{}, session.ErrNone
	}
	v, err := s.held.get(tx, id)
	if errors.Is(err, ErrDamagedRecord) {
		return session.Session{}, session.ErrDamaged.Because(err)
	}
	return v, err
}

// ShownBy implements session.Store.
func (s *Store) ShownBy(_ context.Context, k session.Kind, hash []byte) (shown session.Shown, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		if shown.Session, err = s.sessionByToken(tx, k, hash); err != nil {
			return err
		}
		if shown.Person, err = s.people.get(tx, []byte(shown.Session.IdentityID)); err != nil {
			return err
		}
		shown.Passkeys, err = activeOf(tx, shown.Person.ID)
		return err
	})
	return shown, err
}

// Session implements session.Store.
func (s *Store) Session(_ context.Context, id session.ID) (v session.Session, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		v, err = s.held.get(tx, []byte(id))
		return err
	})
	return v, err
}

// UpdateSession implements session.Store.
func (s *Store) UpdateSession(ctx context.Context, id session.ID, change func(*session.Session) error) (v session.Session, err error) {
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		before, err := sessions.get(tx, []byte(id))
		if err != nil {
			return err
		}
		v = before
		if err := change(&v); err != nil {
			return err
		}
		v.ID, v.IdentityID = before.ID, before.IdentityID
		if err := dropTokens(tx, before); err != nil {
			return err
		}
		if err := putTokens(tx, v); err != nil {
			return err
		}
		if err := relist(tx, listLeadsOfSession(before), listLeadsOfSession(v)); err != nil {
			return err
		}
		return sessions.put(tx, []byte(id), v)
	})
	return v, err
}

// EndSession implements session.Store.
func (s *Store) EndSession(ctx context.Context, id session.ID, at time.Time) (v session.Session, err error) {
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		if v, err = sessions.get(tx, []byte(id)); err != nil {
			return err
		}
		return endSession(tx, v, at)
	})
	return v, err
}

func endSession(tx *bolt.Tx, v session.Session, at time.Time) error {
	if err := dropTokens(tx, v); err != nil {
		return err
	}
	v = retired(v)
	if v.EndedAt.IsZero() {
		v.EndedAt = at
	}
	if err := putTokens(tx, v); err != nil {
		return err
	}
	return sessions.put(tx, []byte(v.ID), v)
}

func forgetSession(tx *bolt.Tx, v session.Session) error {
	if err := dropTokens(tx, v); err != nil {
		return err
	}
	if err := sessionsOf.delete(tx, join([]byte(v.IdentityID), []byte(v.ID))); err != nil {
		return err
	}
	if err := relist(tx, listLeadsOfSession(v), nil); err != nil {
		return err
	}
	if err := buryEnded(tx, v.ID, v.ExpiresAt); err != nil {
		return err
	}
	return sessions.delete(tx, []byte(v.ID))
}

// SessionsOf implements session.Store.
func (s *Store) SessionsOf(_ context.Context, id identity.ID) (list []session.Session, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		list, err = sessionsUnder(tx, id)
		return err
	})
	slices.SortStableFunc(list, func(a, b session.Session) int { return b.IssuedAt.Compare(a.IssuedAt) })
	return list, err
}

func sessionsUnder(tx *bolt.Tx, id identity.ID) (list []session.Session, err error) {
	err = sessionsOf.under(tx, join([]byte(id), nil), func(key, _ []byte) error {
		v, err := sessions.get(tx, bytes.Clone(key))
		if err == nil {
			list = append(list, v)
		}
		return nil // one damaged record must not hide the others
	})
	return list, err
}

// Sessions implements session.Store.
func (s *Store) Sessions(_ context.Context, after session.ID, limit int) (list []session.Session, err error) {
	err = view(s.db, func(tx *bolt.Tx) error {
		list = sessions.list(tx, s.db, []byte(after), limit)
		return nil
	})
	return list, err
}

// PruneSessions implements session.Store.
func (s *Store) PruneSessions(ctx context.Context, t time.Time) (n int, err error) {
	over := func(v session.Session) bool {
		return v.ExpiresAt.Before(t) || !v.EndedAt.IsZero() && v.EndedAt.Before(t)
	}
	var old []session.ID
	var ended [][]byte
	err = view(s.db, func(tx *bolt.Tx) error {
		err := tx.Bucket(sessions.name).ForEach(func(k, row []byte) error {
			v, err := sessions.decode(k, row)
			if err != nil {
				_ = s.db.met(err)
				return nil
			}
			if over(v) {
				old = append(old, v.ID)
			}
			return nil
		})
		if err != nil {
			return err
		}
		ended, err = endedBefore(tx, t)
		return err
	})
	if err != nil || len(old)+len(ended) == 0 { // nothing is written for nothing
		return 0, err
	}
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		n = 0
		for _, id := range old {
			v, err := sessions.get(tx, []byte(id)) // it may have changed since
			if err != nil || !over(v) {
				continue
			}
			if err := forgetSession(tx, v); err != nil {
				return err
			}
			n++
		}
		return forgetEnded(tx, t)
	})
	return n, err
}
