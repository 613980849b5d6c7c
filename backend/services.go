package backend

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/localca"
	"sting/backend/loopback"
	"sting/backend/mail"
	"sting/backend/service"
	"sting/backend/settings"
	"sting/backend/store"
	"sting/backend/tape"
	"sting/backend/visitors"
)

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
	both := make([]net.Listener, 0, len(list)) // who types the address without https gets there too
	for _, ln := range list {
		both = append(both, mail.NewBoth(ln, s.ca.TLSConfig()))
	}
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
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: s.ca.Pool(), Time: s.machine, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true, DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
	}
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
