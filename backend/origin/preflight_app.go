package origin

import (
	"fmt"
	"slices"
	"strings"
)

// foreseeApp judges a client that is no web page. Who lets it claim a relying
// party ID is not the page's host but its platform, which nobody can ask from
// here; whether this lab takes its answers can be told.
func foreseeApp(q Question, app App) Preflight {
	c := claim{id: q.RPID, folded: q.RPID, lab: q.Lab, own: q.RPID == q.Lab.ID}
	p := Preflight{Origin: app.Raw, RPID: q.RPID, Own: c.own, Rules: []Rule{permitted(app, q.RPID), c.validID(), c.listedApp(app)}}
	for _, f := range families {
		if f.id == app.Family {
			f.tried, f.source = false, "From the browser's documents; not tried here."
			p.Families = append(p.Families, f.judge(p.Rules))
		}
	}
	decisive := p.decisive()
	p.Outcome, p.Says, p.Fix = Depends, p.Rules[0].Says, p.Rules[0].Fix
	if decisive.Outcome == Refused {
		p.Outcome, p.Says, p.Fix = Refused, decisive.Says, decisive.Fix
	}
	return p
}

// appOrigin drops the path of an extension's page.
func appOrigin(raw string) string {
	raw = strings.TrimSpace(raw)
	scheme, rest, ok := strings.Cut(raw, "://")
	if name, _, cut := strings.Cut(rest, "/"); ok && cut {
		return scheme + "://" + name
	}
	return raw
}

func permitted(app App, id string) Rule {
	r := Rule{ID: "client", Title: "The client may claim the relying party ID", Outcome: Depends,
		Section: "the platform's own rule; the specification has none"}
	r.Says = fmt.Sprintf("This is the origin of %s. %s", app.Client, strings.ReplaceAll(app.Permit, "RP_ID", id))
	if app.Family == "" && IsLocalName(id) {
		r.Says += fmt.Sprintf(" Nobody can put a file at %s, so a real device needs a name of yours as the relying party ID.", id)
	}
	r.Fix = "Try it in the client that you mean; the record of the ceremony says what it sent."
	if app.Doubt != "" {
		r.Says, r.Fix = r.Says+" "+app.Doubt, app.Fix
	}
	return r
}

func (c claim) listedApp(app App) Rule {
	r := Rule{ID: "lab", Title: "This lab takes answers from the client's origin", Outcome: OK, Section: originRule}
	switch {
	case !c.own:
		r.Says = fmt.Sprintf("This lab isn't asked: its relying party is %s. The server of %s needs %s on its own list of origins.", c.lab.ID,
			c.id, app.Raw)
	case c.lab.Problem != "":
		r.Outcome, r.Says, r.Fix = Refused, "This lab holds no ceremonies now: "+c.lab.Problem, c.lab.Fix
	case slices.Contains(c.lab.Origins, app.Raw):
		r.Says = fmt.Sprintf("%s is on its list.", app.Raw)
	default:
		r.Outcome = Refused
		r.Says = fmt.Sprintf("%s is not on its list, which has %s: the answer would be refused as ORIGIN_MISMATCH.", app.Raw,
			strings.Join(c.lab.Origins, ", "))
		r.Fix = c.whole(app.Raw)
	}
	return r
}
