package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/api"
)

// mostLines is how many lines of a log can be asked for.
const mostLines = 2000

func (c *commands) logs() *cobra.Command {
	var n int
	var following, asJSON bool
	cmd := &cobra.Command{
		Use:   "logs [SERVICE]",
		Short: "Show the last lines of the log, of all or of one service",
		Long: `Shows the last lines of the log, of the whole lab or of one service, and with -f
those that come, until Ctrl-C. Where no lab runs it shows what the last one left
in logs/sting.log of the home folder.

--json prints {"items": [...]}; with -f one object a line.`,
		Example: `  sting logs
  sting logs kratos -n 20
  sting logs -f
  sting logs --json | jq -r '.items[] | select(.level == "error") | .text'`,
		ValidArgs: serviceNames(),
		Args:      serviceWords,
		RunE: func(cmd *cobra.Command, args []string) error {
			if n < 0 || n > mostLines {
				return misuse{fmt.Sprintf("-n is %d.", n), fmt.Sprintf("A log shows 0 to %d lines.", mostLines)}
			}
			name := strings.Join(args, "")
			if following {
				return c.followLogs(cmd, name, n, asJSON)
			}
			return c.showLogs(cmd, name, n, asJSON)
		},
	}
	cmd.Flags().IntVarP(&n, "lines", "n", 50, "so many of the last lines")
	cmd.Flags().BoolVarP(&following, "follow", "f", false, "go on with what comes")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *commands) showLogs(cmd *cobra.Command, name string, n int, asJSON bool) error {
	door, err := c.door()
	var lines []api.LogLine
	switch {
	case err == nil:
		lines, err = door.Logs(cmd.Context(), name, n)
	case errors.Is(err, errNotRunning):
		off, offErr := c.offline()
		if offErr != nil {
			return offErr
		}
		c.say("nothing runs; this is what the last lab left.")
		lines, err = off.Logs(cmd.Context(), name, n)
	}
	if err != nil {
		return c.unknownService(err, name)
	}
	if asJSON {
		if lines == nil {
			lines = []api.LogLine{}
		}
		return c.printJSON(api.Page[api.LogLine]{Items: lines})
	}
	for _, l := range lines {
		c.printLog(l)
	}
	return nil
}

func (c *commands) followLogs(cmd *cobra.Command, name string, n int, asJSON bool) error {
	door, err := c.door()
	if err != nil {
		return err
	}
	err = door.FollowLogs(cmd.Context(), name, n, func(l api.LogLine) {
		if !asJSON {
			c.printLog(l)
			return
		}
		if raw, err := json.Marshal(l); err == nil { // four strings can't fail
			fmt.Fprintln(c.Stdout, string(raw))
		}
	})
	return c.unknownService(err, name)
}

// printLog writes one line: when, how bad, which service, what.
func (c *commands) printLog(l api.LogLine) {
	colour := map[string]string{"error": red, "warn": yellow, "debug": dim}[l.Level]
	at := strings.Replace(strings.TrimSuffix(l.At, "Z"), "T", " ", 1)
	fmt.Fprintf(c.Stdout, "%s  %s  %s  %s\n", c.paint(dim, plain(at)), c.paint(colour, fmt.Sprintf("%-5s", plain(l.Level))),
		fmt.Sprintf("%-11s", plain(l.Service)), plain(l.Text))
}
