package doctor

import (
	"context"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"sting/backend/api"
	"sting/backend/child"
	"sting/backend/config"
	"sting/backend/health"
	"sting/backend/localca"
	"sting/backend/origin"
	"sting/backend/relyingparty"
	"sting/backend/settings"
	"sting/backend/store"
	"sting/backend/visitors"
)

// examination is one round over all checks: what they share.
type examination struct {
	home     string
	config   config.Config
	report   config.Report
	machine  func() time.Time
	lab      *Lab // nil: none runs with this home folder
	visitors *visitors.Visitors
	parties  relyingparty.Registry
	ca       *localca.Authority
	noCA     string // why there is none to look at
	self     *selfTest

	unreadable error  // why sting.yml can't be read
	hosts      string // the file of the machine's own names
	lookup     Lookup

	patience time.Duration // for each check
}

// checks lists every check. Each stands beside its cause; here they are put
// together, and those that need a running lab are skipped without one.
func (e *examination) checks() []health.Check {
	host, local := e.page()
	list := append(e.reachChecks(), e.checkPorts(), e.checkModes(), e.checkClock())
	if e.lab != nil {
		list = append(list, e.lab.Store.Checks(e.machine)...)
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
	list = append(list, skipped(why, slices.Concat(e.labChecks(), e.siteChecks(), e.ceremonyChecks(), e.sessionChecks(), e.mailChecks(),
		e.browserChecks(), e.tapeChecks()))...)
	for i := range list {
		if list[i].ID == store.CheckRecords && e.lab != nil {
			list[i].Fix = e.lab.DropDamaged
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

// reportOf is what all found.
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
	return "sting --home " + child.Quote(e.home) + " " + rest
}
