package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

func (c *commands) preflight() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "preflight [URL] [RP_ID]",
		Short: "Say whether a page may use passkeys, before anything runs",
		Long: `Takes the URL of a page and a relying party ID and says whether a browser would hold a
ceremony there, by which rule not, and what to do: secure context, certificate, names and
public suffixes, related origins, and this lab's own list of origins. It says so for each
family of browsers where they differ, and how sure that is. It asks nobody, and needs no
running lab.

Without an RP ID it is the lab's own; without a URL too, the lab's own page.

The browser's rules decide. That this lab doesn't list the page's origin is said beside
them: a page may have a server of its own.

Exit status: 0 it works, or depends on what the answer names; 1 it is refused.`,
		Example: `  sting preflight http://localhost:5173
  sting preflight https://app.example.com example.com
  sting preflight https://192.168.1.10:8443 localhost
  sting preflight https://sting.localhost:8443 localhost --json | jq -r .fix`,
		Args: words(0, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			args = append(args, "", "")
			p, err := c.foresee(cmd.Context(), api.PreflightRequest{URL: args[0], RPID: args[1]})
			if err != nil {
				return err
			}
			if asJSON {
				err = c.printJSON(p)
			} else {
				c.printPreflight(p)
			}
			if err == nil && p.Verdict == "refused" {
				return exit(exitFailed)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// foresee asks the running lab, which knows its flags too, and otherwise the file.
func (c *commands) foresee(ctx context.Context, r api.PreflightRequest) (api.Preflight, error) {
	return either(c, func(d admin.Door) (api.Preflight, error) { return d.Preflight(ctx, r) },
		func(off Offline) (api.Preflight, error) { return off.Preflight(ctx, r) })
}

func (c *commands) printPreflight(p api.Preflight) {
	c.facts("page", p.Origin, "rp id", p.RPID, "verdict", p.Verdict)
	c.paragraph(0, c.paint(dim, "says   "), p.Says)
	if p.Fix != "" {
		c.paragraph(0, c.paint(dim, "fix    "), p.Fix)
	}
	fmt.Fprintln(c.Stdout)
	for _, r := range p.Rules {
		c.paragraph(0, c.paintState(fmt.Sprintf("%-7s", r.Outcome)), r.Title)
		c.paragraph(9, "", r.Says)
	}
	if len(p.Families) == 0 { // an app is no browser
		return
	}
	fmt.Fprintln(c.Stdout)
	t := &table{heads: []string{"BROWSERS", "VERDICT", "PAGE GETS", "HOW SURE"}, prose: true}
	for _, f := range p.Families {
		sure := "from documents"
		if f.Tried {
			sure = "tried"
		}
		t.add(strings.Join(f.Covers, ", "), f.Verdict, f.Gets, sure)
	}
	c.print(t)
	for _, f := range p.Families {
		if p.Differs && f.Verdict != "works" {
			c.say("%s: %s", strings.Join(f.Covers, ", "), f.Says)
		}
	}
	for _, f := range p.Families {
		c.say("%s: %s", strings.Join(f.Covers, ", "), f.Source)
	}
}
