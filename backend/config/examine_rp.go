package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sting/backend/origin"
)

const (
	rpIDKey    = "webauthn.config.rp.id"
	originsKey = "webauthn.config.rp.origins"
)

// relyingParty asks whether any browser would hold a ceremony for this
// relying party. An impossible ID stops the ceremonies; an impossible origin
// is left out.
func (x *examiner) relyingParty() {
	rp := &x.c.WebAuthn.RP
	if lower := strings.ToLower(rp.ID); lower != rp.ID && origin.ValidRPID(lower) == nil {
		x.say(rpIDKey, Warning, fmt.Sprintf("Browsers compare in lower case, so %s is used.", lower), fmt.Sprintf("Write %s.", lower))
		rp.ID = lower
	}
	if why := reason(origin.ValidRPID(rp.ID)); why != nil {
		before := len(x.r.Problems)
		x.say(rpIDKey, Error, why.Meaning+" No ceremony can be held until this is mended.", why.Fix)
		p := x.r.Problems[before]
		rp.Problem = &p
	}
	rp.Origins = unique(x.each(originsKey, func(raw string, say func(Severity, string, string)) (string, bool) {
		return x.origin(*rp, raw, say)
	}))
	x.ownOrigin()
}

func reason(err error) *origin.Error {
	why, _ := errors.AsType[*origin.Error](err)
	return why
}

// origin examines one entry of the list of rp, and keeps it where it is possible.
func (x *examiner) origin(rp RelyingParty, raw string, say func(Severity, string, string)) (string, bool) {
	if app, is, err := origin.ParseApp(raw); is {
		return x.app(rp, app, err, say)
	}
	o, err := origin.Parse(raw)
	if err == nil && rp.Problem == nil {
		err = origin.Suits(rp.ID, o.String())
	}
	if why := reason(err); why != nil {
		say(Warning, why.Meaning+" It is left out.", why.Fix)
		return "", false
	}
	if rp.Problem != nil {
		return "", false
	}
	x.elsewhere(o, say)
	return o.String(), true
}

// elsewhere says what becomes of pages at an origin that is not the site's own.
func (x *examiner) elsewhere(o origin.Origin, say func(Severity, string, string)) {
	site := x.c.Ports.Site
	own := x.c.beside(o)
	if !site.Open() || o == own {
		return
	}
	apart := origin.Apart(o, own)
	switch {
	case Port(o.Port) == site:
		say(Warning, fmt.Sprintf("This origin names the site's port with http, and the site speaks https there: no page of the lab is at %s.",
			o), fmt.Sprintf("Write %s.", own))
	case apart != "":
		say(Warning, fmt.Sprintf("This origin is accepted in ceremonies, and a front end there can't stay signed in by itself. %s", apart),
			x.c.together(o))
	default:
		say(Warning, fmt.Sprintf("This origin names port %d, and the site listens on %s. It is accepted, but nothing of the lab answers there.",
			o.Port, site),
			fmt.Sprintf("Write %s for the site. For a front end or a proxy of your own, leave it; its pages fetch with credentials: 'include'.",
				own))
	}
}

// app examines the entry of an app or an extension. Which relying party IDs such a
// client may claim is its platform's affair.
func (x *examiner) app(rp RelyingParty, app origin.App, err error, say func(Severity, string, string)) (string, bool) {
	if why := reason(err); why != nil {
		say(Warning, why.Meaning+" It is left out.", why.Fix)
		return "", false
	}
	if app.Doubt != "" {
		say(Warning, app.Doubt+" It is accepted as it stands, for a client that sends just that.", app.Fix)
	}
	return app.Raw, rp.Problem == nil
}

// ownOrigin warns where the site's own pages are not among the origins.
func (x *examiner) ownOrigin() {
	rp := x.c.WebAuthn.RP
	if rp.Problem != nil || !x.given[originsKey] || !x.c.Ports.Site.Open() {
		return
	}
	own := x.c.at(rp.ID)
	if len(rp.Origins) == 0 {
		if l := x.r.input.doc.leaves[originsKey]; len(resolve(l.node).Content) > 0 {
			x.say(originsKey, Warning, fmt.Sprintf("None of these origins is possible for %s, so %s is accepted.", rp.ID, own),
				fmt.Sprintf("Write [%s], or take the line out: it follows from the relying party ID and the port.", own))
		}
		return
	}
	if rp.Line = x.r.OriginsLine(); !x.c.ours(rp) {
		x.say(originsKey, Warning, x.notListed(rp), x.c.missing(rp))
	}
}

// ours reports whether a page of the site is among the origins of rp.
func (c Config) ours(rp RelyingParty) bool {
	return slices.ContainsFunc(rp.Origins, func(raw string) bool {
		o, err := origin.Parse(raw)
		return err == nil && o.Scheme == "https" && Port(o.Port) == c.Ports.Site
	})
}

func (x *examiner) notListed(rp RelyingParty) string {
	return fmt.Sprintf("The lab's own pages are at %s, which is not on the list: ceremonies there are refused.", x.c.at(rp.ID))
}
