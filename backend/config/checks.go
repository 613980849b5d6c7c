package config

import (
	"context"
	"fmt"
	"net"
	"strings"

	"sting/backend/health"
	"sting/backend/origin"
)

// Checks examines the relying party of a configuration: whether any browser would
// hold its ceremonies.
func Checks(c Config, r Report) []health.Check {
	check := func(id, title string, run func() health.Result, needs ...string) health.Check {
		return health.Check{ID: id, Title: title, Needs: needs, Run: func(context.Context) health.Result { return run() }}
	}
	return []health.Check{
		check("RP-04", "The relying party ID is a name, not an address", func() health.Result { return checkAddress(c) }),
		check("RP-01", "The pages may use the relying party ID", func() health.Result { return checkRPID(c) }, "RP-04"),
		check("RP-03", "Every configured origin is possible for the relying party ID", func() health.Result {
			return checkOrigins(c, r)
		}, "RP-01"),
		check("RP-02", "The site's own pages are among the accepted origins", func() health.Result { return checkOwnOrigin(c, r) }, "RP-01"),
		check("RP-14", "Front ends of the list are one site with the lab", func() health.Result { return checkFrontEnds(c) }, "RP-03"),
	}
}

// checkCommand shows the lines that the checks here are about.
const checkCommand = "sting config check"

func checkAddress(c Config) health.Result {
	rp := c.WebAuthn.RP
	seen := rpIDKey + ": " + rp.ID
	if rp.Problem == nil || net.ParseIP(strings.Trim(rp.ID, "[]")) == nil {
		return health.Pass(seen)
	}
	return health.Fail(rp.Problem.Meaning, rp.Problem.Fix, checkCommand, seen, where(c, *rp.Problem))
}

func checkRPID(c Config) health.Result {
	rp, page := c.WebAuthn.RP, strings.TrimSuffix(c.Origin(), ":0") // a port that is still to be drawn
	seen := fmt.Sprintf("%s %s, pages at %s", rpIDKey, rp.ID, page)
	if rp.Problem != nil {
		return health.Fail(rp.Problem.Meaning, rp.Problem.Fix, checkCommand, seen, where(c, *rp.Problem))
	}
	if why := reason(origin.Suits(rp.ID, page)); why != nil {
		return health.Fail(why.Meaning, why.Fix, checkCommand, seen)
	}
	return health.Pass(seen, "it equals their host or is a parent of it, and is no public suffix")
}

// checkOrigins is about the origins that the file names and no browser would use
// with this ID. Those that fail for being http are TLS-01's.
func checkOrigins(c Config, r Report) health.Result {
	for _, p := range originProblems(r) {
		why := reason(origin.Suits(c.WebAuthn.RP.ID, p.Value))
		if why != nil && !insecure(p.Value) {
			return health.Fail(why.Meaning, why.Fix, checkCommand, "origin "+p.Value+", "+rpIDKey+" "+c.WebAuthn.RP.ID, where(c, p))
		}
	}
	return health.Pass("accepted: " + strings.Join(c.WebAuthn.RP.Origins, ", "))
}

// checkOwnOrigin looks at what is left of the list, so that an impossible entry
// doesn't hide that the own one is missing.
func checkOwnOrigin(c Config, r Report) health.Result {
	own, accepted := c.at(c.WebAuthn.RP.ID), c.WebAuthn.RP.Origins
	seen := []string{"accepted: " + strings.Join(accepted, ", "), "the site listens at port " + c.Ports.Site.String()}
	switch c.Ports.Site {
	case Off:
		return health.Skip("ports.site is off: there are no pages")
	case 0:
		return health.Skip("ports.site is drawn at the first start, and the origin follows it")
	}
	if len(originProblems(r)) > 0 && r.Sources[originsKey].Kind == "follows" {
		return health.Skip("no origin of the list is possible, so that of the site is accepted meanwhile: see RP-03")
	}
	other := ""
	for _, raw := range accepted {
		o, err := origin.Parse(raw)
		switch {
		case err != nil || Port(o.Port) != c.Ports.Site:
		case o.Scheme == "https":
			return health.Pass(seen...)
		default:
			other = fmt.Sprintf("%s names the site's port with http, and the site speaks https there.", raw)
		}
	}
	if other == "" {
		other = fmt.Sprintf("Pages at %s send an origin that is not on the list, so every ceremony there is refused.", own)
	}
	return health.Fail(other, c.Missing(r.OriginsLine()), checkCommand, append(seen, c.File())...)
}

// checkFrontEnds is about pages elsewhere that the list accepts, and that browsers send
// no cookies of the lab for.
func checkFrontEnds(c Config) health.Result {
	var apart []string
	r := health.Result{Verdict: health.Warning}
	for _, rp := range c.RelyingParties() {
		for _, raw := range rp.Origins {
			o, err := origin.Parse(raw)
			own := c.beside(o)
			if err != nil || Port(o.Port) == c.Ports.Site || origin.Apart(o, own) == "" {
				continue
			}
			if apart = append(apart, raw); r.Cause == "" {
				r.Cause, r.Fix, r.Command = origin.Apart(o, own), c.together(o), checkCommand
			}
		}
	}
	if !c.Ports.Site.Open() {
		return health.Skip("ports.site is off: there is nothing to be one site with")
	}
	if len(apart) == 0 {
		return health.Pass("listed: " + strings.Join(c.AcceptedOrigins(), ", "))
	}
	r.Evidence = apart
	return r
}

// InsecureOrigin returns the first origin of the file that browsers hide the
// passkey API at, for being http, and its problem.
func InsecureOrigin(r Report) (Problem, bool) {
	for _, p := range originProblems(r) {
		if insecure(p.Value) {
			return p, true
		}
	}
	return Problem{}, false
}

func insecure(raw string) bool {
	o, err := origin.Parse(raw)
	return err == nil && !o.IsAddress() && !o.Secure()
}

// originProblems are those of single origins.
func originProblems(r Report) []Problem {
	var list []Problem
	for _, p := range r.Problems {
		if strings.HasPrefix(p.Path, originsKey+"[") {
			list = append(list, p)
		}
	}
	return list
}

func where(c Config, p Problem) string {
	if p.Line == 0 {
		return c.File()
	}
	return fmt.Sprintf("%s, line %d", c.File(), p.Line)
}
