package service

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"sting/backend/fault"
)

// longestPause is the longest wait before a service that keeps ending is tried
// again.
const longestPause = time.Minute

// Start starts a service, and before it what it needs. It returns when the
// service is ready and was probed, or why it isn't; ErrUnknown for a name that
// is none. A service that runs already is left as it is.
func (g *Group) Start(ctx context.Context, name string) error {
	g.ops.Lock()
	defer g.ops.Unlock()
	return g.start(ctx, name)
}

func (g *Group) start(ctx context.Context, name string) error {
	if g.over {
		return errOver
	}
	u := g.unit(name)
	if u == nil {
		return ErrUnknown.Saying("There is no service called %q.", name)
	}
	u.wanted = true
	if u.cancel != nil {
		return g.read(u).Err
	}
	for _, need := range u.Needs {
		if err := g.start(ctx, need); err != nil && !g.up(need) { // up and unwell is enough
			return fault.ErrStoreUnavailable.Saying("%s needs %s, which didn't start.", name, need).Because(err)
		}
	}
	up := make(chan error, 1) // what became of the first attempt
	select {
	case <-g.told:
		return errOver // what starts now would be stopped by nobody
	default:
	}
	u.done = make(chan struct{})
	a := attempt{u, up, make(chan context.CancelFunc)}
	g.begun <- a
	u.cancel = <-a.cancel
	select {
	case err := <-up:
		if err != nil {
			return err
		}
	case <-g.told:
		return errOver
	case <-ctx.Done():
		return ctx.Err()
	}
	g.probe(ctx, name)
	return g.read(u).Err
}

// attempt is a service that shall live; its first attempt is told to up.
type attempt struct {
	unit   *unit
	up     chan<- error
	cancel chan context.CancelFunc // answered with what ends it
}

// letLive lets services live under ctx, each until it is cancelled, until over is
// closed.
func (g *Group) letLive(ctx context.Context, over <-chan struct{}) {
	for {
		select {
		case <-over:
			return
		case a := <-g.begun:
			live, cancel := context.WithCancel(ctx)
			g.all.Go(func() {
				defer close(a.unit.done)
				g.live(live, a.unit, a.up)
			})
			a.cancel <- cancel
		}
	}
}

// up reports whether a service is ready, well or not.
func (g *Group) up(name string) bool {
	u := g.unit(name)
	return u != nil && !g.read(u).Since.IsZero()
}

// live runs a service again and again until ctx ends. up hears how the first
// attempt went.
func (g *Group) live(ctx context.Context, u *unit, up chan<- error) {
	tell := func(err error) {
		select {
		case up <- err:
		default: // Start heard of an attempt before, and listens no more
		}
	}
	longest := cmp.Or(u.Again, longestPause)
	for pause, again := g.Pause, false; ; pause, again = min(2*pause, longest), true {
		g.change(u, func(st *Status) {
			if st.Err == nil { // else it stays Unhealthy, with the reason, until it is ready
				st.State = Starting
			}
		})
		began := g.Now()
		err := u.Run(ctx, sync.OnceFunc(func() {
			g.change(u, func(st *Status) { st.State, st.Since, st.Err = Starting, g.Now(), nil })
			tell(nil)
			if again { // nobody waits who would probe it
				g.all.Go(func() { g.probe(ctx, u.Name) })
			}
		}))
		g.change(u, func(st *Status) {
			st.State, st.Since, st.Err, st.Evidence, st.Detail = Stopped, time.Time{}, err, nil, ""
			if ctx.Err() == nil {
				st.State = Unhealthy
				st.Restarts++
			}
		})
		tell(err)
		if ctx.Err() != nil {
			g.change(u, func(st *Status) { st.Err = nil })
			return
		}
		if g.Now().Sub(began) > longestPause {
			pause = g.Pause // it ran well for a while
		}
		select {
		case <-ctx.Done():
			g.change(u, func(st *Status) { st.State, st.Err = Stopped, nil })
			return
		case <-time.After(pause):
		}
	}
}

// Stop stops a service, and before it what needs it, and returns when they have
// ended. One that doesn't run is left as it is; ErrUnknown for a name that is
// none.
func (g *Group) Stop(name string) error {
	g.ops.Lock()
	defer g.ops.Unlock()
	stopped, err := g.stop(name)
	for _, n := range append(stopped, name) {
		if u := g.unit(n); u != nil {
			u.wanted = false
		}
	}
	return err
}

// stop returns the names of what it stopped, in the order in which they can
// start again.
func (g *Group) stop(name string) ([]string, error) {
	u := g.unit(name)
	if u == nil {
		return nil, ErrUnknown.Saying("There is no service called %q.", name)
	}
	if u.cancel == nil {
		return nil, nil
	}
	var stopped []string
	for _, other := range slices.Backward(g.Services) {
		if slices.Contains(other.Needs, name) {
			more, err := g.stop(other.Name)
			if err != nil {
				return nil, err
			}
			stopped = append(more, stopped...)
		}
	}
	u.cancel()
	<-u.done
	u.cancel = nil
	return append([]string{name}, stopped...), nil
}

// Restart stops a service with what needs it, and starts them again. It returns
// when all are ready, or the first reason why one isn't.
func (g *Group) Restart(ctx context.Context, name string) error {
	g.ops.Lock()
	defer g.ops.Unlock()
	stopped, err := g.stop(name)
	if err != nil {
		return err
	}
	if len(stopped) == 0 {
		stopped = []string{name}
	}
	for _, n := range stopped {
		if startErr := g.start(ctx, n); err == nil {
			err = startErr // the others are asked for all the same: they come up once it does
		}
	}
	return err
}

// revive starts a service that was asked for and couldn't be started for want of
// another one, once that one is up.
func (g *Group) revive(ctx context.Context, name string) {
	g.ops.Lock()
	defer g.ops.Unlock()
	u := g.unit(name)
	if u == nil || !u.wanted || u.cancel != nil || g.over || ctx.Err() != nil {
		return
	}
	for _, need := range u.Needs {
		if !g.up(need) {
			return
		}
	}
	_ = g.start(ctx, name) // its status says why it isn't up
}

// While stops a service with what needs it, calls f, and starts again what ran
// before, whatever f returned. The error is f's, or the first reason why
// something isn't up again.
func (g *Group) While(ctx context.Context, name string, f func() error) error {
	g.ops.Lock()
	defer g.ops.Unlock()
	stopped, err := g.stop(name)
	if err != nil {
		return err
	}
	err = f()
	for _, n := range stopped {
		if startErr := g.start(ctx, n); err == nil {
			err = startErr
		}
	}
	return err
}
