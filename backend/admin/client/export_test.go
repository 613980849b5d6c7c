package client

import (
	"net/http"
	"time"
)

// Quiet sets how long an event stream may say nothing.
func (c *Client) Quiet(d time.Duration) { c.quiet = d }

// Through sends what the client asks through t.
func (c *Client) Through(t http.RoundTripper) { c.http.Transport = t }
