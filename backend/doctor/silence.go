package doctor

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"sting/backend/identity"
	"sting/backend/loopback"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/tape"
)

// What the self-test of the doctor provokes is nobody's news: its refusals stand in
// no log, its person moves no list. What fails in the lab meanwhile is logged, with
// the mark that the doctor asked.

// Silence keeps what is about the self-test that runs from everybody. The zero value
// knows of none.
type Silence struct{ test atomic.Pointer[selfTest] }

// ofDoctor marks the context of a request of the self-test.
type ofDoctor struct{}

// Mark marks the requests of the self-test, which are known by a name of a browser
// that nobody can guess.
func (s *Silence) Mark(site loopback.Guarded) loopback.Guarded {
	return loopback.Guarded{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t := s.test.Load(); t != nil && r.UserAgent() == t.agent {
			r = r.WithContext(context.WithValue(r.Context(), ofDoctor{}, true))
		}
		site.ServeHTTP(w, r)
	})}
}

// Quiet is a log without what the self-test provokes on purpose.
type Quiet struct{ slog.Handler }

// Handle implements slog.Handler.
func (q Quiet) Handle(ctx context.Context, r slog.Record) error {
	if ctx.Value(ofDoctor{}) == nil {
		return q.Handler.Handle(ctx, r)
	}
	if r.Level < slog.LevelError {
		return nil
	}
	r = r.Clone()
	r.AddAttrs(slog.String("asked_by", "the doctor's self-test"))
	return q.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (q Quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return Quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (q Quiet) WithGroup(name string) slog.Handler { return Quiet{q.Handler.WithGroup(name)} }

// Unseen reports whether an event is about the person of a self-test.
func (s *Silence) Unseen(event any) bool {
	t := s.test.Load()
	return t != nil && t.knows(event)
}

// Unrecorded reports whether a ceremony is one of a self-test's.
func (s *Silence) Unrecorded(r tape.Record) bool {
	t := s.test.Load()
	return t != nil && r.UserAgent == t.agent
}

// known is what a self-test has brought about.
type known struct {
	mu       sync.Mutex
	person   identity.ID // "": not seen yet
	sessions map[session.ID]bool
}

// knows reports whether an event is about the person of this self-test.
func (t *selfTest) knows(event any) bool {
	switch e := event.(type) {
	case identity.Changed:
		return t.isPerson(e.ID)
	case passkey.Changed:
		return t.isPerson(e.IdentityID)
	case session.Changed:
		own := t.isPerson(e.IdentityID)
		t.known.mu.Lock()
		defer t.known.mu.Unlock()
		if own {
			if t.known.sessions == nil {
				t.known.sessions = make(map[session.ID]bool)
			}
			t.known.sessions[e.ID] = true
		}
		return own || e.ID != "" && t.known.sessions[e.ID]
	}
	return false
}

func (t *selfTest) isPerson(id identity.ID) bool {
	if id == "" {
		return false
	}
	t.known.mu.Lock()
	defer t.known.mu.Unlock()
	if t.known.person == "" {
		i, err := t.lab.Store.IdentityByIdentifier(context.Background(), identity.Fold(t.email))
		if err != nil {
			return false // nobody yet, or a store that is closed: then it is somebody else
		}
		t.known.person = i.ID
	}
	return t.known.person == id
}
