package idp

import (
	"encoding/json"
	"time"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/session"
)

// The faults of flows and codes. They stay inside: the wire has Kratos' words.
var (
	ErrNoFlow      = fault.New(fault.NotFound, "NOT_FOUND", "There is no such flow.", "Begin a new one.")
	ErrNoMessage   = fault.New(fault.NotFound, "NOT_FOUND", "There is no such message.", "List the messages first.")
	ErrCodeWrong   = fault.New(fault.Invalid, "CODE_WRONG", "The code is wrong.", "Ask for a new code.")
	ErrCodeUsed    = fault.New(fault.Invalid, "CODE_USED", "The code was used already.", "Ask for a new code.")
	ErrCodeExpired = fault.New(fault.Invalid, "CODE_EXPIRED", "The code is too old.", "Ask for a new code.")
	ErrCodeTries   = fault.New(fault.Invalid, "CODE_TRIES", "The code was tried too often.", "Ask for a new code.")
)

// Kind is what a flow is for; it is a part of the address too.
type Kind string

const (
	LoginFlow        Kind = "login"
	RegistrationFlow Kind = "registration"
	SettingsFlow     Kind = "settings"
	RecoveryFlow     Kind = "recovery"
	VerificationFlow Kind = "verification"
	ErrorFlow        Kind = "error" // a failure that a page shows
)

// The two types of flow: which door a client came through.
const (
	typeAPI     = "api"
	typeBrowser = "browser"
)

// The states of flows, in Kratos' words.
const (
	stateChoose  = "choose_method"
	stateShow    = "show_form"
	stateSuccess = "success"
	stateSent    = "sent_email"
	statePassed  = "passed_challenge"
)

// Flow is one attempt of a person to sign in, register, or change something:
// what Kratos calls a self-service flow.
type Flow struct {
	ID         string    `json:"id"`
	Kind       Kind      `json:"kind"`
	Type       string    `json:"type"` // "api" or "browser"
	State      string    `json:"state"`
	Active     string    `json:"active,omitempty"` // the method in use, where Kratos names it
	IssuedAt   time.Time `json:"issued_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	RequestURL string    `json:"request_url"`
	ReturnTo   string    `json:"return_to,omitempty"` // checked already
	Base       string    `json:"base"`                // where the client reached this API

	Refresh    bool        `json:"refresh,omitempty"`
	IdentityID identity.ID `json:"identity_id,omitempty"` // of settings and refreshes; of codes sent
	Prior      session.ID  `json:"prior,omitempty"`       // the session that a refresh replaces
	Second     bool        `json:"second,omitempty"`      // asks for a second factor
	Address    string      `json:"address,omitempty"`     // where a code was sent

	// Browser is the SHA-256 of the CSRF cookie of the browser that began the
	// flow; nil for flows that no browser began.
	Browser   []byte `json:"browser,omitempty"`
	Client    string `json:"client,omitempty"`    // who began it, as far as that can be told: see exchange.client
	Proven    bool   `json:"proven,omitempty"`    // who began it has signed in before
	Submitted bool   `json:"submitted,omitempty"` // somebody sent its form once; set by the store
	Finished  bool   `json:"finished,omitempty"`  // it did what it was for
	Transient bool   `json:"transient,omitempty"` // shown with an empty transient_payload

	UI     ui              `json:"ui"`
	Traits json.RawMessage `json:"traits,omitempty"` // of a first step of registration
	Error  json.RawMessage `json:"error,omitempty"`  // of an ErrorFlow
}

func (f Flow) browser() bool { return f.Type == typeBrowser }

func (f Flow) expired(now time.Time) bool { return !now.Before(f.ExpiresAt) }

// MaxCodeTries is how often a code may be tried before a new one is needed.
const MaxCodeTries = 5

// Bounds of guessing. A flow allows a few tries, and anybody may begin flows: so the
// wrong tries at the short codes of one address are counted over all flows, and after
// MaxGuesses within GuessWindow no short code of that address is good any more. The
// next ones are long: nobody who reads the mails is kept out, not even while the
// guessing goes on, and the chance to guess one of an address stays below
// MaxGuesses in a million a day. An address that nobody has is counted alike.
const (
	MaxGuesses  = 20
	GuessWindow = 24 * time.Hour
)

// Code is a secret that was sent to a person.
type Code struct {
	FlowID     string      `json:"flow_id"`
	Kind       Kind        `json:"kind"` // RecoveryFlow or VerificationFlow
	MAC        []byte      `json:"mac"`  // HMAC-SHA-256 of flow and code, or random bytes for an address nobody has
	IdentityID identity.ID `json:"identity_id,omitempty"`
	Address    string      `json:"address,omitempty"`
	IssuedAt   time.Time   `json:"issued_at"`
	ExpiresAt  time.Time   `json:"expires_at"`
	UsedAt     time.Time   `json:"used_at,omitzero"`
	Tries      int         `json:"tries"`
	Long       bool        `json:"long,omitempty"` // too long to be guessed
}

// Subject names whose guesses a try at c counts among: those at its address, or
// where it was sent to none, at the account.
func (c Code) Subject() string { return subjectOf(c.IdentityID, c.Address) }

func subjectOf(who identity.ID, address string) string {
	if address != "" {
		return "address " + address
	}
	return "account " + string(who)
}
