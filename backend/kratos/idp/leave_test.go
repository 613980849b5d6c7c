package idp_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"sting/backend/session"
)

// blind is a store that can't be asked whose a token is.
type blind struct{ session.Store }

func (blind) SessionByToken(context.Context, session.Kind, []byte) (session.Session, error) {
	return session.Session{}, errors.New("the disk is gone")
}

func (blind) ShownBy(context.Context, session.Kind, []byte) (session.Shown, error) {
	return session.Shown{}, errors.New("the disk is gone")
}

// THREATS T09: a session that can't be looked up can't be ended, and would be
// good again beside the new one.
func TestAnEarlierSessionThatCannotBeLookedUpStopsWhateverSignsIn(t *testing.T) {
	for kind, form := range map[string]map[string]any{
		"login":        {"method": "password", "identifier": "ada@lab.local", "password": goodPassword},
		"registration": {"method": "password", "password": goodPassword, "traits": map[string]any{"email": "bob@lab.local"}},
		"recovery":     {"method": "code"},
	} {
		l, box := withMails(t)
		l.app().register("ada@lab.local")
		b, eve := l.browser(), l.browser()
		eve.register("eve@lab.local")
		var flow reply
		if kind == "recovery" {
			flow = b.recovery("ada@lab.local")
			form["code"] = box.code(t)
		} else {
			flow = b.begin(kind)
		}
		b.jar[session.KratosCookie] = eve.jar[session.KratosCookie]
		l.p.Sessions.Store = blind{l.store}
		r := b.submit(kind, flow, form)
		if r.status != http.StatusInternalServerError || slices.ContainsFunc(r.set, func(k *http.Cookie) bool {
			return k.Name == session.KratosCookie
		}) {
			t.Errorf("%s: %d %s", kind, r.status, r.raw)
		}
		l.p.Sessions.Store = l.store
		delete(b.jar, session.KratosCookie)
		if r := b.submit(kind, flow, form); r.status != http.StatusOK {
			t.Errorf("%s, once the store is back: %d %s", kind, r.status, r.raw)
		}
	}
}
