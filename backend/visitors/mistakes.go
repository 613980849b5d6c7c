package visitors

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"sting/backend/health"
	"sting/backend/origin"
)

// Kind is what a front end of somebody's own gets wrong on its way to the lab.
type Kind string

// The four of them.
const (
	NotListed     Kind = "not_listed"     // its origin is not among the accepted ones
	NoCredentials Kind = "no_credentials" // it fetches without its cookies
	AnotherSite   Kind = "another_site"   // its cookies can't travel
	ForeignHost   Kind = "foreign_host"   // something in front of the lab keeps the Host it was called by
)

// Mistake is why a request of a front end was refused.
type Mistake struct {
	Kind Kind
	From string // the page's origin, or the Host that came
	Says string // a sentence
	Fix  string
}

// Bounds of what is remembered of front ends that got something wrong.
const (
	mostMistakes = 32
	mistakeLife  = 10 * time.Minute // one that nobody repeats is mended, or its author gone
)

// mistakes are those of front ends and proxies, the latest last, one entry a kind and
// an origin or host.
type mistakes struct {
	mu   sync.Mutex
	list []made
}

type made struct {
	Mistake
	times int
	last  time.Time // by the machine's clock
}

// Mistook takes a mistake that a request was refused for.
func (v *Visitors) Mistook(one Mistake) {
	m := &v.mistakes
	m.mu.Lock()
	defer m.mu.Unlock()
	entry := made{Mistake: one}
	m.list = slices.DeleteFunc(m.list, func(old made) bool {
		same := old.Kind == one.Kind && old.From == one.From
		if same {
			entry.times = old.times
		}
		return same
	})
	entry.times, entry.last = entry.times+1, v.Machine()
	m.list = append(m.list[max(0, len(m.list)-mostMistakes+1):], entry)
}

// Mended forgets what a page got wrong with its cookies: it shows them now.
func (v *Visitors) Mended(page string) {
	m := &v.mistakes
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = slices.DeleteFunc(m.list, func(old made) bool {
		return old.From == page && (old.Kind == NoCredentials || old.Kind == AnotherSite)
	})
}

// standing returns those that stand now: an origin that is listed by now was no
// mistake for long. hosts are those that the site answers for.
func (v *Visitors) standing(origins, hosts []string) []made {
	now, m := v.Machine(), &v.mistakes
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.list), func(old made) bool {
		switch {
		case now.Sub(old.last) > mistakeLife:
			return true
		case old.Kind == NotListed:
			return slices.Contains(origins, old.From)
		case old.Kind == ForeignHost:
			o, err := origin.Parse("https://" + old.From)
			return err == nil && !origin.IsLocalName(o.Host) && slices.Contains(hosts, o.Host)
		}
		return !slices.Contains(origins, old.From) // one that was taken off the list has another mistake
	})
}

// Warnings say the mistakes that stand now to whoever asks how the lab is. origins
// are the accepted ones, hosts those that the site answers for.
func (v *Visitors) Warnings(origins, hosts []string) []string {
	var said []string
	for _, m := range v.standing(origins, hosts) {
		said = append(said, m.Says+" "+m.Fix)
	}
	return said
}

// CheckMistakes is about the front ends and proxies that came to the lab; its
// parameters are those of Warnings.
func (v *Visitors) CheckMistakes(origins, hosts []string) health.Check {
	c := health.Check{ID: "RP-13", Title: "Front ends of one's own come in with their cookies", Needs: []string{"SV-01"}}
	c.Run = func(context.Context) health.Result {
		all := v.standing(origins, hosts)
		if len(all) == 0 {
			return health.Pass(fmt.Sprintf("no front end and no proxy was refused for its origin, its cookies or its Host "+
				"in the last %v", mistakeLife))
		}
		latest := all[len(all)-1]
		r := health.Result{Verdict: health.Warning, Cause: latest.Says, Fix: latest.Fix}
		for _, m := range slices.Backward(all) {
			last := m.last.Format(time.TimeOnly)
			r.Evidence = append(r.Evidence, fmt.Sprintf("%s: %s, %d times, last at %s", m.From, m.Kind, m.times, last))
			if m.Mistake != latest.Mistake {
				r.Evidence = append(r.Evidence, m.Says+" "+m.Fix)
			}
		}
		return r
	}
	return c
}
