package host

import (
	"cmp"
	"context"
	"strings"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/origin"
)

// undrawn ends the origin of a lab whose port nobody has drawn yet.
const undrawn = ":0"

// Preflight says whether a page may hold a ceremony for a relying party ID, by
// the file alone.
func (o Offline) Preflight(_ context.Context, r api.PreflightRequest) (api.Preflight, error) {
	cfg, report, err := config.Load(o.Home, o.Overrides)
	if err != nil {
		return api.Preflight{}, err
	}
	rp := cfg.WebAuthn.RP
	party := origin.Party{ID: rp.ID, Origins: rp.Origins, Line: report.OriginsLine(), Own: strings.TrimSuffix(cfg.Address(), undrawn)}
	if rp.Problem != nil {
		party.Problem, party.Fix = rp.Problem.Meaning, rp.Problem.Fix
	}
	r.URL = cmp.Or(r.URL, strings.TrimSuffix(cfg.Origin(), undrawn))
	if party.Problem == "" && strings.HasSuffix(cfg.Origin(), undrawn) {
		party.Problem, party.Fix = "the port of its site is drawn at the first start (ports.site is 0).", "`sting start`, and ask again."
	}
	return admin.PreflightFor(r, party)
}
