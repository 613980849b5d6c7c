package client

import (
	"context"
	"net/http"

	"sting/backend/api"
)

// Mock turns the mock user on or off.
func (c *Client) Mock(ctx context.Context, r api.MockRequest) (api.MockRequest, error) {
	return ask[api.MockRequest](ctx, c, http.MethodPost, "mock", r)
}
