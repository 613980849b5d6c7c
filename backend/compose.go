package backend

import (
	"context"
	"errors"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/apps/front"
	"sting/backend/apps/watched"
	"sting/backend/archive"
	"sting/backend/browser"
	"sting/backend/browser/virtual"
	"sting/backend/browser/watch"
	"sting/backend/config"
	"sting/backend/doctor"
	"sting/backend/events"
	"sting/backend/home"
	"sting/backend/host"
	"sting/backend/httpapi"
	"sting/backend/inspect"
	"sting/backend/localca"
	"sting/backend/mailservice"
	"sting/backend/passkey"
	"sting/backend/passwords"
	"sting/backend/service"
	"sting/backend/session"
	"sting/backend/settings"
	"sting/backend/signin"
	"sting/backend/store"
	"sting/backend/tape"
	"sting/backend/tape/recorder"
	"sting/backend/transfer"
	"sting/backend/visitors"
	"sting/backend/wire"
)

// ground is what every part stands on: what was read and opened in the home folder.
type ground struct {
	bus     *events.Bus
	silence *doctor.Silence
	notices *settings.Notices
	live    *settings.Live
	ca      *localca.Authority
	store   *store.Store
	data    *transfer.Data
}

// open reads the configuration, and opens the authority and the files. Nothing listens
// yet. data waits for the services to be told of.
func (l *Lab) open() (g ground, err error) {
	g.silence = &doctor.Silence{}
	g.bus = &events.Bus{Silent: g.silence.Unseen}
	g.notices = &settings.Notices{Log: l.log}
	g.live = &settings.Live{Home: l.opts.Home, Overrides: l.opts.Overrides, Log: l.log, Notices: g.notices}
	if err := g.live.Load(); err != nil {
		return g, err
	}
	cfg := g.live.Config()
	g.data = &transfer.Data{
		Folder:  func() string { return g.live.Config().Path("snapshots") },
		Version: l.opts.Version,
		Now:     l.clock.Machine,
		Bus:     g.bus,
		Log:     l.log,
	}
	if err := errors.Join(archive.Sweep(l.opts.Home, cfg.Path("kratos")), g.data.Sweep()); err != nil {
		l.log.Warn("what an earlier lab left could not be removed", "err", err)
	}
	if g.ca, err = l.openAuthority(cfg); err != nil {
		return g, err
	}
	if g.store, err = store.Open(l.opts.Home, store.Options{Challenges: g.live.OpenChallenges}); err != nil {
		return g, err
	}
	g.notices.Warn(g.store.Notices()...)
	g.data.Store, g.data.Renew = g.store, g.ca.Renew
	return g, nil
}

// openAuthority reads the authority, or makes one. A reset that was killed may have
// been asked for a new one: it is made before the data goes, which ends the reset.
func (l *Lab) openAuthority(cfg config.Config) (*localca.Authority, error) {
	ca := localca.New(localca.Options{
		Dir: cfg.Path("ca"), Hosts: cfg.CertificateHosts(), Now: l.clock.Machine, Log: l.logOf("certificate"),
	})
	if err := ca.Open(); err != nil {
		return nil, err
	}
	if transfer.AuthorityPending(l.opts.Home) {
		return ca, ca.Renew()
	}
	return ca, nil
}

