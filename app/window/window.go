// Package window is the desktop face of the lab: one thin struct, bound into a web
// view, through which the page asks for the verbs of the admin door. The work is
// in backend; the terminal asks for the same verbs.
//
// Its invariant: nothing happens before the window is there. New and Bridge
// touch no disk and no port; the lab starts in begin, which Wails calls once the
// window exists and never while it generates bindings. A start that fails is a
// state that the window shows, not an exit.
package window

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/disk"
	"sting/backend/fault"
)

// Lab is the lab that a window shows.
type Lab struct {
	Door     admin.Door
	Attached bool         // it ran before the window and goes on after it
	Done     <-chan error // delivers once, when a lab that the window started has ended; nil for an attached one
}

// Start finds the lab of a home folder: it attaches to one that runs, otherwise
// it starts one, which ends when ctx does. It returns when the lab answers. Its
// errors are shown to the person as faults.
type Start func(ctx context.Context) (Lab, error)

// Help finds what the program can say about a fault's code, and whether it can
// say anything.
type Help func(code string) (api.HelpEntry, bool)

// Phase is where the window's lab is in its life.
type Phase string

const (
	Starting Phase = "starting" // not there yet
	Running  Phase = "running"  // answers
	Failed   Phase = "failed"   // did not start
	Ended    Phase = "ended"    // was there, and has ended without being told to by this window
)

// State is what the window has to show before any panel: whether there is a lab.
type State struct {
	Phase    Phase      `json:"phase" ts_type:"'starting' | 'running' | 'failed' | 'ended'"`
	Attached bool       `json:"attached"` // closing the window leaves the lab running
	Error    *api.Error `json:"error" ts_type:"api.Error | null"`
}

// The events that panels can listen to: "window" carries a State, "lab" an
// api.Event. Those of a stream are called as Follow was told.
const (
	eventWindow = "window"
	eventLab    = "lab"
)

// What the window itself can fail with.
var (
	ErrNotRunning = fault.New(fault.Unavailable, "LAB_NOT_RUNNING", "The lab is not running.",
		"Start it again in this window, or run `sting serve` in a terminal.")
	ErrNotJSON = fault.New(fault.Invalid, "MALFORMED", "The file holds no JSON.",
		"Choose a file that Export or `sting export` wrote.")
	ErrNotSaved = fault.New(fault.Invalid, "FILE_UNUSABLE", "The file could not be written.",
		"Choose a folder in which you may write, on a disk with room.")
	ErrNotRead = fault.New(fault.Invalid, "FILE_UNUSABLE", "The file could not be read.",
		"Choose a file that you may read, of at most 64 MiB.")
	ErrEnded = fault.New(fault.Unavailable, "LAB_ENDED", "The lab has stopped.",
		"Somebody stopped it from another place, or its terminal was closed. Start it again in this window, or run `sting serve` in a terminal.")
)

// patience bounds a call of a panel where its verb says nothing else; retryPause is the time between two attempts
// to hear an attached lab; farewell bounds the wait for a lab that ends.
const (
	patience   = 60 * time.Second
	retryPause = 300 * time.Millisecond
	farewell   = 10 * time.Second
)

// shell is what this package asks of the desktop.
type shell interface {
	Emit(event string, data any) // to every listener in the page
	Show()                       // brings the window to the front
	// SavePath asks the person where to put a file; "" where they changed their
	// mind.
	SavePath(title, name string) (string, error)
	// OpenPath asks the person for a JSON file; "" where they changed their mind.
	OpenPath(title string) (string, error)
}

// Window holds the lab that the panels talk to. New makes one.
type Window struct {
	start Start
	help  Help
	log   *slog.Logger

	// The window's life, set by begin: a web view gives its callbacks no context
	// of their own.
	ctx    context.Context
	cancel context.CancelFunc
	sh     shell
	wg     sync.WaitGroup

	mu    sync.Mutex
	state State
	door  admin.Door // of no Caller unless the lab is running
}

// New returns a window that has not begun.
func New(start Start, help Help, log *slog.Logger) *Window {
	return &Window{start: start, help: help, log: log, state: State{Phase: Starting}}
}

// begin starts the lab in the background and tells the page what becomes of it.
func (w *Window) begin(ctx context.Context, sh shell) {
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.sh = sh
	w.wg.Go(w.live)
}

