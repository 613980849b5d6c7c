package api

import "encoding/json"

// User is a person as the site's pages see them.
type User struct {
	ID       string          `json:"id"`
	Email    string          `json:"email"`
	Username string          `json:"username"`
	Role     string          `json:"role"`
	KratosID string          `json:"kratos_id"`
	Traits   json.RawMessage `json:"traits" ts_type:"Record<string, unknown>"`
}

// SessionTimes is the session that counts for a request.
type SessionTimes struct {
	ID              string `json:"id"`
	AuthenticatedAt string `json:"authenticated_at"`
	ExpiresAt       string `json:"expires_at"`
	AAL             string `json:"aal"`
}

// SessionView is a session as one kind of cookie shows it.
type SessionView struct {
	ID              string   `json:"id"`
	Email           string   `json:"email"`
	UserID          string   `json:"user_id"`
	Methods         []string `json:"methods"`
	AuthenticatedAt string   `json:"authenticated_at"`
	ExpiresAt       string   `json:"expires_at"`
	AAL             string   `json:"aal"`
}

// SessionViews has the two kinds side by side; null where a request shows none.
type SessionViews struct {
	Passkey *SessionView `json:"passkey"`
	Kratos  *SessionView `json:"kratos"`
}

// AuthSession answers GET /api/auth/session and /api/auth/me.
type AuthSession struct {
	Authenticated bool          `json:"authenticated"`
	AuthMethod    string        `json:"auth_method"` // passkey, password, code, mock or ""
	AuthMethods   []string      `json:"auth_methods"`
	User          *User         `json:"user"`
	SessionID     string        `json:"session_id"`
	Session       *SessionTimes `json:"session"`
	Sessions      SessionViews  `json:"sessions"`
	Agree         bool          `json:"agree"`
	FlaskAuth     bool          `json:"flask_auth"`
	KratosAuth    bool          `json:"kratos_auth"`
	HasPasskey    bool          `json:"has_passkey"`
	PasskeyCount  int           `json:"passkey_count"`
	SignedInHere  bool          `json:"signed_in_here"` // by this browser; else another program may have put the session here

	Hint string `json:"hint,omitempty"` // why a page elsewhere shows nobody, though somebody may have signed in there

	VerificationFlow string `json:"verification_flow,omitempty"` // after a registration: Kratos' flow that waits for the mailed code
}

// AuthStatus answers GET /api/auth/status.
type AuthStatus struct {
	Authenticated bool         `json:"authenticated"`
	AuthMethod    string       `json:"auth_method"`
	Sessions      SessionViews `json:"sessions"`
	Agree         bool         `json:"agree"`
	FlaskAuth     bool         `json:"flask_auth"`
	KratosAuth    bool         `json:"kratos_auth"`
	Unknown       []Unasked    `json:"unknown"` // kinds that could not be asked
	Notes         []string     `json:"notes"`   // what follows from it, in words
	// Earlier says what became of the session that the browser shows and that is none any more, or "".
	Earlier string `json:"earlier"`
}

// Unasked is a kind of session that could not be asked, and why.
type Unasked struct {
	Kind      string `json:"kind"`
	Error     string `json:"error"`
	ErrorCode string `json:"error_code"`
	Hint      string `json:"hint"`
}

// OwnSession is one of a person's sessions, as they see it.
type OwnSession struct {
	ID              string   `json:"id"`
	Current         bool     `json:"current"`
	AuthMethod      string   `json:"auth_method"`
	Views           []string `json:"views"` // passkey, kratos
	UserAgent       string   `json:"user_agent"`
	Address         string   `json:"address"`
	AuthenticatedAt string   `json:"authenticated_at"`
	ExpiresAt       string   `json:"expires_at"`
	LastSeenAt      string   `json:"last_seen_at"`
}

// OwnSessions answers GET /api/auth/sessions.
type OwnSessions struct {
	Sessions []OwnSession `json:"sessions"`
	Count    int          `json:"count"`
}

// Done answers a request that changed something.
type Done struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
	Warning string `json:"warning,omitempty"` // what could not be done beside it
}

// Register is the body of POST /api/auth/register.
type Register struct {
	Email    string          `json:"email"`
	Password string          `json:"password"`
	Traits   json.RawMessage `json:"traits,omitempty" ts_type:"Record<string, unknown>"`
}

