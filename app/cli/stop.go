package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
)

func (c *commands) stop() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "stop [SERVICE]",
		Short: "End the lab that runs with this home folder, or a service of it",
		Long: `Ends the lab that runs with this home folder and waits until it is gone.
Where nothing runs there is nothing to do, and that is no failure.

With a name it stops that service and what needs it; the rest goes on.`,
		Example: `  sting stop
  sting stop --home ./lab
  sting stop kratos`,
		ValidArgs: serviceNames(),
		Args:      serviceWords,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return c.changeService(cmd, args[0], asJSON, stopService, "is stopped")
			}
			if asJSON {
				return misuse{"sting stop has nothing to print as JSON.", "--json is for `sting stop SERVICE`."}
			}
			return c.stopLab(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "with a service: print JSON, as status does")
	return cmd
}

// stopLab ends the lab that runs, if one does, and waits until it is gone.
func (c *commands) stopLab(ctx context.Context) error {
	door, err := c.door()
	if errors.Is(err, errNotRunning) {
		c.say("nothing runs with this home folder.")
		return nil
	}
	if err != nil {
		return err
	}
	if err := door.Stop(ctx); err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, 2*endTime+time.Second)
	defer cancel()
	if err := c.Wait(limit, c.gone); err != nil {
		return errSlowEnd.Because(err)
	}
	c.say("the lab has ended.")
	return nil
}

// gone reports whether no lab runs with the home folder any more, and another
// may take it.
func (c *commands) gone() bool {
	if _, err := c.door(); !errors.Is(err, errNotRunning) {
		return false
	}
	off, err := c.offline()
	return err != nil || off.Free()
}

func (c *commands) restart() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "restart [SERVICE]",
		Short: "Restart the lab in the background, or a service of it",
		Long: `Ends the lab that runs with this home folder and starts it again in the background.
Nobody is signed out. Where nothing runs it starts one.

With a name it restarts that service and what needs it; the others lose nothing.`,
		Example: `  sting restart
  sting restart kratos`,
		ValidArgs: serviceNames(),
		Args:      serviceWords,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return c.changeService(cmd, args[0], asJSON, restartService, "runs again")
			}
			if err := c.stopLab(cmd.Context()); err != nil {
				return err
			}
			return c.startLab(cmd.Context(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as status does")
	return cmd
}
