package backend

import (
	"context"
	"slices"
	"sync"
	"time"

	"sting/backend/api"
)

// visits are the browsers that told what they can do, the latest first, one entry
// a browser. They are forgotten at the end of the lab: a browser may have been
// updated since.
type visits struct {
	mu   sync.Mutex
	list []api.BrowserPassport
}

// mostVisits is how many browsers are remembered.
const mostVisits = 20

func (v *visits) add(b api.BrowserVisit, userAgent string, at time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	rest := slices.DeleteFunc(v.list, func(p api.BrowserPassport) bool { return p.UserAgent == userAgent })
	if b.Capabilities == nil {
		b.Capabilities = map[string]bool{}
	}
	passport := api.BrowserPassport{BrowserVisit: b, UserAgent: userAgent, At: at.UTC().Format(time.RFC3339)}
	v.list = append([]api.BrowserPassport{passport}, rest[:min(len(rest), mostVisits-1)]...)
}

func (v *visits) all() []api.BrowserPassport {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.list)
}

// visited takes what a page found out about its browser.
func (p *parts) visited(b api.BrowserVisit, userAgent string) {
	p.visits.add(b, userAgent, p.lab.clock.Now())
}

// Browsers implements admin.Doctor.
func (d *doctor) Browsers(context.Context) ([]api.BrowserPassport, error) { return d.visits.all(), nil }
