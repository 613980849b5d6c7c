package backend

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"sting/backend/config"
	"sting/backend/courier"
	"sting/backend/kratos/idp"
	"sting/backend/loopback"
	"sting/backend/mail"
	"sting/backend/service"
)

// mails is the mail service: what sends, what catches, what shows.
type mails struct {
	parts   *parts
	box     *mail.Mailbox
	courier *courier.Courier
	api     *mail.API
	log     *slog.Logger

	probing sync.Mutex // one probe at a time: each deletes what it finds

	mu     sync.Mutex
	closed map[string]error // why a port is closed that should be open
}

func (p *parts) newMails() *mails {
	log, machine := p.lab.logOf("mail"), p.lab.clock.Machine
	m := &mails{parts: p, log: log, closed: make(map[string]error)}
	m.box = &mail.Mailbox{
		Store: p.store, Bus: p.bus, Now: p.lab.clock.Now, Probe: strings.ToLower(rand.Text()) + "@probe.invalid",
		Bounds: func() mail.Bounds {
			t := p.settings.now().Tape
			return mail.Bounds{Count: t.Mails, Bytes: t.Bytes}
		},
	}
	m.courier = &courier.Courier{
		Store: p.store, Server: m.server, Bus: p.bus, Now: p.lab.clock.Now, Machine: machine, Log: log,
		Keep: func() int { return p.settings.now().Tape.Mails }, Quiet: m.box.Hides,
		From: func() courier.Address {
			return courier.Address{Name: p.settings.now().WebAuthn.RP.DisplayName, Address: "no-reply@sting.localhost"}
		},
	}
	m.api = &mail.API{
		Box: m.box, Bus: p.bus, Log: log, Pages: p.lab.opts.Pages, Origin: p.origin, Version: p.lab.opts.Version,
		StartedAt: p.startedAt, Now: machine,
	}
	return m
}

// service is mail as a part of the lab.
func (m *mails) service() service.Service {
	return service.Service{
		Name: "mail", Needs: []string{"store", "certificate"}, URL: func() string { return m.parts.settings.now().MailURL() },
		Run: m.run, Probe: m.probe,
	}
}

// mailboxOrigin is where a browser is sent to read mails, "" when the port is
// off.
func (p *parts) mailboxOrigin() string {
	if port := p.settings.now().Ports.Mail; port.Open() {
		return "https://localhost:" + port.String()
	}
	return ""
}

// opened are the origins that a browser is sent to.
func (p *parts) opened() []string {
	if box := p.mailboxOrigin(); box != "" {
		return []string{p.address(), box}
	}
	return []string{p.address()}
}

// server is where the configuration sends mails.
func (m *mails) server() courier.Server {
	s := m.parts.settings.now().SMTP()
	out := courier.Server{
		Address: s.Addr(), Name: s.Host, User: s.User, Password: s.Password, Implicit: s.Implicit,
		SkipVerify: s.SkipVerify, DisableStartTLS: s.DisableStartTLS, Ours: s.Catcher,
	}
	switch {
	case s.Host == "":
		out.Problem, out.Fix = "courier.smtp.connection_uri in sting.yml names no mail server.", "Write smtp://test:test@mailpit:1025/?skip_ssl_verify=true."
	case s.Catcher && s.Port <= 0:
		out.Problem, out.Fix = "Mails go to the lab's own catcher, and its port is off.", "Give ports.smtp (or ports.smtp_plain, for disable_starttls) a number in sting.yml."
	}
	return out
}

