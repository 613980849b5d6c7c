// Package service runs the long-lived parts of the lab and knows which of them
// do their work. It knows nothing about what that is.
//
// Its one invariant: Healthy is said only after a probe did the real operation.
package service

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"sting/backend/events"
)

// State is where a service is in its life, in the words of `sting status`.
type State string

const (
	Stopped   State = "Stopped"
	Starting  State = "Starting"
	Healthy   State = "Healthy"
	Unhealthy State = "Unhealthy"
)

// Evidence is one thing that a probe saw.
type Evidence struct{ What, Seen string }

// Service is one long-lived part.
type Service struct {
	Name string
	URL  func() string // where it answers; nil: nowhere of its own
	// Run serves until ctx ends, then cleans up and returns nil. It calls ready
	// once, when others may rely on it. nil: it lives as long as the lab.
	Run func(ctx context.Context, ready func()) error
	// Probe does the service's real operation and says in a line what it saw.
	Probe func(ctx context.Context) (detail string, seen []Evidence, err error)
}

// Status is what is known of a service.
type Status struct {
	Name      string
	State     State
	URL       string
	Detail    string
	Evidence  []Evidence
	Since     time.Time     // when it became ready; zero: it isn't
	CheckedAt time.Time     // when the probe last ended; zero: never
	Took      time.Duration // the probe
	Err       error         // why it isn't Healthy
}

// Changed is published whenever a service changes state, or complains of
// something else.
type Changed struct {
	Name  string
	State State
	Err   error
}

// Group runs services together. If one fails the others keep running: in a lab
// a closed port is news, not the end.
type Group struct {
	Services []Service // in the order in which they start
	Bus      *events.Bus
	Log      *slog.Logger
	Now      func() time.Time // the machine's
	Every    time.Duration    // between two probes of a service

	mu     sync.Mutex
	status map[string]*Status
}

// probeTime bounds one probe.
const probeTime = 5 * time.Second

// Run starts the services in order, each once the one before is ready, probes
// them again and again, and returns when all have stopped: they stop together
// when ctx ends. started is called when the last one was started and probed.
func (g *Group) Run(ctx context.Context, started func()) {
	var wg sync.WaitGroup
	for _, s := range g.Services {
		g.start(ctx, &wg, s)
		g.probe(ctx, s)
	}
	started()
	for _, s := range g.Services {
		wg.Go(func() { g.watch(ctx, s) })
	}
	wg.Wait()
}

// start runs a service in the background and returns when it is ready or has
// failed.
func (g *Group) start(ctx context.Context, wg *sync.WaitGroup, s Service) {
	g.change(s, func(st *Status) { st.State = Starting })
	if s.Run == nil {
		g.change(s, func(st *Status) { st.Since = g.Now() })
		return
	}
	up, ended := make(chan struct{}), make(chan struct{})
	wg.Go(func() {
		defer close(ended)
		err := s.Run(ctx, sync.OnceFunc(func() {
			g.change(s, func(st *Status) { st.Since = g.Now() })
			close(up)
		}))
		g.change(s, func(st *Status) {
			st.State, st.Err, st.Since = Stopped, err, time.Time{}
			if err != nil {
				st.State = Unhealthy
			}
		})
	})
	select {
	case <-up:
	case <-ended:
	case <-ctx.Done():
	}
}

func (g *Group) watch(ctx context.Context, s Service) {
	tick := time.NewTicker(g.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			g.change(s, func(st *Status) { st.State = Stopped })
			return
		case <-tick.C:
			g.probe(ctx, s)
		}
	}
}

// probe does the service's real operation once. A service that isn't up keeps
// the reason why.
func (g *Group) probe(ctx context.Context, s Service) {
	if g.one(s.Name).Since.IsZero() || ctx.Err() != nil {
		return
	}
	limited, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	began := g.Now()
	detail, seen, err := s.Probe(limited)
	if ctx.Err() != nil {
		return // the lab is stopping: what a probe says now means nothing
	}
	ended := g.Now()
	g.change(s, func(st *Status) {
		if st.Since.IsZero() {
			return
		}
		st.State, st.Detail, st.Evidence, st.Err = Healthy, detail, seen, err
		st.CheckedAt, st.Took = ended, ended.Sub(began)
		if err != nil {
			st.State = Unhealthy
		}
	})
}

// Probe probes every service now.
func (g *Group) Probe(ctx context.Context) {
	var wg sync.WaitGroup
	for _, s := range g.Services {
		wg.Go(func() { g.probe(ctx, s) })
	}
	wg.Wait()
}

// change applies f and tells the lab if the state or the complaint is another
// one now.
func (g *Group) change(s Service, f func(*Status)) {
	g.mu.Lock()
	if g.status == nil {
		g.status = make(map[string]*Status)
	}
	st := g.status[s.Name]
	if st == nil {
		st = &Status{Name: s.Name, State: Stopped}
		g.status[s.Name] = st
	}
	before := *st
	f(st)
	after := *st
	g.mu.Unlock()
	if before.State == after.State && complaint(before.Err) == complaint(after.Err) {
		return
	}
	if after.Err != nil {
		g.Log.Error("service is unhealthy", "service", s.Name, "err", after.Err)
	} else {
		g.Log.Info("service changed", "service", s.Name, "state", after.State)
	}
	events.Publish(g.Bus, Changed{Name: s.Name, State: after.State, Err: after.Err})
}

func complaint(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (g *Group) one(name string) Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	if st := g.status[name]; st != nil {
		return *st
	}
	return Status{Name: name, State: Stopped}
}

// Status returns what is known of every service, in their order.
func (g *Group) Status() []Status {
	out := make([]Status, 0, len(g.Services))
	for _, s := range g.Services {
		st := g.one(s.Name)
		if s.URL != nil {
			st.URL = s.URL()
		}
		out = append(out, st)
	}
	return out
}
