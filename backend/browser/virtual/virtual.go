// Package virtual gives a person without a security key a passkey: it runs
// their Chromium, Chrome, Edge or Brave in a throw-away profile in which every
// tab has a virtual authenticator, keeps that one's keys in the home folder,
// and can make it err on purpose.
//
// Its one invariant: nothing in that browser is easier than in the person's
// own. No certificate is ignored, no page but the lab's is opened, and what it
// registers shows the AAGUID of a virtual authenticator.
package virtual

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sting/backend/child"
)

// Options are what a Virtual is made of. All but Path and Headless are required.
type Options struct {
	Dir      string // the home folder: virtual.json, and the profile while a browser runs
	Path     string // the browser to use, a path or a command; "": the first that is found
	Headless bool   // opens no window: for tests
	Changed  func() // called when the browser, a mode or a key is not as it was; it must not block
	Now      func() time.Time
	Log      *slog.Logger
}

// Virtual is the browser with the virtual authenticator. New makes one.
type Virtual struct {
	opts Options
	keys *keyring

	ops  sync.Mutex // one start, change or end at a time
	over bool       // Run has ended; guarded by ops

	mu      sync.Mutex
	running *bridge // may have ended since
}

// New describes a browser. It touches nothing before Open.
func New(o Options) *Virtual { return &Virtual{opts: o, keys: &keyring{dir: o.Dir}} }

// Modes are how the authenticator behaves. A new browser begins with the good
// ones.
type Modes struct {
	UserVerification Mode // On, Off or Refuse
	UserPresence     Mode // On, Off or Refuse
	Signature        Mode // Good or Bad
}

// Mode is how the authenticator treats one thing.
type Mode string

const (
	On     Mode = "on"     // as it should be
	Off    Mode = "off"    // it answers, and the flag is missing: the server has to refuse
	Refuse Mode = "refuse" // it doesn't answer: the browser refuses, or waits
	Good   Mode = "good"
	Bad    Mode = "bad" // the signature doesn't fit
)

// State is what there is at this moment.
type State struct {
	Running   bool
	Browser   string // "Chromium"; "" while none runs
	PID       int
	Pages     int
	StartedAt time.Time
	Modes     Modes  // of a running browser
	Note      string // what a person should know, or ""
	Keys      []Key
}

// Run throws away what a lab that was killed left behind, waits until ctx ends
// and then closes the browser. Nothing opens after that.
func (v *Virtual) Run(ctx context.Context) {
	v.clean()
	<-ctx.Done()
	v.ops.Lock()
	defer v.ops.Unlock()
	v.over = true
	if b := v.alive(); b != nil {
		b.close()
	}
}

// note names the browser that runs, for the start after one that was killed.
func (v *Virtual) note() string { return filepath.Join(v.opts.Dir, "virtual.pid") }

// clean removes what a browser left that nobody closed. That one ended when its
// lab did: its pipe broke, or the system ended it; one that didn't is ended here.
func (v *Virtual) clean() {
	v.ops.Lock()
	defer v.ops.Unlock()
	if v.alive() != nil {
		return
	}
	if list := child.Left(v.note()); len(list) > 0 {
		still := child.End(v.note(), list)
		v.opts.Log.Warn("a browser of a lab that was killed still ran", "processes", child.Words(list), "still there", child.Words(still))
	}
	if err := os.RemoveAll(filepath.Join(v.opts.Dir, profileName)); err != nil {
		v.opts.Log.Warn("an old profile of the browser with the virtual authenticator is left", "err", err)
	}
}

// Open shows url in the browser with the virtual authenticator, in a new tab
// where it runs already. The caller has checked that url is one of the lab's.
//
// Errors: ErrNoBrowser, ErrNotStarted, ErrKeys. With ErrUntrusted and
// ErrNotShown the browser is open and shows why.
func (v *Virtual) Open(ctx context.Context, url string) error { return v.OpenOn(ctx, nil, url) }

// OpenOn is Open on somebody's desktop. A browser that runs on another one is
// ErrNotStarted, and stays.
func (v *Virtual) OpenOn(ctx context.Context, on *Desktop, url string) error {
	v.ops.Lock()
	defer v.ops.Unlock()
	if v.over {
		return ErrNotRunning.Saying("The lab is ending.")
	}
	b, p, err := v.page(ctx, on)
	if err != nil {
		return err
	}
	return b.show(ctx, p, url)
}

// page returns an empty page of the browser, which it starts where none runs.
func (v *Virtual) page(ctx context.Context, on *Desktop) (*bridge, *page, error) {
	if b := v.alive(); b != nil {
		if at := on.screen(); !v.opts.Headless && at != "" && b.screen != at {
			return nil, nil, ErrNotStarted.Saying("The browser with the virtual authenticator is open on another display, %s.", b.screen).
				Hinting("Close it with `sting virtual close`, then open it here; its keys are kept.").Running("sting virtual close")
		}
		if p, err := b.another(ctx); err == nil {
			return b, p, nil
		}
		b.close() // it was about to end, or hangs
	}
	browser, err := find(v.opts.Path)
	if err != nil {
		return nil, nil, err
	}
	if _, err := v.keys.all(); err != nil {
		return nil, nil, err
	}
	b := &bridge{
		name: browser.name, startedAt: v.opts.Now(), screen: on.screen(), keys: v.keys, log: v.opts.Log, modes: Modes{On, On, Good},
		changed: v.opts.Changed,
	}
	first, err := start(ctx, browser, browser.profileOf(v.opts.Dir), v.note(), v.opts.Headless, on, b)
	if err != nil {
		return nil, nil, err
	}
	v.opts.Log.Info("a browser with a virtual authenticator runs", "browser", b.name, "pid", b.process.cmd.Process.Pid)
	v.mu.Lock()
	v.running = b
	v.mu.Unlock()
	return b, first, nil
}

// alive returns the browser that runs, or nil.
func (v *Virtual) alive() *bridge {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.running == nil {
		return nil
	}
	select {
	case <-v.running.ended:
		v.running = nil
	default:
	}
	return v.running
}

// State tells what runs and which keys there are. Its error is ErrKeys.
func (v *Virtual) State() (State, error) {
	keys, err := v.keys.all()
	out := State{Keys: keys}
	if b := v.alive(); b != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		out.Running, out.Browser, out.PID, out.Pages = true, b.name, b.process.cmd.Process.Pid, b.count
		out.StartedAt, out.Modes, out.Note = b.startedAt, b.modes, b.note
	}
	return out, err
}
