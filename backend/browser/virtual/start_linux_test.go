package virtual_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/browser/virtual"
)

// A program that ends at once, as a browser does that lacks a library, is
// reported with what it said, and leaves nothing.
func TestABrowserThatDoesNotStartSaysWhyAndLeavesNothing(t *testing.T) {
	bin, dir := filepath.Join(t.TempDir(), "chromium"), t.TempDir()
	if err := os.WriteFile(bin, []byte("#!/bin/sh\necho the library is missing >&2\nexit 127\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	v := virtual.New(virtual.Options{
		Dir: dir, Path: bin, Headless: true, Changed: func() {}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	err := v.Open(t.Context(), "https://localhost:8443/register")
	if !errors.Is(err, virtual.ErrNotStarted) || !strings.Contains(err.Error(), "the library is missing") {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestAWindowWithoutADisplayIsNotTried(t *testing.T) {
	for _, variable := range []string{"DISPLAY", "WAYLAND_DISPLAY"} {
		t.Setenv(variable, "")
	}
	bin, dir := filepath.Join(t.TempDir(), "chromium"), t.TempDir()
	started := filepath.Join(dir, "started")
	if err := os.WriteFile(bin, []byte("#!/bin/sh\n: >"+started+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	v := virtual.New(virtual.Options{Dir: dir, Path: bin, Changed: func() {}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err := v.Open(t.Context(), "https://localhost:8443/"); !errors.Is(err, virtual.ErrNotStarted) || !strings.Contains(err.Error(), "display") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(started); err == nil {
		t.Error("the browser was started")
	}
}

func TestTheBrowserOpensOnTheDesktopOfWhoAsks(t *testing.T) {
	for name, value := range map[string]string{"DISPLAY": ":1", "WAYLAND_DISPLAY": "", "XAUTHORITY": "/of/the/lab", "SECRET": "kept"} {
		t.Setenv(name, value)
	}
	home, dir := t.TempDir(), t.TempDir()
	bin := filepath.Join(t.TempDir(), "chromium")
	script := "#!/bin/sh\necho \"[$DISPLAY] [$WAYLAND_DISPLAY] [$XAUTHORITY] [$HOME] [$SECRET]\" >&2\nexit 127\n"
	if err := os.WriteFile(bin, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	v := virtual.New(virtual.Options{Dir: dir, Path: bin, Changed: func() {}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	for _, c := range []struct {
		what string
		on   *virtual.Desktop
		want string
	}{
		{"the lab's own", nil, "[:1] [] [/of/the/lab] [" + os.Getenv("HOME") + "] [kept]"},
		{"another one", &virtual.Desktop{Display: ":7", Home: home}, "[:7] [] [] [" + home + "] [kept]"},
		{"a home that isn't there", &virtual.Desktop{Display: ":7", Home: "/nowhere/at/all"}, "[:7] [] [] [" + os.Getenv("HOME") + "] [kept]"},
		{"none", &virtual.Desktop{}, "no display"},
	} {
		if err := v.OpenOn(t.Context(), c.on, "https://localhost:8443/login"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.what, err, c.want)
		}
	}
}
