package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/api"
	"sting/backend/fault"
)

func (c *commands) doctor() *cobra.Command {
	var fix, verbose, asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor [CHECK]",
		Short: "Examine the lab and this machine, and repair what is safe",
		Long: `Examines the lab and this machine: certificates, relying party, ports, mails, and a
whole registration and sign-in over HTTPS with a person who is removed again. Each
check does the real thing. One that failed says what it saw, why, and what to do;
what only follows from it is skipped.

--fix repairs what is safe to repair, says what it changed, and examines again.
With the id of a check it runs that one and what it needs. Without a running lab
it examines what can be: the file, the certificate, the ports, the permissions.

Exit status: 0 all is well as far as it looked, 1 something failed, or could not be
looked at though it should (a check that came to no verdict in its time).`,
		Example: `  sting doctor
  sting doctor RP-03
  sting doctor --fix
  sting doctor --json | jq -r '.findings[] | select(.verdict == "failed") | .command'`,
		Args: words(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			check := strings.ToUpper(strings.Join(args, ""))
			report, err := c.examine(cmd.Context(), check, fix)
			if fault.HasCode(err, fault.ErrNotFound.Code) {
				return misuse{"There is no check called " + check + ".", "`sting doctor` lists them."}
			}
			if err != nil {
				return err
			}
			if asJSON {
				err = c.printJSON(report)
			} else {
				c.printReport(report, verbose || check != "")
			}
			if err == nil && !report.Well {
				return exit(exitFailed)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.BoolVar(&fix, "fix", false, "repair what is safe to repair")
	f.BoolVarP(&verbose, "verbose", "v", false, "show what the checks saw that are ok")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// doctoring is what a running lab and a home folder can both do.
type doctoring interface {
	Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error)
	Repair(ctx context.Context, check string) (api.DoctorReport, error)
}

func (c *commands) examine(ctx context.Context, check string, fix bool) (api.DoctorReport, error) {
	var who doctoring
	who, err := c.door()
	if errors.Is(err, errNotRunning) {
		c.say("no lab runs: only what can be seen without one is examined.")
		who, err = c.offline()
	}
	if err != nil {
		return api.DoctorReport{}, err
	}
	if fix {
		c.say("examining, repairing, examining again ...")
		return who.Repair(ctx, check)
	}
	seen := 0
	return who.Examine(ctx, check, func(f api.Finding) {
		seen++
		switch {
		case f.Verdict == "failed":
			c.say("%s failed: %s", f.ID, f.Cause)
		case seen%10 == 0:
			c.say("%d checks are done ...", seen)
		}
	})
}

func (c *commands) printReport(r api.DoctorReport, verbose bool) {
	counts := make(map[string]int)
	for i, f := range r.Findings {
		counts[f.Verdict]++
		next := i + 1
		if f.Verdict == "skipped" && next < len(r.Findings) && r.Findings[next].Verdict == "skipped" && r.Findings[next].Cause == f.Cause {
			f.Cause = "" // said once, below the last of them
		}
		c.printFinding(f, verbose)
	}
	for _, what := range r.Changed {
		fmt.Fprintf(c.Stdout, "%s  %s\n", c.paint(yellow, "changed"), plain(what))
	}
	var sum []string
	for _, v := range []string{"ok", "warning", "failed", "skipped"} {
		if counts[v] > 0 {
			sum = append(sum, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	c.say("%s.", strings.Join(sum, ", "))
}

func (c *commands) printFinding(f api.Finding, verbose bool) {
	c.paragraph(0, c.paintState(fmt.Sprintf("%-7s", f.Verdict))+fmt.Sprintf("  %-6s", plain(f.ID)), f.Title)
	row := func(name, text string) {
		label := c.paint(dim, fmt.Sprintf("%-6s", name))
		switch {
		case text == "":
		case name == "run": // whole, so that it works when it is copied
			fmt.Fprintf(c.Stdout, "         %s  %s\n", label, plain(text))
		default:
			c.paragraph(9, label, text)
		}
	}
	wrong := f.Verdict == "failed" || f.Verdict == "warning"
	if wrong || verbose {
		for _, e := range f.Evidence {
			row("saw", e)
		}
	}
	switch {
	case wrong:
		row("cause", f.Cause)
		row("fix", f.Fix)
		row("run", f.Command)
		if f.Fixable && f.Command == "" {
			row("run", "sting doctor --fix "+f.ID)
		}
	case f.Verdict == "skipped":
		row("why", f.Cause)
	}
}
