package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
)

func (c *commands) stop() *cobra.Command {
	return &cobra.Command{
		Use:   "stop",
		Short: "End the lab that runs with this home folder",
		Long: `Ends the lab that runs with this home folder and waits until it is gone.
Where nothing runs there is nothing to do, and that is no failure.`,
		Example: `  sting stop
  sting stop --home ./lab`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			door, err := c.door()
			if errors.Is(err, errNotRunning) {
				c.say("nothing runs with this home folder.")
				return nil
			}
			if err != nil {
				return err
			}
			if err := door.Stop(cmd.Context()); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), 2*endTime+time.Second)
			defer cancel()
			if err := c.Wait(ctx, c.gone); err != nil {
				return errSlowEnd.Because(err)
			}
			c.say("the lab has ended.")
			return nil
		},
	}
}

// gone reports whether no lab runs with the home folder any more.
func (c *commands) gone() bool {
	_, err := c.door()
	return errors.Is(err, errNotRunning)
}
