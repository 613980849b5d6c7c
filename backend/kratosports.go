package backend

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"sting/backend/config"
	"sting/backend/loopback"
)

// runKratos serves Kratos' own ports, for other programs: the site never uses
// them. Where they are off, or another process', the service is the part that
// the site uses. A port that is taken makes it Unhealthy, closes neither the
// other one nor keeps anybody from signing in.
func (p *parts) runKratos(ctx context.Context, ready func(), k passwordSide) error {
	if k.run != nil {
		return k.run(ctx, ready)
	}
	ports := p.settings.now().Ports
	var doors, taken []kratosDoor
	var missed error
	for _, d := range []kratosDoor{
		{name: "kratos_public", port: ports.KratosPublic, handler: p.framedPublic(k.public)},
		{name: "kratos_admin", port: ports.KratosAdmin, handler: framedAdmin(k.admin)},
	} {
		if d.handler.Handler == nil || !d.port.Open() {
			continue
		}
		list, warning, err := loopback.Listen(d.name, int(d.port))
		if err != nil {
			taken, missed = append(taken, d), errors.Join(missed, err)
			continue
		}
		p.warn(warning)
		d.listeners = list
		doors = append(doors, d)
	}
	switch {
	case len(doors) > 0:
	case missed != nil:
		return missed
	default:
		return untilEnd(ctx, ready)
	}
	if missed == nil {
		ready()
		return p.serveAll(ctx, doors)
	}
	p.kratosMissed.Store(&missed) // before the first probe asks for it
	defer p.kratosMissed.Store(nil)
	ready()
	again, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer cancel()
		untilFree(again, taken)
	})
	err := p.serveAll(again, doors)
	cancel()
	wg.Wait()
	if ctx.Err() != nil {
		return err
	}
	return errors.Join(err, missed) // ends the service, which then begins again with every port
}

// missing is why a port of Kratos is closed while the other one is served.
func (p *parts) missing() error {
	if err := p.kratosMissed.Load(); err != nil {
		return *err
	}
	return nil
}

// untilFree returns once every port of the doors can be had, or ctx ends.
func untilFree(ctx context.Context, doors []kratosDoor) {
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

// origins are those whose pages may read Kratos' answers: the relying parties'.
func (p *parts) origins() []string { return p.relyingParties().Origins() }

// kratosDoor is one port of Kratos.
type kratosDoor struct {
	name      string
	port      config.Port
	handler   loopback.Guarded
	listeners []net.Listener
}

// serveAll serves until ctx ends; if one door fails the others end too.
func (p *parts) serveAll(ctx context.Context, doors []kratosDoor) error {
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
