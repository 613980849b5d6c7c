// Package mailservice is the mails of a lab as one service: the courier that sends,
// the catcher that takes, the mailbox that shows.
//
// Its one invariant: a port that can't be had closes nothing else, and is tried again
// until it can.
package mailservice

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/loopback"
	"sting/backend/mail"
	"sting/backend/mail/courier"
	"sting/backend/service"
)

// Store keeps the mails that were caught, and those that are to be sent.
type Store interface {
	mail.Store
	courier.Store
}

// Authority is whose certificate the ports show, and whom the probe trusts.
type Authority interface {
	TLSConfig() *tls.Config
	Client() loopback.Client
}

// Needs is what the service needs of its lab. All fields are required.
type Needs struct {
	Store     Store
	Authority Authority
	Bus       *events.Bus
	Config    func() config.Config // in force
	Home      string               // where large mails stand while they arrive
	Pages     fs.FS                // the built frontend
	Version   string
	StartedAt time.Time
	Now       func() time.Time // the lab's
	Machine   func() time.Time // the machine's
	Log       *slog.Logger
	Warn      func(texts ...string) // tells the person
}

// Mails are the mail service: what sends, what catches, what shows.
type Mails struct {
	Box     *mail.Mailbox
	Courier *courier.Courier

	needs Needs
	api   *mail.API

	probing sync.Mutex // one probe at a time: each deletes what it finds

	mu     sync.Mutex
	closed map[string]error // why a port is closed that should be open
}

// New makes the service. Nothing listens until it runs.
func New(n Needs) *Mails {
	m := &Mails{needs: n, closed: make(map[string]error)}
	m.Box = &mail.Mailbox{
		Store: n.Store, Bus: n.Bus, Now: n.Now, Probe: strings.ToLower(rand.Text()) + "@probe.invalid",
		Bounds: func() mail.Bounds {
			t := n.Config().Tape
			return mail.Bounds{Count: t.Mails, Bytes: t.Bytes}
		},
	}
	m.Courier = &courier.Courier{
		Store: n.Store, Server: m.Server, Bus: n.Bus, Now: n.Now, Machine: n.Machine, Log: n.Log,
		Keep: func() int { return n.Config().Tape.Mails }, Quiet: m.Box.Hides,
		From: func() courier.Address {
			return courier.Address{Name: n.Config().WebAuthn.RP.DisplayName, Address: "no-reply@sting.localhost"}
		},
	}
	m.api = &mail.API{
		Box: m.Box, Bus: n.Bus, Log: n.Log, Pages: n.Pages, Version: n.Version, StartedAt: n.StartedAt, Now: n.Machine,
		Origin: func() string { return n.Config().Origin() },
	}
	return m
}

// Service is mail as a part of the lab.
func (m *Mails) Service() service.Service {
	return service.Service{
		Name: "mail", Needs: []string{"store", "certificate"}, URL: func() string { return m.needs.Config().MailURL() },
		Run: m.run, Probe: m.Probe,
	}
}

// Server is where the configuration sends mails.
func (m *Mails) Server() courier.Server {
	s := m.needs.Config().SMTP()
	out := courier.Server{
		Address: s.Addr(), Name: s.Host, User: s.User, Password: s.Password, Implicit: s.Implicit,
		SkipVerify: s.SkipVerify, DisableStartTLS: s.DisableStartTLS, Ours: s.Catcher,
	}
	switch {
	case s.Host == "":
		out.Problem = "courier.smtp.connection_uri in sting.yml names no mail server."
		out.Fix = "Write smtp://test:test@mailpit:1025/?skip_ssl_verify=true."
	case s.Catcher && s.Port <= 0:
		out.Problem = "Mails go to the lab's own catcher, and its port is off."
		out.Fix = "Give ports.smtp (or ports.smtp_plain, for disable_starttls) a number in sting.yml."
	}
	return out
}

// door is one port of the mails; name is its key under ports in sting.yml.
type door struct {
	name  string
	port  config.Port
	serve func(context.Context, []net.Listener) error
}

// run opens the ports that it can, and tries the others again and again: one
// that is taken closes nothing else.
func (m *Mails) run(ctx context.Context, ready func()) error {
	ports := m.needs.Config().Ports
	var wg sync.WaitGroup
	up := make(chan struct{}, 3)
	for _, l := range []door{
		{"smtp", ports.SMTP, func(ctx context.Context, list []net.Listener) error { return m.catcher(true).Serve(ctx, list) }},
		{"smtp_plain", ports.SMTPPlain, func(ctx context.Context, list []net.Listener) error { return m.catcher(false).Serve(ctx, list) }},
		{"mail", ports.Mail, m.serveBox},
	} {
		if !l.port.Open() {
			up <- struct{}{}
			continue
		}
		wg.Go(func() { m.keepOpen(ctx, l, sync.OnceFunc(func() { up <- struct{}{} })) })
	}
	for range 3 {
		<-up
	}
	wg.Go(func() { m.Courier.Run(ctx) })
	ready()
	wg.Wait()
	return nil
}

// keepOpen serves at a port until ctx ends. tried is called once it is known
// whether the port can be had.
func (m *Mails) keepOpen(ctx context.Context, d door, tried func()) {
	defer tried()
	tick := time.NewTicker(loopback.Retry)
	defer tick.Stop()
	for ctx.Err() == nil {
		list, warning, err := loopback.Listen(d.name, int(d.port))
		m.setClosed(d.name, err)
		if err == nil {
			m.needs.Warn(warning)
			tried()
			if err = d.serve(ctx, list); err != nil {
				m.setClosed(d.name, err)
			}
		}
		tried()
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	m.setClosed(d.name, nil)
}

func (m *Mails) setClosed(name string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.closed[name]
	delete(m.closed, name)
	if err == nil {
		return
	}
	m.closed[name] = err
	if before == nil || before.Error() != err.Error() {
		m.needs.Log.Error("a port of the mails is closed", "port", name, "err", err)
	}
}

// whyClosed returns the first reason why a port is closed, nil for none.
func (m *Mails) whyClosed() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range []string{"smtp", "smtp_plain", "mail"} {
		if err := m.closed[name]; err != nil {
			return err
		}
	}
	return nil
}

// mailShare is how much of the mailbox one mail may fill.
const mailShare = 4

func (m *Mails) catcher(withTLS bool) *mail.Catcher {
	c := &mail.Catcher{Box: m.Box, Log: m.needs.Log, Now: m.needs.Machine, MaxBytes: 10 << 20, Spool: m.needs.Home}
	c.MaxBytes = min(c.MaxBytes, int(m.needs.Config().Tape.Bytes/mailShare))
	if withTLS {
		c.TLS = m.needs.Authority.TLSConfig()
	}
	return c
}

// serveBox serves the mailbox, http and https on one port.
func (m *Mails) serveBox(ctx context.Context, list []net.Listener) error {
	secure := m.needs.Authority.TLSConfig()
	secure.NextProtos = []string{"http/1.1"}
	srv := &http.Server{
		ReadTimeout: loopback.ReadTime,
		ErrorLog:    slog.NewLogLogger(m.needs.Log.Handler(), slog.LevelDebug), // handshakes of browsers that don't trust us yet
	}
	return loopback.Serve(ctx, m.api.Handler(), srv, loopback.Both(list, secure))
}
