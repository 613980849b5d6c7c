package client

import "time"

// Quiet sets how long an event stream may say nothing.
func (c *Client) Quiet(d time.Duration) { c.quiet = d }
