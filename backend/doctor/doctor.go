// Package doctor examines a home folder and the lab that runs with it. A check stands
// beside its cause (config, localca, store, visitors) where one package has it; here
// are those that span several, and the examination, which puts all together.
//
// Its one invariant: an examination leaves no trace. The person of its self-test is
// removed, nobody hears of them, and nothing is changed that nobody asked to repair.
package doctor

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/health"
	"sting/backend/localca"
	"sting/backend/mailservice"
	"sting/backend/relyingparty"
	"sting/backend/service"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/tape"
	"sting/backend/visitors"
)

// Lookup finds where a name leads.
type Lookup func(ctx context.Context, name string) ([]netip.Addr, error)

// Needs is what the doctor looks at, whether a lab runs or not.
type Needs struct {
	Home string
	// Settings are those in force, or those that a start would take. The error is why
	// sting.yml can't be read.
	Settings func() (config.Config, config.Report, error)
	// Authority returns the one to look at, or says why there is none.
	Authority func(config.Config) (ca *localca.Authority, none string)
	Machine   func() time.Time
	Lookup    Lookup        // nil: the machine's
	Hosts     string        // the file of the machine's own names, where Lookup is given
	Patience  time.Duration // for each check; 0: what the check says
	Lab       *Lab          // nil: none runs with this home folder
}

// Lab is a running lab, as far as it is examined.
type Lab struct {
	Store       *store.Store
	Authority   *localca.Authority
	Clock       *clock.Clock
	Bus         *events.Bus
	Log         *slog.Logger
	Tape        *tape.Tape
	Sessions    *session.Sessions
	Services    *service.Group
	Mails       *mailservice.Mails
	Visitors    *visitors.Visitors
	Parties     func() relyingparty.Registry
	Silence     *Silence
	Secrets     map[string][]byte                          // that the lab runs with, by their names in the store
	Traits      func(email string) (map[string]any, error) // of a person who never was
	Addresses   func() []net.Addr                          // of the site; none: it was never up
	Between     func(http.RoundTripper) http.RoundTripper  // stands before the site in tests; nil: nothing does
	DropDamaged func(ctx context.Context) (said string, err error)
}

// Doctor examines a home folder, and the lab that runs with it.
type Doctor struct {
	Needs
	examining sync.Mutex // one examination at a time: they share a person
}

// New returns a doctor. It looks at nothing.
func New(n Needs) *Doctor { return &Doctor{Needs: n} }

// ErrNoCheck means that no check has an id.
var ErrNoCheck = fault.New(fault.NotFound, "NOT_FOUND", "There is no such check.", "`sting doctor` lists the checks.").
	Running("sting doctor")

// IDs lists the ids of all checks, in their order. It looks at nothing.
func IDs() []string {
	e := &examination{config: config.Default(), machine: func() time.Time { return time.Time{} }, noCA: "nobody looks", self: &selfTest{}}
	var ids []string
	for _, c := range e.checks() {
		ids = append(ids, c.ID)
	}
	return ids
}

// examination looks at nothing yet but the settings and the authority, and changes
// nothing: it makes no folder, no file and no certificate.
func (d *Doctor) examination() *examination {
	e := &examination{home: d.Home, machine: d.Machine, lab: d.Lab, patience: d.Patience, hosts: hostsFile(), lookup: lookUp}
	if d.Lookup != nil {
		e.hosts, e.lookup = d.Hosts, d.Lookup
	}
	e.config, e.report, e.unreadable = d.Settings()
	if e.unreadable != nil {
		e.noCA = fault.From(e.unreadable).Message
	} else {
		e.ca, e.noCA = d.Authority(e.config)
	}
	e.self = newSelfTest(d.Lab, e.config)
	if d.Lab != nil {
		e.visitors, e.parties = d.Lab.Visitors, d.Lab.Parties()
		d.Lab.Silence.test.Store(e.self)
	}
	return e
}

// Examine runs every check, or the one with an id together with what it needs;
// ErrNoCheck for an id that is none. found hears of each finding as soon as it is
// known, one at a time; it may be nil.
func (d *Doctor) Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	d.examining.Lock()
	defer d.done()
	e := d.examination()
	_, findings, err := d.examine(ctx, e, check, found)
	if err != nil {
		return api.DoctorReport{}, err
	}
	return e.reportOf(findings, nil), nil
}

// Repair examines, repairs what failed where that is safe, and examines again.
func (d *Doctor) Repair(ctx context.Context, check string) (api.DoctorReport, error) {
	d.examining.Lock()
	defer d.done()
	e := d.examination()
	checks, findings, err := d.examine(ctx, e, check, nil)
	if err != nil {
		return api.DoctorReport{}, err
	}
	changed := health.Mend(ctx, checks, findings)
	if len(changed) > 0 {
		e = d.examination()
		if _, findings, err = d.examine(ctx, e, check, nil); err != nil {
			return api.DoctorReport{}, err
		}
	}
	return e.reportOf(findings, changed), nil
}

// Browsers returns what the browsers that came told of themselves, the latest first.
func (d *Doctor) Browsers(context.Context) ([]api.BrowserPassport, error) {
	return d.Lab.Visitors.Browsers(), nil
}

func (d *Doctor) done() {
	if d.Lab != nil {
		d.Lab.Silence.test.Store(nil)
	}
	d.examining.Unlock()
}

// examine runs all checks, or the one with an id and what it needs. A self-test whose
// person can't be removed again is no reason to keep the findings back.
func (d *Doctor) examine(ctx context.Context, e *examination, id string, found func(api.Finding),
) (checks []health.Check, findings []health.Finding, err error) {
	checks = e.checks()
	if id != "" {
		if checks = health.Alone(checks, id); len(checks) == 0 {
			return nil, nil, ErrNoCheck.Saying("There is no check called %q.", id)
		}
	}
	var hear func(health.Finding)
	if found != nil {
		hear = func(f health.Finding) { found(e.finding(f)) }
	}
	findings = health.Examine(ctx, checks, e.machine, hear)
	if err := e.self.cleanUp(context.WithoutCancel(ctx)); err != nil {
		d.Lab.Log.Error("the doctor could not remove the person of its self-test", "err", err)
	}
	return checks, findings, nil
}
