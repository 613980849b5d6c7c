package session

import (
	"context"
	"errors"
	"time"

	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/list"
)

// Store keeps sessions.
type Store interface {
	// CreateSession writes s, and ends those in replaced, in one transaction.
	CreateSession(ctx context.Context, s Session, replaced ...ID) error
	// SessionByToken returns ErrNone if no session has the hash, ErrDamaged if its
	// record can't be read.
	SessionByToken(ctx context.Context, k Kind, hash []byte) (Session, error)
	// ShownBy is SessionByToken together with whose it is, as both were at one moment.
	// Where the person can't be had, the session comes along with the error:
	// identity.ErrNotFound if they are gone.
	ShownBy(ctx context.Context, k Kind, hash []byte) (Shown, error)
	// Session returns ErrNotFound if there is none.
	Session(ctx context.Context, id ID) (Session, error)
	// UpdateSession reads, changes and writes in one transaction.
	UpdateSession(ctx context.Context, id ID, change func(*Session) error) (Session, error)
	// EndSession marks the session as ended; its tokens show nobody any more,
	// and KindEnded finds it by the one of Kratos. It returns ErrNotFound if there is none.
	EndSession(ctx context.Context, id ID, at time.Time) (Session, error)
	// SessionsOf lists a person's sessions, ended ones too, newest first.
	SessionsOf(ctx context.Context, id identity.ID) ([]Session, error)
	// Sessions lists all, in order of ID, behind the one called after.
	Sessions(ctx context.Context, after ID, limit int) ([]Session, error)
	// ListSessions lists in an order, behind a cursor of that order or the session
	// whose id it is, at most limit. list.ErrCursor for another.
	ListSessions(ctx context.Context, o list.Order, after string, limit int) (list.Stretch[Session], error)
	// FindSessions finds by words of the person, and by ids that begin with what is
	// looked for, in an order; none where that would be too many.
	FindSessions(ctx context.Context, o list.Order, q, after string) (list.Found[Session], error)
	// PruneSessions removes those that ended or expired before t.
	PruneSessions(ctx context.Context, t time.Time) (int, error)
}

// Sessions issues, recognises and ends sessions.
type Sessions struct {
	Store  Store
	Now    func() time.Time
	Policy func() Policy
	Bus    *events.Bus
}

// Issue stores s and ends the sessions that it replaces.
func (ss *Sessions) Issue(ctx context.Context, s Session, replaced ...ID) error {
	if err := ss.Store.CreateSession(ctx, s, replaced...); err != nil {
		return err
	}
	ss.Announce(s, replaced...)
	return nil
}

// Announce tells the lab that s began and that others ended for it.
func (ss *Sessions) Announce(s Session, replaced ...ID) {
	for _, id := range replaced {
		events.Publish(ss.Bus, Changed{ID: id, What: "ended"})
	}
	events.Publish(ss.Bus, Changed{ID: s.ID, IdentityID: s.IdentityID, What: "created"})
}

// Renew puts the successor of s in its place. views are those that the browser
// shows: any other one ends with s.
func (ss *Sessions) Renew(ctx context.Context, s Session, views ...Kind) (Issued, error) {
	next := s.Successor(ss.Now(), views...)
	return next, ss.Issue(ctx, next.Session, s.ID)
}

// AnnounceEnded tells the lab that sessions of a person have ended.
func (ss *Sessions) AnnounceEnded(id identity.ID) {
	events.Publish(ss.Bus, Changed{IdentityID: id, What: "ended"})
}

// ByToken returns the living session that a token shows, or ErrNone.
func (ss *Sessions) ByToken(ctx context.Context, k Kind, token string) (Session, error) {
	if !possible(token) {
		return Session{}, ErrNone
	}
	s, err := ss.Store.SessionByToken(ctx, k, Hash(token))
	if err != nil {
		return Session{}, orNobody(err)
	}
	return ss.living(ctx, s)
}

// Shown returns the living session that a token shows and whose it is, or ErrNone:
// also where the person is gone, or may not sign in any more.
func (ss *Sessions) Shown(ctx context.Context, k Kind, token string) (Shown, error) {
	if !possible(token) {
		return Shown{}, ErrNone
	}
	shown, err := ss.Store.ShownBy(ctx, k, Hash(token))
	if err != nil && shown.Session.ID == "" {
		return Shown{}, orNobody(err)
	}
	living, ended := ss.living(ctx, shown.Session)
	switch {
	case ended != nil:
		return Shown{}, ended
	case errors.Is(err, identity.ErrNotFound), err == nil && shown.Person.State == identity.Inactive:
		return Shown{}, ErrNone
	case err != nil:
		return Shown{}, err
	}
	shown.Session = living
	return shown, nil
}

// possible reports whether a token could be one of ours.
func possible(token string) bool { return token != "" && len(token) <= 512 }

// orNobody makes nobody of a session whose record is damaged: else nobody could sign
// in again beside it, or out.
func orNobody(err error) error {
	if errors.Is(err, ErrDamaged) {
		return ErrNone.Hinting("The record of your session is damaged: sign in again. `sting doctor` says more.").
			Running("sting doctor").Because(err)
	}
	return err
}

// living returns a session that may still be used, and notes that it was; ErrNone for
// another.
func (ss *Sessions) living(ctx context.Context, s Session) (Session, error) {
	now, policy := ss.Now(), ss.Policy()
	if !s.Alive(now, policy) {
		return Session{}, ErrNone
	}
	return ss.seen(ctx, s, now, policy)
}

// seen notes that s was used, where an idle limit makes that matter, and not
// at each request: a tenth of the limit is exact enough and saves the writes.
// What was seen after now, before the clock was set back, counts as seen now.
func (ss *Sessions) seen(ctx context.Context, s Session, now time.Time, p Policy) (Session, error) {
	if p.Idle <= 0 || now.Sub(s.SeenAt).Abs() < p.Idle/10 {
		return s, nil
	}
	return ss.Store.UpdateSession(ctx, s.ID, func(s *Session) error {
		if !s.Alive(now, p) {
			return ErrNone // ended since it was read
		}
		s.SeenAt = now
		return nil
	})
}

// End ends a session, whichever view shows it. Ending one that has ended
// already is fine; ErrNotFound if there never was one.
func (ss *Sessions) End(ctx context.Context, id ID) error {
	s, err := ss.Store.EndSession(ctx, id, ss.Now())
	if err != nil {
		return err
	}
	events.Publish(ss.Bus, Changed{ID: id, IdentityID: s.IdentityID, What: "ended"})
	return nil
}

// Living lists a person's sessions that may still be used, newest first.
func (ss *Sessions) Living(ctx context.Context, id identity.ID) ([]Session, error) {
	all, err := ss.Store.SessionsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	now, policy := ss.Now(), ss.Policy()
	living := all[:0]
	for _, s := range all {
		if s.Alive(now, policy) {
			living = append(living, s)
		}
	}
	return living, nil
}

// EndOthers ends a person's living sessions but the one called keep ("" for
// none) and returns how many it ended.
func (ss *Sessions) EndOthers(ctx context.Context, id identity.ID, keep ID) (int, error) {
	living, err := ss.Living(ctx, id)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, s := range living {
		if s.ID == keep {
			continue
		}
		if err := ss.End(ctx, s.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
