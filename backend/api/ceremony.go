package api

import "encoding/json"

// Ceremony answers GET /v1/ceremonies/{id}, and GET /api/ceremonies/{id} for the
// browser that held it: what was recorded, and what every step of the
// specification says to it.
type Ceremony struct {
	CeremonySummary
	Origin      string          `json:"origin"` // of the page that asked
	UserAgent   string          `json:"user_agent"`
	Address     string          `json:"address"`
	PasskeyID   string          `json:"passkey_id"`
	SessionID   string          `json:"session_id"`
	Cause       string          `json:"cause"` // with the values, where the bytes show them
	Fix         string          `json:"fix"`
	Step        string          `json:"step"`                  // id of the step at which it ended; "": at none
	Ignored     []string        `json:"ignored"`               // members of the request that nobody reads
	Record      json.RawMessage `json:"record"`                // what `sting explain` reads
	Curl        string          `json:"curl"`                  // the answer, as a command
	Explanation *Explanation    `json:"explanation,omitempty"` // nil while it runs, or was abandoned
	Differs     []string        `json:"differs"`               // where the explainer and the verifier disagree
	Watched     *Watched        `json:"watched,omitempty"`     // nil for the lab's own
	Withheld    bool            `json:"withheld"`              // what the lab knows of the passkey and its owner was left out
}

// PasskeyDetails answers GET /v1/passkeys/{id}/details: a credential down to its
// key.
type PasskeyDetails struct {
	OwnedPasskey
	Discoverable      *bool           `json:"discoverable"` // null: not said
	UserHandle        string          `json:"user_handle"`
	COSE              string          `json:"cose"` // base64url
	JWK               json.RawMessage `json:"jwk"`
	PEM               string          `json:"pem"`
	AttestationObject string          `json:"attestation_object"`
	Uses              []PasskeyUse    `json:"uses"`       // oldest first
	Warnings          []string        `json:"warnings"`   // counters that went down, flags that changed, an RP ID of the past
	Ceremonies        []string        `json:"ceremonies"` // ids of the records that name it, newest first
}

// PasskeyUse is what one sign-in said of an authenticator.
type PasskeyUse struct {
	At           string `json:"at"`
	SignCount    uint32 `json:"sign_count"`
	BackupState  bool   `json:"backup_state"`
	UserVerified bool   `json:"user_verified"`
}
