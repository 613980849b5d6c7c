package virtual

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Visit is a page to show, and in which browser. Only URL is required.
type Visit struct {
	URL  string   // the caller has checked that the lab may go there
	On   *Desktop // on whose screen; nil: this process' own
	App  string   // whose profile, which is kept; "": one that is thrown away
	New  bool     // a profile that is thrown away, for an app too
	Real bool     // no authenticator of ours: the browser's own, a security key, a phone

	HostRules string   // where names lead, as --host-resolver-rules takes them
	Pins      []string // keys of certificates that are believed: base64 of the SHA-256 of each SPKI
}

// profiles is the folder of the kept profiles in the home folder, thrownAway how the
// names of the others begin.
const (
	profiles   = "browsers"
	thrownAway = "virtual-profile"
)

// seat is what one browser differs from another by: of two with one profile the second
// would not start. No name of an app has what it adds.
func (w Visit) seat() string {
	name := w.App
	if w.Real {
		name += "_real"
	}
	return name
}

// kept reports whether the profile stays when the browser ends.
func (w Visit) kept() bool { return w.App != "" && !w.New }

// Browser is one that runs.
type Browser struct {
	App       string // "": the lab's own pages, and those without a name
	Name      string // "Chromium"
	PID       int
	Pages     int
	StartedAt string // RFC 3339
	Real      bool
	Kept      bool // its profile
	Note      string
}

// Visit shows a page in a new tab of the browser that it belongs to, which is started
// where it doesn't run. One that runs without a pin or a host that the page needs is
// started again.
//
// Errors: ErrNoBrowser, ErrNotStarted, ErrKeys. With ErrUntrusted and ErrNotShown the
// browser is open and shows why.
func (v *Virtual) Visit(ctx context.Context, w Visit) error {
	v.ops.Lock()
	defer v.ops.Unlock()
	if v.over {
		return ErrNotRunning.Saying("The lab is ending.")
	}
	b, p, err := v.page(ctx, w)
	if err != nil {
		return err
	}
	return b.show(ctx, p, w.URL)
}

// Open is Visit in the browser of the lab's own pages, on this process' screen.
func (v *Virtual) Open(ctx context.Context, url string) error { return v.Visit(ctx, Visit{URL: url}) }

// page returns an empty page of the browser, which it starts where none runs.
func (v *Virtual) page(ctx context.Context, w Visit) (*bridge, *page, error) {
	seat := w.seat()
	if w.New {
		v.last++
		seat = fmt.Sprintf("%s_new_%d", seat, v.last)
	}
	if b := v.at(seat); b != nil {
		if at := w.On.screen(); !v.opts.Headless && at != "" && b.screen != at {
			return nil, nil, ErrNotStarted.Saying("The browser with the virtual authenticator is open on another display, %s.", b.screen).
				Hinting("Close it with `sting virtual close`, then open it here; its keys are kept.").Running("sting virtual close")
		}
		if b.knows(w) {
			if p, err := b.another(ctx); err == nil {
				return b, p, nil
			}
		}
		b.close() // it was about to end, or hangs, or was started without what the page needs
	}
	return v.start(ctx, w, seat)
}

// knows reports whether the browser was started with all that a page needs.
func (b *bridge) knows(w Visit) bool {
	missing := func(pin string) bool { return !slices.Contains(b.visit.Pins, pin) }
	return b.visit.HostRules == w.HostRules && !slices.ContainsFunc(w.Pins, missing)
}

func (v *Virtual) start(ctx context.Context, w Visit, seat string) (*bridge, *page, error) {
	browser, err := find(v.opts.Path)
	if err != nil {
		return nil, nil, err
	}
	if _, err := v.keys.all(); err != nil {
		return nil, nil, err
	}
	b := &bridge{
		name: browser.name, visit: w, startedAt: v.opts.Now(), screen: w.On.screen(), keys: v.keys, log: v.opts.Log,
		modes: Modes{On, On, Good}, changed: v.opts.Changed,
	}
	b.elsewhere = func() { v.equipBesides(b) }
	b.watch(v.opts.Seen, v.opts.Now)
	b.crashed = func(how string) { v.crash(b, how) }
	profile, note := v.profileOf(browser, w, seat), v.note(seat)
	if w.kept() {
		if err := os.MkdirAll(filepath.Dir(profile), 0o700); err != nil {
			return nil, nil, ErrNotStarted.Saying("The profile of the browser could not be made.").Because(err)
		}
	}
	first, err := start(ctx, browser, profile, note, v.opts.Headless, b)
	if err != nil {
		return nil, nil, err
	}
	v.opts.Log.Info("a lab browser runs", "browser", b.name, "app", w.App, "virtual_authenticator", !w.Real, "pid", b.process.cmd.Process.Pid)
	v.mu.Lock()
	v.running[seat], v.ended = b, ""
	v.mu.Unlock()
	return b, first, nil
}

// crash notes a browser that ended and was not asked to.
func (v *Virtual) crash(b *bridge, how string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !slices.Contains(slices.Collect(maps.Values(v.running)), b) {
		return // it never began, which its start says
	}
	v.opts.Log.Warn("a lab browser ended by itself", "browser", b.name, "app", b.visit.App, "how", how)
	v.ended = fmt.Sprintf("%s ended by itself (%s). Open the page again; its keys are kept.", b.name, how)
}

// note names the browser of a seat that runs, for the start after one that was killed.
func (v *Virtual) note(seat string) string {
	return filepath.Join(v.opts.Dir, seated("virtual", seat)+".pid")
}

// seated is the name of what a seat has of its own.
func seated(name, seat string) string {
	if seat == "" {
		return name
	}
	return name + "-" + seat
}

// profileOf returns the folder of a browser's profile. One that is thrown away has the
// same each time, so that what a killed lab left behind is found and removed. A browser
// from a snap sees neither hidden folders nor our /tmp, only its own.
func (v *Virtual) profileOf(p program, w Visit, seat string) string {
	if folder := p.own(v.opts.Dir); folder != "" {
		return seated(folder, seat)
	}
	if w.kept() {
		return filepath.Join(v.opts.Dir, profiles, seat)
	}
	return filepath.Join(v.opts.Dir, seated(thrownAway, seat))
}

// Forget closes the browsers of an app and throws its profiles away. Its keys stay.
func (v *Virtual) Forget(app string) error {
	v.ops.Lock()
	defer v.ops.Unlock()
	for _, b := range v.all() {
		if b.visit.App == app {
			b.close()
		}
	}
	return RemoveProfiles(v.opts.Dir, app)
}

// RemoveProfiles throws the profiles of an app away that a home folder has, and those of
// it that stand in the folders of browsers from snaps. No browser of the app may run.
func RemoveProfiles(dir, app string) error {
	for _, w := range []Visit{{App: app}, {App: app, Real: true}} {
		places := []string{filepath.Join(dir, profiles, w.seat())}
		if home, err := os.UserHomeDir(); err == nil {
			found, _ := filepath.Glob(seated(ofSnap(home, "*", dir), w.seat())) // a pattern that can't be read finds nothing
			places = append(places, found...)
		}
		for _, place := range places {
			if err := os.RemoveAll(place); err != nil {
				return fmt.Errorf("remove a profile of %s: %w", app, err)
			}
		}
	}
	return nil
}
