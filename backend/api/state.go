package api

import "encoding/json"

// Snapshot is a copy of the lab's data at one moment.
type Snapshot struct {
	Name    string `json:"name"`
	TakenAt string `json:"taken_at"`
	Reason  string `json:"reason"` // "" when a person asked for it
	Version string `json:"version"`
	Bytes   int64  `json:"bytes"`
	// Damaged names what it does not hold whole; only the answer to a save has it.
	Damaged []Damaged `json:"damaged,omitempty"`
}

// ResetRequest is the body of POST /v1/reset.
type ResetRequest struct {
	CA bool `json:"ca"` // the certificate authority too
}

// StateChanged answers what replaced the lab's data: Undo is the snapshot that
// was taken before.
type StateChanged struct {
	Message string `json:"message"`
	Undo    string `json:"undo"`
}

// Export is the lab's data as one JSON file: GET /v1/export, POST /v1/import.
// Bytes are standard base64, as Go writes them; times are RFC 3339.
type Export struct {
	Format      string            `json:"format"` // "sting-export/1"
	Version     string            `json:"version"`
	TakenAt     string            `json:"taken_at"`
	Identities  []json.RawMessage `json:"identities"`        // as backend/identity has them
	Credentials []json.RawMessage `json:"credentials"`       // as backend/passkey has them, tombstones too
	Sessions    []json.RawMessage `json:"sessions"`          // as backend/session has them; tokens are hashes
	Damaged     []Damaged         `json:"damaged,omitempty"` // what is missing because it can't be read any more
}

// Imported says what came in and what was there already.
type Imported struct {
	Identities  int      `json:"identities"`
	Credentials int      `json:"credentials"`
	Sessions    int      `json:"sessions"`
	Skipped     []string `json:"skipped"` // what was left out, and why
}
