package cli

import (
	"context"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/fault"
)

// serviceWords wants at most one word, which is a service.
func serviceWords(cmd *cobra.Command, args []string) error { return words(0, 1)(cmd, args) }

// changeService does something to one service of the running lab and says how
// that went.
func (c *commands) changeService(cmd *cobra.Command, name string, asJSON bool, verb func(context.Context, admin.Door, string) error,
	done string) error {
	door, err := c.door()
	if err != nil {
		return err
	}
	if err := verb(cmd.Context(), door, name); err != nil {
		return c.unknownService(err, name)
	}
	if asJSON {
		return c.printServiceJSON(cmd.Context(), door, name)
	}
	c.say("%s %s.", admin.ServiceName(name), done)
	return nil
}

// printServiceJSON prints the one service as `sting status NAME --json` does.
func (c *commands) printServiceJSON(ctx context.Context, door admin.Door, name string) error {
	s, err := door.Status(ctx)
	if err != nil {
		return err
	}
	if s.Services, err = chosen(s.Services, []string{name}); err != nil {
		return err
	}
	return c.printJSON(s)
}

// unknownService makes a wrong usage of a name that is no service.
func (c *commands) unknownService(err error, name string) error {
	if fault.HasCode(err, fault.ErrNotFound.Code) {
		return misuse{"There is no service " + name + ".", "`sting status` lists the services."}
	}
	return err
}

func startService(ctx context.Context, d admin.Door, name string) error {
	return d.StartService(ctx, name)
}

func stopService(ctx context.Context, d admin.Door, name string) error {
	return d.StopService(ctx, name)
}

func restartService(ctx context.Context, d admin.Door, name string) error {
	return d.RestartService(ctx, name)
}
