package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sting/backend/api"
	"sting/backend/fault"
)

// startTime is how long a lab may take to be ready in the background.
const startTime = time.Minute

var errSlowStart = fault.New(fault.Unavailable, "START_TIMED_OUT", "The lab was not ready within a minute.",
	"It may still come: `sting status` says how far it is, `sting logs` what it does.")

// Child is a lab that was started in the background.
type Child struct {
	PID   int
	Log   string          // the file with what it writes to stdout and stderr
	Ended <-chan struct{} // closed when it has ended
	End   func()          // ends it as Ctrl-C does
}

func (c *commands) start() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "start [SERVICE]",
		Short: "Start the lab in the background, or a service of it",
		Long: `Starts the whole lab in the background and returns when it is ready, or says why it
isn't. Where it runs already there is nothing to do. Exit status 1 with a lab that
runs on is one whose site can't listen yet: stderr says why.

With a name it starts that service of the running lab, and what that needs.`,
		Example: `  sting start
  sting start --home ./lab
  sting start kratos       after "sting stop kratos"`,
		ValidArgs: serviceNames(),
		Args:      serviceWords,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return c.changeService(cmd, args[0], asJSON, startService, "runs")
			}
			return c.startLab(cmd.Context(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as status does")
	return cmd
}

// startLab starts a lab in the background unless one runs.
func (c *commands) startLab(ctx context.Context, asJSON bool) error {
	home, err := c.Home(c.home)
	if err != nil {
		return err
	}
	_, err = c.Dial(home)
	switch {
	case err == nil:
		c.say("a lab runs with this home folder already.")
		return c.sayReady(ctx, asJSON, false)
	case !errors.Is(err, errNotRunning):
		return err
	}
	child, err := c.Background(Serve{Home: home, Quiet: true})
	if err != nil {
		return err
	}
	if err := c.awaitReady(ctx, child); err != nil {
		return err
	}
	return c.sayReady(ctx, asJSON, true)
}

// awaitReady waits until a lab in the background has said that it is ready. What
// it says instead is repeated here.
func (c *commands) awaitReady(ctx context.Context, child Child) error {
	limit, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	ready, ended, asked := false, false, 0
	err := c.Wait(limit, func() bool {
		select {
		case <-child.Ended:
			ended = true
		default:
		}
		ready = c.saysReady(limit, child)
		asked++
		if !ready && !ended {
			c.progress(ctx, child, asked)
		}
		return ready || ended
	})
	switch {
	case ready && !ended:
		return nil
	case ended:
		c.repeat(child.Log)
		c.say("the lab has ended; %s has what it wrote.", child.Log)
		return exit(exitFailed)
	case ctx.Err() != nil: // Ctrl-C: nobody wants it any more
		child.End()
		return ctx.Err()
	}
	c.repeat(child.Log)
	return errSlowStart.Because(err)
}

// progress says what is being waited for: after a second, and every five.
func (c *commands) progress(ctx context.Context, child Child, asked int) {
	switch {
	case asked == 10:
		c.say("starting the lab, process %d ...", child.PID)
	case asked%50 == 0:
		door, err := c.door()
		if err != nil {
			return
		}
		if s, err := door.Status(ctx); err == nil {
			c.say("still starting: %s ...", strings.Join(unready(s.Services), ", "))
		}
	}
}

func unready(all []api.Service) []string {
	var names []string
	for _, s := range all {
		if s.State != api.Healthy {
			names = append(names, s.Name+" "+string(s.State))
		}
	}
	return names
}

// saysReady asks the lab itself, at the door that sting.lock names: another one
// than the child is none of ours.
func (c *commands) saysReady(ctx context.Context, child Child) bool {
	door, err := c.door()
	if err != nil {
		return false // its door isn't open yet
	}
	s, err := door.Status(ctx)
	return err == nil && s.Ready && s.PID == child.PID
}

// repeat shows the last lines of a file.
func (c *commands) repeat(log string) {
	lines := linesOf(log)
	for _, l := range lines[max(0, len(lines)-20):] {
		writeln(c.Stderr, l)
	}
}

// linesOf returns the whole lines of a small file, none where there is no file.
func linesOf(path string) []string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	lines := strings.Split(string(raw), "\n")
	return lines[:len(lines)-1]
}

// sayReady says where the lab answers and what is not well about it. fresh is a
// lab that has just started: what it set right is said with it, and never again.
func (c *commands) sayReady(ctx context.Context, asJSON, fresh bool) error {
	door, err := c.door()
	if err != nil {
		return err
	}
	s, err := door.Status(ctx)
	if err != nil {
		return err
	}
	if fresh {
		c.warn(s.Mended)
	}
	if !siteUp(s) {
		return c.runsWithoutSite(s, asJSON)
	}
	for _, svc := range s.Services {
		c.serviceTrouble(svc)
	}
	if asJSON {
		return c.printJSON(s)
	}
	c.announce(s.Origin, s.Warnings)
	return nil
}

// runsWithoutSite answers for a lab that runs and has no site: a failure, as
// `sting status` calls it.
func (c *commands) runsWithoutSite(s api.Status, asJSON bool) error {
	c.sayNoSite(s)
	if asJSON {
		if err := c.printJSON(s); err != nil {
			return err
		}
	}
	return exit(exitFailed)
}
