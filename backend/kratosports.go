package backend

import (
	"context"
	"errors"
	"net"
	"net/http"

	"sting/backend/config"
	"sting/backend/httpapi"
)

// runKratos serves Kratos' own ports, for other programs: the site never uses
// them. Where they are off, or another process', the service is the part that
// the site uses. A port that is taken makes it Unhealthy and keeps nobody from
// signing in.
func (p *parts) runKratos(ctx context.Context, ready func(), k passwordSide) error {
	if k.run != nil {
		return k.run(ctx, ready)
	}
	ports := p.settings.now().Ports
	public := k.public
	if public != nil {
		public = httpapi.KratosCORS(p.origins).Wrap(public)
	}
	var doors []kratosDoor
	for _, d := range []kratosDoor{
		{name: "kratos_public", port: ports.KratosPublic, handler: public},
		{name: "kratos_admin", port: ports.KratosAdmin, handler: k.admin},
	} {
		if d.handler == nil || !d.port.Open() {
			continue
		}
		list, warning, err := loopback(d.name, d.port)
		if err != nil {
			closeAll(doors)
			return err
		}
		p.warn(warning)
		d.listeners = list
		doors = append(doors, d)
	}
	if len(doors) == 0 {
		return untilEnd(ctx, ready)
	}
	ready()
	return p.serveAll(ctx, doors)
}

// origins are those whose pages may read Kratos' answers: the relying party's.
func (p *parts) origins() []string { return p.relyingParty().Origins }

// kratosDoor is one port of Kratos.
type kratosDoor struct {
	name      string
	port      config.Port
	handler   http.Handler
	listeners []net.Listener
}

func closeAll(doors []kratosDoor) {
	for _, d := range doors {
		for _, ln := range d.listeners {
			_ = ln.Close() // nothing was served on it
		}
	}
}

// serveAll serves until ctx ends; if one door fails the others end too.
func (p *parts) serveAll(ctx context.Context, doors []kratosDoor) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(doors))
	for _, d := range doors {
		go func() {
			defer cancel()
			ended <- serve(ctx, &http.Server{Handler: p.hostGuard(d.handler), ReadTimeout: readTime}, d.listeners, false)
		}()
	}
	var errs []error
	for range doors {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}
