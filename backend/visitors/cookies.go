package visitors

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sting/backend/health"
	"sting/backend/origin"
)

// Bounds of what is remembered of other programs' cookies.
const (
	mostCookies   = 32 // names
	longestCookie = 64 // bytes of a name
)

// cookies are the names of those that came to the site and are none of its own:
// other ports of the same host have set them.
type cookies struct {
	mu   sync.Mutex
	seen map[string]int // requests by name
	more int            // requests with names for which there was no room
}

// ForeignCookie takes the name of a cookie that came along and is another program's.
func (v *Visitors) ForeignCookie(name string) {
	name = strings.ToValidUTF8(name[:min(len(name), longestCookie)], "?")
	c := &v.cookies
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.seen[name]; !known && len(c.seen) >= mostCookies {
		c.more++
		return
	}
	if c.seen == nil {
		c.seen = make(map[string]int)
	}
	c.seen[name]++
}

// all returns a line for each name, in their order.
func (c *cookies) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := make([]string, 0, len(c.seen)+1)
	for name, n := range c.seen {
		lines = append(lines, fmt.Sprintf("%s: in %d requests", name, n))
	}
	slices.Sort(lines)
	if c.more > 0 {
		lines = append(lines, fmt.Sprintf("others, which are not listed: in %d requests", c.more))
	}
	return lines
}

// CheckCookies is about the cookies that every port of a host shares: a program at
// another port can read those of the lab and set its own (THREATS T03). site is the
// origin of the pages.
func (v *Visitors) CheckCookies(site string) health.Check {
	own, err := origin.Parse(site)
	host := own.Host
	if err != nil {
		host = "localhost"
	}
	c := health.Check{ID: "SS-12", Title: "No other program's cookies come along", Needs: []string{"TLS-01"}}
	c.Run = func(context.Context) health.Result {
		seen := v.cookies.all()
		if len(seen) == 0 {
			return health.Pass("no request to " + host + " had a cookie that isn't the lab's since the lab started")
		}
		fix, command := "Clear the cookies of "+host+" in the browser.", ""
		if host == "localhost" {
			own.Host = "sting." + host
			fix = fmt.Sprintf("Where that disturbs, give the lab a host of its own, which shares no cookies: "+
				"webauthn.config.rp.id: %s in sting.yml. Passkeys of %s stay behind with the old host.", own.Host, host)
			command = fmt.Sprintf("sting preflight %s %s", own, own.Host)
		}
		return health.Result{Verdict: health.Warning, Evidence: seen, Fix: fix, Command: command,
			Cause: fmt.Sprintf("Cookies of other programs came along to %s: browsers share the cookies of a host "+
				"between all of its ports, so those programs see the lab's too.", host)}
	}
	return c
}
