// Package service runs the long-lived parts of the lab, starts and stops each
// one alone, and knows which of them do their work. It knows nothing about what
// that is.
//
// Its one invariant: Healthy is said only after a probe did the real operation.
package service

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"sting/backend/events"
	"sting/backend/fault"
)

// ErrUnknown means that there is no such service.
var ErrUnknown = fault.New(fault.NotFound, "NOT_FOUND", "There is no such service.",
	"`sting status` lists the services.").Running("sting status")

// errOver means that the services are stopping for good.
var errOver = fault.New(fault.Unavailable, "LAB_ENDED", "The lab is ending.", "Start it again: `sting start`.").
	Running("sting start")

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
	Name  string
	Needs []string      // what must be up before it, and goes down after it
	Vital bool          // the lab doesn't start unless it becomes ready
	Again time.Duration // the longest wait before it is tried again after it ended; 0: a minute
	URL   func() string // where it answers; nil: nowhere of its own
	// Run serves until ctx ends, then cleans up and returns nil. It calls ready
	// once, when others may rely on it. It may be called again after it returned.
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
	Restarts  int           // after it ended by itself
	Err       error         // why it isn't Healthy
	Last      Complaint     // the latest reason, also after it went away
}

// Complaint is why a service was not Healthy.
type Complaint struct {
	Err error // nil: it never complained
	At  time.Time
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
	Services []Service // in an order in which they can start
	Bus      *events.Bus
	Log      *slog.Logger
	Now      func() time.Time // the machine's
	Every    time.Duration    // between two probes of a service
	Pause    time.Duration    // before a service that ended is started again; it doubles up to a minute

	ops   sync.Mutex // one start or stop at a time
	over  bool       // Run has stopped all; guarded by ops
	mu    sync.Mutex
	units map[string]*unit
	ready bool            // Run has started all; guarded by mu
	told  <-chan struct{} // closed when Run is told to end
	begun chan attempt    // what Run is asked to let live
	all   sync.WaitGroup
}

// unit is a service that may be running.
type unit struct {
	Service
	status Status
	cancel context.CancelFunc // nil: it was not started
	done   chan struct{}      // closed when it has ended for good
	wanted bool               // somebody asked for it since it was stopped last; guarded by Group.ops
}

// probeTime bounds one probe.
const probeTime = 5 * time.Second

// Run starts the services in order, each once the one before is ready, probes
// them again and again, and returns when all have stopped: they stop in reverse
// when ctx ends. started is called when the last one was started and probed. A
// vital service that doesn't start ends the others, and its error is returned.
func (g *Group) Run(ctx context.Context, started func()) error {
	// What runs outlives ctx, so that all can stop in order.
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	g.mu.Lock()
	g.told, g.begun = ctx.Done(), make(chan attempt)
	g.units = make(map[string]*unit, len(g.Services))
	for _, s := range g.Services {
		g.units[s.Name] = &unit{Service: s, status: Status{Name: s.Name, State: Stopped}}
	}
	g.mu.Unlock()
	defer g.all.Wait()
	over := make(chan struct{})
	defer close(over)
	g.all.Go(func() { g.letLive(inner, over) })
	defer g.stopAll()
	for _, s := range g.Services {
		err := g.Start(ctx, s.Name)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && s.Vital && !g.up(s.Name) {
			return err // one that is up and unwell can be mended while the rest runs
		}
	}
	g.mu.Lock()
	g.ready = true
	g.mu.Unlock()
	started()
	var watching sync.WaitGroup
	for _, s := range g.Services {
		watching.Go(func() { g.watch(ctx, s.Name) })
	}
	<-ctx.Done()
	watching.Wait()
	return nil
}

// Ready reports whether Run has started and probed the last of the services.
func (g *Group) Ready() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ready
}

func (g *Group) stopAll() {
	for _, s := range slices.Backward(g.Services) {
		_ = g.Stop(s.Name) // its name is one of ours
	}
	g.ops.Lock()
	defer g.ops.Unlock()
	g.over = true
}

func (g *Group) watch(ctx context.Context, name string) {
	tick := time.NewTicker(g.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			g.revive(ctx, name)
			g.probe(ctx, name)
		}
	}
}

// probe does the service's real operation once. A service that isn't up keeps
// the reason why.
func (g *Group) probe(ctx context.Context, name string) {
	u := g.unit(name)
	if u == nil || g.read(u).Since.IsZero() || ctx.Err() != nil {
		return
	}
	since := g.read(u).Since
	limited, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	began := g.Now()
	detail, seen, err := u.Probe(limited)
	if ctx.Err() != nil {
		return // the lab is stopping: what a probe says now means nothing
	}
	ended := g.Now()
	g.change(u, func(st *Status) {
		if !st.Since.Equal(since) {
			return // it was stopped or restarted meanwhile
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
		wg.Go(func() { g.probe(ctx, s.Name) })
	}
	wg.Wait()
}

// change applies f and tells the lab if the state or the complaint is another
// one now.
func (g *Group) change(u *unit, f func(*Status)) {
	g.mu.Lock()
	before := u.status
	f(&u.status)
	if u.status.Err != nil {
		u.status.Last = Complaint{Err: u.status.Err, At: g.Now()}
	}
	after := u.status
	g.mu.Unlock()
	if before.State == after.State && complaint(before.Err) == complaint(after.Err) {
		return
	}
	log := g.Log.With("service", u.Name)
	if after.Err != nil {
		log.Error("service is unhealthy", "err", after.Err)
	} else {
		log.Info("service changed", "state", after.State)
	}
	events.Publish(g.Bus, Changed{Name: u.Name, State: after.State, Err: after.Err})
}

func complaint(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (g *Group) unit(name string) *unit {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.units[name]
}

func (g *Group) read(u *unit) Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	return u.status
}

// Status returns what is known of every service, in their order.
func (g *Group) Status() []Status {
	out := make([]Status, 0, len(g.Services))
	for _, s := range g.Services {
		st := Status{Name: s.Name, State: Stopped}
		if u := g.unit(s.Name); u != nil {
			st = g.read(u)
		}
		if s.URL != nil {
			st.URL = s.URL()
		}
		out = append(out, st)
	}
	return out
}
