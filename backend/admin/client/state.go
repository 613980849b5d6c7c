package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"sting/backend/api"
)

// Snapshots lists the copies of the lab's data, newest first.
func (c *Client) Snapshots(ctx context.Context) ([]api.Snapshot, error) {
	p, err := ask[api.Page[api.Snapshot]](ctx, c, http.MethodGet, "snapshots", nil)
	return p.Items, err
}

// SaveSnapshot copies the lab's data while it runs.
func (c *Client) SaveSnapshot(ctx context.Context, name string) (api.Snapshot, error) {
	return askWithin[api.Snapshot](ctx, c, wholeTime, http.MethodPost, "snapshots", api.Named{Name: name})
}

// RestoreSnapshot puts a copy in the data's place.
func (c *Client) RestoreSnapshot(ctx context.Context, name string) (api.StateChanged, error) {
	return askWithin[api.StateChanged](ctx, c, wholeTime, http.MethodPost, one("snapshots", name)+"/restore", nil)
}

// RemoveSnapshot deletes a copy.
func (c *Client) RemoveSnapshot(ctx context.Context, name string) error {
	_, err := ask[api.Done](ctx, c, http.MethodDelete, one("snapshots", name), nil)
	return err
}

// Reset begins with empty data, after a snapshot.
func (c *Client) Reset(ctx context.Context, r api.ResetRequest) (api.StateChanged, error) {
	return askWithin[api.StateChanged](ctx, c, wholeTime, http.MethodPost, "reset", r)
}

// Export returns the lab's data as JSON, in the format "sting" or "kratos".
func (c *Client) Export(ctx context.Context, format string) (json.RawMessage, error) {
	return askWithin[json.RawMessage](ctx, c, wholeTime, http.MethodGet, "export?format="+url.QueryEscape(format), nil)
}

// Import takes data that was exported.
func (c *Client) Import(ctx context.Context, raw json.RawMessage) (api.Imported, error) {
	return askWithin[api.Imported](ctx, c, wholeTime, http.MethodPost, "import", raw)
}
