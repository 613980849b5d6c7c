package client

import (
	"context"
	"net/http"

	"sting/backend/api"
)

// CallWindow asks the windows of the lab to come to the front, or tells that one
// did.
func (c *Client) CallWindow(ctx context.Context, call api.WindowCall) (api.WindowAnswer, error) {
	return ask[api.WindowAnswer](ctx, c, http.MethodPost, "window", call)
}
