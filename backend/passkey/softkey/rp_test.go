package softkey_test

import (
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/passkey/softkey"
)

const (
	rpID   = "example.test"
	origin = "https://login.example.test:8443"
)

// party is a relying party with one user, judged by go-webauthn.
type party struct {
	tb          testing.TB
	library     *webauthn.WebAuthn
	handle      []byte
	credentials []webauthn.Credential
}

func newParty(tb testing.TB) *party {
	tb.Helper()
	library, err := webauthn.New(&webauthn.Config{
		RPID: rpID, RPDisplayName: "Example", RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferDirectAttestation,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return &party{tb: tb, library: library, handle: []byte("user handle of ada")}
}

func (p *party) WebAuthnID() []byte                         { return p.handle }
func (p *party) WebAuthnName() string                       { return "ada@example.test" }
func (p *party) WebAuthnDisplayName() string                { return "Ada" }
func (p *party) WebAuthnCredentials() []webauthn.Credential { return p.credentials }

// offering returns the option that offers exactly these algorithms.
func offering(algorithms ...softkey.Algorithm) webauthn.RegistrationOption {
	var list []protocol.CredentialParameter
	for _, a := range algorithms {
		list = append(list, protocol.CredentialParameter{
			Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.COSEAlgorithmIdentifier(a),
		})
	}
	return webauthn.WithCredentialParameters(list)
}

func (p *party) beginRegistration(opts ...webauthn.RegistrationOption) ([]byte, webauthn.SessionData) {
	p.tb.Helper()
	options, session, err := p.library.BeginRegistration(p, opts...)
	if err != nil {
		p.tb.Fatal(err)
	}
	return marshal(p.tb, options), *session
}

// finishRegistration judges an answer, and keeps the credential when it is good.
func (p *party) finishRegistration(session webauthn.SessionData, answer []byte) (*webauthn.Credential, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	credential, err := p.library.CreateCredential(p, session, parsed)
	if err == nil {
		p.credentials = append(p.credentials, *credential)
	}
	return credential, err
}

func (p *party) beginLogin(discoverable bool) ([]byte, webauthn.SessionData) {
	p.tb.Helper()
	begin := func() (*protocol.CredentialAssertion, *webauthn.SessionData, error) { return p.library.BeginLogin(p) }
	if discoverable {
		begin = func() (*protocol.CredentialAssertion, *webauthn.SessionData, error) {
			return p.library.BeginDiscoverableLogin()
		}
	}
	options, session, err := begin()
	if err != nil {
		p.tb.Fatal(err)
	}
	return marshal(p.tb, options), *session
}

func (p *party) finishLogin(session webauthn.SessionData, answer []byte) (*webauthn.Credential, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	if session.UserID != nil {
		return p.library.ValidateLogin(p, session, parsed)
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		if string(handle) != string(p.handle) {
			return nil, protocol.ErrBadRequest.WithDetails("unknown user handle")
		}
		return p, nil
	}
	return p.library.ValidateDiscoverableLogin(find, session, parsed)
}

// register makes a passkey that the party accepts.
func (p *party) register(a *softkey.Authenticator, opts ...webauthn.RegistrationOption) *webauthn.Credential {
	p.tb.Helper()
	options, session := p.beginRegistration(opts...)
	answer, err := a.Create(options, origin)
	if err != nil {
		p.tb.Fatal(err)
	}
	credential, err := p.finishRegistration(session, answer)
	if err != nil {
		p.tb.Fatalf("the answer was refused: %v\n%s", describe(err), answer)
	}
	return credential
}

// login signs in and returns what the party learned.
func (p *party) login(a *softkey.Authenticator, discoverable bool, muts ...softkey.Mutation) (*webauthn.Credential, error) {
	p.tb.Helper()
	options, session := p.beginLogin(discoverable)
	answer, err := a.Get(options, origin, muts...)
	if err != nil {
		p.tb.Fatal(err)
	}
	return p.finishLogin(session, answer)
}

// describe shows what the library hides behind Error.
func describe(err error) string {
	if e, ok := err.(*protocol.Error); ok {
		return e.Details + ": " + e.DevInfo
	}
	return err.Error()
}

func marshal(tb testing.TB, v any) []byte {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
