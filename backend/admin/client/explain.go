package client

import (
	"context"
	"encoding/json"
	"net/http"

	"sting/backend/api"
)

// Explain takes a ceremony apart, step by step.
func (c *Client) Explain(ctx context.Context, raw json.RawMessage) (api.Explanation, error) {
	return ask[api.Explanation](ctx, c, http.MethodPost, "explain", raw)
}
