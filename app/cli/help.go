package cli

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"sting/app/help"
	"sting/backend/api"
	"sting/backend/fault"
)

// errNoHelp is for a word that is neither a command nor a code.
var errNoHelp = fault.New(fault.NotFound, "NO_HELP", "There is no help on that.",
	"`sting help` lists the commands, `sting help codes` every code.")

// helpCommand returns `sting help`: about the program, a command, or a code.
func (c *commands) helpCommand(root *cobra.Command) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "help [CODE|COMMAND|api]",
		Short: "Explain a fault code, or a command",
		Long: `Explains a fault code: what happened, why, and what to do. Every error that the lab
shows carries its code, on the pages, in the window and here.

"sting help codes" lists all of them; with the name of a command it explains that.
"sting help api" lists what other programs can ask of a running lab.`,
		Example: "  sting help ORIGIN_MISMATCH\n  sting help codes\n  sting help trust\n  sting help api RenamePasskey",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return root.Help()
			}
			if len(args) == 1 && args[0] == "codes" {
				return c.printCodes(asJSON)
			}
			if len(args) <= 2 && args[0] == "api" {
				return c.printAPI(args[1:], asJSON)
			}
			if len(args) == 1 {
				if e, ok := help.Find(args[0]); ok {
					return c.printEntry(e, asJSON)
				}
			}
			if about, rest, err := root.Find(args); err == nil && about != root && len(rest) == 0 {
				about.InitDefaultHelpFlag()
				return about.Help()
			}
			return noHelp(args)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func noHelp(args []string) error {
	f := errNoHelp.Saying("There is no help on %s.", strings.Join(args, " "))
	if near := help.Near(args[0]); near != "" {
		return f.Hinting("Did you mean `sting help %s`? `sting help codes` lists every code.", near)
	}
	return f
}

func (c *commands) printEntry(e help.Entry, asJSON bool) error {
	if asJSON {
		return c.printJSON(api.HelpEntry{Code: e.Code, Title: e.Title, Cause: e.Cause, Fix: e.Fix, Body: e.Body})
	}
	width := 80
	if c.Terminal.Out && c.Terminal.Width > 0 {
		width = min(width, c.Terminal.Width)
	}
	fmt.Fprintf(c.Stdout, "%s: %s\n\n", c.paint(yellow, e.Code), e.Title)
	fmt.Fprintf(c.Stdout, "%s\n%s\n", c.paint(dim, "Cause"), wrap(e.Cause, width))
	fmt.Fprintf(c.Stdout, "\n%s\n%s\n", c.paint(dim, "Fix"), wrap(e.Fix, width))
	if e.Body != "" {
		fmt.Fprintf(c.Stdout, "\n%s\n", wrap(e.Body, width))
	}
	return nil
}

func (c *commands) printCodes(asJSON bool) error {
	if asJSON {
		return c.printJSON(help.Codes())
	}
	t := &table{heads: []string{"CODE", "WHAT IT SAYS"}, prose: true}
	for _, code := range help.Codes() {
		if e, ok := help.Find(code); ok {
			t.add(code, e.Title)
		}
	}
	c.print(t)
	return nil
}

// wrap breaks paragraphs into lines of at most width characters. A paragraph
// that is indented is code and stays as it is.
func wrap(text string, width int) string {
	var out []string
	for _, paragraph := range strings.Split(text, "\n\n") {
		if strings.HasPrefix(paragraph, "    ") {
			out = append(out, paragraph)
			continue
		}
		var lines []string
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len(line)+1+len(word) > width {
				lines, line = append(lines, line), ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		out = append(out, strings.Join(append(lines, line), "\n"))
	}
	return strings.Join(out, "\n\n")
}

func (c *commands) version() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArgs, Example: "  sting version --json",
		Long: "Prints the version of this program, the Go it was built with, and the system it is for.",
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return c.printJSON(map[string]string{"version": c.Version, "go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH})
			}
			fmt.Fprintf(c.Stdout, "sting %s (%s, %s/%s)\n", c.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