// run opens the ports that it can, and tries the others again and again: one
// that is taken closes nothing else.
func (m *mails) run(ctx context.Context, ready func()) error {
	ports := m.parts.settings.now().Ports
	var wg sync.WaitGroup
	up := make(chan struct{}, 3)
	for _, l := range []struct {
		name  string
		port  config.Port
		serve func(context.Context, []net.Listener) error
	}{
		{"smtp", ports.SMTP, func(ctx context.Context, list []net.Listener) error { return m.catcher(true).Serve(ctx, list) }},
		{"smtp_plain", ports.SMTPPlain, func(ctx context.Context, list []net.Listener) error { return m.catcher(false).Serve(ctx, list) }},
		{"mail", ports.Mail, m.serveBox},
	} {
		if !l.port.Open() {
			up <- struct{}{}
			continue
		}
		wg.Go(func() { m.keepOpen(ctx, l.name, l.port, l.serve, sync.OnceFunc(func() { up <- struct{}{} })) })
	}
	for range 3 {
		<-up
	}
	wg.Go(func() { m.courier.Run(ctx) })
	ready()
	wg.Wait()
	return nil
}

// keepOpen serves at a port until ctx ends. tried is called once it is known
// whether the port can be had.
func (m *mails) keepOpen(ctx context.Context, name string, port config.Port, serve func(context.Context, []net.Listener) error, tried func()) {
	defer tried()
	tick := time.NewTicker(loopback.Retry)
	defer tick.Stop()
	for ctx.Err() == nil {
		list, warning, err := loopback.Listen(name, int(port))
		m.setClosed(name, err)
		if err == nil {
			m.parts.warn(warning)
			tried()
			if err = serve(ctx, list); err != nil {
				m.setClosed(name, err)
			}
		}
		tried()
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	m.setClosed(name, nil)
}

func (m *mails) setClosed(name string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := m.closed[name]
	delete(m.closed, name)
	if err == nil {
		return
	}
	m.closed[name] = err
	if before == nil || before.Error() != err.Error() {
		m.log.Error("a port of the mails is closed", "port", name, "err", err)
	}
}

// whyClosed returns the first reason why a port is closed, nil for none.
func (m *mails) whyClosed() error {
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

func (m *mails) catcher(withTLS bool) *mail.Catcher {
	c := &mail.Catcher{Box: m.box, Log: m.log, Now: m.parts.lab.clock.Machine, MaxBytes: 10 << 20, Spool: m.parts.lab.opts.Home}
	c.MaxBytes = min(c.MaxBytes, int(m.parts.settings.now().Tape.Bytes/mailShare))
	if withTLS {
		c.TLS = m.parts.ca.TLSConfig()
	}
	return c
}

// serveBox serves the mailbox, http and https on one port.
func (m *mails) serveBox(ctx context.Context, list []net.Listener) error {
	both := make([]net.Listener, 0, len(list))
	secure := m.parts.ca.TLSConfig()
	secure.NextProtos = []string{"http/1.1"}
	for _, ln := range list {
		both = append(both, mail.NewBoth(ln, secure))
	}
	srv := &http.Server{
		ReadTimeout: loopback.ReadTime,
		ErrorLog:    slog.NewLogLogger(m.log.Handler(), slog.LevelDebug), // handshakes of browsers that don't trust us yet
	}
	return loopback.Serve(ctx, m.api.Handler(), srv, both)
}

// post is the courier in the words of the identity provider.
type post struct{ *courier.Courier }

var (
	_ idp.Courier = post{}
	_ idp.Outbox  = post{}
)

// Queue implements idp.Courier.
func (p post) Queue(ctx context.Context, m idp.Mail) error {
	return p.Courier.Queue(ctx, courier.Mail{To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Template: m.Template, At: m.At})
}

// Messages implements idp.Outbox.
func (p post) Messages(ctx context.Context, after string, limit int, status, recipient string) ([]idp.Message, int, error) {
	list, total, err := p.Courier.Messages(ctx, after, limit, status, recipient)
	out := make([]idp.Message, 0, len(list))
	for _, m := range list {
		out = append(out, outboxMessage(m))
	}
	return out, total, noMessage(err)
}

// Message implements idp.Outbox.
func (p post) Message(ctx context.Context, id string) (idp.Message, error) {
	m, err := p.Courier.Message(ctx, id)
	return outboxMessage(m), noMessage(err)
}
