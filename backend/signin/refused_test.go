package signin_test

import (
	"context"
	"errors"
	"testing"

	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/signin"
	"sting/backend/store"
)

// refusing is a Kratos that takes no password, and answers a sign-out with err.
type refusing struct {
	told []string
	err  error
}

var errRefused = errors.New("refused")

func (r *refusing) Register(context.Context, signin.Registration) (signin.Accepted, error) {
	return signin.Accepted{}, errRefused
}

func (r *refusing) Login(context.Context, signin.Login) (signin.Accepted, error) {
	return signin.Accepted{}, errRefused
}

func (r *refusing) Logout(_ context.Context, cookie string) error {
	r.told = append(r.told, cookie)
	return r.err
}

func TestARefusedPasswordLeavesTheEarlierSession(t *testing.T) {
	l := newLab(t)
	k := new(refusing)
	l.Passwords, l.OneRow = k, false
	before, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
	l.must(err)
	p := signin.Presented{PasskeyToken: before.PasskeyToken, KratosToken: "theirs"}
	_, login := l.Password(t.Context(), signin.Login{}, p)
	_, register := l.Register(t.Context(), signin.Registration{}, p)
	if !errors.Is(login, errRefused) || !errors.Is(register, errRefused) {
		t.Errorf("refused with %v and %v", login, register)
	}
	if !l.signedIn(session.KindPasskey, before.PasskeyToken) || len(k.told) > 0 {
		t.Errorf("whoever types a wrong password is signed out: Kratos was told %q", k.told)
	}
}

func TestSigningOutTellsKratosWhatItsCookieShowed(t *testing.T) {
	down := errors.New("it is down")
	for claim, c := range map[string]struct {
		token  string
		err    error
		warned bool
	}{
		"no cookie of Kratos":       {"", down, false},
		"it ends its session":       {"theirs", nil, false},
		"it has none of the cookie": {"theirs", session.ErrNone, false},
		"it can't be asked":         {"theirs", down, true},
	} {
		l := newLab(t)
		k := &refusing{err: c.err}
		l.Passwords, l.OneRow = k, false
		before, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{})
		l.must(err)
		warning, err := l.SignOut(t.Context(), signin.Presented{PasskeyToken: before.PasskeyToken, KratosToken: c.token})
		if err != nil || (warning != nil) != c.warned || (len(k.told) == 1) != (c.token != "") ||
			l.signedIn(session.KindPasskey, before.PasskeyToken) {
			t.Errorf("%s: warned %v, Kratos was told %q, %v", claim, warning, k.told, err)
		}
	}
}

// nobody is a store that can't say whose a passkey is.
type nobody struct{ *store.Store }

func (n nobody) Owned(ctx context.Context, credentialID []byte) (passkey.Owned, error) {
	o, err := n.Store.Owned(ctx, credentialID)
	o.NoPerson = errRefused
	return o, err
}

func TestAPasskeyWhosePersonCannotBeReadSignsNobodyIn(t *testing.T) {
	l := newLab(t)
	l.Ceremonies.Credentials = nobody{l.store}
	if g, err := l.Passkey(t.Context(), l.rp, l.answer(), signin.Presented{}); err == nil || g.PasskeyToken != "" || l.sessions() != 0 {
		t.Errorf("signed in: %v", err)
	}
	if e := l.last(); e.State != passkey.Rejected {
		t.Errorf("recorded %s", e.State)
	}
}
