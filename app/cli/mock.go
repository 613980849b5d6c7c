package cli

import (
	"github.com/spf13/cobra"

	"sting/backend/api"
)

func (c *commands) mock() *cobra.Command {
	var r api.MockRequest
	var asJSON bool
	on := &cobra.Command{
		Use: "on", Short: "Show every browser as signed in", Args: noArgs,
		Long: `Pages and /api/auth/session show a person who is not signed in, for front-end work
without a ceremony. It opens nothing, shows a banner on every page, and ends with the lab.`,
		Example: "  sting mock on\n  sting mock on --email ada@example.org --role admin",
		RunE: func(cmd *cobra.Command, _ []string) error {
			r.On = true
			return c.setMock(cmd, r, asJSON)
		},
	}
	on.Flags().StringVar(&r.Email, "email", "", "the address of the mock user")
	on.Flags().StringVar(&r.Role, "role", "", "a label for front ends")
	off := &cobra.Command{
		Use: "off", Short: "Show browsers as they are", Args: noArgs, Example: "  sting mock off",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.setMock(cmd, api.MockRequest{}, asJSON) },
	}
	for _, cmd := range []*cobra.Command{on, off} {
		cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	}
	cmd := &cobra.Command{
		Use: "mock", Example: "  sting mock on\n  sting mock off", Short: "The mock user: on, off", Args: c.knownCommand,
		RunE: func(*cobra.Command, []string) error {
			return misuse{"sting mock needs on or off.", "Usage: sting mock on|off"}
		},
	}
	cmd.AddCommand(on, off)
	return cmd
}

func (c *commands) setMock(cmd *cobra.Command, r api.MockRequest, asJSON bool) error {
	door, err := c.door()
	if err != nil {
		return err
	}
	got, err := door.Mock(cmd.Context(), r)
	if err != nil {
		return err
	}
	if asJSON {
		return c.printJSON(got)
	}
	if !got.On {
		c.say("the mock user is off.")
		return nil
	}
	c.say("every browser is shown as %s, until `sting mock off` or the end of the lab.", got.Email)
	return nil
}
