package origin

import (
	"slices"
	"strings"
)

// Outcome is what became of a rule, and what a ceremony would come to.
type Outcome string

const (
	Works   Outcome = "works"   // of a ceremony: the browser holds it, and the lab takes the answer
	OK      Outcome = "ok"      // of a rule: it doesn't stand in the way
	Refused Outcome = "refused" // of both
	Depends Outcome = "depends" // of both: on what the rules can't see, which the sentence names
)

// Party is a relying party as a preflight has to know it: a server that judges
// answers.
type Party struct {
	ID      string
	Origins []string // canonical, those that it takes answers from; the first is where its pages are
	Line    int      // of sting.yml, where it lists them; 0 where it doesn't
	Own     string   // where its own pages are, "" for a server that has none
	Problem string   // why it holds no ceremonies at all, or ""
	Fix     string   // what to do about it
}

// Question is what somebody wants to know before a ceremony: would a page be
// allowed to hold it for a relying party ID?
type Question struct {
	Page string // its URL, the origin of an app or an extension, or "" for the first page of Lab
	RPID string // "" for the one of Lab
	Lab  Party
}

// Rule is one rule that was looked at.
type Rule struct {
	ID      string // client, secure_context, certificate, name, rp_id, host, public_suffix, related_origins, lab, port, cookies
	Title   string // what is well when it is ok
	Outcome Outcome
	Says    string // a sentence
	Section string // where the rule is written down
	Fix     string // a sentence, "" when it is ok

	problem bool // the lab holds no ceremonies at all

	gets   string               // what the page gets when it is refused
	except map[string]exception // the families that see it otherwise, by their id
}

// listing reports whether a rule is about the lab's list of origins alone.
func (r Rule) listing() bool { return !r.problem && (r.ID == "lab" || r.ID == "port") }

type exception struct {
	outcome Outcome
	says    string
}

// Family is what browsers of one engine would do.
type Family struct {
	ID      string // chromium, firefox, safari
	Covers  []string
	Outcome Outcome // the browser's own, without the lab's rules
	Gets    string  // what the page would get: the name of a DOMException, "no API", or "" where it works
	Says    string
	Rule    string // the id of the rule that decided, "" where it works
	Section string
	Tried   bool   // a test of this program asks such a browser the same and compares
	Source  string // what the statement rests on
}

// Preflight is the verdict over a page and a relying party ID, before anything
// runs.
type Preflight struct {
	Origin   string // of the page, canonical
	RPID     string
	Own      bool // the relying party ID is that of the lab
	Outcome  Outcome
	Says     string
	Fix      string
	Families []Family
	Rules    []Rule // in the order in which a ceremony meets them
}

// Foresee judges a page and a relying party ID by the rules that browsers and
// this lab go by. It asks nobody: what only the network can tell is "depends".
// The error is an *Error, for a URL that is no web page.
func Foresee(q Question) (Preflight, error) {
	if pages := slices.DeleteFunc(slices.Clone(q.Lab.Origins), IsApp); q.Page == "" && len(pages) > 0 {
		q.Page = pages[0]
	}
	if q.RPID == "" {
		q.RPID = q.Lab.ID
	}
	if app, is, err := ParseApp(appOrigin(q.Page)); is {
		return foreseeApp(q, app), err
	}
	page, err := OfPage(q.Page)
	if err != nil {
		return Preflight{}, err
	}
	c := claim{page: page, id: q.RPID, folded: q.RPID, lab: q.Lab, own: q.RPID == q.Lab.ID}
	if ascii, err := toASCII(q.RPID); err == nil && wellFormed(ascii) == nil {
		c.folded = ascii
	}
	p := Preflight{Origin: page.String(), RPID: q.RPID, Own: c.own, Rules: c.rules()}
	for _, f := range families {
		p.Families = append(p.Families, f.judge(p.Rules))
	}
	p.conclude()
	return p, nil
}

