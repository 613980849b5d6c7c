package client

import (
	"context"
	"net/http"

	"sting/backend/api"
)

// Preflight says whether a page may hold a ceremony for a relying party ID.
func (c *Client) Preflight(ctx context.Context, r api.PreflightRequest) (api.Preflight, error) {
	return ask[api.Preflight](ctx, c, http.MethodPost, "preflight", r)
}
