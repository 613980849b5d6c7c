package session

import (
	"context"
	"net/http"

	"sting/backend/identity"
)

// CookieName is the cookie of the sessions that the lab issues itself.
const CookieName = "__Host-sting_session"

// Own recognises the sessions that the lab issues after a passkey.
type Own struct {
	Sessions *Sessions
	People   interface {
		Identity(ctx context.Context, id identity.ID) (identity.Identity, error)
	}
}

// Kind implements Source.
func (Own) Kind() Kind { return KindPasskey }

// Session implements Source.
func (o Own) Session(ctx context.Context, r *http.Request) (View, error) {
	c, err := r.Cookie(CookieName)
	if err != nil {
		return View{}, ErrNone
	}
	s, err := o.Sessions.ByToken(ctx, KindPasskey, c.Value)
	if err != nil {
		return View{}, err
	}
	i, err := o.People.Identity(ctx, s.IdentityID)
	if err != nil || i.State == identity.Inactive {
		return View{}, ErrNone // the person is gone, and so is the session
	}
	return ViewOf(KindPasskey, s, i), nil
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
