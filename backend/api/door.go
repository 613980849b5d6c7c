package api

import "encoding/json"

// State is where a service is in its life, in the words of `sting status`.
type State string

const (
	Healthy   State = "Healthy"
	Unhealthy State = "Unhealthy"
	Starting  State = "Starting"
	Stopped   State = "Stopped"
)

// Service is one supervised part of the lab.
type Service struct {
	Name      string     `json:"name"`
	State     State      `json:"state" ts_type:"'Healthy' | 'Unhealthy' | 'Starting' | 'Stopped'"`
	URL       string     `json:"url"`        // where it answers, or ""
	Detail    string     `json:"detail"`     // one line of evidence
	CheckedAt string     `json:"checked_at"` // when the probe last ran
	TookMS    float64    `json:"took_ms"`    // how long the probe took
	Since     string     `json:"since"`      // when it started, or ""
	Evidence  []Evidence `json:"evidence"`   // what the probe saw, for -v
	Restarts  int        `json:"restarts"`   // how often it was started again after it ended by itself
	Error     *Error     `json:"error"`
	// LastComplaint is the latest reason why it was not Healthy, also after that
	// went away; null where it never complained.
	LastComplaint *Complaint `json:"last_complaint"`
}

// Complaint is why a service was not Healthy, and when.
type Complaint struct {
	At    string `json:"at"`
	Error Error  `json:"error"`
}

// LogLine is one line of the lab's log.
type LogLine struct {
	At      string `json:"at"`
	Service string `json:"service"` // "" for the lab as a whole
	Level   string `json:"level" ts_type:"'debug' | 'info' | 'warn' | 'error'"`
	Text    string `json:"text"` // message and attributes
}

// Evidence is one thing a probe saw.
type Evidence struct {
	What string `json:"what"`
	Seen string `json:"seen"`
}

// Status answers GET /v1/status.
type Status struct {
	Version            string    `json:"version"`
	PID                int       `json:"pid"`
	Home               string    `json:"home"`
	Origin             string    `json:"origin"`
	RPID               string    `json:"rp_id"`
	Problem            string    `json:"problem"`
	Fix                string    `json:"fix"`
	KratosMode         string    `json:"kratos_mode"`
	StartedAt          string    `json:"started_at"`
	Ready              bool      `json:"ready"` // everything was started and looked at, well or not
	Now                string    `json:"now"`   // by the lab's clock
	ClockOffsetSeconds int64     `json:"clock_offset_seconds"`
	MockUser           bool      `json:"mock_user"`
	Users              int       `json:"users"`
	Passkeys           int       `json:"passkeys"` // active ones
	Sessions           int       `json:"sessions"` // living ones
	Services           []Service `json:"services"`
	Warnings           []string  `json:"warnings"`
	// Mended says what this start set right in the home folder.
	Mended []string `json:"mended,omitempty"`
	// Damaged names every value that can't be read any more.
	Damaged []Damaged `json:"damaged,omitempty"`
}

// Healthy reports whether every service is.
func (s Status) Healthy() bool {
	for _, svc := range s.Services {
		if svc.State != Healthy {
			return false
		}
	}
	return len(s.Services) > 0
}

// Person is an account as the panels and the terminal see it.
type Person struct {
	ID        string          `json:"id"`
	Email     string          `json:"email"`
	Name      string          `json:"name"`
	State     string          `json:"state"`
	Role      string          `json:"role"`
	Traits    json.RawMessage `json:"traits"`
	Password  bool            `json:"password"` // has one here
	Passkeys  int             `json:"passkeys"` // active ones
	Sessions  int             `json:"sessions"` // living ones
	CreatedAt string          `json:"created_at"`
}

// OwnedPasskey is a credential together with whose it is.
type OwnedPasskey struct {
	Passkey
	UserID string `json:"user_id"`
	Email  string `json:"email"`
	RPID   string `json:"rp_id"`
	// LeftBehind is a passkey of another RP ID than the lab's: it was changed since,
	// and no browser offers the passkey here any more.
	LeftBehind bool `json:"left_behind,omitempty"`
	// Virtual is a passkey of a browser's virtual authenticator, by its AAGUID.
	Virtual bool `json:"virtual,omitempty"`
}

// LabSession is a session as the panels and the terminal see it.
type LabSession struct {
	ID              string   `json:"id"`
	UserID          string   `json:"user_id"`
	Email           string   `json:"email"`
	AuthMethod      string   `json:"auth_method"`
	Views           []string `json:"views"` // passkey, kratos
	State           string   `json:"state"` // active, expired or ended
	UserAgent       string   `json:"user_agent"`
	Address         string   `json:"address"`
	AuthenticatedAt string   `json:"authenticated_at"`
	ExpiresAt       string   `json:"expires_at"`
	LastSeenAt      string   `json:"last_seen_at"`
	EndedAt         *string  `json:"ended_at"`
}

