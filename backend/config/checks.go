package config

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"

	"sting/backend/health"
	"sting/backend/origin"
)

// Checks examines the relying parties of a configuration: whether any browser would
// hold their ceremonies.
func Checks(c Config, r Report) []health.Check {
	check := func(id, title string, run func() health.Result, needs ...string) health.Check {
		return health.Check{ID: id, Title: title, Needs: needs, Run: func(context.Context) health.Result { return run() }}
	}
	each := func(run func(Config, party) health.Result) func() health.Result {
		return func() health.Result { return eachParty(c, r, run) }
	}
	return []health.Check{
		check("RP-04", "The relying party ID is a name, not an address", each(checkAddress)),
		check("RP-01", "The pages may use the relying party ID", each(checkRPID), "RP-04"),
		check("RP-03", "Every configured origin is possible for the relying party ID", each(checkOrigins), "RP-01"),
		check("RP-02", "The site's own pages are among the accepted origins", each(checkOwnOrigin), "RP-01"),
		check("RP-14", "Front ends of the list are one site with the lab", func() health.Result { return checkFrontEnds(c) }, "RP-03"),
	}
}

// checkCommand shows the lines that the checks here are about.
const checkCommand = "sting config check"

// party is a relying party as the file has it, also one that is left out.
type party struct {
	RelyingParty
	key     string    // where it stands: webauthn.config.rp, webauthn.additional_rps[0]
	follows bool      // its origin is that of the site, though the file may list others
	wrong   []Problem // of those that the file lists
}

// parties returns all of them, the first one first.
func parties(c Config, r Report) []party {
	of := func(rp RelyingParty, key string, follows bool) party {
		elsewhere := func(p Problem) bool { return !strings.HasPrefix(p.Path, key+".origins[") }
		return party{rp, key, follows, slices.DeleteFunc(slices.Clone(r.Problems), elsewhere)}
	}
	first := c.WebAuthn.RP
	first.Line = r.OriginsLine()
	list := []party{of(first, strings.TrimSuffix(rpIDKey, ".id"), r.Sources[originsKey].Kind == "follows")}
	for _, w := range r.furtherRPs() {
		rp, key := w.rp, additionalKey+w.at
		bad := slices.IndexFunc(r.Problems, func(p Problem) bool { return p.Severity == Error && p.Path == key+".id" })
		used := slices.IndexFunc(c.WebAuthn.Additional, func(other RelyingParty) bool { return strings.EqualFold(other.ID, rp.ID) })
		switch {
		case bad >= 0:
			rp.Problem = &r.Problems[bad]
		case used >= 0:
			rp = c.WebAuthn.Additional[used]
		default: // the file is in force only in part: what is wrong is said elsewhere
			continue
		}
		listed := slices.ContainsFunc(w.rp.Origins, func(raw string) bool {
			o, err := origin.Canonical(raw)
			return slices.Contains(rp.Origins, raw) || err == nil && slices.Contains(rp.Origins, o)
		})
		list = append(list, of(rp, key, !listed))
	}
	return list
}

// eachParty runs a check for every relying party. The first one that fails says why,
// a further one by its name; all say what was seen.
func eachParty(c Config, r Report, run func(Config, party) health.Result) health.Result {
	var out health.Result
	for i, p := range parties(c, r) {
		got := run(c, p)
		if i > 0 && got.Cause != "" {
			got.Cause = fmt.Sprintf("The relying party %s: %s", cmp.Or(p.ID, p.key), got.Cause)
		}
		switch seen := slices.Concat(out.Evidence, got.Evidence); {
		case i == 0, out.Verdict != health.Failed && got.Verdict == health.Failed:
			got.Evidence = seen
			out = got
		default:
			out.Evidence = seen
		}
	}
	return out
}

func checkAddress(c Config, rp party) health.Result {
	seen := rp.key + ".id: " + rp.ID
	if rp.Problem == nil || net.ParseIP(strings.Trim(rp.ID, "[]")) == nil {
		return health.Pass(seen)
	}
	return health.Fail(rp.Problem.Meaning, rp.Problem.Fix, checkCommand, seen, where(c, *rp.Problem))
}

func checkRPID(c Config, rp party) health.Result {
	page := strings.TrimSuffix(c.OriginOf(rp.ID, rp.Origins), ":0") // a port that is still to be drawn
	seen := fmt.Sprintf("%s.id %s, pages at %s", rp.key, rp.ID, page)
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
func checkOrigins(c Config, rp party) health.Result {
	for _, p := range rp.wrong {
		why := reason(origin.Suits(rp.ID, p.Value))
		if why != nil && !insecure(p.Value) {
			return health.Fail(why.Meaning, why.Fix, checkCommand, "origin "+p.Value+", "+rp.key+".id "+rp.ID, where(c, p))
		}
	}
	return rp.accepts()
}

func (p party) accepts() health.Result {
	return health.Pass(p.ID + " accepts " + strings.Join(p.Origins, ", "))
}

// checkOwnOrigin looks at what is left of the list, so that an impossible entry
// doesn't hide that the own one is missing.
func checkOwnOrigin(c Config, rp party) health.Result {
	own := c.at(rp.ID)
	seen := rp.accepts().Evidence
	switch c.Ports.Site {
	case Off:
		return health.Skip("ports.site is off: there are no pages")
	case 0:
		return health.Skip("ports.site is drawn at the first start, and the origin follows it")
	}
	if len(rp.wrong) > 0 && rp.follows {
		return health.Skip("no origin of the list is possible, so that of the site is accepted meanwhile: see RP-03")
	}
	other := ""
	for _, raw := range rp.Origins {
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
	return health.Fail(other, c.missing(rp.RelyingParty), checkCommand,
		append(seen, "the site listens at port "+c.Ports.Site.String(), c.File())...)
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
	for _, p := range r.Problems {
		if (strings.HasPrefix(p.Path, originsKey+"[") || strings.HasPrefix(p.Path, additionalKey+"[") && strings.Contains(p.Path, ".origins[")) &&
			insecure(p.Value) {
			return p, true
		}
	}
	return Problem{}, false
}

func insecure(raw string) bool {
	o, err := origin.Parse(raw)
	return err == nil && !o.IsAddress() && !o.Secure()
}

func where(c Config, p Problem) string {
	if p.Line == 0 {
		return c.File()
	}
	return fmt.Sprintf("%s, line %d", c.File(), p.Line)
}