// compose makes the parts and hands each to who needs it. It is as long as that list.
// mended is what this start set right in the home folder.
func (l *Lab) compose(ctx context.Context, g ground, mended []string) (*running, error) {
	log, now, machine := l.logOf("site"), l.clock.Now, l.clock.Machine
	startedAt := machine()
	records := &tape.Tape{Store: g.store, Bounds: g.live.Bounds, Bus: g.bus, Log: log, Silent: g.silence.Unrecorded}
	sessions := &session.Sessions{Store: g.store, Now: now, Policy: g.live.Policy, Bus: g.bus}
	guests := &visitors.Visitors{Now: now, Machine: machine, Log: log}
	mock := &settings.MockUser{Live: g.live, Now: now, Changed: g.data.Tell, Log: l.log}
	ceremonies, err := l.ceremonies(ctx, g, records)
	if err != nil {
		return nil, err
	}
	mails := l.mails(g, startedAt)
	side, err := l.passwordSide(ctx, g, sessions, mails)
	if err != nil {
		return nil, err
	}
	if side.OneRow {
		g.data.Schema = g.live.Schema
	}
	group := &service.Group{Bus: g.bus, Log: l.log, Now: machine, Every: probeEvery, Pause: restartPause}
	g.data.While = group.While
	translator := wire.Translator{Authenticator: inspect.AuthenticatorName}
	seen := &watched.Recorder{Tape: records, Keys: g.store, Source: g.live.Watched, Log: log}
	chromium := l.virtual(g, func(c watched.Ceremony) { seen.Seen(context.WithoutCancel(ctx), c) })
	own := &host.Apps{
		Live: g.live, Virtual: chromium, Pin: g.ca.Pin, Accepted: &host.Accepted{Home: l.opts.Home}, Now: l.clock.Machine, Log: l.log,
	}
	roots, problems := home.Roots(l.opts.Home)
	g.notices.Warn(problems...)
	facts := facts{
		lab: l, ground: g, mock: mock, mails: mails, visitors: guests, services: group, mended: mended, startedAt: startedAt,
	}
	door := &admin.Lab{
		People:      g.store,
		Credentials: g.store,
		Verifying:   ceremonies,
		Issued:      sessions,
		Records:     records,
		Running:     group,
		Ring:        l.logs,
		Moving:      l.clock,
		Bus:         g.bus,
		Wire:        translator,
		Host:        l.host(g, facts.ofLab),
		Mailbox:     &admin.CaughtMails{Box: mails.Box, Bus: g.bus, Wire: translator, Origin: g.live.Origin},
		State:       g.data,
		Mocking:     mock,
		Bridge:      &host.Bridge{Virtual: chromium, Address: g.live.Address, Pin: g.ca.Pin, Log: l.log},
		Apps:        own,
		Roots:       roots,
		Damage:      g.store,
	}
	site := &httpapi.Site{
		Log:        log,
		Origin:     g.live.OriginOf,
		Parties:    g.live.Parties,
		Ceremonies: ceremonies,
		Sessions:   sessions,
		Sources: session.Sources{
			session.Own{View: session.KindPasskey, Cookie: session.CookieName, Sessions: sessions}, side.Source,
		},
		SignIn: &signin.Service{
			Store: g.store, Ceremonies: ceremonies, Sessions: sessions, Passwords: side.Passwords, OneRow: side.OneRow,
		},
		Mock:              mock.View,
		People:            g.store,
		Browsers:          g.store,
		Kratos:            side.Handler,
		PasswordElsewhere: !side.OneRow,
		Pages:             l.opts.Pages,
		Front:             front.New(g.live.Front, httpapi.IsOurs),
		Facts:             facts.ofSite,
		Form:              func() api.RegistrationForm { return g.live.Form(passwords.MinLength) },
		Help:              l.opts.Help,
		ReturnTo:          g.live.ReturnTo,
		Place:             g.live.Place,
		LeftBehind:        func(ctx context.Context) []string { return g.live.Parties().LeftBehind(ctx, g.store) },
		Visitors:          guests,
		Watching:          &watch.Posts{Apps: own.Registry, Seen: seen.Seen, Now: now},
		Tape:              records,
		Show:              door.Show,
		Wire:              translator,
		Now:               now,
		Policy:            g.live.Policy,
	}
	served := &siteService{
		live: g.live, ca: g.ca, visitors: guests, handler: g.silence.Mark(site.Handler()), machine: machine, warn: g.notices.Warn,
	}
	group.Services = []service.Service{ // in an order in which they can start
		storeService(g.store, records, g.notices.Warn, machine),
		certificateService(g.ca),
		side.Service(site),
		mails.Service(),
		served.service(),
	}
	door.Doctor = l.doctor(g, &doctor.Lab{
		Store:       g.store,
		Authority:   g.ca,
		Clock:       l.clock,
		Bus:         g.bus,
		Log:         l.log,
		Tape:        records,
		Sessions:    sessions,
		Services:    group,
		Mails:       mails,
		Visitors:    guests,
		Parties:     g.live.Parties,
		Silence:     g.silence,
		Secrets:     secretsOf(ceremonies, side),
		Traits:      func(email string) (map[string]any, error) { return g.live.Schema().Example(email) },
		Addresses:   served.addresses,
		Between:     l.opts.knobs.Between,
		DropDamaged: g.data.DropDamaged,
	})
	return &running{
		log: l.log, live: g.live, ca: g.ca, tape: records, virtual: chromium, services: group, door: door,
		house: house{store: g.store, ceremonies: ceremonies, machine: machine, log: l.log},
	}, nil
}

