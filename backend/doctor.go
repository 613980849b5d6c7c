package backend

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/health"
	"sting/backend/localca"
	"sting/backend/origin"
	"sting/backend/settings"
	"sting/backend/store"
)

// doctor examines a running lab.
type doctor parts

var _ admin.Doctor = (*doctor)(nil)

var errNoCheck = fault.New(fault.NotFound, "NOT_FOUND", "There is no such check.", "`sting doctor` lists the checks.")

// examination is one round over all checks: what they share.
type examination struct {
	home    string
	config  config.Config
	report  config.Report
	machine func() time.Time
	lab     *parts // nil: none runs with this home folder
	ca      *localca.Authority
	noCA    string // why there is none to look at
	self    *selfTest

	unreadable error  // why sting.yml can't be read
	hosts      string // the file of the machine's own names
	lookup     func(ctx context.Context, name string) ([]netip.Addr, error)

	patience time.Duration // for each check
}

// checks lists every check. Each stands beside its cause; here they are put
// together, and those that need a running lab are skipped without one.
func (e *examination) checks() []health.Check {
	host, local := e.page()
	list := append(e.reachChecks(), e.checkPorts(), e.checkModes(), e.checkClock())
	if e.lab != nil {
		list = append(list, e.lab.store.Checks(e.machine)...)
	} else {
		list = append(list, store.Checks(e.home)...)
	}
	list = append(list, e.unlessSkipped(e.noCA, localca.New(localca.Options{Now: e.machine}).Checks(host, local), e.ca, host, local)...)
	report := e.report
	report.Problems = settings.Settled(e.config, report.Problems)
	list = append(list, config.Checks(e.config, report)...)
	why := ""
	if e.lab == nil {
		why = "no lab runs with this home folder; `sting start` starts one"
	}
	list = append(list, skipped(why, slices.Concat(e.labChecks(), e.siteChecks(), e.ceremonyChecks(), e.sessionChecks(), e.mailChecks(), e.browserChecks(), e.tapeChecks()))...)
	for i := range list {
		if list[i].ID == store.CheckRecords && e.lab != nil {
			list[i].Fix = e.lab.data.DropDamaged
		}
		list[i].Patience = max(list[i].Patience, e.patience)
		if list[i].ID == "TLS-02" { // whom to trust is no question while the pages' host can't be right
			list[i].Needs = append(list[i].Needs, "RP-03")
		}
	}
	return list
}

// unlessSkipped returns the checks of ca, or those of none, skipped.
func (e *examination) unlessSkipped(why string, none []health.Check, ca *localca.Authority, host string, local bool) []health.Check {
	if why != "" {
		return skipped(why, none)
	}
	return ca.Checks(host, local)
}

// skipped makes every check say why nobody looked; "" leaves them as they are.
func skipped(why string, list []health.Check) []health.Check {
	if why == "" {
		return list
	}
	for i := range list {
		list[i].Needs, list[i].Fix = nil, nil
		list[i].Run = func(context.Context) health.Result { return health.Skip("%s", why) }
	}
	return list
}

// page returns the host of the site's pages, and whether browsers hold it for
// local.
func (e *examination) page() (host string, local bool) {
	u, err := url.Parse(e.config.Origin())
	if err != nil {
		return "localhost", true
	}
	return u.Hostname(), origin.IsLocalName(u.Hostname())
}

// examine runs all checks, or the one with an id and what it needs.
func (e *examination) examine(ctx context.Context, id string, found func(api.Finding)) ([]health.Check, []health.Finding, error) {
	checks := e.checks()
	if id != "" {
		if checks = health.Alone(checks, id); len(checks) == 0 {
			return nil, nil, errNoCheck.Saying("There is no check called %q.", id)
		}
	}
	var hear func(health.Finding)
	if found != nil {
		hear = func(f health.Finding) { found(e.finding(f)) }
	}
	findings := health.Examine(ctx, checks, e.machine, hear)
	return checks, findings, e.self.cleanUp(context.WithoutCancel(ctx))
}

// reportOf is what all found. A self-test whose person can't be removed again is
// no reason to keep the findings back.
func (e *examination) reportOf(findings []health.Finding, changed []string) api.DoctorReport {
	out := api.DoctorReport{Well: true, Changed: append([]string{}, changed...), Findings: make([]api.Finding, 0, len(findings))}
	for _, f := range findings {
		out.Well = out.Well && f.Verdict != health.Failed && !f.Unseen
		out.Findings = append(out.Findings, e.finding(f))
	}
	return out
}

