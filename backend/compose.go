package backend

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/archive"
	"sting/backend/browser"
	"sting/backend/browser/virtual"
	"sting/backend/config"
	"sting/backend/doctor"
	"sting/backend/events"
	"sting/backend/home"
	"sting/backend/host"
	"sting/backend/httpapi"
	"sting/backend/inspect"
	"sting/backend/localca"
	"sting/backend/loopback"
	"sting/backend/mailservice"
	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/passwords"
	"sting/backend/recorder"
	"sting/backend/relyingparty"
	"sting/backend/service"
	"sting/backend/session"
	"sting/backend/settings"
	"sting/backend/signin"
	"sting/backend/store"
	"sting/backend/tape"
	"sting/backend/transfer"
	"sting/backend/visitors"
	"sting/backend/wire"
)

// parts is everything that a running lab is made of: the one list of who gets
// what.
type parts struct {
	lab       *Lab
	settings  *settings.Live
	notices   *settings.Notices
	mock      *settings.MockUser
	data      *transfer.Data
	bus       *events.Bus
	store     *store.Store
	ca        *localca.Authority
	tape      *tape.Tape
	passwords *passwords.Side
	sessions  *session.Sessions
	verify    *passkey.Ceremonies
	site      *httpapi.Site
	mails     *mailservice.Mails
	visitors  *visitors.Visitors
	virtual   *virtual.Virtual
	services  *service.Group
	door      *admin.Lab

	mended        []string // what this start set right in the home folder
	siteListeners atomic.Pointer[[]net.Listener]
	doorListener  net.Listener
	doorAddress   string
	startedAt     time.Time

	silence doctor.Silence
}

