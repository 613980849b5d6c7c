package visitors

import (
	"slices"
	"sync"
	"time"

	"sting/backend/api"
)

// browsers are those that reported what they can do, the latest first, one entry a
// browser: one may have been updated since the lab ran last.
type browsers struct {
	mu   sync.Mutex
	list []api.BrowserPassport
}

// mostBrowsers is how many are remembered.
const mostBrowsers = 20

// Report takes what a page found out about its browser.
func (v *Visitors) Report(b api.BrowserVisit, userAgent string) {
	if b.Capabilities == nil {
		b.Capabilities = map[string]bool{}
	}
	latest := api.BrowserPassport{BrowserVisit: b, UserAgent: userAgent, At: v.Now().UTC().Format(time.RFC3339)}
	v.browsers.mu.Lock()
	defer v.browsers.mu.Unlock()
	rest := slices.DeleteFunc(v.browsers.list, func(p api.BrowserPassport) bool { return p.UserAgent == userAgent })
	v.browsers.list = append([]api.BrowserPassport{latest}, rest[:min(len(rest), mostBrowsers-1)]...)
}

// Browsers returns what each browser reported, the latest first.
func (v *Visitors) Browsers() []api.BrowserPassport {
	v.browsers.mu.Lock()
	defer v.browsers.mu.Unlock()
	return slices.Clone(v.browsers.list)
}
