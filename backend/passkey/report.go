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
}

// Bounds of what a page may say.
const (
	longestExceptionName    = 100
	longestExceptionMessage = 2000
)

// Report ends a ceremony that the browser refused, and returns the id of its
// record. ErrExpiredChallenge if this browser has no such ceremony open.
func (s *Ceremonies) Report(ctx context.Context, challengeID string, x Exception, from From) (string, error) {
	if challengeID == "" {
		return "", ErrNoChallengeID
	}
	var e Entry
	c, err := s.take(ctx, "", challengeID, Answer{From: from}, &e)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(map[string]any{"exception": map[string]any{
		"name": clip(x.Name, longestExceptionName), "message": clip(x.Message, longestExceptionMessage),
		"elapsed_ms": x.Elapsed.Milliseconds(), "mediation": clip(x.Mediation, longestExceptionName),
	}})
	if err != nil {
		return "", err
	}
	s.Recorder.Record(Entry{
		Ceremony: c, State: Rejected, From: from, EndedAt: s.Now(), Credential: raw,
		Fault: ErrInBrowser.Saying("The browser gave no answer: %s.", clip(x.Name, longestExceptionName)),
	})
	return c.Record, nil
}

func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "?")
}
