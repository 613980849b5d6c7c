package passwords

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"sting/backend/config"
	"sting/backend/loopback"
	"sting/backend/service"
)

// Service is Kratos as a part of the lab: the ports of its own, for other programs,
// which the site never uses. Where they are off, or another process', it is the part
// that the site uses. A port that is taken makes it Unhealthy, closes neither the
// other one nor keeps anybody from signing in.
func (s *Side) Service(site Site) service.Service {
	run := s.process
	if run == nil {
		run = func(ctx context.Context, ready func()) error { return s.serve(ctx, ready, site) }
	}
	return service.Service{Name: "kratos", Needs: []string{"store"}, URL: s.url, Run: run, Probe: s.probe}
}

// door is one port of Kratos.
type door struct {
	name      string
	port      config.Port
	handler   loopback.Guarded
	listeners []net.Listener
}

// serve serves the ports that can be had.
func (s *Side) serve(ctx context.Context, ready func(), site Site) error {
	doors, taken, missed := s.listen(site)
	switch {
	case len(doors) == 0 && missed != nil:
		return missed
	case len(doors) == 0:
		ready()
		<-ctx.Done()
		return nil
	case missed == nil:
		ready()
		return serveAll(ctx, doors)
	}
	s.missed.Store(&missed) // before the first probe asks for it
	defer s.missed.Store(nil)
	ready()
	again, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer cancel()
		untilFree(again, taken)
	})
	err := serveAll(again, doors)
	cancel()
	wg.Wait()
	if ctx.Err() != nil {
		return err
	}
	return errors.Join(err, missed) // ends the service, which then begins again with every port
}

// listen opens the ports that are not off. missed is why those that are taken can't
// be had.
func (s *Side) listen(site Site) (doors, taken []door, missed error) {
	ports := s.needs.Config().Ports
	for _, d := range []door{
		{name: "kratos_public", port: ports.KratosPublic, handler: s.framedPublic(site)},
		{name: "kratos_admin", port: ports.KratosAdmin, handler: s.framedAdmin()},
	} {
		if d.handler.Handler == nil || !d.port.Open() {
			continue
		}
		list, warning, err := loopback.Listen(d.name, int(d.port))
		if err != nil {
			taken, missed = append(taken, d), errors.Join(missed, err)
			continue
		}
		s.needs.Warn(warning)
		d.listeners = list
		doors = append(doors, d)
	}
	return doors, taken, missed
}

// untilFree returns once every port of the doors can be had, or ctx ends.
func untilFree(ctx context.Context, doors []door) {
	tick := time.NewTicker(loopback.Retry)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		free := true
		for _, d := range doors {
			free = free && loopback.Free(d.name, int(d.port)) == nil
		}
		if free {
			return
		}
	}
}

// serveAll serves until ctx ends; if one door fails the others end too.
func serveAll(ctx context.Context, doors []door) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(doors))
	for _, d := range doors {
		go func() {
			defer cancel()
			ended <- loopback.Serve(ctx, d.handler, &http.Server{ReadTimeout: loopback.ReadTime}, d.listeners)
		}()
	}
	var errs []error
	for range doors {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}