// Login is the body of POST /api/auth/login.
type Login struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// Passkey is a registered credential: CONTRACT section 5.
type Passkey struct {
	ID                string   `json:"id"`            // ours
	CredentialID      string   `json:"credential_id"` // the authenticator's
	Name              string   `json:"name"`
	DeviceType        string   `json:"device_type"` // platform, cross-platform or unknown
	Authenticator     string   `json:"authenticator"`
	AAGUID            string   `json:"aaguid"`
	Status            string   `json:"status"` // active or revoked
	Transports        []string `json:"transports"`
	Algorithm         string   `json:"algorithm"`
	AttestationFormat string   `json:"attestation_format"`
	IsBackupEligible  bool     `json:"is_backup_eligible"`
	IsBackupState     bool     `json:"is_backup_state"`
	UserVerified      bool     `json:"user_verified"`
	SignCount         uint32   `json:"sign_count"`
	UsageCount        int      `json:"usage_count"`
	LastUsedAt        *string  `json:"last_used_at"`
	CreatedAt         string   `json:"created_at"`
	UpdatedAt         string   `json:"updated_at"`
	RevokedAt         *string  `json:"revoked_at"`
}

// Passkeys answers GET /api/webauthn/passkeys.
type Passkeys struct {
	Passkeys   []Passkey `json:"passkeys"`
	Count      int       `json:"count"`
	RPID       string    `json:"rp_id"`       // what the page tells the password manager about
	UserHandle string    `json:"user_handle"` // the same
	OwnHandle  bool      `json:"own_handle"`  // this lab made the user handle; of any other nothing may be told
}

// PasskeyRemoved answers DELETE /api/webauthn/passkeys/{id}.
type PasskeyRemoved struct {
	Success bool    `json:"success"`
	Message string  `json:"message"`
	Signal  *Signal `json:"signal,omitempty"` // what the page may tell the password manager now
	// EndedSessions is how many other sessions ended because the passkey had made
	// them. The one that removed it goes on, with new tokens.
	EndedSessions int `json:"ended_sessions"`
}

// PasskeyStats answers GET /api/webauthn/passkeys/stats.
type PasskeyStats struct {
	ActivePasskeys int     `json:"active_passkeys"`
	MaxPasskeys    int     `json:"max_passkeys"`
	TotalUsage     int     `json:"total_usage"`
	LastUsed       *string `json:"last_used"`
	CanAddMore     bool    `json:"can_add_more"`
}

// WebAuthnTest answers GET /api/webauthn/test.
type WebAuthnTest struct {
	Status  string         `json:"status"`
	Message string         `json:"message"`
	Config  WebAuthnConfig `json:"config"`
}

// WebAuthnConfig is the relying party as clients may know it.
type WebAuthnConfig struct {
	RPID    string   `json:"rp_id"`
	RPName  string   `json:"rp_name"`
	Origins []string `json:"origins"`
}

// BeginRegistration is the body of POST /api/webauthn/registration/begin.
type BeginRegistration struct {
	Email    string `json:"email"`
	Username string `json:"username"`
}

// BeginAuthentication is the body of POST /api/webauthn/authentication/begin.
type BeginAuthentication struct {
	Username string `json:"username"`
}

// BegunRegistration answers .../registration/begin, with the options flat beside
// it.
type BegunRegistration struct {
	PublicKey   json.RawMessage `json:"publicKey" ts_type:"PublicKeyCredentialCreationOptionsJSON"`
	ChallengeID string          `json:"challenge_id"`
}

// BegunAuthentication answers .../authentication/begin.
type BegunAuthentication struct {
	PublicKey   json.RawMessage `json:"publicKey" ts_type:"PublicKeyCredentialRequestOptionsJSON"`
	ChallengeID string          `json:"challenge_id"`
}

// BegunAdding answers POST /api/webauthn/passkeys/add/begin.
type BegunAdding struct {
	PublicKey   json.RawMessage `json:"publicKey" ts_type:"PublicKeyCredentialCreationOptionsJSON"`
	ChallengeID string          `json:"challenge_id"`
	PasskeyName string          `json:"passkey_name"`
}

// Complete is the body of the three .../complete requests.
type Complete struct {
	Credential  json.RawMessage `json:"credential"`
	ChallengeID string          `json:"challenge_id"`
	Name        string          `json:"name"`
	PasskeyName string          `json:"passkey_name"`
}

