package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"sting/backend/fault"
	"sting/backend/session"
)

// Passwords is a Kratos, in this process or elsewhere. Its cookies are handed on
// to the person's browser as they are.
type Passwords interface {
	// Register returns EMAIL_TAKEN, INVALID_FIELD with the field, or
	// KRATOS_UNAVAILABLE.
	Register(ctx context.Context, r Registration) (Accepted, error)
	// Login returns INVALID_CREDENTIALS or KRATOS_UNAVAILABLE.
	Login(ctx context.Context, l Login) (Accepted, error)
	// Logout ends the session behind a cookie; one that has ended is fine.
	Logout(ctx context.Context, cookie string) error
}

// Registration is a person to be.
type Registration struct {
	Email    string
	Password string
	Traits   json.RawMessage // an object whose "email" equals Email, or nil
	Device   session.Device
}

// Login is a password that somebody typed.
type Login struct {
	Email    string
	Password string
	Device   session.Device
}

// Accepted is a session of Kratos that just came into being.
type Accepted struct {
	Cookies []*http.Cookie // Kratos' own
	View    session.View
	// Verification is the flow that waits for the code mailed to a new address,
	// or "".
	Verification string
}

// Register makes a person with a password and signs them in.
func (s *Service) Register(ctx context.Context, r Registration, p Presented) (Accepted, error) {
	a, err := s.Passwords.Register(ctx, r)
	if err != nil {
		return Accepted{}, err
	}
	return a, s.leave(ctx, p)
}

// Password signs a person in with a password.
func (s *Service) Password(ctx context.Context, l Login, p Presented) (Accepted, error) {
	a, err := s.Passwords.Login(ctx, l)
	if err != nil {
		return Accepted{}, err
	}
	return a, s.leave(ctx, p)
}

// leave ends what the browser was signed in with before: no token from before a
// sign-in is good after it (THREATS T09). A Kratos that can't end its own
// session keeps nobody from signing in.
func (s *Service) leave(ctx context.Context, p Presented) error {
	if err := s.EndPresented(ctx, p, ""); err != nil {
		return err
	}
	if p.KratosToken != "" && !s.OneRow {
		_ = s.Passwords.Logout(ctx, p.KratosToken) // said by the session view, where it is still alive
	}
	return nil
}

// SignOut ends both kinds of session that a browser shows. A Kratos that can't
// be asked is returned as warning: ours has ended all the same.
func (s *Service) SignOut(ctx context.Context, p Presented) (warning *fault.Error, err error) {
	if err := s.EndPresented(ctx, p, ""); err != nil {
		return nil, err
	}
	if p.KratosToken == "" {
		return nil, nil
	}
	switch err := s.Passwords.Logout(ctx, p.KratosToken); {
	case err == nil, errors.Is(err, session.ErrNone):
		return nil, nil
	default:
		return fault.From(err), nil
	}
}
