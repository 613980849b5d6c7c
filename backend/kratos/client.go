// Package kratos speaks to an Ory Kratos: the one in this process, one that we
// run, or one that runs elsewhere. It is the only importer of kratos-client-go.
//
// Its one invariant: a Kratos that is down, slow or answers nonsense is
// KRATOS_UNAVAILABLE, never "signed out".
//
// The client drives Kratos' browser flows on the server's side, so that the
// cookie in the person's browser is Kratos' own in every mode. The example signs
// somebody in.
package kratos

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	ory "github.com/ory/kratos-client-go"

	"sting/backend/session"
)

// Patience is how long a verb waits for Kratos, all its requests together: the
// person has an answer within three seconds, ours included (THREATS F21 to F23).
const Patience = 2500 * time.Millisecond

// Client asks one Kratos. It is safe for concurrent use.
type Client struct {
	api       *ory.APIClient
	transport http.RoundTripper
	public    string
	down      string // what to do where nothing answers; "": the URL is to be looked at
}

// WhenDown says what to do where nothing answers at all, instead of looking at
// the URL. It returns c, and is called before c is used.
func (c *Client) WhenDown(hint string) *Client {
	c.down = hint
	return c
}

// New returns a client of the Kratos whose public API is at public, an http or
// https URL. transport carries its requests; nil opens connections.
func New(public string, transport http.RoundTripper) *Client {
	if transport == nil {
		transport = &http.Transport{
			MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second,
			TLSHandshakeTimeout: Patience, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	public = strings.TrimSuffix(public, "/")
	cfg := ory.NewConfiguration()
	cfg.Servers = ory.ServerConfigurations{{URL: public}}
	cfg.HTTPClient = &http.Client{
		Transport:     bounded{transport},
		Timeout:       Patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{api: ory.NewAPIClient(cfg), transport: transport, public: public}
}

// Registration is a person to be.
type Registration struct {
	Email    string
	Password string
	Traits   json.RawMessage // an object whose "email" equals Email, or nil
	Device   session.Device  // of the person
}

// Login is a password that somebody typed.
type Login struct {
	Email    string
	Password string
	Device   session.Device
}

// SignedIn is a session of Kratos that just came into being.
type SignedIn struct {
	Cookies []*http.Cookie // Kratos' own, to hand on as they are
	View    session.View
	// Verification is the flow that waits for the code mailed to a new address,
	// or "". It belongs to the browser that gets Cookies.
	Verification string
}

// Register makes a person with a password and signs them in. It returns
// EMAIL_TAKEN, INVALID_FIELD with the field, or KRATOS_UNAVAILABLE.
func (c *Client) Register(ctx context.Context, r Registration) (SignedIn, error) {
	ctx, cancel := context.WithTimeout(from(ctx, r.Device), Patience)
	defer cancel()
	traits, err := traitsOf(r)
	if err != nil {
		return SignedIn{}, err
	}
	flow, resp, err := c.api.FrontendAPI.CreateBrowserRegistrationFlow(ctx).Execute()
	if err = given(flow, err); err != nil {
		return SignedIn{}, c.trouble(resp, err)
	}
	begun := resp.Cookies()
	body := ory.UpdateRegistrationFlowWithPasswordMethod{Method: "password", Password: r.Password, Traits: traits, CsrfToken: csrf(flow.Ui)}
	done, resp, err := c.api.FrontendAPI.UpdateRegistrationFlow(ctx).Flow(flow.Id).Cookie(header(begun)).
		UpdateRegistrationFlowBody(ory.UpdateRegistrationFlowWithPasswordMethodAsUpdateRegistrationFlowBody(&body)).Execute()
	if err = given(done, err); err != nil {
		return SignedIn{}, c.refused(resp, err)
	}
	if done.Session == nil || !named(resp.Cookies(), session.KratosCookie) { // a Kratos without the hook "session"
		return c.Login(ctx, Login{Email: r.Email, Password: r.Password, Device: r.Device})
	}
	in, err := c.signedIn(done.Session, begun, resp.Cookies())
	in.Verification = verificationOf(done.ContinueWith)
	return in, err
}

// Login signs a person in. It returns INVALID_CREDENTIALS, the same for a wrong
// password and an unknown address, INVALID_FIELD, or KRATOS_UNAVAILABLE.
func (c *Client) Login(ctx context.Context, l Login) (SignedIn, error) {
	ctx, cancel := context.WithTimeout(from(ctx, l.Device), Patience)
	defer cancel()
	flow, resp, err := c.api.FrontendAPI.CreateBrowserLoginFlow(ctx).Execute()
	if err = given(flow, err); err != nil {
		return SignedIn{}, c.trouble(resp, err)
	}
	begun := resp.Cookies()
	body := ory.UpdateLoginFlowWithPasswordMethod{Method: "password", Identifier: l.Email, Password: l.Password, CsrfToken: csrf(flow.Ui)}
	done, resp, err := c.api.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow.Id).Cookie(header(begun)).
		UpdateLoginFlowBody(ory.UpdateLoginFlowWithPasswordMethodAsUpdateLoginFlowBody(&body)).Execute()
	if err = given(done, err); err != nil {
		return SignedIn{}, c.refused(resp, err)
	}
	return c.signedIn(&done.Session, begun, resp.Cookies())
}

func (c *Client) signedIn(s *ory.Session, begun, done []*http.Cookie) (SignedIn, error) {
	v, err := viewOf(s)
	if err != nil {
		return SignedIn{}, c.nonsense(err)
	}
	return SignedIn{Cookies: merge(begun, done), View: v}, nil
}

// Whoami returns the session behind the value of Kratos' cookie. It returns
// session.ErrNone if there is no living one, or KRATOS_UNAVAILABLE.
func (c *Client) Whoami(ctx context.Context, cookie string) (session.View, error) {
	if cookie == "" || !plain(cookie) {
		return session.View{}, session.ErrNone
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	s, resp, err := c.api.FrontendAPI.ToSession(ctx).Cookie(session.KratosCookie + "=" + cookie).Execute()
	if err = given(s, err); err != nil {
		return session.View{}, c.nobody(resp, err)
	}
	v, err := viewOf(s)
	if err != nil {
		return session.View{}, c.nonsense(err)
	}
	return v, nil
}

// Logout ends the session behind the value of Kratos' cookie. One that has
// ended already is fine; otherwise it returns KRATOS_UNAVAILABLE.
func (c *Client) Logout(ctx context.Context, cookie string) error {
	if cookie == "" || !plain(cookie) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	sent := session.KratosCookie + "=" + cookie
	flow, resp, err := c.api.FrontendAPI.CreateBrowserLogoutFlow(ctx).Cookie(sent).Execute()
	if err = given(flow, err); err == nil {
		resp, err = c.api.FrontendAPI.UpdateLogoutFlow(ctx).Token(flow.LogoutToken).Cookie(sent).Execute()
	}
	if err == nil {
		return nil
	}
	if err = c.nobody(resp, err); errors.Is(err, session.ErrNone) {
		return nil
	}
	return err
}

// Ready asks Kratos whether it can serve. It returns KRATOS_UNAVAILABLE if not.
func (c *Client) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	ready, resp, err := c.api.MetadataAPI.IsReady(ctx).Execute()
	if err = given(ready, err); err != nil {
		return c.trouble(resp, err)
	}
	return nil
}
