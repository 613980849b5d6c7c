// Package backend is the lab: every part of it, wired together. It is the only
// package that knows them all, and only the faces (app/window and app/cli)
// import it.
package backend

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/doctor"
	"sting/backend/home"
	"sting/backend/host"
	"sting/backend/internal/knobs"
	"sting/backend/localca"
	"sting/backend/mailservice"
	"sting/backend/passkey"
	"sting/backend/service"
	"sting/backend/settings"
	"sting/backend/visitors"
)

// Options is everything that may differ between two labs.
type Options struct {
	Home      string // the home folder; made at Run
	Overrides config.Overrides
	Pages     fs.FS // the built frontend
	Version   string
	Log       *slog.Logger
	Clock     *clock.Clock // nil: the machine's
	Help      func(code string) (api.HelpEntry, bool)
	Elevate   localca.Elevate // runs a command as root; nil: the command is named instead
	// Chromium is the browser for virtual authenticators, a path or a command;
	// "": the first that is found.
	Chromium string

	knobs knobs.Knobs // of tests
}

// Tuned returns the options with what only tests may change.
func (o Options) Tuned(k knobs.Knobs) Options {
	o.knobs = k
	return o
}

// Lab is one running laboratory. Nothing is open until Run.
type Lab struct {
	opts  Options
	clock *clock.Clock
	logs  *service.LogRing // the last lines of every log
	file  *home.LogFile
	log   *slog.Logger
	ready chan struct{}

	mu      sync.Mutex
	stop    context.CancelFunc // ends Run; nil before it
	stopped bool               // Stop was called before Run
	door    *admin.Lab         // nil until the parts are there
}

// New describes a lab. It does no I/O, so that faces can be built, bound and
// inspected without touching the disk.
func New(o Options) *Lab {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.New(nil)
	}
	file := &home.LogFile{}
	logs := service.NewLogRing(slog.NewMultiHandler(o.Log.Handler(), slog.NewTextHandler(file, nil)))
	log := slog.New(doctor.Quiet{Handler: logs.Handler()})
	return &Lab{opts: o, clock: o.Clock, logs: logs, file: file, log: log, ready: make(chan struct{})}
}

// logOf returns the log of a service.
func (l *Lab) logOf(name string) *slog.Logger { return l.log.With("service", name) }

// Ready is closed when everything was started that can be. A service that could not
// is tried again, and its status says why.
func (l *Lab) Ready() <-chan struct{} { return l.ready }

// Door returns the verbs of the lab. It may be used once Ready is closed.
func (l *Lab) Door() admin.Door {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.door.Door()
}

// Stop ends Run.
func (l *Lab) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	if l.stop != nil {
		l.stop()
	}
}

// Run opens the home folder, serves until ctx ends or Stop is called, and closes
// everything in reverse. It may be called once. Its error is a fault:
// ALREADY_RUNNING, PORT_TAKEN, one of the store's, the configuration's or the
// authority's.
func (l *Lab) Run(ctx context.Context) (err error) {
	boundMemory()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.mu.Lock()
	if l.stopped {
		cancel()
	}
	l.stop = cancel
	l.mu.Unlock()

	notices, err := config.PrepareHome(l.opts.Home)
	if err != nil {
		return err
	}
	lock, err := home.Take(l.opts.Home)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if err := l.file.Open(l.opts.Home); err != nil {
		return err
	}
	defer l.file.Close()
	g, err := l.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.store.Close()) }()
	for _, n := range notices {
		l.log.Warn(n)
	}
	r, err := l.compose(ctx, g, notices)
	if err != nil {
		return err
	}
	listening, err := home.OpenDoor(l.opts.Home) // before anything else listens
	if err != nil {
		return err
	}
	if err := lock.Announce(home.Announcement{PID: os.Getpid(), Build: l.opts.Version, Door: listening.Addr().String()}); err != nil {
		return errors.Join(err, listening.Close())
	}
	l.mu.Lock()
	l.door = r.door
	l.mu.Unlock()
	return r.run(ctx, listening, func() { close(l.ready) })
}

