// STING Companion is a local passkey lab: a desktop window and a terminal around
// one server that registers passkeys, signs people in and shows what happened.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/term"

	"sting/app/cli"
	"sting/app/help"
	"sting/app/window"
	"sting/backend"
	"sting/backend/admin"
	"sting/backend/admin/client"
	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/localca"
	"sting/frontend"
)

// version is set when the program is built.
var version = "devel"

func main() {
	if len(os.Args) > 1 {
		os.Exit(cli.Main(os.Args[1:], terminal()))
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := window.Run(window.New(startForWindow(log), log), frontend.Dist()); err != nil {
		os.Exit(cli.Fail(terminal(), err))
	}
}

// terminal is the world as the commands see it.
func terminal() cli.Env {
	out := int(os.Stdout.Fd())
	width, _, err := term.GetSize(out)
	if err != nil {
		width, _ = strconv.Atoi(os.Getenv("COLUMNS"))
	}
	return cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Version: version,
		Terminal: cli.Terminal{
			In: term.IsTerminal(int(os.Stdin.Fd())), Out: term.IsTerminal(out), Width: width,
			Colour: term.IsTerminal(out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		},
		Home:    home,
		NewLab:  func(o cli.Serve) (cli.Lab, error) { return backend.New(options(o.Home, logger(o))), nil },
		Dial:    func(home string) (admin.Door, error) { return client.Dial(home) },
		Offline: func(home string) (cli.Offline, error) { return backend.Offline{Home: home, Elevate: sudo()}, nil },
		Signals: func() (context.Context, func()) {
			return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		},
		Wait: wait,
	}
}

func home(flag string) (string, error) { return config.Home(flag, os.Getenv) }

func options(home string, log *slog.Logger) backend.Options {
	return backend.Options{Home: home, Pages: frontend.Dist(), Version: version, Log: log, Help: helpEntry}
}

func helpEntry(code string) (api.HelpEntry, bool) {
	e, found := help.Find(code)
	return api.HelpEntry(e), found
}

func logger(o cli.Serve) *slog.Logger {
	h := &slog.HandlerOptions{Level: slog.LevelInfo}
	if o.Verbose {
		h.Level = slog.LevelDebug
	}
	if o.JSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, h))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, h))
}

// sudo asks for the password in the terminal; without one nobody could answer.
func sudo() localca.Elevate {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	return localca.Sudo(os.Stdin, io.Writer(os.Stderr))
}

// wait asks gone ten times a second until it is true or ctx ends.
func wait(ctx context.Context, gone func() bool) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !gone() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// startForWindow attaches to the lab of the home folder, or starts one that
// lives as long as the window.
func startForWindow(log *slog.Logger) window.Start {
	return func(ctx context.Context) (window.Lab, error) {
		dir, err := home("")
		if err != nil {
			return window.Lab{}, err
		}
		if running, err := client.Dial(dir); err == nil {
			return window.Lab{Door: running, Attached: true}, nil
		}
		o := options(dir, log)
		o.Elevate = localca.Pkexec()
		lab := backend.New(o)
		done := make(chan error, 1)
		go func() { done <- lab.Run(ctx) }()
		select {
		case err := <-done:
			return window.Lab{}, err
		case <-lab.Ready():
			return window.Lab{Door: lab.Door(), Done: done}, nil
		}
	}
}
