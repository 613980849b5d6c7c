package backend

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
	mostPlanted    = 32 // names
	longestPlanted = 64 // bytes of a name
)

// planted are the names of cookies that came to the site and are none of its
// own: other ports of the same host have set them. Only names are kept, never
// values, and no longer than the lab runs.
type planted struct {
	mu   sync.Mutex
	seen map[string]int // requests by name
	more int            // requests with names for which there was no room
}

func (p *planted) add(name string) {
	name = strings.ToValidUTF8(name[:min(len(name), longestPlanted)], "?")
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.seen[name]; !known && len(p.seen) >= mostPlanted {
		p.more++
		return
	}
	if p.seen == nil {
		p.seen = make(map[string]int)
	}
	p.seen[name]++
}

// all returns a line for each name, in their order.
func (p *planted) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := make([]string, 0, len(p.seen)+1)
	for name, n := range p.seen {
		lines = append(lines, fmt.Sprintf("%s: in %d requests", name, n))
	}
	slices.Sort(lines)
	if p.more > 0 {
		lines = append(lines, fmt.Sprintf("others, which are not listed: in %d requests", p.more))
	}
	return lines
}

// checkPlanted is about the cookies that every port of a host shares: a program
// at another port can read those of the lab and set its own (THREATS T03).
func (e *examination) checkPlanted() health.Check {
	return health.Check{ID: "SS-12", Title: "No other program's cookies come along", Needs: []string{"TLS-01"}, Run: func(context.Context) health.Result {
		host, _ := e.page()
		seen := e.lab.planted.all()
		if len(seen) == 0 {
			return health.Pass("no request to " + host + " had a cookie that isn't the lab's since the lab started")
		}
		own, fix := "sting."+host, "Clear the cookies of "+host+" in the browser."
		if host == "localhost" {
			fix = fmt.Sprintf("Where that disturbs, give the lab a host of its own, which shares no cookies: webauthn.config.rp.id: %s in sting.yml. "+
				"Passkeys of %s stay behind with the old host.", own, host)
		}
		command := ""
		if o, err := origin.Parse(e.config.Origin()); err == nil && host == "localhost" {
			o.Host = own
			command = fmt.Sprintf("sting preflight %s %s", o, own)
		}
		return health.Result{Verdict: health.Warning, Evidence: seen, Fix: fix, Command: command,
			Cause: fmt.Sprintf("Cookies of other programs came along to %s: browsers share the cookies of a host between all of its ports, so those programs see the lab's too.", host)}
	}}
}
