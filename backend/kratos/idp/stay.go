package idp

import (
	"fmt"

	"sting/backend/session"
)

// others counts the other living sessions of a person.
func (x *exchange) others(me signedIn) (int, error) {
	living, err := x.Sessions.Living(x.r.Context(), me.person.ID)
	n := 0
	for _, s := range living {
		if s.ID != me.session.ID {
			n++
		}
	}
	return n, err
}

// stay keeps who changed something signed in where the change ended all of their
// sessions, as another password does: under a new id, and in a browser with new
// tokens, since a copy of the old one may be in other hands (THREATS T09, T30). An
// app keeps its token, as with a real Kratos: no answer of this flow would give it
// another one, and it would be signed out without a word. others is how many ended
// beside; what is returned says so.
func (x *exchange) stay(me signedIn, others int) (signedIn, []text, error) {
	ctx := x.r.Context()
	now, err := x.Sessions.Store.Session(ctx, me.session.ID)
	if err != nil || now.EndedAt.IsZero() {
		return me, nil, err
	}
	next := me.session.Successor(x.now, x.shownViews(me)...)
	if me.cookie {
		me.token = next.KratosToken
	} else {
		next.Session.PasskeyToken, next.Session.KratosToken = me.session.PasskeyToken, me.session.KratosToken
	}
	if err := x.Sessions.Issue(ctx, next.Session, me.session.ID); err != nil {
		return me, nil, err
	}
	if next.PasskeyToken != "" {
		x.setPasskeyCookie(next)
	}
	me.session = next.Session
	x.Sessions.AnnounceEnded(me.person.ID)
	return me, endedOthers(others), nil
}

// shownViews lists the views of a session that a browser shows. The cookie of the
// passkey view belongs to the site, which answers at the same host.
func (x *exchange) shownViews(me signedIn) []session.Kind {
	views := []session.Kind{session.KindKratos}
	found := x.r.CookiesNamed(session.CookieName)
	if len(found) == 1 && string(session.Hash(found[0].Value)) == string(me.session.PasskeyToken) {
		views = append(views, session.KindPasskey)
	}
	return views
}

// endedOthers says how many other sessions a change ended. A real Kratos has no
// words for it.
func endedOthers(n int) []text {
	said := msgOthersEnded
	said.Context = map[string]any{"count": n}
	switch n {
	case 0:
		return nil
	case 1:
		said.Text = "Your other session was signed out."
	default:
		said.Text = fmt.Sprintf("Your %d other sessions were signed out.", n)
	}
	return []text{said}
}
