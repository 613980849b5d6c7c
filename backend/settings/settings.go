// Package settings is the configuration in force, and what each part of a lab reads in
// it.
//
// Its one invariant: it is replaced whole, never changed, so that one reading agrees
// with itself.
package settings

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"

	"sting/backend/api"
	"sting/backend/apps/front"
	"sting/backend/config"
	"sting/backend/kratos/idp"
	"sting/backend/session"
	"sting/backend/tape"
)

// Live is the configuration of a running lab. All fields are required.
type Live struct {
	Home      string
	Overrides config.Overrides
	Log       *slog.Logger
	Notices   *Notices // hears what is wrong with the file

	v atomic.Pointer[inForce]
}

type inForce struct {
	config config.Config
	report config.Report
	schema *idp.Schema
}

// Load reads sting.yml and draws the ports that are to be drawn. It returns a fault of
// config.
func (l *Live) Load() error {
	cfg, report, err := config.Load(l.Home, l.Overrides)
	if err != nil {
		return err
	}
	if cfg, report, err = config.DrawPorts(cfg, report); err != nil {
		return err
	}
	l.Notices.judge(report.Problems, nil)
	return l.set(cfg, report)
}

// Watch puts changes of sting.yml in force until ctx ends. before sees each one first.
func (l *Live) Watch(ctx context.Context, before func(config.Config)) {
	err := config.Watch(ctx, l.Config(), l.Overrides, func(c config.Change) {
		l.Notices.judge(c.Report.Problems, c.Restart)
		if c.Err != nil {
			l.Log.Error("the changed configuration is not used", "err", c.Err, "problems", c.Report.String())
			return
		}
		before(c.Config)
		if err := l.set(c.Config, c.Report); err != nil {
			l.Log.Error("the changed configuration is not used", "err", err)
			return
		}
		l.Log.Info("configuration read again", "applied", c.Applied, "needs_restart", c.Restart)
	})
	if err != nil {
		l.Log.Warn("changes of the configuration are not noticed", "err", fmt.Errorf("watch: %w", err))
	}
}

// Again puts the file in force as it is at this moment: who has just changed it doesn't
// wait until that is noticed. It returns a fault of config.
func (l *Live) Again() error {
	change := config.Reload(l.Config(), l.Overrides)
	if change.Err != nil {
		return change.Err
	}
	return l.set(change.Config, change.Report)
}

// set puts a configuration in force.
func (l *Live) set(c config.Config, r config.Report) error {
	schema, err := idp.ParseSchema("default", c.Registration.Schema.JSON)
	if err != nil {
		if schema, err = idp.ParseSchema("default", config.DefaultSchema()); err != nil {
			return err
		}
	}
	l.v.Store(&inForce{c, r, schema})
	return nil
}

// Config is what is in force. Load comes first, here and below.
func (l *Live) Config() config.Config { return l.v.Load().config }

// Report is what was found in the file.
func (l *Live) Report() config.Report { return l.v.Load().report }

// Schema is the identity schema.
func (l *Live) Schema() *idp.Schema { return l.v.Load().schema }

// Origin is the origin of the site's pages.
func (l *Live) Origin() string { return l.Config().Origin() }

// Address is where the pages are found on this machine, whatever the relying party is
// called.
func (l *Live) Address() string { return l.Config().Address() }

// Opened are the origins that a browser is sent to.
func (l *Live) Opened() []string {
	c := l.Config()
	return slices.DeleteFunc([]string{c.Address(), c.MailboxOrigin()}, func(o string) bool { return o == "" })
}

// Front is the front end that the site hands on to.
func (l *Live) Front() front.End { return l.Config().Front }

// Policy says how long sessions live.
func (l *Live) Policy() session.Policy {
	s := l.Config().Session
	return session.Policy{Lifespan: s.Lifespan, Idle: s.Idle, PrivilegedAge: s.PrivilegedAge}
}

// OpenChallenges bounds the ceremonies that are open at once.
func (l *Live) OpenChallenges() int { return l.Config().Tape.Challenges }

// Bounds are those of the recorded ceremonies.
func (l *Live) Bounds() tape.Bounds {
	t := l.Config().Tape
	return tape.Bounds{Count: t.Ceremonies, Bytes: t.Bytes}
}

// ReturnTo says whether a browser may be sent to an address after a sign-in, and which
// one that is.
func (l *Live) ReturnTo(to string) (string, bool) { return l.Config().SafeReturnTo(to) }

// Form is what a person fills in to register, with a password of at least minPassword
// characters.
func (l *Live) Form(minPassword int) api.RegistrationForm {
	in := l.v.Load()
	out := api.RegistrationForm{
		Steps: []string{}, Pages: [][]string{}, Fields: []api.FormField{}, Password: api.PasswordRules{MinLength: minPassword},
	}
	for _, page := range in.config.Registration.Pages {
		var steps []string
		for _, step := range page {
			steps = append(steps, string(step))
		}
		out.Pages = append(out.Pages, steps)
		out.Steps = append(out.Steps, steps...)
	}
	for _, f := range in.schema.Asked() {
		out.Fields = append(out.Fields, api.FormField(f))
	}
	return out
}
