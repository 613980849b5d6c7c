//go:build desktop || dev || bindings

package window

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	goruntime "runtime"
	"syscall"
	"time"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/menu"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// The Wails runtime ends the process when it is called without a window, so
// nothing outside this file touches it.

// insist is the pause between two requests to close; grace the time after which
// a window that would not close is left behind.
const (
	insist = 200 * time.Millisecond
	grace  = farewell + 5*time.Second
)

// wailsShell reaches the page through the context that Wails gave to OnStartup.
type wailsShell struct{ ctx context.Context }

// Emit sends an event to every listener in the page.
func (s wailsShell) Emit(event string, data any) { runtime.EventsEmit(s.ctx, event, data) }

// Show brings the window to the front, from its icon too.
func (s wailsShell) Show() {
	runtime.WindowUnminimise(s.ctx)
	runtime.WindowShow(s.ctx)
}

// SavePath shows the system's own dialogue.
func (s wailsShell) SavePath(title, name string) (string, error) {
	return runtime.SaveFileDialog(s.ctx, runtime.SaveDialogOptions{
		Title: title, DefaultFilename: name, CanCreateDirectories: true,
		Filters: []runtime.FileFilter{{DisplayName: "JSON", Pattern: "*.json"}},
	})
}

// OpenPath shows the system's own dialogue.
func (s wailsShell) OpenPath(title string) (string, error) {
	return runtime.OpenFileDialog(s.ctx, runtime.OpenDialogOptions{
		Title: title, Filters: []runtime.FileFilter{{DisplayName: "JSON", Pattern: "*.json"}},
	})
}

// Run opens the window and returns when it is closed and what it started has
// ended. pages holds index.html. It must be called on the main goroutine.
func Run(w *Window, pages fs.FS) error {
	if err := checkDisplay(goruntime.GOOS, os.Getenv); err != nil && !generating {
		return err
	}
	closed := make(chan struct{})
	defer close(closed)
	opened := make(chan context.Context, 1)
	go closeOnSignal(catchSignals(), opened, closed)
	open := closeToOthers()
	defer open()
	opts := &options.App{
		Title:              "STING Companion",
		Width:              1180,
		Height:             780,
		MinWidth:           760,
		MinHeight:          520,
		BackgroundColour:   options.NewRGB(0x0e, 0x0f, 0x1c),
		AssetServer:        &assetserver.Options{Assets: pages},
		LogLevelProduction: logger.ERROR,
		LogLevel:           logger.WARNING,
		OnStartup: func(ctx context.Context) {
			opened <- ctx
			w.begin(ctx, wailsShell{ctx})
		},
		OnDomReady:     func(context.Context) { open() },
		OnShutdown:     func(context.Context) { w.end() },
		ErrorFormatter: func(err error) any { return wired(err) },
		Bind:           []any{w.Bridge()},
		Linux:          &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyNever, ProgramName: "sting"},
	}
	if goruntime.GOOS == "darwin" { // copy and paste go through the menu there
		opts.Menu = menu.NewMenuFromItems(menu.AppMenu(), menu.EditMenu())
	}
	if err := wails.Run(opts); err != nil {
		return fmt.Errorf("run window: %w", err)
	}
	return nil
}

// catchSignals returns what SIGINT and SIGTERM become from now on.
func catchSignals() chan os.Signal {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	return signals
}

// closeOnSignal closes the window at the first SIGINT or SIGTERM. Wails has a
// handler of its own, which loses a signal that comes before the main loop and
// ignores the next, so this one waits for the window to be open, asks until it is
// closed, and ends the process where it never is, or at a second signal.
func closeOnSignal(signals chan os.Signal, opened <-chan context.Context, closed <-chan struct{}) {
	defer signal.Stop(signals)
	select {
	case <-closed:
		return
	case <-signals:
	}
	var ctx context.Context
	select {
	case <-closed:
		return
	case <-signals:
		os.Exit(1)
	case ctx = <-opened:
	}
	ticker := time.NewTicker(insist)
	defer ticker.Stop()
	deadline := time.After(grace)
	for {
		runtime.Quit(ctx)
		select {
		case <-closed:
			return
		case <-signals:
			os.Exit(1)
		case <-deadline:
			fmt.Fprintln(os.Stderr, "sting: error: the window did not close; ended without it")
			os.Exit(1)
		case <-ticker.C:
		}
	}
}
