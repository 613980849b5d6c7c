package idp_test

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/session"
)

// failing counts calls of a store and fails at one of them, whichever it is. What
// was asked for comes along with the error, as from a bug of an adapter.
type failing struct {
	at    int
	calls []string
}

func (f *failing) call(name string) error {
	if f.calls = append(f.calls, name); len(f.calls) == f.at {
		return errors.New("the disk is gone")
	}
	return nil
}

type failingPeople struct {
	identity.Store
	*failing
}

func (f failingPeople) Identity(ctx context.Context, id identity.ID) (identity.Identity, error) {
	i, err := f.Store.Identity(ctx, id)
	return i, cmp.Or(f.call("Identity"), err)
}

func (f failingPeople) IdentityByIdentifier(ctx context.Context, name string) (identity.Identity, error) {
	i, err := f.Store.IdentityByIdentifier(ctx, name)
	return i, cmp.Or(f.call("IdentityByIdentifier"), err)
}

func (f failingPeople) UpdateIdentity(ctx context.Context, id identity.ID, change func(*identity.Identity) error) (identity.Identity,
	error) {
	i, err := f.Store.UpdateIdentity(ctx, id, change)
	return i, cmp.Or(f.call("UpdateIdentity"), err)
}

type failingSessions struct {
	session.Store
	*failing
}

func (f failingSessions) CreateSession(ctx context.Context, s session.Session, replaced ...session.ID) error {
	return cmp.Or(f.call("CreateSession"), f.Store.CreateSession(ctx, s, replaced...))
}

func (f failingSessions) SessionByToken(ctx context.Context, k session.Kind, hash []byte) (session.Session, error) {
	s, err := f.Store.SessionByToken(ctx, k, hash)
	return s, cmp.Or(f.call("SessionByToken"), err)
}

func (f failingSessions) ShownBy(ctx context.Context, k session.Kind, hash []byte) (session.Shown, error) {
	s, err := f.Store.ShownBy(ctx, k, hash)
	return s, cmp.Or(f.call("ShownBy"), err)
}

func (f failingSessions) Session(ctx context.Context, id session.ID) (session.Session, error) {
	s, err := f.Store.Session(ctx, id)
	return s, cmp.Or(f.call("Session"), err)
}

func (f failingSessions) EndSession(ctx context.Context, id session.ID, at time.Time) (session.Session, error) {
	s, err := f.Store.EndSession(ctx, id, at)
	return s, cmp.Or(f.call("EndSession"), err)
}

func (f failingSessions) SessionsOf(ctx context.Context, id identity.ID) ([]session.Session, error) {
	list, err := f.Store.SessionsOf(ctx, id)
	return list, cmp.Or(f.call("SessionsOf"), err)
}

type failingFlows struct {
	idp.Store
	*failing
}

func (f failingFlows) CreateFlow(ctx context.Context, v idp.Flow) error {
	return cmp.Or(f.call("CreateFlow"), f.Store.CreateFlow(ctx, v))
}

func (f failingFlows) Flow(ctx context.Context, k idp.Kind, id string) (idp.Flow, error) {
	v, err := f.Store.Flow(ctx, k, id)
	return v, cmp.Or(f.call("Flow"), err)
}

func (f failingFlows) UpdateFlow(ctx context.Context, k idp.Kind, id string, change func(*idp.Flow) error) (idp.Flow, error) {
	v, err := f.Store.UpdateFlow(ctx, k, id, change)
	return v, cmp.Or(f.call("UpdateFlow"), err)
}

func (f failingFlows) RegisterPerson(ctx context.Context, i identity.Identity, s session.Session) error {
	return cmp.Or(f.call("RegisterPerson"), f.Store.RegisterPerson(ctx, i, s))
}

func (f failingFlows) CreateCode(ctx context.Context, c idp.Code) error {
	return cmp.Or(f.call("CreateCode"), f.Store.CreateCode(ctx, c))
}

func (f failingFlows) UseCode(ctx context.Context, flowID string, mac []byte, now time.Time) (idp.Code, error) {
	c, err := f.Store.UseCode(ctx, flowID, mac, now)
	return c, cmp.Or(f.call("UseCode"), err)
}

// failAt puts a store that fails at its nth call in the place of l's.
func (l *lab) failAt(n int) *failing {
	f := &failing{at: n}
	l.p.Store, l.p.Identities = failingFlows{l.store, f}, failingPeople{l.store, f}
	l.p.Sessions.Store = failingSessions{l.store, f}
	return f
}

