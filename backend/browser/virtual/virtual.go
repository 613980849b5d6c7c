// Package virtual runs the lab browser: the person's Chromium, Chrome, Edge or Brave in
// a profile of ours, kept for each app or thrown away. Every tab has a virtual
// authenticator, whose keys are kept in the home folder and which can err on purpose;
// or none of ours, where the person wants a real one.
//
// Its one invariant: nothing in that browser is easier than in the person's own, but
// for certificates whose keys were pinned: the lab's, and those that the person
// accepted. What its virtual authenticator registers shows the AAGUID of one.
package virtual

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sting/backend/apps/watched"
	"sting/backend/child"
)

// Options are what a Virtual is made of. All but Path, Headless and Seen are required.
type Options struct {
	Dir      string                 // the home folder: virtual.json, and the profiles
	Path     string                 // the browser to use, a path or a command; "": the first that is found
	Headless bool                   // opens no window: for tests
	Changed  func()                 // called when the browser, a mode or a key is not as it was; it must not block
	Seen     func(watched.Ceremony) // told what pages do with passkeys; nil: nobody watches
	Now      func() time.Time
	Log      *slog.Logger
}

// Virtual is the lab browser: as many as have a profile of their own. New makes one.
type Virtual struct {
	opts Options
	keys *keyring

	ops  sync.Mutex // one start, change or end at a time
	over bool       // Run has ended; guarded by ops

	mu      sync.Mutex
	running map[string]*bridge // by seat; some may have ended since
	ended   string             // how the last one ended that was not asked to, "" since one was started
	last    int                // of the browsers with a new profile; guarded by ops
}

// New describes a browser. It touches nothing before Visit.
func New(o Options) *Virtual {
	return &Virtual{opts: o, keys: &keyring{dir: o.Dir}, running: map[string]*bridge{}}
}

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
	Browsers  []Browser // each that runs; what stands above is of the first, Pages of all
}

// Run throws away what a lab that was killed left behind, waits until ctx ends
// and then closes the browser. Nothing opens after that.
func (v *Virtual) Run(ctx context.Context) {
	v.clean()
	<-ctx.Done()
	v.ops.Lock()
	defer v.ops.Unlock()
	v.over = true
	for _, b := range v.all() {
		b.close()
	}
}

// clean removes what browsers left that nobody closed. They ended when their
// lab did: the pipe broke, or the system ended them; one that didn't is ended here.
func (v *Virtual) clean() {
	v.ops.Lock()
	defer v.ops.Unlock()
	if len(v.all()) > 0 {
		return
	}
	for _, note := range v.left("virtual*.pid") {
		if list := child.Left(note); len(list) > 0 {
			still := child.End(note, list)
			v.opts.Log.Warn("a browser of a lab that was killed still ran", "processes", child.Words(list), "still there", child.Words(still))
		}
	}
	for _, profile := range v.left(thrownAway + "*") {
		if err := os.RemoveAll(profile); err != nil {
			v.opts.Log.Warn("an old profile of the lab browser is left", "err", err)
		}
	}
}

// left returns the files of the home folder whose names are like a pattern.
func (v *Virtual) left(pattern string) []string {
	entries, _ := os.ReadDir(v.opts.Dir) // a folder that isn't there has none
	var out []string
	for _, e := range entries {
		if like, err := filepath.Match(pattern, e.Name()); like && err == nil {
			out = append(out, filepath.Join(v.opts.Dir, e.Name()))
		}
	}
	return out
}

// at returns the browser of a seat that runs, or nil.
func (v *Virtual) at(seat string) *bridge {
	v.mu.Lock()
	defer v.mu.Unlock()
	b := v.running[seat]
	if b == nil || b.over() {
		delete(v.running, seat)
		return nil
	}
	return b
}

// all returns the browsers that run, the oldest first.
func (v *Virtual) all() []*bridge {
	v.mu.Lock()
	defer v.mu.Unlock()
	maps.DeleteFunc(v.running, func(_ string, b *bridge) bool { return b.over() })
	return slices.SortedFunc(maps.Values(v.running), func(a, b *bridge) int { return a.startedAt.Compare(b.startedAt) })
}

// equipped returns those that have virtual authenticators.
func (v *Virtual) equipped() []*bridge {
	return slices.DeleteFunc(v.all(), func(b *bridge) bool { return b.visit.Real })
}

// equipBesides tells the other browsers what one did to a key.
func (v *Virtual) equipBesides(one *bridge) {
	for _, b := range v.equipped() {
		if b != one {
			b.work.add(func() { b.equipped(b.equipAll(context.Background())) })
		}
	}
}

// State tells what runs and which keys there are. Its error is ErrKeys.
func (v *Virtual) State() (State, error) {
	keys, err := v.keys.all()
	v.mu.Lock()
	out := State{Keys: keys, Note: v.ended}
	v.mu.Unlock()
	for i, b := range v.all() {
		b.mu.Lock()
		one := Browser{
			App: b.visit.App, Name: b.name, PID: b.process.cmd.Process.Pid, Pages: b.count, Real: b.visit.Real, Kept: b.visit.kept(),
			StartedAt: b.startedAt.UTC().Format(time.RFC3339), Note: b.note,
		}
		if i == 0 {
			out.Running, out.Browser, out.PID, out.StartedAt, out.Modes = true, b.name, one.PID, b.startedAt, b.modes
		}
		b.mu.Unlock()
		out.Pages += one.Pages
		out.Note = cmp.Or(out.Note, one.Note)
		out.Browsers = append(out.Browsers, one)
	}
	return out, err
}
