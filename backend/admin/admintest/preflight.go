package admintest

import (
	"context"

	"sting/backend/api"
)

// Preflight answers with Foreseen.
func (d *Door) Preflight(_ context.Context, r api.PreflightRequest) (api.Preflight, error) {
	return d.Foreseen, d.called("Preflight", r.URL, r.RPID)
}