// boundMemory makes the collector work harder where much was used for a moment,
// rather than ask the system for more. GOMEMLIMIT says otherwise.
func boundMemory() {
	const enough = 96 << 20
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(enough)
	}
}

// facts are what a lab tells of itself.
type facts struct {
	ground
	lab       *Lab
	mock      *settings.MockUser
	mails     *mailservice.Mails
	visitors  *visitors.Visitors
	services  *service.Group
	mended    []string
	startedAt time.Time
}

// ofSite are those that a page of a relying party shows.
func (f facts) ofSite(rp passkey.RelyingParty) api.LabFacts {
	mailProblem, mailFix := f.mails.Trouble(f.services.Status())
	return api.LabFacts{
		Version:            f.lab.opts.Version,
		Origin:             f.live.OriginOf(rp),
		RPID:               rp.ID,
		RPName:             rp.Name,
		ClockOffsetSeconds: int64(f.lab.clock.Offset() / time.Second),
		CeremoniesEnabled:  rp.Problem == "",
		MockUser:           f.mock.On(),
		Problem:            rp.Problem,
		Fix:                rp.ProblemFix,
		KratosMode:         f.live.Config().Kratos.Mode,
		MailProblem:        mailProblem,
		MailFix:            mailFix,
	}
}

// ofLab are those that the admin verbs tell.
func (f facts) ofLab() admin.Facts {
	c, parties := f.live.Config(), f.live.Parties()
	f.notices.Warn(f.store.Notices()...) // a large file is examined while the lab runs
	return admin.Facts{
		Version:    f.lab.opts.Version,
		Home:       f.lab.opts.Home,
		Origin:     c.Address(),
		Mailbox:    c.MailboxOrigin(),
		KratosMode: c.Kratos.Mode,
		PID:        os.Getpid(),
		StartedAt:  f.startedAt,
		Parties:    parties,
		MockUser:   f.mock.On(),
		Warnings: slices.Concat(
			f.notices.All(), f.mock.Warnings(), f.visitors.Warnings(parties.Origins(), c.Hosts()), host.Warnings(f.ca),
		),
		Mended: f.mended,
	}
}

// Offline answers what can be asked of a home folder without the lab, and acts for the
// user of this process.
type Offline = host.Offline

// Here returns the door of a lab that runs in another process, such that what hangs on
// a person's environment is done in this one. off is the same home folder.
func Here(door admin.Door, off Offline, log *slog.Logger) admin.Door {
	return host.Here(door, off, log)
}

// Explain takes a ceremony apart without a running lab: host.Explain.
func Explain(raw []byte, folder string) (x api.Explanation, problems []string, err error) {
	return host.Explain(raw, folder)
}

// CheckIDs lists the ids of the doctor's checks, in their order. It looks at
// nothing.
func CheckIDs() []string { return doctor.IDs() }

// ErrAlreadyRunning means that another process runs a lab with the home folder.
var ErrAlreadyRunning = home.ErrAlreadyRunning

// Home returns the home folder: flag where it is given, else STING_HOME, else
// the platform's data folder. env is os.Getenv. It touches no disk.
func Home(flag string, env func(string) string) (string, error) { return config.Home(flag, env) }

// Sudo returns what changes the system's trust store from a terminal: sudo asks
// for the password there.
func Sudo(terminal io.Reader, talk io.Writer) localca.Elevate { return localca.Sudo(terminal, talk) }

// Pkexec returns what changes the system's trust store from a window: the
// desktop asks for the password.
func Pkexec() localca.Elevate { return localca.Pkexec() }

// ServeLog opens logs/serve.log in a home folder, empty: what a lab in the background
// writes to stdout and stderr. It returns home.ErrUnusable.
func ServeLog(folder string) (*os.File, error) { return home.ServeLog(folder) }