// ReportException is the body of POST /api/webauthn/report: navigator.credentials
// gave no answer.
type ReportException struct {
	ChallengeID string `json:"challenge_id"`
	Name        string `json:"name"` // of the DOMException
	Message     string `json:"message"`
	ElapsedMS   int64  `json:"elapsed_ms"`
	Mediation   string `json:"mediation"` // "conditional" for autofill, or ""
	Left        bool   `json:"left"`      // the page was left, or took its offer back
	RPID        string `json:"rp_id"`     // that the page asked for; "": not said
	Origin      string `json:"origin"`    // of the page that called, as it says itself; "": the request's own
	// Replaced names what of navigator.credentials was not the browser's own.
	Replaced []string `json:"replaced" ts_type:"string[] | null"`
}

// Reported answers POST /api/webauthn/report.
type Reported struct {
	Success    bool   `json:"success"`
	CeremonyID string `json:"ceremony_id"` // the record that tells more
	Cause      string `json:"cause"`       // what the record knows of it, or ""
	Fix        string `json:"fix"`         // what to do about it, or ""
}

// Registered answers a registration's complete.
type Registered struct {
	Verified bool    `json:"verified"`
	Message  string  `json:"message"`
	Passkey  Passkey `json:"passkey"`
}

// SignedIn answers a sign-in's complete.
type SignedIn struct {
	Verified   bool           `json:"verified"`
	Message    string         `json:"message"`
	User       User           `json:"user"`
	AuthMethod string         `json:"auth_method"`
	SessionID  string         `json:"session_id"`
	Identity   PersonIdentity `json:"identity"`
}

// PersonIdentity is the person as Kratos would show them.
type PersonIdentity struct {
	ID       string          `json:"id"`
	SchemaID string          `json:"schema_id"`
	State    string          `json:"state"`
	Traits   json.RawMessage `json:"traits" ts_type:"Record<string, unknown>"`
}

// Skipped answers POST /api/webauthn/registration/skip.
type Skipped struct {
	Status     string `json:"status"`
	Message    string `json:"message"`
	AuthMethod string `json:"auth_method"`
	SetupURL   string `json:"setup_url"`
}

// PasskeyChanged answers a rename.
type PasskeyChanged struct {
	Success bool    `json:"success"`
	Message string  `json:"message"`
	Passkey Passkey `json:"passkey"`
}

// Named is a body that carries a name.
type Named struct {
	Name string `json:"name"`
}

// LabFacts answers GET /api/lab: what a page has to know before anything else.
type LabFacts struct {
	Version            string `json:"version"`
	Origin             string `json:"origin"`
	RPID               string `json:"rp_id"`
	RPName             string `json:"rp_name"`
	ClockOffsetSeconds int64  `json:"clock_offset_seconds"`
	MockUser           bool   `json:"mock_user"`
	CeremoniesEnabled  bool   `json:"ceremonies_enabled"`
	Problem            string `json:"problem"` // why ceremonies can't work, or ""
	Fix                string `json:"fix"`
	KratosMode         string `json:"kratos_mode"`
	MailProblem        string `json:"mail_problem"` // why a mailed code doesn't arrive, or ""
	MailFix            string `json:"mail_fix"`
}

// RegistrationForm answers GET /api/registration/form.
type RegistrationForm struct {
	Steps    []string      `json:"steps"`                             // details, password, passkey
	Pages    [][]string    `json:"pages" ts_type:"string[][] | null"` // the same steps, those that share a page together
	Fields   []FormField   `json:"fields"`
	Password PasswordRules `json:"password"`
}

// FormField is a trait of the identity schema, as a form asks for it.
type FormField struct {
	Name         string   `json:"name"` // traits.name.first
	Label        string   `json:"label"`
	Type         string   `json:"type"` // email, text, number, checkbox, tel, url, date, datetime-local, select
	Required     bool     `json:"required"`
	Autocomplete string   `json:"autocomplete"`
	Help         string   `json:"help,omitempty"`    // the schema's description
	Options      []string `json:"options,omitempty"` // of a select; "true" of a checkbox that has to be ticked
}

// PasswordRules is what a password has to keep to.
type PasswordRules struct {
	MinLength int `json:"min_length"`
}

// ReturnTo answers GET /api/auth/return_to?to=: where a person may be sent.
type ReturnTo struct {
	To string `json:"to"`
}

// HelpEntry answers GET /api/help/{code}.
type HelpEntry struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Cause string `json:"cause"`
	Fix   string `json:"fix"`
	Body  string `json:"body"` // more, in plain paragraphs; may be ""
}
