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
			before, err := l.Passkey(t.Context(), l.answer(), signin.Presented{})
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

func TestAnEarlierSessionThatCannotBeEndedStopsTheSignIn(t *testing.T) {
	l := newLab(t)
	l.Passwords = new(kratos)
	before, err := l.Passkey(t.Context(), l.answer(), signin.Presented{})
	l.must(err)
	l.Sessions.Store = stuck{l.store}
	p := signin.Presented{PasskeyToken: before.PasskeyToken}
	if _, err := l.Password(t.Context(), signin.Login{}, p); err == nil {
		t.Error("a password signs in, and the earlier session lives on unsaid")
	}
	if _, err := l.SignOut(t.Context(), p); err == nil {
		t.Error("signed out, and the session lives on unsaid")
	}
}
