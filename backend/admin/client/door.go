package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sting/backend/api"
)

// Status asks what the lab is and how its services are.
func (c *Client) Status(ctx context.Context) (api.Status, error) {
	return ask[api.Status](ctx, c, http.MethodGet, "status", nil)
}

// Stop tells the lab to end. It returns as soon as the lab has heard it.
func (c *Client) Stop(ctx context.Context) error {
	_, err := ask[api.Done](ctx, c, http.MethodPost, "stop", nil)
	return err
}

// Open lets the lab open a page in the system's browser.
func (c *Client) Open(ctx context.Context, page string) (api.Opened, error) {
	return ask[api.Opened](ctx, c, http.MethodPost, "open", api.OpenPage{Page: page})
}

// Users lists accounts.
func (c *Client) Users(ctx context.Context, q api.Query) (api.Page[api.Person], error) {
	return ask[api.Page[api.Person]](ctx, c, http.MethodGet, list("users", q), nil)
}

// User returns an account by its id or its e-mail address.
func (c *Client) User(ctx context.Context, id string) (api.Person, error) {
	return ask[api.Person](ctx, c, http.MethodGet, one("users", id), nil)
}

// RemoveUser removes an account with everything it has.
func (c *Client) RemoveUser(ctx context.Context, id string) error {
	_, err := ask[api.Done](ctx, c, http.MethodDelete, one("users", id), nil)
	return err
}

// Passkeys lists credentials of everybody.
func (c *Client) Passkeys(ctx context.Context, q api.Query) (api.Page[api.OwnedPasskey], error) {
	return ask[api.Page[api.OwnedPasskey]](ctx, c, http.MethodGet, list("passkeys", q), nil)
}

// Passkey returns a credential by its id.
func (c *Client) Passkey(ctx context.Context, id string) (api.OwnedPasskey, error) {
	return ask[api.OwnedPasskey](ctx, c, http.MethodGet, one("passkeys", id), nil)
}

// RenamePasskey gives a credential another name, of 1 to 100 characters.
func (c *Client) RenamePasskey(ctx context.Context, id, name string) (api.OwnedPasskey, error) {
	return ask[api.OwnedPasskey](ctx, c, http.MethodPut, one("passkeys", id), api.Named{Name: name})
}

// RemovePasskey removes a credential and leaves a tombstone.
func (c *Client) RemovePasskey(ctx context.Context, id string) error {
	_, err := ask[api.Done](ctx, c, http.MethodDelete, one("passkeys", id), nil)
	return err
}

// Sessions lists sessions of everybody.
func (c *Client) Sessions(ctx context.Context, q api.Query) (api.Page[api.LabSession], error) {
	return ask[api.Page[api.LabSession]](ctx, c, http.MethodGet, list("sessions", q), nil)
}

// Session returns a session by its id.
func (c *Client) Session(ctx context.Context, id string) (api.LabSession, error) {
	return ask[api.LabSession](ctx, c, http.MethodGet, one("sessions", id), nil)
}

// EndSession ends a session: that browser's next request is nobody's.
func (c *Client) EndSession(ctx context.Context, id string) error {
	_, err := ask[api.Done](ctx, c, http.MethodDelete, one("sessions", id), nil)
	return err
}

// Ceremonies lists the recorded ceremonies.
func (c *Client) Ceremonies(ctx context.Context, q api.Query) (api.Page[api.CeremonySummary], error) {
	return ask[api.Page[api.CeremonySummary]](ctx, c, http.MethodGet, list("ceremonies", q), nil)
}

// Clock asks what time it is in the lab.
func (c *Client) Clock(ctx context.Context) (api.Clock, error) {
	return ask[api.Clock](ctx, c, http.MethodGet, "clock", nil)
}

// MoveClock moves the lab's clock by a Go duration, or back with "reset".
func (c *Client) MoveClock(ctx context.Context, by string) (api.Clock, error) {
	return ask[api.Clock](ctx, c, http.MethodPost, "clock", api.MoveClock{By: by})
}

// Certificate describes what the site shows to browsers.
func (c *Client) Certificate(ctx context.Context) (api.Certificate, error) {
	return ask[api.Certificate](ctx, c, http.MethodGet, "certificate", nil)
}

// Trust puts the lab's authority into stores, or takes it out. It may take as
// long as a person needs to type a password.
func (c *Client) Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error) {
	return askWithin[api.TrustReport](ctx, c, trustTime, http.MethodPost, "trust", r)
}

// Config returns the configuration that the lab runs with.
func (c *Client) Config(ctx context.Context) (api.ConfigReport, error) {
	return ask[api.ConfigReport](ctx, c, http.MethodGet, "config", nil)
}

// list returns the address of a list. What the query leaves out isn't sent.
func list(path string, q api.Query) string {
	v := url.Values{}
	if q.Limit != 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.After != "" {
		v.Set("after", q.After)
	}
	if q.Q != "" {
		v.Set("q", q.Q)
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// one returns the address of one thing. An id of dots alone would be taken for
// a way up the path.
func one(path, id string) string {
	escaped := url.PathEscape(id)
	if strings.Trim(id, ".") == "" {
		escaped = strings.ReplaceAll(escaped, ".", "%2E")
	}
	return path + "/" + escaped
}