// Clock answers GET and POST /v1/clock.
type Clock struct {
	Now           string `json:"now"`
	Machine       string `json:"machine"`
	OffsetSeconds int64  `json:"offset_seconds"`
}

// MoveClock is the body of POST /v1/clock: a Go duration such as "10m" or
// "-24h", or "reset".
type MoveClock struct {
	By string `json:"by"`
}

// TrustRequest is the body of POST /v1/trust.
type TrustRequest struct {
	Untrust  bool `json:"untrust"`
	Browsers bool `json:"browsers"`
	System   bool `json:"system"`
	DryRun   bool `json:"dry_run"`
	// Renew makes a new authority where the lab's is past use, touches no store,
	// and reports none: the caller changes those of its own user.
	Renew bool `json:"renew,omitempty"`
}

// TrustReport answers /v1/trust: one entry a store.
type TrustReport struct {
	Certificate Certificate  `json:"certificate"`
	Stores      []TrustStore `json:"stores"`
}

// TrustStore is a store of trusted certificates and what became of ours in it.
type TrustStore struct {
	Kind   string `json:"kind"` // nss, system, java
	Name   string `json:"name"` // "Chromium", "Firefox (default-esr)"
	Path   string `json:"path"`
	Before string `json:"before"` // trusted, absent, older, unknown
	After  string `json:"after"`
	Note   string `json:"note"` // "restart Firefox"
	Error  *Error `json:"error"`
}

// Certificate is what the site shows to browsers.
type Certificate struct {
	CAPath        string   `json:"ca_path"`
	CASubject     string   `json:"ca_subject"`
	CAFingerprint string   `json:"ca_fingerprint"` // SHA-256, hex with colons
	CANotAfter    string   `json:"ca_not_after"`
	LeafHosts     []string `json:"leaf_hosts"`
	LeafNotBefore string   `json:"leaf_not_before"`
	LeafNotAfter  string   `json:"leaf_not_after"`
	LeafSPKI      string   `json:"leaf_spki"` // base64 of the SHA-256 of the key

	Problems []Error `json:"problems,omitempty"` // why browsers don't take it, as for a host that it can't name
}

// CeremonySummary is a line of GET /v1/ceremonies.
type CeremonySummary struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	State   string `json:"state"` // running, verified, rejected, abandoned
	Email   string `json:"email"`
	Fault   string `json:"fault"`
	BeganAt string `json:"began_at"`
	EndedAt string `json:"ended_at"`
	Source  string `json:"source"`            // "" of the lab's own site, else an app's name or the origin of its page
	Virtual bool   `json:"virtual,omitempty"` // with a virtual authenticator's passkey
}

// ConfigReport answers GET /v1/config.
type ConfigReport struct {
	Path      string          `json:"path"`
	Effective string          `json:"effective"` // YAML, with where each value comes from
	Problems  []ConfigProblem `json:"problems"`
}

// ConfigProblem is one thing that is wrong in the file.
type ConfigProblem struct {
	Severity string `json:"severity"` // error or warning
	Line     int    `json:"line"`
	Key      string `json:"key"`
	Meaning  string `json:"meaning"`
	Fix      string `json:"fix"`
}

// Event is news from the lab: what changed, so that a face can ask again.
type Event struct {
	Topic string `json:"topic"` // users, passkeys, sessions, services, ceremonies, mails, virtual, apps, clock, window, missed
	ID    string `json:"id"`
	What  string `json:"what"` // created, updated, used, removed, ended, deleted
}

// OpenPage is the body of POST /v1/open.
type OpenPage struct {
	Page    string `json:"page"`              // login, register, dashboard, settings, browser-check, mail, or an address of the site
	Virtual bool   `json:"virtual,omitempty"` // in the browser with the virtual authenticator
	// Desktop is where that browser opens, where it has to be started; nil: where
	// the lab was.
	Desktop *Desktop `json:"desktop,omitempty"`
}

// Desktop is a person's session, as its environment names it.
type Desktop struct {
	Display        string `json:"display"`
	WaylandDisplay string `json:"wayland_display"`
	XAuthority     string `json:"xauthority"`
	RuntimeDir     string `json:"runtime_dir"`
	Home           string `json:"home"` // with the trust stores that the browser reads
}

// Opened answers POST /v1/open.
type Opened struct {
	URL    string `json:"url"`
	Opened bool   `json:"opened"`
	Error  *Error `json:"error"` // why not, and what to do
}