// end stops what begin started and waits for it, but not for ever.
func (w *Window) end() {
	if w.cancel == nil {
		return // the window never came up
	}
	w.cancel()
	ended := make(chan struct{})
	go func() {
		w.wg.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(farewell):
		w.log.Error("the lab did not stop in time", "waited", farewell)
	}
}

// again starts the lab once more after it failed or ended; otherwise it does
// nothing.
func (w *Window) again() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx.Err() != nil || (w.state.Phase != Failed && w.state.Phase != Ended) {
		return
	}
	w.state = State{Phase: Starting}
	w.sh.Emit(eventWindow, w.state)
	w.wg.Go(w.live)
}

// live is one life of the lab, from its start to its end.
func (w *Window) live() {
	lab, err := w.start(w.ctx)
	if err != nil {
		if w.ctx.Err() == nil {
			w.log.Error("the lab did not start", "error", err)
			w.become(State{Phase: Failed, Error: describe(err)}, admin.Door{})
		}
		return
	}
	w.become(State{Phase: Running, Attached: lab.Attached}, lab.Door)
	err = w.follow(lab)
	if w.ctx.Err() != nil {
		if lab.Done != nil {
			<-lab.Done
		}
		return
	}
	if err == nil {
		err = ErrEnded
	}
	w.log.Error("the lab has ended", "error", err)
	w.become(State{Phase: Ended, Attached: lab.Attached, Error: describe(err)}, admin.Door{})
}

// follow passes the lab's news on to the panels until the lab or the window
// ends. It returns nil for a lab that was stopped in order.
func (w *Window) follow(lab Lab) error {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	var listening sync.WaitGroup
	defer listening.Wait()
	lost := make(chan struct{})
	listening.Go(func() {
		defer close(lost)
		w.listen(ctx, lab)
	})
	select {
	case err := <-lab.Done:
		cancel()
		return err
	case <-w.ctx.Done():
		return nil
	case <-lost:
		return nil
	}
}

// listen hears the lab's events. A stream that breaks is taken up again for as
// long as the lab answers; what was missed meanwhile is announced as such.
func (w *Window) listen(ctx context.Context, lab Lab) {
	for {
		err := lab.Door.Events(ctx, func(e api.Event) {
			if e.Topic == topicWindow {
				w.answer(ctx, lab.Door)
				return
			}
			w.sh.Emit(eventLab, e)
		})
		if ctx.Err() != nil {
			return
		}
		w.log.Info("the lab's events broke off", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryPause):
		}
		if _, err := lab.Door.Status(ctx); err != nil {
			if lab.Done == nil {
				return
			}
			continue // our own: its end arrives over Done
		}
		w.sh.Emit(eventLab, api.Event{Topic: "missed"})
	}
}

// become changes the state and tells the page.
func (w *Window) become(s State, door admin.Door) {
	w.mu.Lock()
	w.state, w.door = s, door
	w.mu.Unlock()
	w.sh.Emit(eventWindow, s)
}

// now returns the state of the moment.
func (w *Window) now() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// describe gives the panels a failure as the pages get it.
func describe(err error) *api.Error {
	e := admin.Fault(err)
	return &e
}

// wired is describe as JSON in a string: the page's runtime makes an Error of
// whatever it is given, and of an object only "[object Object]" would be left.
func wired(err error) string {
	raw, failed := json.Marshal(describe(err))
	if failed != nil {
		return describe(err).Error
	}
	return string(raw)
}

// running returns the lab's door, or ErrNotRunning.
func (w *Window) running() (admin.Door, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.door.Caller == nil {
		return w.door, ErrNotRunning
	}
	return w.door, nil
}

// ask asks the lab for a verb, and waits for as long as that may take.
func (w *Window) ask(v admin.Spec, in any) (any, error) {
	door, err := w.running()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(w.ctx, v.Patience(in, patience))
	defer cancel()
	return door.Call(ctx, v, in)
}

// save asks where to put JSON, writes it there, indented and for the person
// alone, and returns the path; "" where the person changed their mind.
func (w *Window) save(title, name string, raw json.RawMessage) (string, error) {
	path, err := w.sh.SavePath(title, name)
	if err != nil || path == "" {
		return "", err
	}
	var text bytes.Buffer
	if err := json.Indent(&text, raw, "", "  "); err != nil {
		return "", fmt.Errorf("indent what is saved: %w", err)
	}
	if err := disk.Replace(path, append(text.Bytes(), '\n')); err != nil {
		return "", ErrNotSaved.Because(err).Saying("Nothing could be written to %s.", path)
	}
	return path, nil
}
