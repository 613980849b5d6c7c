// Package passwords is the side of the passwords: a Kratos in this process
// (embedded), one that the lab runs (managed) or one elsewhere (external), each as the
// same value to the rest of the lab.
//
// Its one invariant: in every mode the cookie in the person's browser is Kratos' own,
// and no cookie of the lab leaves this process.
package passwords

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/kratos"
	"sting/backend/kratos/idp"
	"sting/backend/service"
	"sting/backend/session"
	"sting/backend/signin"
)

// MinLength is how many characters a password has at least.
const MinLength = 8

// Store keeps people, and what the embedded Kratos keeps beside them.
type Store interface {
	idp.Store
	identity.Store
	// Secret returns the random bits kept under name, the same at each call.
	Secret(ctx context.Context, name string) ([]byte, error)
}

// Needs is what this side needs of its lab. All fields but Cheap are required.
type Needs struct {
	Config   func() config.Config // in force
	Origins  func() []string      // whose pages may read Kratos' answers: the relying parties'
	Schema   func() *idp.Schema
	Store    Store
	Sessions *session.Sessions
	Courier  idp.Courier
	Outbox   idp.Outbox
	Bus      *events.Bus
	Now      func() time.Time // the lab's
	Log      *slog.Logger
	Warn     func(texts ...string) // tells the person
	Cheap    bool                  // weakens the password hash, for tests
}

// Side is Kratos as the rest of the lab sees it.
type Side struct {
	Passwords signin.Passwords
	Source    session.Source
	Handler   http.Handler // Kratos' public API, mounted under /.ory/
	OneRow    bool         // a passkey sign-in is a session of Kratos too: it is the embedded one
	Secret    []byte       // of the embedded one; nil: there is none

	needs   Needs
	client  *kratos.Client
	public  http.Handler                                  // the public API at a port of its own; nil: that port is another process'
	admin   http.Handler                                  // the admin API; nil: that port is another process'
	process func(ctx context.Context, ready func()) error // of a managed one; nil: there is none
	missed  atomic.Pointer[error]                         // why one of the ports is closed; nil: none is
}

// Open makes the side that the configuration asks for. Nothing listens until its
// service runs. Its error is the store's, or kratos.ErrUnavailable for an address that
// is none.
func Open(ctx context.Context, n Needs) (*Side, error) {
	n.Warn(endLeft(n.Config().Path("kratos")))
	switch n.Config().Kratos.Mode {
	case config.KratosManaged:
		return openManaged(ctx, n)
	case config.KratosExternal:
		return openElsewhere(n)
	}
	return openEmbedded(ctx, n)
}

// client speaks to a Kratos for the sign-in desk.
type client struct{ *kratos.Client }

// Register implements signin.Passwords.
func (c client) Register(ctx context.Context, r signin.Registration) (signin.Accepted, error) {
	in, err := c.Client.Register(ctx, kratos.Registration(r))
	return signin.Accepted(in), err
}

// Login implements signin.Passwords.
func (c client) Login(ctx context.Context, l signin.Login) (signin.Accepted, error) {
	in, err := c.Client.Login(ctx, kratos.Login(l))
	return signin.Accepted(in), err
}

// url is where programs find Kratos.
func (s *Side) url() string {
	c := s.needs.Config()
	switch port := c.Ports.KratosPublic; {
	case !s.OneRow:
		return c.Kratos.PublicURL
	case port.Open():
		return "http://localhost:" + port.String()
	}
	return c.Address() + "/.ory"
}

// probe asks what every request asks: who is it. Nobody is the right answer to a
// token that was never issued.
func (s *Side) probe(ctx context.Context) (string, []service.Evidence, error) {
	err := s.ask(ctx)
	if why := s.missed.Load(); why != nil {
		err = errors.Join(*why, err)
	}
	if err != nil {
		return "", nil, err
	}
	seen := []service.Evidence{{What: "whoami with an unknown token", Seen: "401, as it should be"}}
	if s.OneRow && s.needs.Config().Ports.KratosPublic == config.Off {
		return "embedded; its own port is off", seen, nil
	}
	return s.needs.Config().Kratos.Mode + "; whoami answers", seen, nil
}

func (s *Side) ask(ctx context.Context) error {
	if err := s.client.Ready(ctx); err != nil {
		return err
	}
	token, _ := session.NewToken()
	if _, err := s.client.Whoami(ctx, token); !errors.Is(err, session.ErrNone) {
		return kratos.ErrUnavailable.Saying("Kratos' whoami doesn't answer as it should.").Because(err)
	}
	return nil
}
