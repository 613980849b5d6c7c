// Package signin turns a proof into a session: a verified ceremony, or a
// password that Kratos accepted. It holds the one commit in which a credential's
// new state and the session come into being together.
package signin

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
)

// ErrInactive means that the person exists and may not sign in.
var ErrInactive = fault.New(fault.Invalid, "UNKNOWN_CREDENTIAL", "Passkey not found or revoked",
	"The account is switched off in this lab; set its state to \"active\" to use it.")

// Store commits.
type Store interface {
	// Grant changes the credential and creates s, ending the sessions it
	// replaces, in one transaction. An error of use is returned as it is.
	Grant(ctx context.Context, credentialID string, use func(*passkey.Credential) error, s session.Session,
		replaced ...session.ID) (passkey.Credential, error)
}

// Service is the sign-in service: it takes proofs and gives sessions.
type Service struct {
	Store      Store
	Ceremonies *passkey.Ceremonies
	Sessions   *session.Sessions
	Passwords  Passwords
	// OneRow says that a passkey sign-in is a session of Kratos too: so it is
	// with the embedded provider, and a Kratos elsewhere has no way to mint one.
	OneRow bool
}

// Granted is a session that just came into being. The tokens exist only here
// and in the person's browser.
type Granted struct {
	Session      session.Session
	PasskeyToken string
	KratosToken  string // "" unless OneRow
	Person       identity.Identity
	Credential   passkey.Credential
}

// Presented is what the browser showed when it signed in: the sessions behind
// these end, so that no token from before a sign-in is good after it (THREATS
// T09).
type Presented struct {
	PasskeyToken string
	KratosToken  string
	Device       session.Device
}

func (p Presented) token(k session.Kind) string {
	if k == session.KindPasskey {
		return p.PasskeyToken
	}
	return p.KratosToken
}

// Passkey finishes a sign-in with a passkey whose answer came to rp.
func (s *Service) Passkey(ctx context.Context, rp passkey.RelyingParty, a passkey.Answer, p Presented) (Granted, error) {
	verified, err := s.Ceremonies.FinishAuthentication(ctx, rp, a)
	if err != nil {
		return Granted{}, err
	}
	g, err := s.grant(ctx, verified, p)
	unproven := s.Ceremonies.Prove(ctx, verified, g.PasskeyToken, g.KratosToken)
	if err := s.Ceremonies.Conclude(verified, g.Credential, string(g.Session.ID), err); err != nil {
		return Granted{}, err
	}
	return g, unproven // a browser that isn't known as the one that signed in could do nothing that matters
}

func (s *Service) grant(ctx context.Context, v passkey.Verified, p Presented) (Granted, error) {
	person := v.Person
	if person.State == identity.Inactive {
		return Granted{}, ErrInactive
	}
	g := Granted{Person: person}
	made := session.New(s.Sessions.Now(), s.Sessions.Policy(), person.ID,
		session.Proof{Method: session.Passkey, CredentialID: v.Credential.ID}, p.Device)
	g.PasskeyToken, made.PasskeyToken = session.NewToken()
	if s.OneRow {
		g.KratosToken, made.KratosToken = session.NewToken()
	}
	replaced, err := s.replaced(ctx, p)
	if err != nil {
		return Granted{}, err
	}
	g.Credential, err = s.Store.Grant(ctx, v.Credential.ID, v.Use, made, replaced...)
	if err != nil {
		return Granted{}, err
	}
	g.Session = made
	s.Sessions.Announce(made, replaced...)
	return g, nil
}

// replaced names the rows behind the tokens that the browser showed, each once:
// both may show the same. One that can't be looked up can't be ended either, and
// would be alive again once the store is: that is an error, not "nobody".
func (s *Service) replaced(ctx context.Context, p Presented) ([]session.ID, error) {
	var ids []session.ID
	var last session.Session
	for _, kind := range []session.Kind{session.KindPasskey, session.KindKratos} {
		token := p.token(kind)
		if bytes.Equal(last.Token(kind), session.Hash(token)) {
			continue
		}
		shown, err := s.Sessions.ByToken(ctx, kind, token)
		if errors.Is(err, session.ErrNone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, shown.ID) {
			ids = append(ids, shown.ID)
		}
		last = shown
	}
	return ids, nil
}

// EndPresented ends the rows behind the tokens that the browser showed, but the
// one called keep.
func (s *Service) EndPresented(ctx context.Context, p Presented, keep session.ID) error {
	ids, err := s.replaced(ctx, p)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == keep {
			continue
		}
		if err := s.Sessions.End(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
