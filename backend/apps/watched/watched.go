// Package watched records the ceremonies of other people's pages: what a page asked its
// browser for, what came of it, and what the page's server made of the answer.
//
// Its one invariant: nothing that signs somebody in is kept. Not a cookie, a token, a
// password, or what an extension gave to the page alone.
package watched

import (
	"encoding/json"
	"time"

	"sting/backend/tape"
)

// Ceremony is a ceremony as far as it was seen. Whoever watches hands it on each time
// that more of it is known, with the same ID.
type Ceremony struct {
	ID        string // chosen by who watches; one a ceremony
	Kind      string // "registration" or "authentication"
	Page      string // URL of the frame that asked
	Origin    string // of that frame
	TopOrigin string // of the tab
	Mediation string // "", or as the page wrote it
	Secure    bool   // the frame is a secure context
	UserAgent string

	Options    json.RawMessage // the publicKey member as passed, binary in base64url
	Credential json.RawMessage // in the JSON of PublicKeyCredential.toJSON; nil: none came
	Exception  *tape.DOMException
	Left       bool // the page went away before there was an answer

	BeganAt  time.Time
	Duration time.Duration // of the browser's part; 0 while it runs

	Network  bool           // requests are seen, so that the server's answer can be waited for
	Begin    *tape.Exchange // whose answer delivered the challenge; nil: not seen
	Complete *tape.Exchange // that carried the credential to the server; nil: not seen
	Lost     []string       // names of the cookies of Begin that didn't come with Complete
	Again    int            // how often Begin was asked for once more before Complete
	Answer   []byte         // of Complete, as it came; only for a moment
	Done     bool           // nothing more will be seen
}

// Answered reports whether the browser's part is over.
func (c Ceremony) Answered() bool { return c.Credential != nil || c.Exception != nil || c.Left }
