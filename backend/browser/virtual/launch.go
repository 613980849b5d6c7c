package virtual

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"sting/backend/child"
)

// process is a running browser and our ends of its pipes.
type process struct {
	cmd     *exec.Cmd
	child   *child.Process
	to      *os.File // what it reads
	from    *os.File // what it writes
	profile string
	kept    bool  // the profile stays
	said    *tail // the end of its standard error
}

// launch starts the browser with its profile and no page but about:blank.
// It reads the same trust stores as the person's own browser, since HOME is the
// person's, and believes the keys that w pins besides. note is for the start after one
// that was killed.
func launch(p program, profile, note string, headless bool, w Visit) (*process, error) {
	on := w.On
	if !headless && runtime.GOOS == "linux" && on.screen() == "" {
		return nil, ErrNotStarted.Saying("The browser with the virtual authenticator has no display to open on.").
			Hinting("Ask for it in a desktop session, with DISPLAY or WAYLAND_DISPLAY set.")
	}
	if err := prepare(profile, w.kept()); err != nil {
		return nil, ErrNotStarted.Saying("The profile of the browser could not be made.").Because(err)
	}
	theirIn, to, err := os.Pipe()
	if err != nil {
		return nil, ErrNotStarted.Because(err)
	}
	from, theirOut, err := os.Pipe()
	if err != nil {
		return nil, ErrNotStarted.Because(errors.Join(err, theirIn.Close(), to.Close()))
	}
	out := &process{to: to, from: from, profile: profile, kept: w.kept(), said: &tail{}}
	out.cmd = exec.Command(p.path)
	out.cmd.Env = on.environment()
	out.cmd.Stderr = out.said
	out.cmd.WaitDelay = 2 * time.Second // for children that hold standard error open
	handles := passPipes(out.cmd, theirIn, theirOut)
	out.cmd.Args = append(out.cmd.Args, flags(profile, headless, w)...)
	out.cmd.Args = append(out.cmd.Args, handles...)
	out.cmd.Args = append(out.cmd.Args, "about:blank")
	out.child, err = child.Start(out.cmd, note)
	err = errors.Join(err, theirIn.Close(), theirOut.Close())
	if err != nil {
		return nil, ErrNotStarted.Because(errors.Join(err, to.Close(), from.Close(), out.remove()))
	}
	return out, nil
}

func flags(profile string, headless bool, w Visit) []string {
	out := []string{
		"--user-data-dir=" + profile, "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
		"--disable-sync", "--disable-component-update", "--disable-background-networking", "--disable-breakpad",
		"--disable-search-engine-choice-screen", "--hide-crash-restore-bubble", "--disable-extensions",
	}
	if !w.Real { // a real authenticator may live in the system's keychain
		out = append(out, "--password-store=basic", "--use-mock-keychain")
	}
	if w.HostRules != "" {
		out = append(out, "--host-resolver-rules="+w.HostRules)
	}
	if len(w.Pins) > 0 {
		out = append(out, "--ignore-certificate-errors-spki-list="+strings.Join(w.Pins, ","))
	}
	if headless {
		out = append(out, "--headless=new", "--disable-gpu")
	}
	if runtime.GOOS == "linux" && os.Geteuid() == 0 {
		out = append(out, "--no-sandbox") // Chromium doesn't start as root with it
	}
	return out
}

// prepare makes an empty profile that doesn't offer to keep passwords; one that is kept
// is left as it was.
func prepare(profile string, kept bool) error {
	if _, err := os.Stat(filepath.Join(profile, "Default")); kept && err == nil {
		return nil
	}
	if err := os.RemoveAll(profile); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(profile, "Default"), 0o700); err != nil {
		return err
	}
	raw, err := json.Marshal(map[string]any{
		"credentials_enable_service": false,
		"profile":                    map[string]any{"name": "STING lab browser", "password_manager_enabled": false},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(profile, "Default", "Preferences"), raw, 0o600)
}

// wait returns when the browser and everything that it started has ended and
// the profile is gone.
func (p *process) wait() error {
	err := p.child.Wait()
	return errors.Join(err, p.to.Close(), p.from.Close(), p.remove())
}

// remove removes the profile, unless it is kept. A process that was just killed may still hold a
// file of it for a moment.
func (p *process) remove() (err error) {
	if p.kept {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		if err = os.RemoveAll(p.profile); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

// tail keeps the last bytes of what is written to it.
type tail struct {
	mu  sync.Mutex
	end []byte
}

var _ io.Writer = (*tail)(nil)

const tailBytes = 2000

// Write keeps the end of b.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, b...)
	t.end = t.end[max(0, len(t.end)-tailBytes):]
	return len(b), nil
}

// String returns what was kept, without a first line that is cut.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.end)
	if len(t.end) == tailBytes {
		_, text, _ = strings.Cut(text, "\n")
	}
	return strings.TrimSpace(text)
}
