package signin_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"sting/backend/session"
	"sting/backend/signin"
)

// kratos takes every password and notes which cookies it was told to end.
type kratos struct{ ended []string }

func (k *kratos) Register(context.Context, signin.Registration) (signin.Accepted, error) {
	return signin.Accepted{Verification: "flow"}, nil
}

func (k *kratos) Login(context.Context, signin.Login) (signin.Accepted, error) {
	return signin.Accepted{Verification: "flow"}, nil
}

func (k *kratos) Logout(_ context.Context, cookie string) error {
	k.ended = append(k.ended, cookie)
	return nil
}

// stuck is a store that ends nothing.
type stuck struct{ session.Store }

func (stuck) EndSession(context.Context, session.ID, time.Time) (session.Session, error) {
	return session.Session{}, errors.New("the disk is gone")
}

// THREATS T09: a Kratos elsewhere keeps its sessions itself, and is told.
func TestASignInWithAPasswordEndsWhatTheBrowserShowed(t *testing.T) {
	for name, in := range map[string]func(*lab, signin.Presented) error{
		"a password": func(l *lab, p signin.Presented) error {
			_, err := l.Password(t.Context(), signin.Login{}, p)
			return err
		},
		"a registration": func(l *lab, p signin.Presented) error {
			_, err := l.Register(t.Context(), signin.Registration{}, p)
			return err
		},
	} {
		for _, oneRow := range []bool{true, false} {
			l, k := newLab(t), new(kratos)
			l.Passwords, l.OneRow = k, oneRow
			before, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
			l.must(err)
			l.must(in(l, signin.Presented{PasskeyToken: before.PasskeyToken, KratosToken: "theirs"}))
			if l.signedIn(session.KindPasskey, before.PasskeyToken) {
				t.Errorf("%s, one row %v: the earlier session is alive", name, oneRow)
			}
			if told := slices.Contains(k.ended, "theirs"); told == oneRow {
				t.Errorf("%s, one row %v: Kratos was told %v", name, oneRow, k.ended)
			}
			k.ended = nil
			if l.must(in(l, signin.Presented{})); len(k.ended) > 0 {
				t.Errorf("%s, one row %v: Kratos was told to end %q", name, oneRow, k.ended)
			}
		}
	}
}

// blind is a store that can't be asked whose a token is.
type blind struct{ session.Store }

func (blind) SessionByToken(context.Context, session.Kind, []byte) (session.Session, error) {
	return session.Session{}, errors.New("the disk is gone")
}

func TestAnEarlierSessionThatCannotBeEndedStopsTheSignIn(t *testing.T) {
	for claim, broken := range map[string]func(session.Store) session.Store{
		"one that can't be ended":     func(s session.Store) session.Store { return stuck{s} },
		"one that can't be looked up": func(s session.Store) session.Store { return blind{s} },
	} {
		l := newLab(t)
		l.Passwords = new(kratos)
		before, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
		l.must(err)
		l.Sessions.Store = broken(l.store)
		for _, p := range []signin.Presented{{PasskeyToken: before.PasskeyToken}, {KratosToken: before.KratosToken}} {
			if _, err := l.Password(t.Context(), signin.Login{}, p); err == nil {
				t.Errorf("%s: a password signs in, and the earlier session lives on unsaid", claim)
			}
			if _, err := l.Register(t.Context(), signin.Registration{}, p); err == nil {
				t.Errorf("%s: somebody registers, and the earlier session lives on unsaid", claim)
			}
			if _, err := l.SignOut(t.Context(), p); err == nil {
				t.Errorf("%s: signed out, and the session lives on unsaid", claim)
			}
		}
		if claim == "one that can't be looked up" {
			if _, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{PasskeyToken: before.PasskeyToken}); err == nil {
				t.Errorf("%s: a passkey signs in, and the earlier session lives on unsaid", claim)
			}
		}
		l.Sessions.Store = l.store
		if !l.signedIn(session.KindPasskey, before.PasskeyToken) {
			t.Errorf("%s: it did not live on, so that nothing was shown", claim)
		}
	}
}
