// STING Companion is a local passkey lab: a desktop window and a terminal around
// one server that registers passkeys, signs people in and shows what happened.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"sting/app/cli"
	"sting/app/window"
	"sting/backend"
	"sting/frontend"
)

// version is set when the program is built.
var version = "devel"

func main() {
	opts := backend.Options{Pages: frontend.Dist(), Version: version, Chromium: os.Getenv("STING_CHROMIUM")}
	env := cli.System(opts)
	if len(os.Args) > 1 {
		os.Exit(cli.Main(os.Args[1:], env))
	}
	if err := openWindow(opts, env); err != nil {
		os.Exit(cli.Fail(env, err))
	}
}

// openWindow shows the lab of the person's own home folder in a window: the one
// that is open already, or a new one.
func openWindow(o backend.Options, env cli.Env) (err error) {
	if o.Home, err = env.Home(""); err != nil {
		return err
	}
	if window.Raise(context.Background(), o.Home) {
		fmt.Fprintln(env.Stdout, "The window of this lab is open already; it is in front now.")
		return nil
	}
	o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	o.Help = cli.Help
	return window.Run(window.New(window.OwnOrAttached(o), cli.Help, o.Log), o.Pages)
}
