// Package tape keeps a record of each ceremony: what was asked, what came, and
// what became of it. It judges nothing and decodes nothing.
//
// Its one invariant: recording can't fail a ceremony and can't delay one.
package tape

import (
	"context"
	"encoding/json"
	"time"

	"sting/backend/fault"
)

// ErrNotFound means that no record has the id, or has it no longer: the tape is
// bounded.
var ErrNotFound = fault.New(fault.NotFound, "NOT_FOUND", "There is no record of this ceremony.",
	"The tape keeps the latest ceremonies; `sting ceremonies` lists them.").Running("sting ceremonies")

// State is where a ceremony stands.
type State string

const (
	Running   State = "running"   // begun, not answered
	Verified  State = "verified"  // answered, and right
	Rejected  State = "rejected"  // answered, and not right
	Abandoned State = "abandoned" // never answered
)

// Record is one ceremony, finished or not. It never holds a session token, a
// Kratos token or a password.
type Record struct {
	ID   string `json:"id"` // sorts by time
	Kind string `json:"kind"`

	// Source is whose ceremony it was: "" of the lab's own site, else the name of an app
	// or the origin of its page. Watched is of those alone.
	Source  string   `json:"source,omitempty"`
	Watched *Watched `json:"watched,omitempty"`

	RPID             string          `json:"rp_id"`
	Origins          []string        `json:"origins"`
	TopOrigins       []string        `json:"top_origins"`
	Challenge        string          `json:"challenge"`
	UserVerification string          `json:"user_verification"`
	Algorithms       []int           `json:"algorithms,omitempty"`
	Options          json.RawMessage `json:"options,omitempty"`    // as sent
	Credential       json.RawMessage `json:"credential,omitempty"` // as it came, whole
	Ignored          []string        `json:"ignored,omitempty"`    // unknown members beside it
	Stored           *Stored         `json:"stored,omitempty"`     // the credential record before
	After            *Stored         `json:"after,omitempty"`      // and after

	State        State     `json:"state"`
	BeganAt      time.Time `json:"began_at"`
	EndedAt      time.Time `json:"ended_at,omitzero"`
	Origin       string    `json:"origin"` // of the page that asked
	UserAgent    string    `json:"user_agent"`
	Address      string    `json:"address"`
	IdentityID   string    `json:"identity_id"`
	Email        string    `json:"email"`
	CredentialID string    `json:"passkey_id"` // ours
	SessionID    string    `json:"session_id"` // that came out of it

	// Browser is the SHA-256 of the cookie of the browser that held the ceremony:
	// who may read the record on the site. It is never shown.
	Browser []byte `json:"browser,omitempty"`

	Fault string `json:"fault,omitempty"` // a code of CONTRACT section 8
	Said  string `json:"said,omitempty"`  // what the page was told
	Cause string `json:"cause,omitempty"` // what exactly was wrong
	Fix   string `json:"fix,omitempty"`
}

// Shown returns r as anybody may see it who may see it at all.
func (r Record) Shown() Record {
	r.Browser = nil
	return r
}

// Withheld returns r without what the lab knows beside the answer: whose
// credential it is and what is stored of it.
func (r Record) Withheld() Record {
	r.Stored, r.After = nil, nil
	r.IdentityID, r.Email, r.CredentialID, r.SessionID = "", "", "", ""
	r.Cause = r.Said
	return r.Shown()
}

// Knows reports whether r holds anything that Withheld leaves out: whose it is is
// what a browser typed itself, until the lab found the person.
func (r Record) Knows() bool { return r.Stored != nil || r.After != nil || r.IdentityID != "" }

// Stored is the part of a credential record that a verification reads or
// writes.
type Stored struct {
	PublicKey      string `json:"public_key"` // COSE_Key in base64url
	SignCount      uint32 `json:"sign_count"`
	BackupEligible bool   `json:"backup_eligible"`
	BackupState    bool   `json:"backup_state"`
	UserHandle     string `json:"user_handle"` // base64url
}

// Bounds limit the tape: the oldest records go first.
type Bounds struct {
	Count int
	Bytes int64
}

// Store keeps records.
type Store interface {
	// PutRecords writes records, over older ones of the same id, and keeps to
	// the bounds.
	PutRecords(ctx context.Context, list []Record, b Bounds) error
	// Record returns ErrNotFound if there is none.
	Record(ctx context.Context, id string) (Record, error)
	// Records lists the newest first, those older than the one called before.
	Records(ctx context.Context, before string, limit int) ([]Record, error)
}

// Changed is published when a record was written.
type Changed struct {
	ID    string
	State State
}