// OfPage returns the origin of a page's URL: whatever follows the port is
// dropped, and userinfo, as browsers do.
func OfPage(raw string) (Origin, error) {
	raw = strings.TrimSpace(raw)
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		host := bare(raw)
		if host == "" || strings.HasPrefix(raw, "/") {
			return Origin{}, &Error{Value: raw, Meaning: "This is not the URL of a page.",
				Fix: "Write scheme, host and port: https://localhost:8443/login."}
		}
		return Origin{}, &Error{Value: raw, Meaning: "The URL has no scheme, and the scheme decides.",
			Fix: "Write https://" + host + ", or http://" + host + "."}
	}
	return Parse(scheme + "://" + bare(rest))
}

// conclude sums up what all families do. Whether the lab takes the answer of a page that
// it doesn't list is said beside that: the page may have a server of its own.
func (p *Preflight) conclude() {
	p.Outcome, p.Says = p.Families[0].Outcome, "Every browser family that is known here holds this ceremony."
	for _, f := range p.Families {
		if f.Outcome != p.Outcome {
			p.Outcome = Depends
		}
	}
	decisive := p.decisive()
	switch {
	case decisive.problem:
		p.Outcome, p.Says = Refused, "Browsers hold this ceremony, and the lab refuses the answer. "+decisive.Says
	case decisive.listing():
		p.Says += " For an app with a server of its own that is all; this lab would refuse the answer. " + decisive.Says
		if p.Outcome == Depends {
			p.Says = p.differing() + " This lab would refuse the answer. " + decisive.Says
		}
	case decisive.ID != "":
		p.Says = decisive.Says
	case p.Outcome == Depends:
		p.Says = p.differing()
	}
	p.Fix = decisive.Fix
	if decisive.listing() && p.Fix != "" {
		p.Fix = "Nothing for an app with a server of its own. For a page of this lab: " + p.Fix
	}
	if decisive.ID == "secure_context" && decisive.Outcome == Refused {
		p.Fix += p.next()
	}
	p.stay(decisive)
	if p.Fix == "" && p.Outcome == Depends {
		p.Fix = "Take https://localhost, which every browser knows, or try it in the browser that you mean."
	}
}

// stay adds what a page has to do beside the ceremony: one whose cookies don't
// travel begins each ceremony in vain.
func (p *Preflight) stay(decisive Rule) {
	i := slices.IndexFunc(p.Rules, func(r Rule) bool { return r.ID == "cookies" && r.Outcome == Depends })
	switch {
	case i < 0:
	case decisive.listing():
		p.Fix += " That alone won't do. " + p.Rules[i].Says + " " + p.Rules[i].Fix
	case p.Outcome == Works || decisive.ID == "cookies":
		p.Outcome, p.Says, p.Fix = Depends, "Browsers hold this ceremony, and the lab takes its answer. "+p.Rules[i].Says, p.Rules[i].Fix
	}
}

// next is what else has to be done once the page is a secure context: a fix that
// leads to the next refusal is none.
func (p *Preflight) next() string {
	if page, err := Parse(p.Origin); err != nil || page.IsAddress() {
		return "" // the fix names the page's place already
	}
	for _, r := range p.Rules {
		if r.Outcome == Refused && (r.ID == "rp_id" || r.ID == "host" || r.ID == "public_suffix") {
			return " That alone won't do: " + r.Fix
		}
	}
	return ""
}

// decisive returns the rule that the sentence and the fix are taken from: the
// first that refuses, else the first that depends. Where related origins could
// overrule it, that is the one.
func (p *Preflight) decisive() Rule {
	at := func(outcome Outcome) int {
		return slices.IndexFunc(p.Rules, func(r Rule) bool { return r.Outcome == outcome })
	}
	if i := at(Refused); i >= 0 {
		return p.Rules[i]
	}
	i := at(Depends)
	if i < 0 || p.Outcome != Depends {
		return Rule{}
	}
	r := p.Rules[i]
	if related := slices.IndexFunc(p.Rules, func(r Rule) bool { return r.ID == "related_origins" && r.Outcome == Depends }); related >= 0 {
		r.Says, r.Fix = p.Rules[related].Says, p.Rules[related].Fix
	}
	return r
}

// differing says which families do what.
func (p *Preflight) differing() string {
	var says []string
	for _, f := range p.Families {
		if f.Outcome != Works {
			says = append(says, strings.Join(f.Covers, ", ")+": "+f.Says)
		}
	}
	return "It works in some browsers. " + strings.Join(says, " ")
}
