package client

import (
	"context"
	"net/http"

	"sting/backend/api"
)

// OpenVirtual lets the lab open a page in the browser with the virtual
// authenticator. A browser that has to be started first takes its time.
func (c *Client) OpenVirtual(ctx context.Context, page string, on *api.Desktop) (api.Opened, error) {
	return askWithin[api.Opened](ctx, c, changeTime, http.MethodPost, "open", api.OpenPage{Page: page, Virtual: true, Desktop: on})
}

// Virtual asks what runs and which keys are kept.
func (c *Client) Virtual(ctx context.Context) (api.Virtual, error) {
	return ask[api.Virtual](ctx, c, http.MethodGet, "virtual", nil)
}

// ChangeVirtual does one thing to the virtual authenticator.
func (c *Client) ChangeVirtual(ctx context.Context, change api.VirtualChange) (api.Virtual, error) {
	return askWithin[api.Virtual](ctx, c, changeTime, http.MethodPost, "virtual", change)
}
