package session

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"sting/backend/identity"
)

// View is a session as one cookie shows it.
type View struct {
	Kind            Kind
	ID              ID
	Methods         []Method // the latest last
	AuthenticatedAt time.Time
	ExpiresAt       time.Time
	AAL             string
	Person          Person

	shown *Shown // what Own read; nil: another source's
}

// Passkeys returns how many active passkeys the person had when the session was read.
// Not known where another source than Own saw it.
func (v View) Passkeys() (n int, known bool) {
	if v.shown == nil {
		return 0, false
	}
	return v.shown.Passkeys, true
}

// Method returns the latest way in which the person proved who they are.
func (v View) Method() Method {
	if len(v.Methods) == 0 {
		return ""
	}
	return v.Methods[len(v.Methods)-1]
}

// Person is what a view knows of the one who is signed in.
type Person struct {
	ID     identity.ID
	Email  string
	Role   string
	Traits json.RawMessage
}

// Source recognises one kind of session.
type Source interface {
	Kind() Kind
	// Session returns ErrNone if r carries no living session of this kind. Any
	// other error means that the source cannot tell. before is what the sources
	// before it saw.
	Session(ctx context.Context, r *http.Request, before Seen) (View, error)
}

// Sources are asked in order; the first one's answer counts where two differ.
type Sources []Source

// Seen is everything that a request shows about who sent it.
type Seen struct {
	Views  []View         // at most one of a kind, in the order of the sources
	Unsure map[Kind]error // sources that could not tell
}

// See asks every source.
func (ss Sources) See(ctx context.Context, r *http.Request) Seen {
	var seen Seen
	for _, src := range ss {
		v, err := src.Session(ctx, r, seen)
		switch {
		case err == nil:
			seen.Views = append(seen.Views, v)
		case !errors.Is(err, ErrNone):
			if seen.Unsure == nil {
				seen.Unsure = make(map[Kind]error)
			}
			seen.Unsure[src.Kind()] = err
		}
	}
	return seen
}

// Who returns the view that counts. Without one it returns ErrNone, or the
// error of a source that could not tell: a Kratos that is down must not look
// like a person who is signed out.
func (s Seen) Who() (View, error) {
	if len(s.Views) > 0 {
		return s.Views[0], nil
	}
	for _, err := range s.Unsure {
		return View{}, err
	}
	return View{}, ErrNone
}

// View returns the view of one kind, if there is one.
func (s Seen) View(k Kind) (View, bool) {
	for _, v := range s.Views {
		if v.Kind == k {
			return v, true
		}
	}
	return View{}, false
}

// Agree reports whether all views belong to the same person.
func (s Seen) Agree() bool {
	for _, v := range s.Views[min(1, len(s.Views)):] {
		if v.Person.ID != s.Views[0].Person.ID {
			return false
		}
	}
	return true
}
