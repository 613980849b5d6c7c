package virtual_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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
	if err := v.Open(t.Context(), "https://localhost:8443/"); !errors.Is(err, virtual.ErrNotStarted) ||
		!strings.Contains(err.Error(), "display") {
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
		if err := v.Visit(t.Context(), virtual.Visit{URL: "https://localhost:8443/login", On: c.on}); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.what, err, c.want)
		}
	}
}

// A browser that doesn't notice that its pipe broke ends with the lab all the
// same, and the next start throws its profile away.
func TestABrowserEndsWithTheLabThatIsKilled(t *testing.T) {
	dir, bin := t.TempDir(), filepath.Join(t.TempDir(), "chromium")
	if err := os.WriteFile(bin, []byte("#!/bin/sh\n: >"+dir+"/runs\nexec sleep 1000\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	lab := exec.Command(os.Args[0])
	lab.Env = append(os.Environ(), asLab+"="+dir, "BIN="+bin)
	if err := lab.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lab.Process.Kill(); _ = lab.Wait() })
	until(t, func() bool { _, err := os.Stat(filepath.Join(dir, "runs")); return err == nil })
	var note struct{ PID int }
	until(t, func() bool { // a browser runs before it can be noted
		raw, err := os.ReadFile(filepath.Join(dir, "virtual.pid"))
		return err == nil && json.Unmarshal(raw, &note) == nil && syscall.Kill(note.PID, 0) == nil
	})
	if err := lab.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return syscall.Kill(note.PID, 0) != nil })
	v := virtual.New(virtual.Options{Dir: dir, Path: bin, Changed: func() {}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	v.Run(ctx)
	if _, err := os.Stat(filepath.Join(dir, "virtual-profile")); err == nil {
		t.Error("the profile is still there")
	}
}

// asLab makes this test binary a lab whose browser is $BIN.
const asLab = "STING_TEST_AS_LAB"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asLab); dir != "" {
		v := virtual.New(virtual.Options{
			Dir: dir, Path: os.Getenv("BIN"), Headless: true, Changed: func() {}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err := v.Open(context.Background(), "https://localhost:8443/"); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func until(t *testing.T, is func() bool) {
	t.Helper()
	limit := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-limit:
			t.Fatal("waited too long")
		case <-tick.C:
		}
	}
}
