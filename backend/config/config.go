// Package config is every setting of the lab: defaults, then the file
// sting.yml of the home folder, then flags. It also says where that folder is.
//
// Its one invariant: reading never fails half. Load reports every problem at
// once, each with its line, its meaning and its fix, and always returns a
// Config that the program can run with; what can't be used keeps its default.
// Nothing here opens a port for longer than it takes to see that it is free.
package config

import (
	"path/filepath"
	"time"

	"sting/backend/apps"
	"sting/backend/apps/front"
)

// What no setting changes.
const (
	// FileName is the name of the file in the home folder.
	FileName = "sting.yml"
	// SchemaName is the name that the identity schema has in the home folder
	// unless the file names another.
	SchemaName = "identity.schema.json"
	// RegistrationChallengeLife is how long a challenge of a registration can
	// be answered.
	RegistrationChallengeLife = 10 * time.Minute
	// SignInChallengeLife is how long a challenge of a sign-in can be answered.
	SignInChallengeLife = 5 * time.Minute
)

// Config is every setting. Start from Default or Load; the zero value is not
// usable.
type Config struct {
	Home         string // absolute path of the home folder
	WebAuthn     WebAuthn
	Kratos       Kratos
	Courier      Courier
	SelfService  SelfService
	Session      Session
	Security     Security
	Registration Registration
	TLS          TLS
	Ports        Ports
	MockUser     MockUser
	Tape         Tape
	Apps         []apps.App // none of them with a problem
	Front        front.End  // without a problem
}

// WebAuthn is what the ceremonies go by.
type WebAuthn struct {
	Enabled          bool
	RP               RelyingParty
	Additional       []RelyingParty // further ones, none of them with a Problem
	Passwordless     bool
	Timeout          time.Duration // what browsers are told; challenges have lives of their own
	UserVerification string        // "required", "preferred" or "discouraged"
}

// RelyingParty is whom passkeys belong to.
type RelyingParty struct {
	ID          string
	DisplayName string
	// Origins are the canonical origins at which ceremonies are accepted: those
	// of the file that are possible for ID, or the one that follows from ID and
	// the site's port where the file names none. Empty only when Problem is
	// set.
	Origins []string
	// Problem says why no ceremony can be held, nil when they can.
	Problem *Problem
	// Line is where the file lists the origins of a further one, or the entry itself
	// where it lists none.
	Line int
}

// Kratos says where passwords live.
type Kratos struct {
	Mode      string // KratosEmbedded, KratosManaged or KratosExternal
	PublicURL string // without a slash at the end; follows the port unless Mode is KratosExternal
	AdminURL  string
	Binary    string // of the mode managed; "": kratos in PATH
}

// The three places of the password side.
const (
	KratosEmbedded = "embedded" // in this process
	KratosManaged  = "managed"  // a real one that the lab starts and stops
	KratosExternal = "external" // a real one that runs elsewhere
)

// Courier is how mails leave.
type Courier struct {
	ConnectionURI string // may hold a password: never in a log; String of SMTP masks it
}

// SelfService is what the flows go by.
type SelfService struct {
	AllowedReturnURLs []string // besides the own origins; see origin.SafeReturnTo
}

// Session is how long a sign-in lasts.
type Session struct {
	Lifespan      time.Duration
	Idle          time.Duration // 0: idle sessions do not end
	PrivilegedAge time.Duration // up to this age a session may change credentials
}

// Security is what is hidden from the outside.
type Security struct {
	MitigateEnumeration bool
}

// Registration is the shape of the page /register.
type Registration struct {
	Pages  []Page // in order
	Schema Schema
}

// Page is the steps that are shown together.
type Page []Step

// Step is one part of a registration.
type Step string

// The steps of a registration.
const (
	StepDetails  Step = "details"
	StepPassword Step = "password"
	StepPasskey  Step = "passkey"
)

// OffersPasskey reports whether a registration ends with the offer of a
// passkey.
func (r Registration) OffersPasskey() bool {
	n := len(r.Pages)
	return n > 0 && len(r.Pages[n-1]) == 1 && r.Pages[n-1][0] == StepPasskey
}

// Schema is the identity schema.
type Schema struct {
	Name string // as the file names it
	JSON []byte // a JSON Schema with Ory Kratos' extension "ory.sh/kratos"
	Own  bool   // read from a file; otherwise the built-in one
}

// TLS is what the certificate holds besides localhost, the relying party ID
// and the hosts of the origins.
type TLS struct {
	Hosts []string
}

// Ports are the listeners.
type Ports struct {
	Site         Port
	KratosPublic Port
	KratosAdmin  Port
	SMTP         Port
	SMTPPlain    Port
	Mail         Port
}

// MockUser is a made-up person for work on the front end.
type MockUser struct {
	Enabled bool
	Email   string
	Role    string
}

// Tape bounds what is kept of the past. The oldest goes first.
type Tape struct {
	Challenges int   // open ones, of everybody together
	Ceremonies int   // recorded
	Mails      int   // kept
	Bytes      int64 // ceremonies and mails, each
}

// Default returns the settings of a home folder without a file.
func Default() Config {
	c := Config{
		WebAuthn: WebAuthn{
			Enabled:          true,
			RP:               RelyingParty{ID: "localhost", DisplayName: "STING Authentication"},
			Passwordless:     true,
			Timeout:          time.Minute,
			UserVerification: "preferred",
		},
		Kratos:  Kratos{Mode: KratosEmbedded},
		Courier: Courier{ConnectionURI: "smtp://test:test@mailpit:1025/?skip_ssl_verify=true"},
		Session: Session{Lifespan: 24 * time.Hour, PrivilegedAge: 15 * time.Minute},
		Registration: Registration{
			Pages:  []Page{{StepDetails}, {StepPassword}, {StepPasskey}},
			Schema: Schema{Name: SchemaName},
		},
		Ports:    Ports{Site: 8443, KratosPublic: 4433, KratosAdmin: 4434, SMTP: 1025, SMTPPlain: 1026, Mail: 8025},
		MockUser: MockUser{Email: "mock.user@sting.localhost", Role: "user"},
		Front:    front.End{Paths: []string{"/"}},
		Tape:     Tape{Challenges: 20_000, Ceremonies: 2_000, Mails: 1_000, Bytes: 64 << 20},
	}
	follow(&c, nil)
	c.Registration.Schema.JSON = DefaultSchema()
	return c
}

// Path returns the path of a file in the home folder.
func (c Config) Path(elem ...string) string {
	return filepath.Join(append([]string{c.Home}, elem...)...)
}

// File returns the path of the configuration's file, which need not exist.
func (c Config) File() string { return c.Path(FileName) }
