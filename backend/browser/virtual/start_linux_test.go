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
