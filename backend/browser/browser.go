// Package browser opens the lab's pages in the person's own browser.
//
// Its one invariant: nothing but an https address of an origin that the lab
// itself serves ever reaches the system's opener. Whatever a page, a panel or
// a mail asks for, file:, javascript:, custom schemes and foreign hosts stay
// closed (THREATS.md, T16).
package browser

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/skratchdot/open-golang/open"

	"sting/backend/fault"
)

// The faults of this package. Both hints hold the address to copy, where
// there is one.
var (
	// ErrNotOpened: the system's opener is missing, or said that it failed.
	ErrNotOpened = fault.New(fault.Unavailable, "BROWSER_NOT_OPENED", "The browser could not be opened.",
		"Copy the address into a browser.")

	// ErrNotOurs: the address isn't one of the lab's own.
	ErrNotOurs = fault.New(fault.Invalid, "ADDRESS_NOT_OURS", "Only the lab's own pages are opened in the browser.",
		"Copy the address into a browser if you trust it.")
)

// window is how long the opener has to say that it failed. A browser that it
// started itself keeps it running for as long as the browser lives.
const window = 3 * time.Second

// Opener opens addresses of ours.
type Opener struct {
	Origins func() []string // the origins that are ours, https only, such as https://localhost:8443
	Log     *slog.Logger
}

// Open asks the system to show rawURL, and returns once it is known to be open
// or three seconds have passed without bad news.
//
// Errors: ErrNotOurs, with nothing started; ErrNotOpened, which says why, and
// whose hint holds the address to copy; ctx's own, when the opener was started
// and ctx ended first.
func (o *Opener) Open(ctx context.Context, rawURL string) error {
	address, err := Check(rawURL, o.Origins())
	if err != nil {
		return err
	}
	verdict := make(chan error, 1)
	// The one goroutine that nobody waits for: it ends with a browser that
	// belongs to the person, not to us.
	go func() { verdict <- open.Run(address) }()
	timer := time.NewTimer(window)
	defer timer.Stop()
	select {
	case err := <-verdict:
		if err != nil {
			return notOpened(address, err)
		}
		o.Log.Info("opened the browser")
		return nil
	case <-timer.C:
		o.Log.Info("opened the browser, which the opener waits for")
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// notOpened says why in words that a person can act on.
func notOpened(address string, err error) error {
	copyIt := "copy the address into a browser: " + address
	f := ErrNotOpened.Because(err).Hinting("C%s", copyIt[1:])
	if errors.Is(err, exec.ErrNotFound) {
		return f.Saying("The browser could not be opened: xdg-open is not installed.").
			Hinting("Install the package xdg-utils, or %s", copyIt)
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return f.Saying("The browser could not be opened: %v.", err)
	}
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return f.Saying("The browser could not be opened: this session has no display.").
			Hinting("On the machine whose browser you use, %s", copyIt)
	}
	switch exit.ExitCode() { // as xdg-open(1) lists them
	case 3:
		return f.Saying("The browser could not be opened: xdg-open found none.").
			Hinting("Install a browser or set a default one with `xdg-settings set default-web-browser`, or %s", copyIt)
	case 4:
		return f.Saying("The browser could not be opened: it was found, and failed to start.")
	}
	return f.Saying("The browser could not be opened: the opener ended with status %d.", exit.ExitCode())
}
