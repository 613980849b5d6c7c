package settings

import (
	"slices"

	"sting/backend/apps"
	"sting/backend/config"
	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
)

// OriginOf is where the pages of a relying party are.
func (l *Live) OriginOf(rp passkey.RelyingParty) string {
	c := l.Config()
	if rp.ID == c.WebAuthn.RP.ID {
		return c.Origin()
	}
	return c.OriginOf(rp.ID, rp.Origins)
}

// Parties are those of the configuration as it is now.
func (l *Live) Parties() relyingparty.Registry {
	in := l.v.Load()
	return Parties(in.config, in.report)
}

// Parties are those of a configuration.
func Parties(c config.Config, r config.Report) relyingparty.Registry {
	c.WebAuthn.RP.Line = r.OriginsLine()
	var all relyingparty.Registry
	for _, of := range c.RelyingParties() {
		rp := passkey.RelyingParty{
			ID: of.ID, Name: of.DisplayName, Origins: of.Origins, OriginsLine: of.Line,
			UserVerification: c.WebAuthn.UserVerification, Timeout: c.WebAuthn.Timeout,
			MitigateEnum: c.Security.MitigateEnumeration,
		}
		switch problem := of.Problem; {
		case problem != nil:
			rp.Problem, rp.ProblemFix = problem.Meaning, problem.Fix
		case !c.WebAuthn.Enabled:
			rp.Problem, rp.ProblemFix = "Passkeys are switched off.", "Set webauthn.enabled to true in sting.yml."
		}
		all = append(all, rp)
	}
	return all
}

// Watched names whose page is at an origin: an app's name, else the origin. Those of the lab's own relying parties are not
// watched: the verifier records their ceremonies.
func (l *Live) Watched(page string) (name string, watch bool) {
	at, err := origin.Parse(page)
	if err != nil || slices.Contains(l.Origins(), page) {
		return "", false
	}
	if app, ok := apps.Registry(l.Config().Apps).Of(at); ok {
		return app.Name, true
	}
	return page, true
}

// Origins are those of every relying party.
func (l *Live) Origins() []string { return l.Parties().Origins() }

// Place says what is wrong with a page of a relying party at an origin, and what to do;
// "" for nothing.
func (l *Live) Place(rp passkey.RelyingParty, at origin.Origin) (problem, fix string) {
	return l.Config().Place(rp.ID, rp.OriginsLine, at)
}