func (e *examination) finding(f health.Finding) api.Finding {
	return api.Finding{
		ID: f.ID, Title: f.Title, Verdict: string(f.Verdict), Evidence: append([]string{}, f.Evidence...), Cause: f.Cause, Fix: f.Fix,
		Command: e.copyable(f.Command), Fixable: f.Fixable, Needs: append([]string{}, f.Needs...),
		TookMS: float64(f.Took.Microseconds()) / 1000, Help: "/help/" + f.ID,
	}
}

// copyable names the home folder in a command of ours unless it is the one that
// the command finds by itself.
func (e *examination) copyable(command string) string {
	rest, ours := strings.CutPrefix(command, "sting ")
	if !ours {
		return command
	}
	usual, err := config.Home("", func(name string) string {
		if name == "STING_HOME" {
			return ""
		}
		return os.Getenv(name)
	})
	if err == nil && usual == e.home {
		return command
	}
	return "sting --home " + localca.Quote([]string{e.home}) + " " + rest
}

func (d *doctor) examination() *examination {
	p := (*parts)(d)
	e := &examination{
		home: p.lab.opts.Home, config: p.settings.Config(), report: p.settings.Report(), machine: p.lab.clock.Machine, lab: p, ca: p.ca,
	}
	e.self, e.patience = newSelfTest(p), p.lab.opts.Patience
	e.hosts, e.lookup = hostsFile(), lookUp
	if p.lab.opts.Lookup != nil {
		e.hosts, e.lookup = p.lab.opts.Hosts, p.lab.opts.Lookup
	}
	p.selfTest.Store(e.self)
	return e
}

// Examine implements admin.Doctor.
func (d *doctor) Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	d.examining.Lock()
	defer d.examining.Unlock()
	defer d.selfTest.Store(nil)
	e := d.examination()
	_, findings, err := e.examine(ctx, check, found)
	if errors.Is(err, errNoCheck) {
		return api.DoctorReport{}, err
	}
	d.leftOver(err)
	return e.reportOf(findings, nil), nil
}

// Repair implements admin.Doctor.
func (d *doctor) Repair(ctx context.Context, check string) (api.DoctorReport, error) {
	d.examining.Lock()
	defer d.examining.Unlock()
	defer d.selfTest.Store(nil)
	e := d.examination()
	checks, findings, err := e.examine(ctx, check, nil)
	if errors.Is(err, errNoCheck) {
		return api.DoctorReport{}, err
	}
	d.leftOver(err)
	changed := health.Mend(ctx, checks, findings)
	if len(changed) > 0 {
		e = d.examination()
		_, findings, err = e.examine(ctx, check, nil)
		d.leftOver(err)
	}
	return e.reportOf(findings, changed), nil
}

// leftOver says that the person of a self-test could not be removed.
func (d *doctor) leftOver(err error) {
	if err != nil {
		d.lab.log.Error("the doctor could not remove the person of its self-test", "err", err)
	}
}

// Examine is `sting doctor` without a running lab.
func (o Offline) Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	e := o.examination()
	_, findings, err := e.examine(ctx, check, found)
	return e.reportOf(findings, nil), err
}

// Repair is `sting doctor --fix` without a running lab.
func (o Offline) Repair(ctx context.Context, check string) (api.DoctorReport, error) {
	e := o.examination()
	checks, findings, err := e.examine(ctx, check, nil)
	if err != nil {
		return api.DoctorReport{}, err
	}
	changed := health.Mend(ctx, checks, findings)
	if len(changed) > 0 {
		e = o.examination()
		_, findings, err = e.examine(ctx, check, nil)
	}
	return e.reportOf(findings, changed), err
}

// examination changes nothing: it makes no folder, no file and no certificate.
func (o Offline) examination() *examination {
	machine := clock.New(nil).Machine
	e := &examination{home: o.Home, machine: machine, self: newSelfTest(nil), hosts: hostsFile(), lookup: lookUp}
	cfg, report, err := config.Load(o.Home, o.Overrides)
	e.config, e.report = cfg, report
	if err != nil {
		e.noCA, e.unreadable = fault.From(err).Message, err
		return e
	}
	if _, err := os.Stat(cfg.Path("ca")); err != nil {
		e.noCA = "no certificate was made yet: the first start makes one"
		return e
	}
	e.ca = localca.New(localca.Options{Dir: cfg.Path("ca"), Hosts: cfg.CertificateHosts(), Now: machine})
	if err := e.ca.Open(); err != nil && !errors.Is(err, localca.ErrDamaged) {
		e.noCA = fault.From(err).Message
	}
	return e
}

// between returns what the requests of the self-test go through.
func (p *parts) between(rt http.RoundTripper) http.RoundTripper {
	if p.lab.opts.Between == nil {
		return rt
	}
	return p.lab.opts.Between(rt)
}
