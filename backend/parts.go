package backend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
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
	"sting/backend/events"
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
	"sting/backend/signin"
	"sting/backend/store"
	"sting/backend/tape"
	"sting/backend/visitors"
	"sting/backend/wire"
)

// parts is everything that a running lab is made of: the one list of who gets
// what.
type parts struct {
	lab       *Lab
	settings  settings
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
	mocked        atomic.Pointer[config.MockUser] // what `sting mock` said; nil: what the file says
	startedAt     time.Time

	examining sync.Mutex               // one examination at a time: they share a person
	selfTest  atomic.Pointer[selfTest] // of the examination that runs; nil: none does
	mu        sync.Mutex
	warnings  []string
	judged    []string // what is wrong with sting.yml as it is now, and what of it waits for a restart
}

// open makes the parts. Nothing listens yet.
func (l *Lab) open(ctx context.Context) (p *parts, err error) {
	p = &parts{lab: l, bus: &events.Bus{}, startedAt: l.clock.Machine()}
	p.bus.Silent = p.unseen
	if err := p.configure(); err != nil {
		return nil, err
	}
	cfg := p.settings.now()
	if err := errors.Join(archive.Sweep(l.opts.Home, cfg.Path("snapshots"), cfg.Path("kratos")), (*state)(p).shelf().Prune(), os.RemoveAll(filepath.Join(cfg.Path("snapshots"), store.Scratch))); err != nil {
		l.log.Warn("what an earlier lab left could not be removed", "err", err)
	}
	if err := p.openAuthority(); err != nil {
		return nil, err
	}
	if p.store, err = store.Open(l.opts.Home, store.Options{Challenges: p.openChallenges}); err != nil {
		return nil, err
	}
	opened := p.store // p is nil once a later part has failed
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Close())
		}
	}()
	p.warn(p.store.Notices()...)
	if err := p.compose(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// openAuthority reads the authority, or makes one. A reset that was killed may have
// been asked for a new one: it is made before the data goes, which ends the reset.
func (p *parts) openAuthority() error {
	cfg := p.settings.now()
	p.ca = localca.New(localca.Options{
		Dir: cfg.Path("ca"), Hosts: cfg.CertificateHosts(), Now: p.lab.clock.Machine, Log: p.lab.logOf("certificate"),
	})
	if err := p.ca.Open(); err != nil {
		return err
	}
	if what, pending := store.Pending(p.lab.opts.Home); pending && what == resetWithCA {
		return p.ca.Renew()
	}
	return nil
}

// configure reads sting.yml and draws the ports that are to be drawn.
func (p *parts) configure() error {
	cfg, report, err := config.Load(p.lab.opts.Home, p.lab.opts.Overrides)
	if err != nil {
		return err
	}
	if cfg, report, err = config.DrawPorts(cfg, report); err != nil {
		return err
	}
	p.judge(report.Problems, nil)
	return p.settings.set(cfg, report)
}

func (p *parts) compose(ctx context.Context) error {
	log, now := p.lab.logOf("site"), p.lab.clock.Now
	p.tape = &tape.Tape{Store: p.store, Bounds: p.bounds, Bus: p.bus, Log: log, Silent: p.unrecorded}
	p.sessions = &session.Sessions{Store: p.store, Now: now, Policy: p.policy, Bus: p.bus}
	decoys, err := p.store.Secret(ctx, "decoys")
	if err != nil {
		return err
	}
	p.verify = &passkey.Ceremonies{
		Credentials: p.store, Challenges: p.store, People: p.store,
		Recorder: recorder.Recorder{Tape: p.tape}, Now: now, Bus: p.bus, Log: log, DecoySecret: decoys,
		Copies: copies{(*state)(p).shelf},
	}
	p.visitors = &visitors.Visitors{Now: now, Machine: p.lab.clock.Machine, Log: log}
	p.mails = mailservice.New(mailservice.Needs{
		Store: p.store, Authority: p.ca, Bus: p.bus, Config: p.settings.now, Home: p.lab.opts.Home, Pages: p.lab.opts.Pages,
		Version: p.lab.opts.Version, StartedAt: p.startedAt, Now: now, Machine: p.lab.clock.Machine, Log: p.lab.logOf("mail"), Warn: p.warn,
	})
	p.virtual = p.newVirtual()
	outbox := mailservice.Outbox{Courier: p.mails.Courier}
	if p.passwords, err = passwords.Open(ctx, passwords.Needs{
		Config: p.settings.now, Origins: p.origins, Schema: p.settings.schema, Store: p.store, Sessions: p.sessions, Courier: outbox, Outbox: outbox,
		Bus: p.bus, Now: now, Log: p.lab.logOf("kratos"), Warn: p.warn, Cheap: p.lab.opts.CheapPasswords,
	}); err != nil {
		return err
	}
	translator := wire.Translator{Authenticator: inspect.AuthenticatorName}
	passkeySource := session.Own{View: session.KindPasskey, Cookie: session.CookieName, Sessions: p.sessions, People: p.store}
	p.site = &httpapi.Site{
		Log: log, Origin: p.originOf, Parties: p.relyingParties, Ceremonies: p.verify, Sessions: p.sessions,
		Sources: session.Sources{passkeySource, p.passwords.Source},
		Mock:    p.mockView, SignIn: &signin.Service{Store: p.store, Ceremonies: p.verify, Sessions: p.sessions, Passwords: p.passwords.Passwords, OneRow: p.passwords.OneRow},
		People: p.store, Browsers: p.store, Kratos: p.passwords.Handler, Pages: p.lab.opts.Pages, Facts: p.labFacts, Form: p.form,
		Help: p.lab.opts.Help, ReturnTo: p.returnTo, Wire: translator, Now: now, Policy: p.policy,
		Place: func(at origin.Origin) (string, string) {
			return p.settings.now().Place(p.settings.report().OriginsLine(), at)
		},
		LeftBehind: p.olderRPIDs, Visitors: p.visitors, PasswordElsewhere: !p.passwords.OneRow, Tape: p.tape,
		Show: func(ctx context.Context, r tape.Record) (api.Ceremony, error) { return p.door.Show(ctx, r) },
	}
	p.services = &service.Group{
		Services: p.serviceList(), Bus: p.bus, Log: p.lab.log, Now: p.lab.clock.Machine, Every: probeEvery, Pause: restartPause,
	}
	roots, problems := rootsIn(p.lab.opts.Home)
	for _, problem := range problems {
		p.warn(problem)
	}
	p.door = &admin.Lab{
		People: p.store, Credentials: p.store, Verifying: p.verify, Issued: p.sessions, Records: p.tape,
		Running: p.services, Book: p.lab.book, Moving: p.lab.clock, Bus: p.bus, Wire: translator, Host: (*host)(p),
		Post: &admin.MailDesk{Box: p.mails.Box, Bus: p.bus, Wire: translator, Origin: p.origin}, State: (*state)(p), Mocking: (*state)(p),
		Doctor: (*doctor)(p), Bridge: (*bridge)(p), Roots: roots, Damage: p.store,
	}
	return nil
}

func (p *parts) origin() string { return p.settings.now().Origin() }

// originOf is where the pages of a relying party are.
func (p *parts) originOf(rp passkey.RelyingParty) string {
	c := p.settings.now()
	if rp.ID == c.WebAuthn.RP.ID {
		return c.Origin()
	}
	return c.OriginOf(rp.ID, rp.Origins)
}

// address is where the pages are found on this machine, whatever the relying
// party is called.
func (p *parts) address() string { return p.settings.now().Address() }

func (p *parts) policy() session.Policy {
	s := p.settings.now().Session
	return session.Policy{Lifespan: s.Lifespan, Idle: s.Idle, PrivilegedAge: s.PrivilegedAge}
}

// openChallenges bounds the ceremonies that are open at once.
func (p *parts) openChallenges() int { return p.settings.now().Tape.Challenges }

func (p *parts) bounds() tape.Bounds {
	t := p.settings.now().Tape
	return tape.Bounds{Count: t.Ceremonies, Bytes: t.Bytes}
}

// relyingParties are those of the configuration as it is now.
func (p *parts) relyingParties() relyingparty.Registry {
	c := p.settings.now()
	rp := passkey.RelyingParty{
		ID: c.WebAuthn.RP.ID, Name: c.WebAuthn.RP.DisplayName, Origins: c.WebAuthn.RP.Origins, OriginsLine: p.settings.report().OriginsLine(),
		UserVerification: c.WebAuthn.UserVerification, Timeout: c.WebAuthn.Timeout,
		MitigateEnum: c.Security.MitigateEnumeration,
	}
	switch problem := c.WebAuthn.RP.Problem; {
	case problem != nil:
		rp.Problem, rp.ProblemFix = problem.Meaning, problem.Fix
	case !c.WebAuthn.Enabled:
		rp.Problem, rp.ProblemFix = "Passkeys are switched off.", "Set webauthn.enabled to true in sting.yml."
	}
	return relyingparty.Registry{rp}
}

// origins are those of every relying party.
func (p *parts) origins() []string { return p.relyingParties().Origins() }

func (p *parts) labFacts(rp passkey.RelyingParty) api.LabFacts {
	mailProblem, mailFix := p.mails.Trouble(p.services.Status())
	return api.LabFacts{
		Version: p.lab.opts.Version, Origin: p.originOf(rp), RPID: rp.ID, RPName: rp.Name,
		ClockOffsetSeconds: int64(p.lab.clock.Offset() / time.Second), CeremoniesEnabled: rp.Problem == "",
		MockUser: p.mockUser() != nil,
		Problem:  rp.Problem, Fix: rp.ProblemFix, KratosMode: p.settings.now().Kratos.Mode,
		MailProblem: mailProblem, MailFix: mailFix,
	}
}

func (p *parts) returnTo(to string) (string, bool) {
	return p.settings.now().SafeReturnTo(to)
}

func (p *parts) form() api.RegistrationForm {
	out := api.RegistrationForm{
		Steps: []string{}, Pages: [][]string{}, Fields: []api.FormField{}, Password: api.PasswordRules{MinLength: passwords.MinLength},
	}
	for _, page := range p.settings.now().Registration.Pages {
		var steps []string
		for _, step := range page {
			steps = append(steps, string(step))
		}
		out.Pages = append(out.Pages, steps)
		out.Steps = append(out.Steps, steps...)
	}
	for _, f := range p.settings.schema().Asked() {
		out.Fields = append(out.Fields, api.FormField(f))
	}
	return out
}

// run serves until ctx ends.
func (p *parts) run(ctx context.Context, ready func()) error {
	var wg sync.WaitGroup
	tapeCtx, endTape := context.WithCancel(context.WithoutCancel(ctx))
	wg.Go(func() { p.tape.Run(tapeCtx) })
	work, endWork := context.WithCancel(ctx)
	var workers sync.WaitGroup
	workers.Go(func() { p.keepHouse(work) })
	workers.Go(func() { p.watchConfig(work) })
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

func (p *parts) watchConfig(ctx context.Context) {
	log := p.lab.log
	err := config.Watch(ctx, p.settings.now(), p.lab.opts.Overrides, func(c config.Change) {
		p.judge(c.Report.Problems, c.Restart)
		if c.Err != nil {
			log.Error("the changed configuration is not used", "err", c.Err, "problems", c.Report.String())
			return
		}
		// The certificate goes first: a page at a new host is told of when it can be seen.
		p.ca.SetHosts(c.Config.CertificateHosts())
		if err := p.settings.set(c.Config, c.Report); err != nil {
			log.Error("the changed configuration is not used", "err", err)
			return
		}
		log.Info("configuration read again", "applied", c.Applied, "needs_restart", c.Restart)
	})
	if err != nil {
		log.Warn("changes of the configuration are not noticed", "err", fmt.Errorf("watch: %w", err))
	}
}

func (p *parts) close() error { return p.store.Close() }

// opened are the origins that a browser is sent to.
func (p *parts) opened() []string {
	c := p.settings.now()
	return slices.DeleteFunc([]string{c.Address(), c.MailboxOrigin()}, func(o string) bool { return o == "" })
}

func (p *parts) browserOpener() *browser.Opener {
	return &browser.Opener{Origins: p.opened, Log: p.lab.log}
}

// How often what happens, and how long ended sessions are kept.
const (
	probeEvery   = 5 * time.Second
	restartPause = time.Second
	keptSessions = 7 * 24 * time.Hour
	keptSignIns  = 90 * 24 * time.Hour // longer than a Kratos elsewhere keeps a session
)
