package session

import (
	"context"
	"errors"
	"net/http"

	"sting/backend/identity"
)

// CookieName is the cookie of the sessions that the lab issues itself.
const CookieName = "__Host-sting_session"

// BrowserCookie is the cookie by which the lab knows a browser again.
const BrowserCookie = "__Host-sting_browser"

// KratosCookie is the cookie of Kratos' sessions, as every Kratos calls it.
const KratosCookie = "ory_kratos_session"

// OfTheLab reports whether a cookie is the lab's alone: no Kratos elsewhere is to
// see it, and none may set it.
func OfTheLab(name string) bool { return name == CookieName || name == BrowserCookie }

// Own recognises the sessions that the lab keeps itself, by one of the tokens
// that stand in their row.
type Own struct {
	View     Kind   // which of the tokens
	Cookie   string // that carries it
	Sessions *Sessions
	People   interface {
		Identity(ctx context.Context, id identity.ID) (identity.Identity, error)
	}
}

// Kind implements Source.
func (o Own) Kind() Kind { return o.View }

// Session implements Source. Two cookies of the name show nobody: ErrAmbiguous.
func (o Own) Session(ctx context.Context, r *http.Request) (View, error) {
	found := r.CookiesNamed(o.Cookie)
	switch len(found) {
	case 0:
		return View{}, ErrNone
	case 1:
	default:
		return View{}, ErrAmbiguous
	}
	s, err := o.Sessions.ByToken(ctx, o.View, found[0].Value)
	if err != nil {
		return View{}, err
	}
	i, err := o.People.Identity(ctx, s.IdentityID)
	switch {
	case errors.Is(err, identity.ErrNotFound), err == nil && i.State == identity.Inactive:
		return View{}, ErrNone // the person is gone, and so is the session
	case err != nil:
		return View{}, err
	}
	return ViewOf(o.View, s, i), nil
}

// ViewOf shows a session together with whose it is.
func ViewOf(k Kind, s Session, i identity.Identity) View {
	v := View{
		Kind: k, ID: s.ID, AuthenticatedAt: s.AuthenticatedAt, ExpiresAt: s.ExpiresAt, AAL: s.AAL,
		Person: Person{ID: i.ID, Email: i.Email(), Role: i.Role, Traits: i.Traits},
	}
	for _, p := range s.Methods {
		v.Methods = append(v.Methods, p.Method)
	}
	return v
}
