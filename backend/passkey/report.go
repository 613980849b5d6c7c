package passkey

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"sting/backend/fault"
)

// ErrInBrowser stands in the record of a ceremony that the browser ended before
// the server saw anything.
var ErrInBrowser = fault.New(fault.Invalid, "REFUSED_IN_BROWSER", "The browser gave no answer.",
	"The record names the DOMException and what it can mean.")

// Exception is why navigator.credentials gave no answer, as a page saw it.
type Exception struct {
	Name      string // of the DOMException
	Message   string
	Elapsed   time.Duration // from the call to the rejection
	Mediation string        // "conditional" for autofill, or ""
	RPID      string        // that the page asked for, or ""
	Replaced  []string      // what of navigator.credentials was not the browser's own
	Left      bool          // the page was left, or took its offer back: nobody refused
}

// Bounds of what a page may say.
const (
	longestExceptionName    = 100
	longestExceptionMessage = 2000
	longestRPID             = 253 // of a host name
	mostReplaced            = 4
)

// Report ends a ceremony that the browser refused, or that its page left, and
// returns the id of its record. ErrExpiredChallenge if this browser has no such
// ceremony open.
func (s *Ceremonies) Report(ctx context.Context, rp RelyingParty, challengeID string, x Exception, from From) (string, error) {
	if challengeID == "" {
		return "", ErrNoChallengeID
	}
	var e Entry
	c, err := s.take(ctx, rp, "", challengeID, Answer{From: from}, &e)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(map[string]any{"exception": map[string]any{
		"name": clip(x.Name, longestExceptionName), "message": clip(x.Message, longestExceptionMessage),
		"elapsed_ms": x.Elapsed.Milliseconds(), "mediation": clip(x.Mediation, longestExceptionName),
		"rp_id": clip(x.RPID, longestRPID), "replaced": replacedOf(x),
	}})
	if err != nil {
		return "", err
	}
	ended := Entry{Ceremony: c, State: Abandoned, From: from, EndedAt: s.Now(), Credential: raw, Email: s.emailOf(ctx, c)}
	if !x.Left {
		ended.State, ended.Fault = Rejected, ErrInBrowser.Saying("The browser gave no answer: %s.", clip(x.Name, longestExceptionName))
	}
	s.Recorder.Record(ended)
	return c.Record, nil
}

// replacedOf is what a page may say of functions that are not the browser's own.
func replacedOf(x Exception) []string {
	list := []string{}
	for _, name := range x.Replaced[:min(len(x.Replaced), mostReplaced)] {
		list = append(list, clip(name, longestExceptionName))
	}
	return list
}

// emailOf returns whose ceremony it is, for the record; "" where nobody knows.
func (s *Ceremonies) emailOf(ctx context.Context, c Ceremony) string {
	if c.IdentityID == "" {
		return ""
	}
	person, err := s.People.Identity(ctx, c.IdentityID)
	if err != nil {
		return ""
	}
	return person.Email()
}

func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "?")
}