func (l *Lab) ceremonies(ctx context.Context, g ground, records *tape.Tape) (*passkey.Ceremonies, error) {
	decoys, err := g.store.Secret(ctx, "decoys")
	return &passkey.Ceremonies{
		Credentials: g.store,
		Challenges:  g.store,
		People:      g.store,
		Recorder:    recorder.Recorder{Tape: records},
		Now:         l.clock.Now,
		Bus:         g.bus,
		Log:         l.logOf("site"),
		DecoySecret: decoys,
		Copies:      g.data,
	}, err
}

func (l *Lab) mails(g ground, startedAt time.Time) *mailservice.Mails {
	return mailservice.New(mailservice.Needs{
		Store:     g.store,
		Authority: g.ca,
		Bus:       g.bus,
		Config:    g.live.Config,
		Home:      l.opts.Home,
		Pages:     l.opts.Pages,
		Version:   l.opts.Version,
		StartedAt: startedAt,
		Now:       l.clock.Now,
		Machine:   l.clock.Machine,
		Log:       l.logOf("mail"),
		Warn:      g.notices.Warn,
	})
}

func (l *Lab) passwordSide(ctx context.Context, g ground, s *session.Sessions, mails *mailservice.Mails) (*passwords.Side, error) {
	outbox := mailservice.Outbox{Courier: mails.Courier}
	return passwords.Open(ctx, passwords.Needs{
		Config:   g.live.Config,
		Origins:  g.live.Origins,
		Schema:   g.live.Schema,
		Store:    g.store,
		Sessions: s,
		Courier:  outbox,
		Outbox:   outbox,
		Bus:      g.bus,
		Now:      l.clock.Now,
		Log:      l.logOf("kratos"),
		Warn:     g.notices.Warn,
		Cheap:    l.opts.knobs.CheapPasswords,
	})
}

func (l *Lab) virtual(g ground, seen func(watched.Ceremony)) *virtual.Virtual {
	return virtual.New(virtual.Options{
		Dir:      l.opts.Home,
		Path:     l.opts.Chromium,
		Headless: l.opts.knobs.HiddenChromium,
		Now:      l.clock.Machine,
		Changed:  func() { events.Publish(g.bus, admin.VirtualChanged{}) },
		Seen:     seen,
		Log:      l.log,
	})
}

func (l *Lab) host(g ground, about func() admin.Facts) *host.Host {
	return &host.Host{
		Authority: g.ca,
		Live:      g.live,
		Browser:   &browser.Opener{Origins: g.live.Opened, Log: l.log},
		Elevate:   l.opts.Elevate,
		End:       l.Stop,
		About:     about,
	}
}

func (l *Lab) doctor(g ground, lab *doctor.Lab) *doctor.Doctor {
	return doctor.New(doctor.Needs{
		Home:      l.opts.Home,
		Machine:   l.clock.Machine,
		Lookup:    l.opts.knobs.Lookup,
		Hosts:     l.opts.knobs.Hosts,
		Patience:  l.opts.knobs.Patience,
		Settings:  func() (config.Config, config.Report, error) { return g.live.Config(), g.live.Report(), nil },
		Authority: func(config.Config) (*localca.Authority, string) { return g.ca, "" },
		Lab:       lab,
	})
}

// secretsOf are those that the lab runs with, by their names in the store.
func secretsOf(c *passkey.Ceremonies, side *passwords.Side) map[string][]byte {
	all := map[string][]byte{"decoys": c.DecoySecret}
	if side.Secret != nil {
		all["kratos"] = side.Secret
	}
	return all
}
