package host

import (
	"cmp"
	"context"
	"strings"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/settings"
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
	parties := settings.Parties(cfg, report)
	for i := range parties {
		if parties[i].Problem == "" && strings.HasSuffix(cfg.Origin(), undrawn) {
			parties[i].Problem = "the port of its site is drawn at the first start (ports.site is 0)."
			parties[i].ProblemFix = "`sting start`, and ask again."
		}
	}
	r.URL = cmp.Or(r.URL, strings.TrimSuffix(cfg.Origin(), undrawn))
	return admin.PreflightFor(r, parties, strings.TrimSuffix(cfg.Address(), undrawn))
}
