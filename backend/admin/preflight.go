package admin

import (
	"cmp"
	"context"
	"errors"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
)

// Preflight says whether a page may hold a ceremony for a relying party ID, and by
// which rule not; fault.ErrInvalidField for a URL that is no web page.
func (l *Lab) Preflight(_ context.Context, r api.PreflightRequest) (api.Preflight, error) {
	facts := l.Host.Facts()
	return PreflightFor(r, facts.Parties, facts.Origin)
}

// PreflightFor foresees for a lab that need not run: of these relying parties, with
// pages at own, which a question without a page is about.
func PreflightFor(r api.PreflightRequest, parties relyingparty.Registry, own string) (api.Preflight, error) {
	r.URL = cmp.Or(r.URL, own)
	rp := partyOf(parties, r)
	if at, err := origin.Parse(own); err == nil && rp.ID != parties.Default().ID { // the same listener, under the other name
		at.Host = rp.ID
		own = at.String()
	}
	return foresee(r, origin.Party{ID: rp.ID, Origins: rp.Origins, Line: rp.OriginsLine, Own: own, Problem: rp.Problem, Fix: rp.ProblemFix})
}

// partyOf returns the relying party that a question is about: the one that it
// names, else that of the page.
func partyOf(parties relyingparty.Registry, r api.PreflightRequest) passkey.RelyingParty {
	if rp, registered := parties.ByID(r.RPID); registered {
		return rp
	}
	page, _ := origin.OfPage(r.URL) // what can't be read is the default's, and is refused later
	return parties.Of("", page)
}

// foresee asks the rules, and says in the words of the door what they say.
func foresee(r api.PreflightRequest, lab origin.Party) (api.Preflight, error) {
	p, err := origin.Foresee(origin.Question{Page: r.URL, RPID: r.RPID, Lab: lab})
	if why, ok := errors.AsType[*origin.Error](err); ok {
		return api.Preflight{}, fault.ErrInvalidField.In("url").Saying("%s", why.Meaning).Hinting("%s", why.Fix)
	}
	if err != nil {
		return api.Preflight{}, err
	}
	out := api.Preflight{
		Origin: p.Origin, RPID: p.RPID, OwnRP: p.Own, Verdict: string(p.Outcome), Says: p.Says, Fix: p.Fix,
		Families: []api.PreflightFamily{}, Rules: []api.PreflightRule{},
	}
	for _, f := range p.Families {
		out.Differs = out.Differs || f.Outcome != p.Families[0].Outcome
		out.Families = append(out.Families, api.PreflightFamily{
			Family: f.ID, Covers: f.Covers, Verdict: string(f.Outcome), Gets: f.Gets, Says: f.Says, Rule: f.Rule, Section: f.Section,
			Tried: f.Tried, Source: f.Source,
		})
	}
	for _, x := range p.Rules {
		out.Rules = append(out.Rules, api.PreflightRule{
			ID: x.ID, Title: x.Title, Outcome: string(x.Outcome), Says: x.Says, Section: x.Section, Fix: x.Fix,
		})
	}
	return out, nil
}
