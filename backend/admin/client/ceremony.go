package client

import (
	"context"
	"net/http"

	"sting/backend/api"
)

// Ceremony returns a record with its explanation.
func (c *Client) Ceremony(ctx context.Context, id string) (api.Ceremony, error) {
	return ask[api.Ceremony](ctx, c, http.MethodGet, one("ceremonies", id), nil)
}

// PasskeyDetails shows a credential down to its key.
func (c *Client) PasskeyDetails(ctx context.Context, id string) (api.PasskeyDetails, error) {
	return ask[api.PasskeyDetails](ctx, c, http.MethodGet, one("passkeys", id)+"/details", nil)
}
