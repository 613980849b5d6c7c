// Package cli is the terminal face of the lab: the commands that a person or a
// script types.
//
// Its one invariant: results go to stdout and nothing else does; talk, errors
// and hints go to stderr. The exit status is 0 when it worked, 1 when it
// failed, 2 when the command was used wrongly; `sting status` also knows 3,
// nothing runs.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/admin/client"
	"sting/backend/api"
	"sting/backend/fault"
)

// Exit statuses.
const (
	exitFailed     = 1
	exitUsage      = 2
	exitNotRunning = 3
)

// Lab is a lab in this process, as `sting serve` runs it.
type Lab interface {
	// Run runs the lab until ctx ends; nil after a clean end.
	Run(ctx context.Context) error
	// Ready is closed once the site answers.
	Ready() <-chan struct{}
	// Door answers in the process.
	Door() admin.Door
}

// Offline is what can be asked of a home folder with or without a running lab.
type Offline interface {
	Certificate(ctx context.Context) (api.Certificate, error)
	Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error)
	Config(ctx context.Context) (api.ConfigReport, error)
	// Logs returns the last n lines that the last lab left, of one service or, for
	// "", of all.
	Logs(ctx context.Context, service string, n int) ([]api.LogLine, error)
	// Examine and Repair are the doctor's: what needs a running lab is skipped.
	Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error)
	Repair(ctx context.Context, check string) (api.DoctorReport, error)
	// Preflight judges by the file alone.
	Preflight(ctx context.Context, r api.PreflightRequest) (api.Preflight, error)
	// Apps, AddApp and RemoveApp are about the apps of the file.
	Apps(ctx context.Context) (api.Page[api.App], error)
	AddApp(ctx context.Context, in api.NewApp) (api.App, error)
	RemoveApp(ctx context.Context, name string) error
	// Free reports whether no lab holds the home folder, not even one that is
	// about to end.
	Free() bool
}

// Env is everything that a command touches of the world. All fields are
// required.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Terminal       Terminal
	Version        string

	Home       func(flag string) (string, error)                 // the home folder; flag is "" where --home isn't given
	NewLab     func(o Serve) (Lab, error)                        // touches nothing before Run
	Dial       func(home string) (admin.Door, error)             // NOT_RUNNING where no lab runs
	Offline    func(home string) (Offline, error)                // touches nothing before it is asked
	Background func(s Serve) (Child, error)                      // runs `sting serve` in a session of its own
	Signals    func() (ctx context.Context, stop func())         // ends at Ctrl-C and SIGTERM
	Wait       func(ctx context.Context, gone func() bool) error // asks gone again and again until it is true or ctx ends
}

// Serve is how `sting serve` wants its lab.
type Serve struct {
	Home    string
	Verbose bool // log what only a developer of the lab would care about
	JSON    bool // log in JSON
	Quiet   bool // log to the file in the home folder alone
}

// Main runs one command and returns the exit status. args has the words after
// the program's name.
func Main(args []string, env Env) int {
	c := &commands{Env: env}
	root := c.root()
	root.SetArgs(signedWords(args))
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.SetIn(env.Stdin)
	ctx, stop := env.Signals()
	defer stop()
	return c.report(root.ExecuteContext(ctx))
}

// Fail says why the program can't go on, as every command does, and returns the
// exit status.
func Fail(env Env, err error) int { return (&commands{Env: env}).report(err) }

// commands has the commands as methods, and the flags that all of them know.
type commands struct {
	Env
	home string
}

// misuse is a command that was used wrongly: exit status 2.
type misuse struct{ message, hint string }

func (m misuse) Error() string { return m.message }

// exit ends with a status after everything has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// report says why a command failed and returns the exit status.
func (c *commands) report(err error) int {
	if err == nil {
		return 0
	}
	if status, ok := errors.AsType[exit](err); ok {
		return int(status)
	}
	if m, ok := errors.AsType[misuse](err); ok {
		c.complain(m.message, m.hint)
		return exitUsage
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		c.complain(err.Error(), "")
		return exitFailed
	}
	c.complain(fmt.Sprintf("%s (%s)", strings.TrimSuffix(f.Message, "."), f.Code), f.Hint)
	if f.Err != nil {
		fmt.Fprintln(c.Stderr, "sting: cause:", plain(f.Err.Error()))
	}
	return exitFailed
}

// complain writes an error as every command does.
func (c *commands) complain(message, hint string) {
	fmt.Fprintln(c.Stderr, "sting: error:", plain(message))
	if hint == "" {
		return
	}
	first, more, _ := strings.Cut(hint, "\n")
	fmt.Fprintln(c.Stderr, "sting: hint:", plain(first))
	for line := range strings.Lines(more) { // a list: each thing stands on a line of its own
		fmt.Fprintln(c.Stderr, " ", plain(strings.TrimSuffix(line, "\n")))
	}
}

// say writes talk: what a person wants to know and a script doesn't read.
func (c *commands) say(format string, args ...any) {
	fmt.Fprintf(c.Stderr, "sting: %s\n", plain(fmt.Sprintf(format, args...)))
}

// door connects to the running lab of the home folder.
func (c *commands) door() (admin.Door, error) {
	home, err := c.Home(c.home)
	if err != nil {
		return admin.Door{}, err
	}
	return c.Dial(home)
}

// offline opens what a home folder can answer by itself.
func (c *commands) offline() (Offline, error) {
	home, err := c.Home(c.home)
	if err != nil {
		return nil, err
	}
	return c.Env.Offline(home)
}

// errNotRunning is what the way to a lab ends in where none runs.
var errNotRunning = client.ErrNotRunning

// signedWords hands "-10m" of `sting clock -10m` on as a word: to the parser of
// flags a word that begins with a dash is one.
func signedWords(args []string) []string {
	out := make([]string, 0, len(args))
	clock := false
	for _, a := range args {
		clock = clock || a == "clock"
		if clock && len(a) > 1 && a[0] == '-' && (a[1] >= '0' && a[1] <= '9' || a[1] == '.') {
			a = signedMark + a
		}
		out = append(out, a)
	}
	return out
}

const signedMark = "by="

// noArgs refuses words that a command doesn't read.
func noArgs(cmd *cobra.Command, args []string) error { return words(0, 0)(cmd, args) }

// words wants between least and most words after a command; most -1: any number.
func words(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		hint := "Usage: " + strings.TrimSuffix(cmd.UseLine(), " [flags]")
		switch {
		case len(args) < least:
			return misuse{fmt.Sprintf("%s needs %s.", cmd.CommandPath(), placeholder(cmd, len(args))), hint}
		case most >= 0 && len(args) > most:
			return misuse{fmt.Sprintf("%s doesn't know what to do with %q.", cmd.CommandPath(), args[most]), hint}
		}
		return nil
	}
}

// placeholder returns the name of the nth word in a command's usage line.
func placeholder(cmd *cobra.Command, n int) string {
	names := strings.Fields(cmd.Use)[1:]
	if n < len(names) {
		return names[n]
	}
	return "another word"
}