// Whoever looks at what came along with an error, and not at the error, lets
// people in whom nobody vouches for. Where a failure is allowed to pass, it is
// named here.
func TestWhicheverCallOfTheStoreFailsTheAnswerIsAFailure(t *testing.T) {
	type prepared func() reply
	newPassword := map[string]any{"method": "password", "password": "Zx9-Battery-Staple-77"}
	const named = "IdentityByIdentifier" // for the log: whom a form is about; the lookup that decides comes after it
	steps := map[string]struct {
		prepare func(l *lab, box *letters, c *client) prepared
		passes  []string // calls whose failure costs nobody anything
		proved  bool     // what fails late comes after a good proof, whose session is kept
	}{
		"begin a login": {prepare: func(l *lab, _ *letters, c *client) prepared {
			return func() reply { return c.do("GET", "/self-service/login/"+c.door()+"?refresh=true", nil) }
		}},
		"log in": {passes: []string{named}, prepare: func(l *lab, _ *letters, c *client) prepared {
			flow := c.fresh().begin("login")
			return func() reply {
				return c.submit("login", flow, map[string]any{"method": "password", "identifier": "ada@lab.local", "password": goodPassword})
			}
		}},
		"prove it afresh": {passes: []string{named}, prepare: func(l *lab, _ *letters, c *client) prepared {
			flow := c.do("GET", "/self-service/login/"+c.door()+"?refresh=true", nil)
			return func() reply {
				return c.submit("login", flow, map[string]any{"method": "password", "identifier": "ada@lab.local", "password": goodPassword})
			}
		}},
		// Who has an account asks for the mail again.
		"register": {passes: []string{named, "CreateFlow", "CreateCode", "UpdateIdentity"},
			prepare: func(l *lab, _ *letters, c *client) prepared {
				flow := c.fresh().begin("registration")
				return func() reply {
					return c.submit("registration", flow,
						map[string]any{"method": "password", "password": goodPassword, "traits": map[string]any{"email": "bob@lab.local"}})
				}
			}},
		"recover": {proved: true, prepare: func(l *lab, box *letters, c *client) prepared {
			flow := c.fresh().recovery("ada@lab.local")
			code := box.code(t)
			return func() reply { return c.submit("recovery", flow, map[string]any{"method": "code", "code": code}) }
		}},
		"set a password": {proved: true, prepare: func(l *lab, _ *letters, c *client) prepared {
			flow := c.begin("settings")
			return func() reply { return c.submit("settings", flow, newPassword) }
		}},
		"who am I": {prepare: func(l *lab, _ *letters, c *client) prepared {
			return func() reply { return c.whoami() }
		}},
		"list sessions": {prepare: func(l *lab, _ *letters, c *client) prepared {
			return func() reply { return c.do("GET", "/sessions", nil) }
		}},
		"end the others": {prepare: func(l *lab, _ *letters, c *client) prepared {
			l.app().login("ada@lab.local", goodPassword)
			return func() reply { return c.do("DELETE", "/sessions", nil) }
		}},
	}
	for name, step := range steps {
		for _, door := range []string{"an app", "a browser"} {
			var passed []string
			for at := 1; ; at++ {
				l, box := withMails(t)
				l.app().register("ada@lab.local")
				c := l.app()
				if door == "a browser" {
					c = l.browser()
				}
				if r := c.login("ada@lab.local", goodPassword); r.status != http.StatusOK {
					t.Fatalf("%d %s", r.status, r.raw)
				}
				act := step.prepare(l, box, c)
				f := l.failAt(at)
				r := act()
				if len(f.calls) < at {
					if r.status/100 != 2 {
						t.Errorf("%s, %s, with nothing failing: %d %s", name, door, r.status, r.raw)
					}
					break
				}
				if r.status/100 == 2 {
					passed = append(passed, f.calls[at-1])
				} else if r.status/100 != 5 {
					t.Errorf("%s, %s, with %s failing: %d %s", name, door, f.calls[at-1], r.status, r.raw)
				} else if !step.proved && slices.ContainsFunc(r.set, func(k *http.Cookie) bool {
					return k.Name == session.KratosCookie && k.MaxAge >= 0
				}) {
					t.Errorf("%s, %s, with %s failing: refused, and a session all the same", name, door, f.calls[at-1])
				}
			}
			if diff := gocmp.Diff(step.passes, passed); diff != "" {
				t.Errorf("%s, %s: calls whose failure passed (-want +got):\n%s", name, door, diff)
			}
		}
	}
}

func (c *client) door() string {
	if c.jar != nil {
		return "browser"
	}
	return "api"
}

// fresh forgets who is signed in.
func (c *client) fresh() *client {
	c.token = ""
	if c.jar != nil {
		c.jar = map[string]string{}
	}
	return c
}
