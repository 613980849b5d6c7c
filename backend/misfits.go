package backend

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"sting/backend/health"
	"sting/backend/httpapi"
	"sting/backend/origin"
)

// Bounds of what is remembered of front ends that got something wrong.
const (
	mostMisfits = 32
	misfitLife  = 10 * time.Minute // a mistake that nobody repeats is mended, or its author gone
)

// misfits are the mistakes of front ends and proxies, the latest last, one entry a
// mistake and an origin or host. They are forgotten at the end of the lab.
type misfits struct {
	mu   sync.Mutex
	list []misfit
}

type misfit struct {
	httpapi.Misfit
	times int
	last  time.Time // by the machine's clock
}

func (m *misfits) add(one httpapi.Misfit, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	entry := misfit{Misfit: one}
	m.list = slices.DeleteFunc(m.list, func(old misfit) bool {
		same := old.Mistake == one.Mistake && old.From == one.From
		if same {
			entry.times = old.times
		}
		return same
	})
	entry.times, entry.last = entry.times+1, at
	m.list = append(m.list[max(0, len(m.list)-mostMisfits+1):], entry)
}

// fitted forgets what a page got wrong with its cookies: it shows them now.
func (m *misfits) fitted(page string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = slices.DeleteFunc(m.list, func(old misfit) bool {
		return old.From == page && (old.Mistake == httpapi.NoCredentials || old.Mistake == httpapi.AnotherSite)
	})
}

// standing returns those that stand at a time: an origin that is listed by now was
// no mistake for long. hosts are those that the site answers for.
func (m *misfits) standing(at time.Time, origins, hosts []string) []misfit {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.list), func(old misfit) bool {
		switch {
		case at.Sub(old.last) > misfitLife:
			return true
		case old.Mistake == httpapi.NotListed:
			return slices.Contains(origins, old.From)
		case old.Mistake == httpapi.ForeignHost:
			o, err := origin.Parse("https://" + old.From)
			return err == nil && !origin.IsLocalName(o.Host) && slices.Contains(hosts, o.Host)
		}
		return !slices.Contains(origins, old.From) // one that was taken off the list has another mistake
	})
}

func (p *parts) misfitted(m httpapi.Misfit) { p.misfits.add(m, p.lab.clock.Machine()) }

// misfitting are the mistakes that stand now.
func (p *parts) misfitting() []misfit {
	c := p.settings.now()
	return p.misfits.standing(p.lab.clock.Machine(), c.WebAuthn.RP.Origins, c.Hosts())
}

// misfitWarnings say them to whoever asks how the lab is.
func (p *parts) misfitWarnings() []string {
	var said []string
	for _, m := range p.misfitting() {
		said = append(said, m.Says+" "+m.Fix)
	}
	return said
}

// checkMisfits is about the front ends and proxies that came to the lab.
func (e *examination) checkMisfits() health.Check {
	return health.Check{ID: "RP-13", Title: "Front ends of one's own come in with their cookies", Needs: []string{"SV-01"}, Run: func(context.Context) health.Result {
		all := e.lab.misfitting()
		if len(all) == 0 {
			return health.Pass(fmt.Sprintf("no front end and no proxy was refused for its origin, its cookies or its Host in the last %v", misfitLife))
		}
		latest := all[len(all)-1]
		r := health.Result{Verdict: health.Warning, Cause: latest.Says, Fix: latest.Fix}
		for _, m := range slices.Backward(all) {
			r.Evidence = append(r.Evidence, fmt.Sprintf("%s: %s, %d times, last at %s", m.From, m.Mistake, m.times, m.last.Format(time.TimeOnly)))
			if m.Misfit != latest.Misfit {
				r.Evidence = append(r.Evidence, m.Says+" "+m.Fix)
			}
		}
		return r
	}}
}
