package window

import (
	"context"
	"encoding/json"
)

// CheckDisplay, Describe and Wired are what the shell uses of this package.
var (
	CheckDisplay = checkDisplay
	Describe     = describe
	Wired        = wired
)

// Page hears what the window tells its page, as JSON.
type Page struct {
	Heard chan string
	Save  string // where the person puts a file
	Pick  string // the file that the person chooses
}

// Emit implements shell.
func (p Page) Emit(event string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	p.Heard <- event + " " + string(b)
}

// Show implements shell.
func (p Page) Show() { p.Heard <- "shown" }

// SavePath implements shell.
func (p Page) SavePath(string, string) (string, error) { return p.Save, nil }

// OpenPath implements shell.
func (p Page) OpenPath(string) (string, error) { return p.Pick, nil }

// Begin is what Wails' OnStartup does.
func (w *Window) Begin(ctx context.Context, p Page) { w.begin(ctx, p) }

// End is what Wails' OnShutdown does.
func (w *Window) End() { w.end() }
