package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/api"
	"sting/backend/fault"
)

func (c *commands) config() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		Short:   "Check and show the configuration",
		Example: "  sting config check\n  sting config show",
		Long: `The configuration is the file sting.yml in the home folder; without one, everything
has its default. No lab needs to run.`,
		Args: c.knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return misuse{"sting config needs to know what to do.", "Usage: sting config check|show|path"}
		},
	}
	cmd.AddCommand(c.configCheck(), c.configShow(), c.configPath())
	return cmd
}

func (c *commands) configCheck() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Report every problem of the file at once",
		Long: `Reads sting.yml and reports every problem at once: line, key, meaning, fix. Exit
status 1 when one of them is an error; warnings alone are 0.`,
		Example: "  sting config check",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := c.configOfFile(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				err = c.printJSON(r)
			} else {
				c.printProblems(r)
			}
			if err != nil {
				return err
			}
			for _, p := range r.Problems {
				if p.Severity == "error" {
					return exit(exitFailed)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// mostProblems is how many problems are printed.
const mostProblems = 50

func (c *commands) printProblems(r api.ConfigReport) {
	file := filepath.Base(r.Path)
	for n, p := range r.Problems {
		if n == mostProblems {
			c.say("and %s more. Mend these and look again; --json lists all.", fault.Counted(len(r.Problems)-n))
			break
		}
		where := file
		if p.Line > 0 {
			where = fmt.Sprintf("%s:%d", file, p.Line)
		}
		key := ""
		if p.Key != "" {
			key = plain(p.Key) + ": "
		}
		fmt.Fprintf(c.Stdout, "%s: %s: %s%s\n", where, c.paintState(p.Severity), key, plain(p.Meaning))
		if p.Fix != "" {
			fmt.Fprintf(c.Stdout, "    fix: %s\n", plain(p.Fix))
		}
	}
	if len(r.Problems) == 0 {
		c.say("%s has no problems.", r.Path)
	}
}

func (c *commands) configShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show",
		Short:   "Show every setting and where it comes from",
		Long:    "Shows every setting as YAML: those that a running lab goes by, else those of the file.",
		Example: "  sting config show",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := c.configInForce(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(r)
			}
			for line := range strings.Lines(r.Effective) {
				writeln(c.Stdout, strings.TrimRight(line, "\n"))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *commands) configPath() *cobra.Command {
	return &cobra.Command{
		Use:     "path",
		Short:   "Print the path of the file",
		Long:    "Prints where the configuration file is read from, whether or not there is one.",
		Example: "  $EDITOR \"$(sting config path)\"",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := c.configOfFile(cmd.Context())
			if err != nil {
				return err
			}
			writeln(c.Stdout, r.Path)
			return nil
		},
	}
}

func (c *commands) configOfFile(ctx context.Context) (api.ConfigReport, error) {
	off, err := c.offline()
	if err != nil {
		return api.ConfigReport{}, err
	}
	return off.Config(ctx)
}

// configInForce asks the running lab, which knows its flags too, and otherwise
// the file.
func (c *commands) configInForce(ctx context.Context) (api.ConfigReport, error) {
	door, err := c.door()
	if errors.Is(err, errNotRunning) {
		return c.configOfFile(ctx)
	}
	if err != nil {
		return api.ConfigReport{}, err
	}
	return door.Config(ctx)
}