// open makes the parts. Nothing listens yet.
func (l *Lab) open(ctx context.Context) (p *parts, err error) {
	p = &parts{lab: l, bus: &events.Bus{}, startedAt: l.clock.Machine()}
	p.bus.Silent = p.silence.Unseen
	p.notices = &settings.Notices{Log: l.log}
	p.settings = &settings.Live{Home: l.opts.Home, Overrides: l.opts.Overrides, Log: l.log, Notices: p.notices}
	if err := p.settings.Load(); err != nil {
		return nil, err
	}
	cfg := p.settings.Config()
	p.data = &transfer.Data{
		Folder: func() string { return p.settings.Config().Path("snapshots") }, Version: l.opts.Version, Now: l.clock.Machine,
		While: func(ctx context.Context, name string, change func() error) error {
			return p.services.While(ctx, name, change)
		},
		Renew: func() error { return p.ca.Renew() }, Bus: p.bus, Log: l.log,
	}
	if err := errors.Join(archive.Sweep(l.opts.Home, cfg.Path("kratos")), p.data.Sweep()); err != nil {
		l.log.Warn("what an earlier lab left could not be removed", "err", err)
	}
	if err := p.openAuthority(); err != nil {
		return nil, err
	}
	if p.store, err = store.Open(l.opts.Home, store.Options{Challenges: p.settings.OpenChallenges}); err != nil {
		return nil, err
	}
	p.data.Store = p.store
	opened := p.store // p is nil once a later part has failed
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Close())
		}
	}()
	p.notices.Warn(p.store.Notices()...)
	if err := p.compose(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// openAuthority reads the authority, or makes one. A reset that was killed may have
// been asked for a new one: it is made before the data goes, which ends the reset.
func (p *parts) openAuthority() error {
	cfg := p.settings.Config()
	p.ca = localca.New(localca.Options{
		Dir: cfg.Path("ca"), Hosts: cfg.CertificateHosts(), Now: p.lab.clock.Machine, Log: p.lab.logOf("certificate"),
	})
	if err := p.ca.Open(); err != nil {
		return err
	}
	if transfer.AuthorityPending(p.lab.opts.Home) {
		return p.ca.Renew()
	}
	return nil
}

func (p *parts) compose(ctx context.Context) error {
	log, now := p.lab.logOf("site"), p.lab.clock.Now
	p.tape = &tape.Tape{Store: p.store, Bounds: p.settings.Bounds, Bus: p.bus, Log: log, Silent: p.silence.Unrecorded}
	p.sessions = &session.Sessions{Store: p.store, Now: now, Policy: p.settings.Policy, Bus: p.bus}
	decoys, err := p.store.Secret(ctx, "decoys")
	if err != nil {
		return err
	}
	p.verify = &passkey.Ceremonies{
		Credentials: p.store, Challenges: p.store, People: p.store,
		Recorder: recorder.Recorder{Tape: p.tape}, Now: now, Bus: p.bus, Log: log, DecoySecret: decoys,
		Copies: p.data,
	}
	p.visitors = &visitors.Visitors{Now: now, Machine: p.lab.clock.Machine, Log: log}
	p.mails = mailservice.New(mailservice.Needs{
		Store: p.store, Authority: p.ca, Bus: p.bus, Config: p.settings.Config, Home: p.lab.opts.Home, Pages: p.lab.opts.Pages,
		Version: p.lab.opts.Version, StartedAt: p.startedAt, Now: now, Machine: p.lab.clock.Machine, Log: p.lab.logOf("mail"), Warn: p.notices.Warn,
	})
	p.mock = &settings.MockUser{Live: p.settings, Now: now, Changed: p.data.Tell, Log: p.lab.log}
	p.virtual = virtual.New(virtual.Options{
		Dir: p.lab.opts.Home, Path: p.lab.opts.Chromium, Headless: p.lab.opts.knobs.HiddenChromium, Now: p.lab.clock.Machine,
		Changed: func() { events.Publish(p.bus, admin.VirtualChanged{}) }, Log: p.lab.log,
	})
	outbox := mailservice.Outbox{Courier: p.mails.Courier}
	if p.passwords, err = passwords.Open(ctx, passwords.Needs{
		Config: p.settings.Config, Origins: p.origins, Schema: p.settings.Schema, Store: p.store, Sessions: p.sessions, Courier: outbox, Outbox: outbox,
		Bus: p.bus, Now: now, Log: p.lab.logOf("kratos"), Warn: p.notices.Warn, Cheap: p.lab.opts.knobs.CheapPasswords,
	}); err != nil {
		return err
	}
	if p.passwords.OneRow {
		p.data.Schema = p.settings.Schema
	}
	translator := wire.Translator{Authenticator: inspect.AuthenticatorName}
	passkeySource := session.Own{View: session.KindPasskey, Cookie: session.CookieName, Sessions: p.sessions, People: p.store}
	p.site = &httpapi.Site{
		Log: log, Origin: p.originOf, Parties: p.relyingParties, Ceremonies: p.verify, Sessions: p.sessions,
		Sources: session.Sources{passkeySource, p.passwords.Source},
		Mock:    p.mock.View, SignIn: &signin.Service{Store: p.store, Ceremonies: p.verify, Sessions: p.sessions, Passwords: p.passwords.Passwords, OneRow: p.passwords.OneRow},
		People: p.store, Browsers: p.store, Kratos: p.passwords.Handler, Pages: p.lab.opts.Pages, Facts: p.labFacts, Form: func() api.RegistrationForm { return p.settings.Form(passwords.MinLength) },
		Help: p.lab.opts.Help, ReturnTo: p.settings.ReturnTo, Wire: translator, Now: now, Policy: p.settings.Policy,
		Place: func(rp passkey.RelyingParty, at origin.Origin) (string, string) {
			return p.settings.Config().Place(rp.ID, rp.OriginsLine, at)
		},
		LeftBehind: func(ctx context.Context) []string { return p.relyingParties().LeftBehind(ctx, p.store) },
		Visitors:   p.visitors, PasswordElsewhere: !p.passwords.OneRow, Tape: p.tape,
		Show: func(ctx context.Context, r tape.Record) (api.Ceremony, error) { return p.door.Show(ctx, r) },
	}
	p.services = &service.Group{
		Services: p.serviceList(), Bus: p.bus, Log: p.lab.log, Now: p.lab.clock.Machine, Every: probeEvery, Pause: restartPause,
	}
	roots, problems := home.Roots(p.lab.opts.Home)
	p.notices.Warn(problems...)
	p.door = &admin.Lab{
		People: p.store, Credentials: p.store, Verifying: p.verify, Issued: p.sessions, Records: p.tape,
		Running: p.services, Book: p.lab.book, Moving: p.lab.clock, Bus: p.bus, Wire: translator, Host: p.host(),
		Post: &admin.MailDesk{Box: p.mails.Box, Bus: p.bus, Wire: translator, Origin: p.origin}, State: p.data, Mocking: p.mock,
		Doctor: p.doctor(), Bridge: &host.Bridge{Virtual: p.virtual, Address: p.settings.Address, Log: p.lab.log}, Roots: roots, Damage: p.store,
	}
	return nil
}

func (p *parts) origin() string { return p.settings.Config().Origin() }

// originOf is where the pages of a relying party are.
func (p *parts) originOf(rp passkey.RelyingParty) string {
	c := p.settings.Config()
	if rp.ID == c.WebAuthn.RP.ID {
		return c.Origin()
	}
	return c.OriginOf(rp.ID, rp.Origins)
}

// relyingParties are those of the configuration as it is now.
func (p *parts) relyingParties() relyingparty.Registry {
	c := p.settings.Config()
	c.WebAuthn.RP.Line = p.settings.Report().OriginsLine()
	var all relyingparty.Registry
	for _, of := range c.RelyingParties() {
		rp := passkey.RelyingParty{
			ID: of.ID, Name: of.DisplayName, Origins: of.Origins, OriginsLine: of.Line,
			UserVerification: c.WebAuthn.UserVerification, Timeout: c.WebAuthn.Timeout,
			MitigateEnum: c.Security.MitigateEnumeration,
		}
		switch problem := of.Problem; {
		case problem != nil:
			rp.Problem, rp.ProblemFix = problem.Meaning, problem.Fix
		case !c.WebAuthn.Enabled:
			rp.Problem, rp.ProblemFix = "Passkeys are switched off.", "Set webauthn.enabled to true in sting.yml."
		}
		all = append(all, rp)
	}
	return all
}

// origins are those of every relying party.
func (p *parts) origins() []string { return p.relyingParties().Origins() }

func (p *parts) labFacts(rp passkey.RelyingParty) api.LabFacts {
	mailProblem, mailFix := p.mails.Trouble(p.services.Status())
	return api.LabFacts{
		Version: p.lab.opts.Version, Origin: p.originOf(rp), RPID: rp.ID, RPName: rp.Name,
		ClockOffsetSeconds: int64(p.lab.clock.Offset() / time.Second), CeremoniesEnabled: rp.Problem == "",
		MockUser: p.mock.On(),
		Problem:  rp.Problem, Fix: rp.ProblemFix, KratosMode: p.settings.Config().Kratos.Mode,
		MailProblem: mailProblem, MailFix: mailFix,
	}
}

func (p *parts) host() *host.Host {
	return &host.Host{
		Authority: p.ca, Live: p.settings, Browser: &browser.Opener{Origins: p.opened, Log: p.lab.log},
		Elevate: p.lab.opts.Elevate, End: p.lab.Stop, About: p.about,
	}
}

// about is what the lab is at this moment.
func (p *parts) about() admin.Facts {
	c := p.settings.Config()
	p.notices.Warn(p.store.Notices()...) // a large file is examined while the lab runs
	return admin.Facts{
		Version: p.lab.opts.Version, Home: p.lab.opts.Home, Origin: c.Address(), Mailbox: c.MailboxOrigin(), KratosMode: c.Kratos.Mode,
		PID: os.Getpid(), StartedAt: p.startedAt, Parties: p.relyingParties(), MockUser: p.mock.On(),
		Warnings: slices.Concat(p.notices.All(), p.mock.Warnings(), p.visitors.Warnings(p.origins(), c.Hosts()), host.Warnings(p.ca)),
		Mended:   p.mended,
	}
}

// run serves until ctx ends.
func (p *parts) run(ctx context.Context, ready func()) error {
	var wg sync.WaitGroup
	tapeCtx, endTape := context.WithCancel(context.WithoutCancel(ctx))
	wg.Go(func() { p.tape.Run(tapeCtx) })
	work, endWork := context.WithCancel(ctx)
	var workers sync.WaitGroup
	workers.Go(func() { p.keepHouse(work) })
	workers.Go(func() {
		// The certificate goes first: a page at a new host is told of when it can be seen.
		p.settings.Watch(work, func(c config.Config) { p.ca.SetHosts(c.CertificateHosts()) })
	})
	workers.Go(func() { p.serveDoor(work) })
	workers.Go(func() { p.virtual.Run(work) })
	err := p.services.Run(ctx, ready)
	endWork()
	workers.Wait()
	endTape() // last: what the others recorded while they ended is still written
	wg.Wait()
	return err
}

func (p *parts) serveDoor(ctx context.Context) {
	door := &httpapi.Door{Admin: p.door.Door(), Log: p.lab.log}
	if err := loopback.Serve(ctx, door.Handler(), &http.Server{}, []net.Listener{p.doorListener}); err != nil {
		p.lab.log.Error("the admin door ended", "err", err)
	}
}

// keepHouse records abandoned ceremonies and forgets sessions that ended long
// ago. The machine's clock decides what is long ago: a moved one comes back.
func (p *parts) keepHouse(ctx context.Context) {
	tick := time.NewTicker(housekeeping)
	defer tick.Stop()
	for {
		if p.store.Opened() { // else it is stopped, and the house waits
			p.tidy(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (p *parts) tidy(ctx context.Context) {
	switch freed, err := p.store.CompactTape(); {
	case err != nil && ctx.Err() == nil:
		p.lab.log.Error("housekeeping: tape.db is not made smaller", "err", err)
	case freed > 0:
		p.lab.log.Info("tape.db is smaller", "bytes_freed", freed)
	}
	if err := p.verify.Expire(ctx); err != nil && ctx.Err() == nil {
		p.lab.log.Error("housekeeping: ceremonies", "err", err)
	}
	if _, err := p.store.PruneSessions(ctx, p.lab.clock.Machine().Add(-keptSessions)); err != nil && ctx.Err() == nil {
		p.lab.log.Error("housekeeping: sessions", "err", err)
	}
	if err := p.store.PruneSignIns(ctx, p.lab.clock.Machine().Add(-keptSignIns)); err != nil && ctx.Err() == nil {
		p.lab.log.Error("housekeeping: sign-ins", "err", err)
	}
}

func (p *parts) close() error { return p.store.Close() }

// opened are the origins that a browser is sent to.
func (p *parts) opened() []string {
	c := p.settings.Config()
	return slices.DeleteFunc([]string{c.Address(), c.MailboxOrigin()}, func(o string) bool { return o == "" })
}

// How often what happens, and how long ended sessions are kept.
const (
	probeEvery   = 5 * time.Second
	restartPause = time.Second
	keptSessions = 7 * 24 * time.Hour
	keptSignIns  = 90 * 24 * time.Hour // longer than a Kratos elsewhere keeps a session
)
