package backend

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"sting/backend/admin"
	"sting/backend/browser/virtual"
	"sting/backend/config"
	"sting/backend/httpapi"
	"sting/backend/localca"
	"sting/backend/loopback"
	"sting/backend/passkey"
	"sting/backend/service"
	"sting/backend/settings"
	"sting/backend/store"
	"sting/backend/tape"
)

// running is what has a life of its own in a lab.
type running struct {
	log      *slog.Logger
	live     *settings.Live
	ca       *localca.Authority
	tape     *tape.Tape
	virtual  *virtual.Virtual
	services *service.Group
	door     *admin.Lab
	house    house
}

// run serves until ctx ends, the admin door on listening.
func (r *running) run(ctx context.Context, listening net.Listener, ready func()) error {
	var wg sync.WaitGroup
	tapeCtx, endTape := context.WithCancel(context.WithoutCancel(ctx))
	wg.Go(func() { r.tape.Run(tapeCtx) })
	work, endWork := context.WithCancel(ctx)
	var workers sync.WaitGroup
	workers.Go(func() { r.house.keep(work) })
	workers.Go(func() {
		// The certificate goes first: a page at a new host is told of when it can be seen.
		r.live.Watch(work, func(c config.Config) { r.ca.SetHosts(c.CertificateHosts()) })
	})
	workers.Go(func() {
		door := &httpapi.Door{Admin: r.door.Door(), Log: r.log}
		if err := loopback.Serve(work, door.Handler(), &http.Server{}, []net.Listener{listening}); err != nil {
			r.log.Error("the admin door ended", "err", err)
		}
	})
	workers.Go(func() { r.virtual.Run(work) })
	err := r.services.Run(ctx, ready)
	endWork()
	workers.Wait()
	endTape() // last: what the others recorded while they ended is still written
	wg.Wait()
	return err
}

// house is what is tidied while the lab runs.
type house struct {
	store      *store.Store
	ceremonies *passkey.Ceremonies
	machine    func() time.Time
	log        *slog.Logger
}

// How often what happens, and how long what has ended is kept.
const (
	housekeeping = 30 * time.Second
	probeEvery   = 5 * time.Second
	restartPause = time.Second
	keptSessions = 7 * 24 * time.Hour
	keptSignIns  = 90 * 24 * time.Hour // longer than a Kratos elsewhere keeps a session
)

// keep records abandoned ceremonies and forgets sessions that ended long ago. The
// machine's clock decides what is long ago: a moved one comes back.
func (h house) keep(ctx context.Context) {
	tick := time.NewTicker(housekeeping)
	defer tick.Stop()
	for {
		if h.store.Opened() { // else it is stopped, and the house waits
			h.tidy(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (h house) tidy(ctx context.Context) {
	switch freed, err := h.store.CompactTape(); {
	case err != nil && ctx.Err() == nil:
		h.log.Error("housekeeping: tape.db is not made smaller", "err", err)
	case freed > 0:
		h.log.Info("tape.db is smaller", "bytes_freed", freed)
	}
	if err := h.ceremonies.Expire(ctx); err != nil && ctx.Err() == nil {
		h.log.Error("housekeeping: ceremonies", "err", err)
	}
	if _, err := h.store.PruneSessions(ctx, h.machine().Add(-keptSessions)); err != nil && ctx.Err() == nil {
		h.log.Error("housekeeping: sessions", "err", err)
	}
	if err := h.store.PruneSignIns(ctx, h.machine().Add(-keptSignIns)); err != nil && ctx.Err() == nil {
		h.log.Error("housekeeping: sign-ins", "err", err)
	}
}
