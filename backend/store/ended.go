package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/disk"
	"sting/backend/session"
)

// A session that has ended stays ended, whatever copy of sting.db comes back.
// While the lab runs the rows say it, and where a row is gone, endedSessions.
// Before sting.db is replaced or removed both are carried over in a file beside it,
// which the next Reopen works off: a kill in between revives nobody (THREATS T30).

// endedSessions holds the sessions whose row is gone: id -> when they would have
// run out, in seconds of Unix time.
var endedSessions = index{name: []byte("sessions_ended")}

// carriedFile is the file beside sting.db.
const carriedFile = "sessions.ended"

// carried is what it holds.
type carried struct {
	// All says that what had ended could not be read: every session counts as such.
	All      bool             `json:"all,omitempty"`
	Sessions []carriedSession `json:"sessions"`
}

type carriedSession struct {
	ID    session.ID `json:"id"`
	Ended time.Time  `json:"ended,omitzero"`
	Until time.Time  `json:"until"` // when it would have run out
}

// buryEnded remembers a session whose row goes.
func buryEnded(tx *bolt.Tx, id session.ID, until time.Time) error {
	return endedSessions.put(tx, []byte(id), binary.BigEndian.AppendUint64(nil, uint64(max(until.Unix(), 0))))
}

// ended reports whether a session had ended here before its row went.
func ended(tx *bolt.Tx, id session.ID) bool { return endedSessions.get(tx, []byte(id)) != nil }

// endedBefore are the sessions that are remembered as ended, and ran out before t.
func endedBefore(tx *bolt.Tx, t time.Time) (old [][]byte, err error) {
	err = endedSessions.under(tx, nil, func(id, until []byte) error {
		if len(until) != 8 || int64(binary.BigEndian.Uint64(until)) < t.Unix() {
			old = append(old, bytes.Clone(id))
		}
		return nil
	})
	return old, err
}

// forgetEnded drops the memory of sessions that ran out before t.
func forgetEnded(tx *bolt.Tx, t time.Time) error {
	old, err := endedBefore(tx, t)
	for _, id := range old {
		err = errors.Join(err, endedSessions.delete(tx, id))
	}
	return err
}

// CarryEnded writes down which sessions have ended, for the sting.db that takes the
// place of this one. The store must be closed.
func (s *Store) CarryEnded() error {
	next, err := s.readEnded()
	if err != nil {
		next = carried{All: true}
	}
	before, err := s.readCarried()
	if err != nil {
		return err
	}
	next.All = next.All || before.All
	next.Sessions = append(before.Sessions, next.Sessions...)
	raw, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := disk.Replace(filepath.Join(s.dir, carriedFile), raw); err != nil {
		return explainOpen(filepath.Join(s.dir, carriedFile), err)
	}
	return nil
}

// readEnded lists the sessions of the closed sting.db that have ended.
func (s *Store) readEnded() (out carried, err error) {
	defer onFault()()
	defer func() { // a damaged file can make bbolt panic
		if p := recover(); p != nil {
			err = ErrDamaged.Because(fmt.Errorf("%v", p))
		}
	}()
	if _, err := os.Stat(s.Path()); errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err := sound(s.Path()); err != nil {
		return out, err
	}
	db, err := bolt.Open(s.Path(), 0o600, &bolt.Options{ReadOnly: true, Timeout: 500 * time.Millisecond, OpenFile: openNoFollow})
	if err != nil {
		return out, explainOpen(s.Path(), err)
	}
	err = db.View(func(tx *bolt.Tx) error {
		if tx.Bucket(sessions.name) == nil {
			return nil
		}
		err := tx.Bucket(sessions.name).ForEach(func(k, b []byte) error {
			v, err := sessions.decode(k, b)
			if err != nil { // nobody knows: it is safer to have it end
				out.Sessions = append(out.Sessions, carriedSession{ID: session.ID(k), Until: farAway})
			} else if !v.EndedAt.IsZero() {
				out.Sessions = append(out.Sessions, carriedSession{ID: v.ID, Ended: v.EndedAt, Until: v.ExpiresAt})
			}
			return nil
		})
		if err != nil || tx.Bucket(endedSessions.name) == nil {
			return err
		}
		return endedSessions.under(tx, nil, func(id, until []byte) error {
			if len(until) == 8 {
				out.Sessions = append(out.Sessions, carriedSession{ID: session.ID(id), Until: time.Unix(int64(binary.BigEndian.Uint64(until)), 0)})
			}
			return nil
		})
	})
	return out, errors.Join(err, db.Close())
}

// farAway is later than any session runs out.
var farAway = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (s *Store) readCarried() (c carried, err error) {
	raw, err := os.ReadFile(filepath.Join(s.dir, carriedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, explainOpen(filepath.Join(s.dir, carriedFile), err)
	}
	if json.Unmarshal(raw, &c) != nil {
		return carried{All: true}, nil
	}
	return c, nil
}

// workOffCarried ends in a sting.db what had ended in the one before it.
func (s *Store) workOffCarried(db *bolt.DB) error {
	c, err := s.readCarried()
	if err != nil || !c.All && len(c.Sessions) == 0 {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if c.All {
			c.Sessions = nil
			rows := tx.Bucket(sessions.name).Cursor()
			for id, _ := rows.First(); id != nil; id, _ = rows.Next() {
				c.Sessions = append(c.Sessions, carriedSession{ID: session.ID(id), Until: farAway})
			}
		}
		for _, gone := range c.Sessions {
			if err := endCarried(tx, gone); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return explainIO(err)
	}
	return os.Remove(filepath.Join(s.dir, carriedFile))
}

func endCarried(tx *bolt.Tx, gone carriedSession) error {
	v, err := sessions.get(tx, []byte(gone.ID))
	switch {
	case errors.Is(err, session.ErrNotFound):
		return buryEnded(tx, gone.ID, gone.Until)
	case err != nil:
		return nil // damaged: it shows nobody
	}
	if gone.Ended.IsZero() {
		gone.Ended = v.SeenAt
	}
	return endSession(tx, v, gone.Ended)
}
