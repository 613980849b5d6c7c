package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"sting/backend/api"
	"sting/backend/inspect"
	"sting/backend/passkey"
	"sting/backend/tape"
)

// errNotHeld is the one answer for a record that isn't there and for one that
// isn't the browser's: an id tells nobody whether it exists.
var errNotHeld = tape.ErrNotFound.Saying("There is no record of this ceremony for this browser.").
	Hinting("Only the browser that held it may read it here, and the person whose passkey it was, signed in. `sting ceremonies ID` shows it " +
		"on this machine.")

// Tape is what the site asks of the recorded ceremonies.
type Tape interface {
	// Record returns tape.ErrNotFound if there is none.
	Record(ctx context.Context, id string) (tape.Record, error)
}

// ceremony shows a record to who held it. A record holds addresses, challenges
// and user handles, and other users of the machine reach the site (THREATS T06).
func (s *Site) ceremony(w http.ResponseWriter, r *http.Request) error {
	shown, err := s.shownTo(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	return ok(w, shown)
}

// knownOf returns what the record of a ceremony says to this browser: nothing where
// it can't be read, since a report is about something else that went wrong.
func (s *Site) knownOf(r *http.Request, id string) (cause, fix string) {
	shown, err := s.shownTo(r, id)
	if err != nil {
		return "", ""
	}
	if shown.Kind != "authentication" {
		return shown.Cause, shown.Fix
	}
	if old := s.LeftBehind(r.Context()); len(old) > 0 {
		shown.Cause += fmt.Sprintf(" There are passkeys here that were made for %s: they belong to that relying party ID for good, and this "+
			"page's is %s.",
			strings.Join(old, ", "), rpOf(r).ID)
		shown.Fix += fmt.Sprintf(" Who has one of those signs in with the password and registers a new one, or webauthn.config.rp.id in "+
			"sting.yml becomes %s again.", old[0])
	}
	return shown.Cause, shown.Fix
}

// shownTo is a record as the browser of a request may see it.
func (s *Site) shownTo(r *http.Request, id string) (api.Ceremony, error) {
	rec, err := s.Tape.Record(r.Context(), id)
	if err != nil {
		return api.Ceremony{}, errNotHeld.Because(err)
	}
	shown, err := s.Show(r.Context(), rec)
	if err != nil {
		return api.Ceremony{}, err
	}
	switch {
	case s.owns(r, rec):
	case !held(r, rec):
		return api.Ceremony{}, errNotHeld
	case rec.Kind == "registration" || provesKey(shown):
		// It was signed in as this person, or holds the passkey's private key.
	case rpOf(r).MitigateEnum:
		return api.Ceremony{}, errNotHeld // THREATS T10: what is withheld would tell known addresses from unknown ones
	case rec.Knows():
		cause, fix := shown.Cause, shown.Fix
		if shown, err = s.Show(r.Context(), rec.Withheld()); err != nil {
			return api.Ceremony{}, err
		}
		if shown.Withheld = true; shown.Fault == passkey.ErrSignature.Code {
			shown.Cause, shown.Fix = cause, fix // the explainer's, which names no more than the algorithm
		}
	}
	return shown, nil
}

// held reports whether the request comes from the browser that held the
// ceremony.
func held(r *http.Request, rec tape.Record) bool {
	browser := browserOf(r)
	return browser != nil && bytes.Equal(browser, rec.Browser)
}

// owns reports whether the person whose ceremony it was is signed in.
func (s *Site) owns(r *http.Request, rec tape.Record) bool {
	v, err := s.signedIn(r)
	return err == nil && rec.IdentityID != "" && string(v.Person.ID) == rec.IdentityID
}

// provesKey reports whether the answer's signature is one of the stored key.
// Without it anybody could name a passkey and read what is stored of it.
func provesKey(c api.Ceremony) bool {
	if c.Explanation == nil {
		return false
	}
	step, _ := c.Explanation.Step("7.2.21")
	return step.Verdict == inspect.Passed
}
