package session

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Became says in a sentence why a token shows nobody, and whether its session is
// known. It is for who holds the token: it names times and settings alone.
func (ss *Sessions) Became(ctx context.Context, k Kind, token string) (became string, known bool) {
	hash := Hash(token)
	s, err := ss.Store.SessionByToken(ctx, k, hash)
	if errors.Is(err, ErrNone) {
		s, err = ss.Store.SessionByToken(ctx, KindEnded, hash)
	}
	if errors.Is(err, ErrNone) {
		return "The lab doesn't know the session that this browser shows: it ended long ago, or the lab was reset, restored or started " +
			"with another home folder since. Sign in at /login.", false
	}
	if err != nil {
		return "What became of the session that this browser shows can't be read: `sting doctor` says why.", false
	}
	return s.became(ss.Now(), ss.Policy()), true
}

func (s Session) became(now time.Time, p Policy) string {
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	switch {
	case !s.EndedAt.IsZero():
		return fmt.Sprintf("The session that this browser shows was ended at %s: by a sign-out, another sign-in of this browser, another "+
			"password, a recovery, or from the list of sessions. Sign in at /login.", at(s.EndedAt))
	case !now.Before(s.ExpiresAt):
		return fmt.Sprintf("The session that this browser shows expired at %s; session.lifespan is %v now. Sign in at /login.", at(s.ExpiresAt),
			p.Lifespan)
	case now.Before(s.IssuedAt.Add(-clockSlack)):
		return fmt.Sprintf("The session that this browser shows begins at %s, and it is %s: it was made under a clock that was ahead. "+
			"`sting clock` shows the lab's.", at(s.IssuedAt), at(now))
	case p.Idle > 0 && !now.Before(s.SeenAt.Add(p.Idle)):
		return fmt.Sprintf("The session that this browser shows was last used at %s, longer ago than session.idle (%v) allows. "+
			"Sign in at /login.", at(s.SeenAt), p.Idle)
	}
	return "The session that this browser shows is alive, and its account is switched off or gone."
}
