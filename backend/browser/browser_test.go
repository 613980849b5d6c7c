//go:build linux

package browser_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/browser"
	"sting/backend/fault"
)

const page = "https://localhost:8443/login?return_to=%2Fdashboard#top"

func opener() *browser.Opener {
	return &browser.Opener{
		Origins: func() []string { return []string{"https://localhost:8443", "https://sting.localhost"} },
		Log:     slog.New(slog.DiscardHandler),
	}
}

// fakeOpener puts an xdg-open into an otherwise empty PATH, and returns the
// file where it keeps its arguments.
func fakeOpener(t *testing.T, script string) string {
	t.Helper()
	bin := t.TempDir()
	file := filepath.Join(bin, "arguments")
	text := "#!/bin/sh\nprintf '%s\\n' \"$@\" > " + file + "\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("DISPLAY", ":99")
	return file
}

func TestOurPageReachesTheOpenerUnchanged(t *testing.T) {
	file := fakeOpener(t, "exit 0")
	if err := opener().Open(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if diff := cmp.Diff(page+"\n", string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestNothingButOurPagesReachesTheOpener(t *testing.T) {
	tests := map[string]string{
		"a file":                         "file:///etc/passwd",
		"a script":                       "javascript:alert(1)",
		"a script that looks like ours":  "javascript://localhost:8443/%0aalert(1)",
		"a scheme of its own":            "zoommtg://localhost:8443/",
		"a mail address":                 "mailto:a@localhost",
		"plain http":                     "http://localhost:8443/",
		"upper case in the scheme":       "HTTPS://localhost:8443/",
		"another host":                   "https://example.com/",
		"another port":                   "https://localhost:9443/",
		"no port where ours has one":     "https://localhost/",
		"ours as the user":               "https://localhost:8443@example.com/",
		"a user at ours":                 "https://me@localhost:8443/",
		"ours with a longer name":        "https://localhost:8443.example.com/",
		"a backslash":                    `https://localhost:8443\@example.com/`,
		"a line feed":                    "https://localhost:8443/\n--version",
		"a tab in the scheme":            "ht\ttps://localhost:8443/",
		"a space":                        "https://localhost:8443/ -x",
		"a byte that isn't ASCII":        "https://localhost:8443/ü",
		"a broken escape":                "https://localhost:8443/%zz",
		"an option":                      "--help",
		"no host":                        "https:///login",
		"no slashes":                     "https:localhost:8443/",
		"nothing":                        "",
		"more than any browser would do": "https://localhost:8443/" + strings.Repeat("a", 2000),
	}
	for name, address := range tests {
		t.Run(name, func(t *testing.T) {
			file := fakeOpener(t, "exit 0")
			if err := opener().Open(t.Context(), address); !errors.Is(err, browser.ErrNotOurs) {
				t.Errorf("Open = %v, want ADDRESS_NOT_OURS", err)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("the opener was started")
			}
		})
	}
}

func TestOriginsThatDifferInSpellingOnlyAreOurs(t *testing.T) {
	for _, address := range []string{"https://sting.localhost/", "https://sting.localhost:443/x", "https://LOCALHOST:8443/"} {
		if _, err := browser.Check(address, opener().Origins()); err != nil {
			t.Errorf("Check(%s) = %v", address, err)
		}
	}
	if _, err := browser.Check("https://localhost/", []string{"http://localhost", "localhost", ""}); !errors.Is(err, browser.ErrNotOurs) {
		t.Errorf("an origin that isn't https lets a page through: %v", err)
	}
}

func TestAFailureSaysWhyAndHoldsTheAddress(t *testing.T) {
	tests := []struct {
		name    string
		script  string
		missing bool
		display string
		want    string
	}{
		{name: "no opener", missing: true, want: "xdg-open is not installed"},
		{name: "no browser", script: "exit 3", display: ":99", want: "found none"},
		{name: "a browser that fails", script: "exit 4", display: ":99", want: "failed to start"},
		{name: "another failure", script: "exit 9", display: ":99", want: "status 9"},
		{name: "no display", script: "exit 3", want: "no display"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fakeOpener(t, tt.script)
			if tt.missing {
				t.Setenv("PATH", t.TempDir())
			}
			t.Setenv("DISPLAY", tt.display)
			t.Setenv("WAYLAND_DISPLAY", "")
			err := opener().Open(t.Context(), page)
			if !errors.Is(err, browser.ErrNotOpened) {
				t.Fatalf("Open = %v, want BROWSER_NOT_OPENED", err)
			}
			f := fault.From(err)
			if !strings.Contains(f.Message, tt.want) || !strings.HasSuffix(f.Hint, page) {
				t.Errorf("message %q, hint %q, want %q and the address at the end", f.Message, f.Hint, tt.want)
			}
		})
	}
}

func TestABrowserThatTheOpenerWaitsForIsOpen(t *testing.T) {
	started := lasting(t)
	began := time.Now()
	if err := opener().Open(t.Context(), page); err != nil {
		t.Errorf("Open = %v, want it open", err)
	}
	started()
	if took := time.Since(began); took < time.Second {
		t.Errorf("the verdict came after %v, before the opener could fail", took)
	}
}

func TestAnEndedContextStopsTheWait(t *testing.T) {
	started := lasting(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		started()
		cancel()
	}()
	if err := opener().Open(ctx, page); !errors.Is(err, context.Canceled) {
		t.Errorf("Open = %v, want the context's error", err)
	}
}

func TestInstalledNamesEachKindOnce(t *testing.T) {
	bin := t.TempDir()
	for _, name := range []string{"chromium", "chromium-browser", "firefox-esr"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	want := []browser.Browser{{Name: "Chromium", Path: filepath.Join(bin, "chromium")},
		{Name: "Firefox", Path: filepath.Join(bin, "firefox-esr")}}
	if diff := cmp.Diff(want, browser.Installed()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
