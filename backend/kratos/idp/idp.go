// Package idp is the password side of the lab: an identity provider with the
// wire of Ory Kratos v1.3, as an http.Handler that opens no port of its own.
//
// Its one invariant: what a client made for Kratos may observe is what a Kratos
// would answer, but for the list of reasoned differences that the suite in
// kratostest keeps.
//
// Use it as a value: fill a Provider, mount Public where browsers and SDKs
// reach it (Config.BaseURL says where that is) and Admin behind a door that
// only the machine reaches. The site itself never calls this package: it speaks
// through package kratos, over kratos.InProcess(provider.Public()). The example
// fills one.
package idp

import (
	"context"
	"log/slog"
	"time"

	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/session"
)

// Version is the release of Ory Kratos whose wire this package speaks.
const Version = "v1.3.1"

// Provider answers as a Kratos does. All fields but Courier, Outbox and Log
// are required.
type Provider struct {
	Store      Store
	Identities identity.Store
	Sessions   *session.Sessions
	Courier    Courier // nil: no mails, and no verification at registration
	Outbox     Outbox  // nil: the admin API lists no messages
	Hasher     *Hasher
	Schema     func() *Schema
	Config     func() Config
	Secret     []byte // 32 bytes; keys the codes and logout tokens, the same after a restart
	Bus        *events.Bus
	Now        func() time.Time
	Log        *slog.Logger // nil: nothing is logged

	refusals refusals
}

// Config is what a person may set. It is read at each request, so that a
// change counts at once.
type Config struct {
	Site           string        // origin of the pages: "https://localhost:8443"
	BaseURL        string        // where browsers reach Public: Site + "/.ory"
	AdminURL       string        // where programs reach Admin: "http://localhost:4434"
	Home           string        // where a person lands without a return_to; "": Site + "/"
	AllowedReturns []string      // besides Site
	OneStep        bool          // registration asks for everything on one page
	MinPassword    int           // characters; 0: 8
	Lifespan       time.Duration // of login and registration flows; 0: 10 minutes
	LongLifespan   time.Duration // of settings, recovery, verification and codes; 0: 1 hour
}

func (c Config) home() string {
	if c.Home != "" {
		return c.Home
	}
	return c.Site + "/"
}

func (c Config) minPassword() int {
	if c.MinPassword > 0 {
		return c.MinPassword
	}
	return 8
}

func (c Config) lifespan(k Kind) time.Duration {
	short, long := c.Lifespan, c.LongLifespan
	if short <= 0 {
		short = 10 * time.Minute
	}
	if long <= 0 {
		long = time.Hour
	}
	if k == LoginFlow || k == RegistrationFlow {
		return short
	}
	return long
}

// page returns the address of the page that shows a flow.
func (c Config) page(k Kind) string {
	switch k {
	case RegistrationFlow:
		return c.Site + "/register"
	case ErrorFlow:
		return c.Site + "/error"
	}
	return c.Site + "/" + string(k)
}

// Store keeps what belongs to this package alone.
type Store interface {
	// CreateFlow keeps a new flow. The oldest ones make room when there are too
	// many.
	CreateFlow(ctx context.Context, f Flow) error
	// Flow returns ErrNoFlow if there is none of that kind.
	Flow(ctx context.Context, k Kind, id string) (Flow, error)
	// UpdateFlow reads, changes and writes in one transaction; an error of
	// change is returned as it is and nothing is written.
	UpdateFlow(ctx context.Context, k Kind, id string, change func(*Flow) error) (Flow, error)
	// RegisterPerson creates an identity and its first session in one
	// transaction; identity.ErrEmailTaken if another one has an identifier.
	RegisterPerson(ctx context.Context, i identity.Identity, s session.Session) error
	// CreateCode keeps a code; an earlier one of the same flow is forgotten.
	CreateCode(ctx context.Context, c Code) error
	// UseCode counts one attempt at the flow's code and, if mac is the code's,
	// marks it used, all in one transaction. It returns ErrCodeTries after
	// MaxCodeTries attempts, or at a short code once its Subject was Guessed,
	// ErrCodeWrong if mac differs or the flow has no
	// code, ErrCodeUsed if it was used before, ErrCodeExpired if it is older
	// than it may be at now.
	UseCode(ctx context.Context, flowID string, mac []byte, now time.Time) (Code, error)
	// Guessed reports whether short codes of a Code's Subject were tried in vain
	// MaxGuesses times within GuessWindow. It may say so of one that shares its
	// count with another.
	Guessed(ctx context.Context, subject string, now time.Time) (bool, error)
}

// Courier sends mails, later and by itself.
type Courier interface {
	// Queue takes a mail over; it returns before the mail is sent.
	Queue(ctx context.Context, m Mail) error
}

// Mail is a mail to send.
type Mail struct {
	To       string // an address
	Subject  string
	Text     string
	HTML     string
	Template string // as Kratos names it: "verification_code_valid", "recovery_code_valid"
	At       time.Time
}

// Outbox shows what became of mails.
type Outbox interface {
	// Messages lists mails, newest first, behind the one called after ("" for
	// the first), at most limit, and how many there are in all. status and
	// recipient narrow it where they are not "".
	Messages(ctx context.Context, after string, limit int, status, recipient string) ([]Message, int, error)
	// Message returns ErrNoMessage if there is none.
	Message(ctx context.Context, id string) (Message, error)
}

// Message is a queued or sent mail, as Kratos' admin API tells of it.
type Message struct {
	ID        string
	Status    string // "queued", "processing", "sent", "abandoned"
	Recipient string
	Subject   string
	Body      string
	Template  string
	SendCount int
	CreatedAt time.Time
	UpdatedAt time.Time
	Tries     []Try
}

// Try is one attempt to send a mail.
type Try struct {
	ID    string
	At    time.Time
	Error string // "": it was sent
}

func (p *Provider) log() *slog.Logger {
	if p.Log != nil {
		return p.Log
	}
	return slog.New(slog.DiscardHandler)
}
