package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"sting/app/help"
	"sting/backend"
	"sting/backend/admin"
	"sting/backend/admin/client"
	"sting/backend/api"
)

// System returns the Env of the real program. o says what every lab of this
// program has: its pages and its version. The home folder and the log are the
// commands' own.
func System(o backend.Options) Env {
	stdin, stdout, stderr := os.Stdin, os.Stdout, os.Stderr
	o.Help = Help
	offline := func(home string) backend.Offline {
		off := backend.Offline{Home: home, Overrides: o.Overrides, Tell: func(text string) {
			fmt.Fprintln(stderr, "sting: warning:", plain(text))
		}}
		if term.IsTerminal(int(stdin.Fd())) {
			off.Elevate = backend.Sudo(stdin, stderr)
		}
		return off
	}
	return Env{
		Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Terminal: terminal(stdin, stdout, os.Getenv),
		Version:  o.Version,
		Home:     func(flag string) (string, error) { return backend.Home(flag, os.Getenv) },
		NewLab: func(s Serve) (Lab, error) {
			o.Home, o.Log = s.Home, logger(stderr, s)
			return backend.New(o), nil
		},
		Dial: func(home string) (admin.Door, error) {
			c, err := client.Dial(home)
			if err != nil {
				return admin.Door{}, err
			}
			return backend.Here(c.Door, offline(home), slog.New(slog.DiscardHandler)), nil
		},
		Offline:    func(home string) (Offline, error) { return offline(home), nil },
		Background: background,
		Signals:    signals,
		Wait:       poll,
	}
}

// Help finds the help on a code, as pages and panels show it.
func Help(code string) (api.HelpEntry, bool) {
	e, ok := help.Find(code)
	return api.HelpEntry{Code: e.Code, Title: e.Title, Cause: e.Cause, Fix: e.Fix, Body: e.Body}, ok
}

// terminal looks at what stands at the ends of the streams. NO_COLOR turns
// colours off, whatever its value (no-color.org).
func terminal(in, out *os.File, getenv func(string) string) Terminal {
	t := Terminal{In: term.IsTerminal(int(in.Fd())), Out: term.IsTerminal(int(out.Fd()))}
	if !t.Out {
		return t
	}
	if width, _, err := term.GetSize(int(out.Fd())); err == nil {
		t.Width = width
	}
	t.Colour = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	return t
}

func logger(to *os.File, s Serve) *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.LevelInfo}
	if s.Quiet {
		return slog.New(slog.DiscardHandler)
	}
	if s.Verbose {
		o.Level = slog.LevelDebug
	}
	if s.JSON {
		return slog.New(slog.NewJSONHandler(to, o))
	}
	return slog.New(slog.NewTextHandler(to, o))
}

// signals returns a ctx that ends at Ctrl-C or SIGTERM. Another one ends the
// process at once, as if nobody listened.
func signals() (context.Context, func()) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// poll asks gone ten times a second until it is true or ctx ends.
func poll(ctx context.Context, gone func() bool) error {
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for !gone() {
		select {
		case <-t.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
