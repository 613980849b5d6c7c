package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
)

// endTime is how long the lab may take to end after Ctrl-C.
const endTime = 3 * time.Second

var (
	errSlowEnd = fault.New(fault.Internal, "STOP_TIMED_OUT", "The lab did not end within 3 seconds.",
		"Its data is safe: what was committed stays. If a process is left over, end it by its number.")
	errEndedEarly = fault.New(fault.Unavailable, "ENDED_EARLY", "The lab ended before it was ready.",
		"The lines above say what happened last.")
)

func (c *commands) serve() *cobra.Command {
	var o Serve
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run everything without a window, in the foreground",
		Long: `Runs the whole lab in the foreground until Ctrl-C or SIGTERM.

Once the site answers, one line goes to stdout: "ready" and the address. The log
goes to stderr. Where the site's port is taken, the rest runs, stderr says who holds
it, and the site comes up once the port is free. Ctrl-C ends the lab cleanly; a second one ends it at once.`,
		Example: `  sting serve
  sting serve --home ./lab            a lab of its own in this folder
  sting serve --quiet                 the log in logs/ of the home folder alone
  STING_HOME=$(mktemp -d) sting serve a lab that nobody needs tomorrow`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Home, err = c.Home(c.home); err != nil {
				return err
			}
			return c.runLab(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVarP(&o.Verbose, "verbose", "v", false, "log more")
	cmd.Flags().BoolVar(&o.JSON, "log-json", false, "log in JSON, one object a line")
	cmd.Flags().BoolVarP(&o.Quiet, "quiet", "q", false, "log to logs/sting.log in the home folder alone")
	return cmd
}

// runLab runs a lab until ctx ends and says when it is ready.
func (c *commands) runLab(ctx context.Context, o Serve) error {
	lab, err := c.NewLab(o)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- lab.Run(ctx) }()

	select {
	case err := <-ended:
		return endedBeforeReady(ctx, err)
	case <-ctx.Done():
		return c.awaitEnd(ended)
	case <-lab.Ready():
	}
	tick := time.NewTicker(askAgain)
	defer tick.Stop()
	for asking, complained := true, false; ; {
		if asking {
			asking, complained = c.siteAway(ctx, lab.Door(), complained), true
		}
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return c.awaitEnd(ended)
		case <-tick.C:
		}
	}
}

// askAgain is how often a lab without a site is asked whether it has one now.
const askAgain = time.Second

// siteAway announces a lab whose site answers, and reports whether it is still
// to be waited for. Once, it says what the site wants.
func (c *commands) siteAway(ctx context.Context, door admin.Door, complained bool) bool {
	status, err := door.Status(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		c.say("the lab runs and can't say where: %v", err)
		return false
	case err != nil:
		return false
	case !siteUp(status):
		if !complained {
			c.sayNoSite(status)
		}
		return true
	}
	c.announce(status.Origin, slices.Concat(status.Mended, status.Warnings))
	return false
}

// siteUp reports whether the site listens, well or not.
func siteUp(s api.Status) bool {
	return !slices.ContainsFunc(s.Services, func(s api.Service) bool {
		return s.Name == "site" && s.State != api.Healthy && s.Since == ""
	})
}

// sayNoSite says what is wrong in a lab that has no site.
func (c *commands) sayNoSite(s api.Status) {
	for _, svc := range s.Services {
		c.serviceTrouble(svc)
		if svc.Name == "site" && svc.State == api.Stopped {
			c.say("the site is stopped: `sting start site`.")
			return
		}
	}
	c.say("the lab runs without its site, which comes up by itself once the cause is gone.")
}

func (c *commands) announce(origin string, warnings []string) {
	c.warn(warnings)
	writeln(c.Stdout, "ready "+origin)
}

func (c *commands) warn(texts []string) {
	for _, w := range texts {
		fmt.Fprintln(c.Stderr, "sting: warning:", plain(w))
	}
}

func endedBeforeReady(ctx context.Context, err error) error {
	if err == nil && ctx.Err() == nil {
		return errEndedEarly
	}
	return unlessGivenUp(err)
}

// unlessGivenUp is nil for an end that somebody asked for.
func unlessGivenUp(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// awaitEnd waits for a lab that was told to end.
func (c *commands) awaitEnd(ended <-chan error) error {
	limit, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	select {
	case err := <-ended:
		return unlessGivenUp(err)
	case <-limit.Done():
		return errSlowEnd
	}
}
