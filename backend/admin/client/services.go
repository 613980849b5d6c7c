package client

import (
	"context"
	"net/http"
	"strconv"

	"sting/backend/api"
)

// StartService starts a service and what it needs, and waits until it is ready.
func (c *Client) StartService(ctx context.Context, name string) error {
	return c.change(ctx, name, "start")
}

// StopService stops a service and what needs it, and waits until it has ended.
func (c *Client) StopService(ctx context.Context, name string) error {
	return c.change(ctx, name, "stop")
}

// RestartService stops a service with what needs it and starts them again.
func (c *Client) RestartService(ctx context.Context, name string) error {
	return c.change(ctx, name, "restart")
}

func (c *Client) change(ctx context.Context, name, verb string) error {
	_, err := askWithin[api.Done](ctx, c, changeTime, http.MethodPost, one("services", name)+"/"+verb, nil)
	return err
}

// Logs returns the last n lines of a service, of the whole lab for "".
func (c *Client) Logs(ctx context.Context, service string, n int) ([]api.LogLine, error) {
	page, err := ask[api.Page[api.LogLine]](ctx, c, http.MethodGet, logsOf(service, n), nil)
	return page.Items, err
}

// FollowLogs calls f with the last n lines and then with each new one until ctx
// ends, which returns nil, or the connection breaks.
func (c *Client) FollowLogs(ctx context.Context, service string, n int, f func(api.LogLine)) error {
	return follow(ctx, c, logsOf(service, n)+"&follow=1", f)
}

func logsOf(service string, n int) string {
	if service == "" {
		service = "all"
	}
	return one("services", service) + "/logs?n=" + strconv.Itoa(n)
}
