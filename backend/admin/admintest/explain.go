package admintest

import (
	"context"
	"encoding/json"

	"sting/backend/api"
)

// Explain says that it was accepted.
func (d *Door) Explain(_ context.Context, raw json.RawMessage) (api.Explanation, error) {
	return api.Explanation{Verdict: "accepted", Kind: "registration"}, d.called("Explain", string(raw))
}
