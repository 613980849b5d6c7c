package api

// Virtual answers GET and POST /v1/virtual: the browser with the virtual
// authenticator, and the keys that are kept for it.
type Virtual struct {
	Running          bool         `json:"running"`
	Browser          string       `json:"browser"` // "Chromium", or ""
	PID              int          `json:"pid"`     // 0 while none runs
	Pages            int          `json:"pages"`   // open tabs
	StartedAt        string       `json:"started_at"`
	UserVerification string       `json:"user_verification"` // on, off (the flag is missing), refuse (no answer); "" while none runs
	UserPresence     string       `json:"user_presence"`     // the same
	Signature        string       `json:"signature"`         // good or bad
	Note             string       `json:"note"`              // what a person should know, or ""
	Keys             []VirtualKey `json:"keys"`
}

// VirtualKey is a key of the virtual authenticator, without the key itself.
type VirtualKey struct {
	ID             string `json:"id"`         // the credential id
	PasskeyID      string `json:"passkey_id"` // ours, or "": the lab doesn't know it
	Status         string `json:"status"`     // active, revoked or unknown here
	RPID           string `json:"rp_id"`
	UserName       string `json:"user_name"`
	BackupEligible bool   `json:"backup_eligible"`
	BackupState    bool   `json:"backup_state"`
	SignCount      uint32 `json:"sign_count"` // of its last answer; the next one shows one more
}

// VirtualChange is the body of POST /v1/virtual: one thing to do.
type VirtualChange struct {
	// Do is flip_be, flip_bs, counter, forget, user_verification, user_presence,
	// signature or close.
	Do      string `json:"do"`
	Key     string `json:"key,omitempty"`     // a credential id, a beginning of one, or our id of the passkey
	Counter uint32 `json:"counter,omitempty"` // for counter
	To      string `json:"to,omitempty"`      // on, off or refuse; good or bad for signature
}
