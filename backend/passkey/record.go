package passkey

import (
	"encoding/json"
	"time"

	"sting/backend/fault"
)

// State is where a ceremony stands.
type State string

const (
	Running   State = "running"
	Accepted  State = "verified"
	Rejected  State = "rejected"
	Abandoned State = "abandoned"
)

// Recorder keeps what happened. It must not block and cannot fail.
type Recorder interface {
	Record(e Entry)
}

// Entry is one look at a ceremony: at its beginning, and at its end.
type Entry struct {
	Ceremony   Ceremony
	State      State
	From       From
	EndedAt    time.Time       // zero while running
	Credential json.RawMessage // the answer, as it came
	Ignored    []string        // members of the request that nobody reads
	Before     *Credential     // the credential record that was used
	After      *Credential     // and what became of it
	Email      string
	SessionID  string
	Fault      *fault.Error // what was really wrong, whatever the outside was told
}
