package backend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/browser/virtual"
	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/httpapi"
	"sting/backend/localca"
	"sting/backend/loopback"
	"sting/backend/passkey"
	"sting/backend/service"
	"sting/backend/settings"
	"sting/backend/store"
	"sting/backend/tape"
	"sting/backend/visitors"
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

// ErrSiteProbe means that the site doesn't answer as it should.
var ErrSiteProbe = fault.New(fault.Unavailable, "SITE_UNHEALTHY", "The site doesn't answer as it should.",
	"Restart the lab; `sting status -v` shows what the probe saw.").Running("sting status -v")

// untilEnd is the life of a service that has nothing to serve by itself.
func untilEnd(ctx context.Context, ready func()) error {
	ready()
	<-ctx.Done()
	return nil
}

// storeService opens the files and closes them again at its end. What was recorded
// until then is still written.
func storeService(s *store.Store, records *tape.Tape, warn func(...string), machine func() time.Time) service.Service {
	return service.Service{
		Name:  "store",
		Vital: true,
		Run: func(ctx context.Context, ready func()) error {
			if err := s.Reopen(); err != nil {
				return err
			}
			warn(s.Notices()...)
			err := untilEnd(ctx, ready)
			records.Flush(context.WithoutCancel(ctx))
			return errors.Join(err, s.Close())
		},
		Probe: func(ctx context.Context) (string, []service.Evidence, error) {
			if err := s.Probe(ctx, machine()); err != nil {
				return "", nil, err
			}
			seen := []service.Evidence{{What: "sting.db and tape.db", Seen: "wrote, read back and compared a value in each"}}
			return "wrote and read back", seen, nil
		},
	}
}

// certificateService reads the authority again at each start, so that a restart takes
// up files that were put back.
func certificateService(ca *localca.Authority) service.Service {
	return service.Service{
		Name:  "certificate",
		Vital: true,
		Run: func(ctx context.Context, ready func()) error {
			if err := ca.Open(); err != nil {
				return err
			}
			return untilEnd(ctx, ready)
		},
		Probe: func(ctx context.Context) (string, []service.Evidence, error) {
			st := ca.Status()
			seen := []service.Evidence{
				{What: "authority", Seen: st.CA.Subject + ", until " + st.CA.NotAfter.Format(time.DateOnly)},
				{What: "leaf", Seen: strings.Join(st.Hosts, ", ") + ", until " + st.Leaf.NotAfter.Format(time.DateOnly)},
			}
			if err := ca.Probe(ctx); err != nil {
				return "", seen, err
			}
			return fmt.Sprintf("handshake for %d hosts, leaf good for %d days", len(st.Hosts), st.Leaf.DaysLeft), seen, nil
		},
	}
}

// siteService serves the site's pages and the JSON behind them.
type siteService struct {
	live     *settings.Live
	ca       *localca.Authority
	visitors *visitors.Visitors
	handler  loopback.Guarded
	machine  func() time.Time
	warn     func(...string)

	listeners atomic.Pointer[[]net.Listener] // nil: it was never up
}

func (s *siteService) service() service.Service {
	return service.Service{
		Name:  "site",
		Needs: []string{"store", "certificate"},
		Again: loopback.Retry,
		URL:   s.live.Address,
		Run:   s.run,
		Probe: s.probe,
	}
}

func (s *siteService) addresses() (out []net.Addr) {
	if list := s.listeners.Load(); list != nil {
		for _, ln := range *list {
			out = append(out, ln.Addr())
		}
	}
	return out
}

func (s *siteService) run(ctx context.Context, ready func()) error {
	list, warning, err := loopback.Listen("site", int(s.live.Config().Ports.Site))
	if err != nil {
		return err
	}
	s.warn(warning)
	s.listeners.Store(&list)
	srv := &http.Server{
		TLSConfig: s.ca.TLSConfig(), ReadTimeout: loopback.ReadTime,
		ErrorLog: log.New(visitors.Handshakes{Visitors: s.visitors}, "", 0), // handshakes of browsers that don't trust us yet
	}
	both := loopback.Both(list, s.ca.TLSConfig()) // who types the address without https gets there too
	ready()
	return loopback.Serve(ctx, s.handler, srv, both)
}

// probe does what a browser does: it opens a connection to every address, verifies the
// certificate against the lab's authority, and asks for the relying party.
func (s *siteService) probe(ctx context.Context) (string, []service.Evidence, error) {
	var seen []service.Evidence
	listening := s.addresses()
	for _, at := range listening {
		began := s.machine()
		proto, err := s.fetch(ctx, at.String())
		if err != nil {
			return "", seen, ErrSiteProbe.Saying("The site doesn't answer at %s.", at).Because(err)
		}
		took := s.machine().Sub(began).Round(10 * time.Microsecond)
		seen = append(seen, service.Evidence{What: at.String(), Seen: fmt.Sprintf("TLS verified, %s, answered in %v", proto, took)})
	}
	return fmt.Sprintf("answers over HTTPS at %d addresses", len(listening)), seen, nil
}

func (s *siteService) fetch(ctx context.Context, addr string) (proto string, err error) {
	transport := s.ca.Client().Transport(func(string) string { return addr })
	transport.DisableKeepAlives = true
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.live.Origin()+"/api/lab", nil)
	if err != nil {
		return "", err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var facts api.LabFacts
	if err := json.NewDecoder(resp.Body).Decode(&facts); err != nil || resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %s: %w", strconv.Itoa(resp.StatusCode), err)
	}
	return resp.Proto, nil
}
