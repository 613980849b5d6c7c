package session

import (
	"bytes"
	"context"
	"net/http"
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
}

// Kind implements Source.
func (o Own) Kind() Kind { return o.View }

// Session implements Source. Two cookies of the name show nobody: ErrAmbiguous. Both
// views are of one row as a rule, so it was read already where another one was seen
// before.
func (o Own) Session(ctx context.Context, r *http.Request, before Seen) (View, error) {
	found := r.CookiesNamed(o.Cookie)
	switch len(found) {
	case 0:
		return View{}, ErrNone
	case 1:
	default:
		return View{}, ErrAmbiguous
	}
	for _, v := range before.Views {
		if v.shown != nil && bytes.Equal(v.shown.Session.Token(o.View), Hash(found[0].Value)) {
			return viewOf(o.View, v.shown), nil
		}
	}
	shown, err := o.Sessions.Shown(ctx, o.View, found[0].Value)
	if err != nil {
		return View{}, err
	}
	return viewOf(o.View, &shown), nil
}

func viewOf(k Kind, shown *Shown) View {
	s, i := shown.Session, shown.Person
	v := View{
		Kind: k, ID: s.ID, AuthenticatedAt: s.AuthenticatedAt, ExpiresAt: s.ExpiresAt, AAL: s.AAL,
		Person: Person{ID: i.ID, Email: i.Email(), Role: i.Role, Traits: i.Traits},
		shown:  shown,
	}
	for _, p := range s.Methods {
		v.Methods = append(v.Methods, p.Method)
	}
	return v
}
