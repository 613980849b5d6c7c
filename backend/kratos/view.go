package kratos

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	ory "github.com/ory/kratos-client-go"

	"sting/backend/identity"
	"sting/backend/session"
)

// Source recognises the sessions that Kratos' cookie shows.
type Source struct{ Client *Client }

var _ session.Source = Source{}

// Kind implements session.Source.
func (Source) Kind() session.Kind { return session.KindKratos }

// Session implements session.Source. A request without the cookie costs no
// question; two cookies of the name are both refused.
func (s Source) Session(ctx context.Context, r *http.Request, _ session.Seen) (session.View, error) {
	found := r.CookiesNamed(session.KratosCookie)
	switch len(found) {
	case 0:
		return session.View{}, session.ErrNone
	case 1:
		return s.Client.Whoami(ctx, found[0].Value)
	}
	return session.View{}, session.ErrAmbiguous
}

// viewOf is what the rest of the program knows of a session of Kratos.
func viewOf(s *ory.Session) (session.View, error) {
	if s == nil || s.Id == "" || s.Identity == nil || s.Identity.Id == "" {
		return session.View{}, errors.New("a session without an identity")
	}
	traits, err := json.Marshal(s.Identity.Traits)
	if err != nil {
		return session.View{}, err
	}
	v := session.View{
		Kind: session.KindKratos, ID: session.ID(s.Id), AuthenticatedAt: s.GetAuthenticatedAt(), ExpiresAt: s.GetExpiresAt(),
		AAL:    string(s.GetAuthenticatorAssuranceLevel()),
		Person: session.Person{ID: identity.ID(s.Identity.Id), Role: "user", Traits: traits},
	}
	if m, ok := s.Identity.Traits.(map[string]any); ok {
		v.Person.Email, _ = m["email"].(string)
	}
	if m, ok := s.Identity.MetadataPublic.(map[string]any); ok && m["role"] == "admin" {
		v.Person.Role = "admin"
	}
	for _, m := range s.AuthenticationMethods {
		if m.GetAal() == ory.AUTHENTICATORASSURANCELEVEL_AAL2 {
			continue // a second factor is no way to sign in
		}
		v.Methods = append(v.Methods, methodOf(m.GetMethod()))
	}
	return v, nil
}

// methodOf reads Kratos' word for a way to sign in. What Kratos vouches for in
// a way that we have no word for counts as its password side.
func methodOf(name string) session.Method {
	switch name {
	case "passkey", "webauthn":
		return session.Passkey
	case "code", "code_recovery", "link_recovery":
		return session.Code
	}
	return session.Password
}

// verificationOf finds the flow in which a new address is verified, or "".
func verificationOf(next []ory.ContinueWith) string {
	for _, n := range next {
		if v := n.ContinueWithVerificationUi; v != nil {
			return v.Flow.Id
		}
	}
	return ""
}

// csrf finds the token in a form.
func csrf(form ory.UiContainer) *string {
	for _, n := range form.Nodes {
		in := n.Attributes.UiNodeInputAttributes
		if in == nil || in.Name != "csrf_token" {
			continue
		}
		if token, ok := in.Value.(string); ok {
			return &token
		}
	}
	return nil
}

// header writes cookies as a browser would send them.
func header(cookies []*http.Cookie) string {
	parts := make([]string, 0, len(cookies))
	for _, c := range cookies {
		parts = append(parts, c.Name+"="+c.Value)
	}
	return strings.Join(parts, "; ")
}

func named(cookies []*http.Cookie, name string) bool {
	return slices.ContainsFunc(cookies, func(c *http.Cookie) bool { return c.Name == name })
}

// merge returns the later of two cookies of a name.
func merge(begun, done []*http.Cookie) []*http.Cookie {
	out := slices.Clone(done)
	for _, c := range begun {
		if !named(done, c.Name) {
			out = append(out, c)
		}
	}
	return out
}

// plain reports whether a value may stand in a Cookie header: nothing in it
// begins another cookie or another header.
func plain(value string) bool {
	return len(value) <= 4096 && !strings.ContainsFunc(value, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || r == ';' || r == ',' || r == '"' || r == '\\'
	})
}
