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
	"time"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/home"
	"sting/backend/loopback"
	"sting/backend/mail"
	"sting/backend/service"
	"sting/backend/visitors"
)

// ErrSiteProbe means that the site doesn't answer as it should.
var ErrSiteProbe = fault.New(fault.Unavailable, "SITE_UNHEALTHY", "The site doesn't answer as it should.",
	"Restart the lab; `sting status -v` shows what the probe saw.")

// serviceList is what runs, in an order in which it can start.
func (p *parts) serviceList() []service.Service {
	return []service.Service{
		{Name: "store", Vital: true, Run: p.runStore, Probe: p.probeStore},
		{Name: "certificate", Vital: true, Run: p.runCertificate, Probe: p.probeCertificate},
		p.passwords.Service(p.site),
		p.mails.Service(),
		{Name: "site", Needs: []string{"store", "certificate"}, Again: loopback.Retry,
			URL: p.settings.Address, Run: p.runSite, Probe: p.probeSite},
	}
}

// untilEnd is the life of a service that has nothing to serve by itself.
func untilEnd(ctx context.Context, ready func()) error {
	ready()
	<-ctx.Done()
	return nil
}

// runStore opens the files and closes them again at its end. What was recorded
// until then is still written.
func (p *parts) runStore(ctx context.Context, ready func()) error {
	if err := p.store.Reopen(); err != nil {
		return err
	}
	p.notices.Warn(p.store.Notices()...)
	err := untilEnd(ctx, ready)
	p.tape.Flush(context.WithoutCancel(ctx))
	return errors.Join(err, p.store.Close())
}

// runCertificate reads the authority again at each start, so that a restart
// takes up files that were put back.
func (p *parts) runCertificate(ctx context.Context, ready func()) error {
	if err := p.ca.Open(); err != nil {
		return err
	}
	return untilEnd(ctx, ready)
}

// openDoor opens the admin door, before anything else listens.
func (p *parts) openDoor() (err error) {
	if p.doorListener, err = home.OpenDoor(p.lab.opts.Home); err != nil {
		return err
	}
	p.doorAddress = p.doorListener.Addr().String()
	return nil
}

func (p *parts) runSite(ctx context.Context, ready func()) error {
	list, warning, err := loopback.Listen("site", int(p.settings.Config().Ports.Site))
	if err != nil {
		return err
	}
	p.notices.Warn(warning)
	p.siteListeners.Store(&list)
	srv := &http.Server{
		TLSConfig: p.ca.TLSConfig(), ReadTimeout: loopback.ReadTime,
		ErrorLog: log.New(visitors.Handshakes{Visitors: p.visitors}, "", 0), // handshakes of browsers that don't trust us yet
	}
	both := make([]net.Listener, 0, len(list)) // who types the address without https gets there too
	for _, ln := range list {
		both = append(both, mail.NewBoth(ln, p.ca.TLSConfig()))
	}
	ready()
	return loopback.Serve(ctx, p.silence.Mark(p.site.Handler()), srv, both)
}

func (p *parts) probeStore(ctx context.Context) (string, []service.Evidence, error) {
	if err := p.store.Probe(ctx, p.lab.clock.Machine()); err != nil {
		return "", nil, err
	}
	seen := []service.Evidence{{What: "sting.db and tape.db", Seen: "wrote, read back and compared a value in each"}}
	return "wrote and read back", seen, nil
}

func (p *parts) probeCertificate(ctx context.Context) (string, []service.Evidence, error) {
	st := p.ca.Status()
	seen := []service.Evidence{
		{What: "authority", Seen: st.CA.Subject + ", until " + st.CA.NotAfter.Format(time.DateOnly)},
		{What: "leaf", Seen: strings.Join(st.Hosts, ", ") + ", until " + st.Leaf.NotAfter.Format(time.DateOnly)},
	}
	if err := p.ca.Probe(ctx); err != nil {
		return "", seen, err
	}
	return fmt.Sprintf("handshake for %d hosts, leaf good for %d days", len(st.Hosts), st.Leaf.DaysLeft), seen, nil
}

// probeSite does what a browser does: it opens a connection to every address,
// verifies the certificate against the lab's authority, and asks for the
// relying party.
func (p *parts) probeSite(ctx context.Context) (string, []service.Evidence, error) {
	var seen []service.Evidence
	listening := *p.siteListeners.Load() // it is up, or nobody probes it
	for _, ln := range listening {
		began := p.lab.clock.Machine()
		proto, err := p.fetchTest(ctx, ln.Addr().String())
		if err != nil {
			return "", seen, ErrSiteProbe.Saying("The site doesn't answer at %s.", ln.Addr()).Because(err)
		}
		took := p.lab.clock.Machine().Sub(began).Round(10 * time.Microsecond)
		seen = append(seen, service.Evidence{What: ln.Addr().String(), Seen: fmt.Sprintf("TLS verified, %s, answered in %v", proto, took)})
	}
	return fmt.Sprintf("answers over HTTPS at %d addresses", len(listening)), seen, nil
}

func (p *parts) fetchTest(ctx context.Context, addr string) (proto string, err error) {
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: p.ca.Pool(), Time: p.lab.clock.Machine, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true, DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
	}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.origin()+"/api/lab", nil)
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
