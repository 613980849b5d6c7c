package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend"
	"sting/backend/api"
	"sting/backend/fault"
)

// longestCeremony bounds what is read of a file, in bytes.
const longestCeremony = 16 << 20

func (c *commands) explain() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "explain FILE|-", Short: "Take a ceremony apart, step by step", Args: words(1, 1),
		Long: `Reads a recorded ceremony, or the bare answer of a browser, and checks every step of the
specification on its bytes: what was expected, what came, and for a failure the cause and
what to do. It asks nobody, and needs no running lab. "-" reads from stdin. An attestation
whose chain ends in a certificate of the folder roots in the home folder has a known root.

Exit status: 0 accepted, 1 rejected or unverified, 2 the file is no ceremony.`,
		Example: "  sting explain ceremony.json\n  sting explain --json - < answer.json | jq .verdict",
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := c.readCeremony(args[0])
			if err != nil {
				return err
			}
			home, err := c.Home(c.home)
			if err != nil {
				home = "" // a file can be explained without a home folder
			}
			x, problems, err := backend.Explain(raw, home)
			for _, problem := range problems {
				c.say("%s", problem)
			}
			if err != nil {
				return notACeremony(args[0], err)
			}
			if asJSON {
				err = c.printJSON(x)
			} else {
				c.showExplanation(x)
			}
			if err == nil && x.Verdict != "accepted" {
				return exit(exitFailed)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// readCeremony reads a file, or stdin for "-".
func (c *commands) readCeremony(name string) ([]byte, error) {
	from := c.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, misuse{fmt.Sprintf("%s can't be read.", name), err.Error()}
		}
		defer f.Close()
		from = f
	}
	raw, err := io.ReadAll(io.LimitReader(from, longestCeremony+1))
	if err != nil {
		return nil, misuse{fmt.Sprintf("%s can't be read.", name), err.Error()}
	}
	if len(raw) > longestCeremony {
		return nil, misuse{fmt.Sprintf("%s is larger than 16 MiB.", name), "A recorded ceremony has a few thousand bytes."}
	}
	return raw, nil
}

func notACeremony(name string, err error) error {
	f := fault.From(err)
	message := fmt.Sprintf("%s is no recorded ceremony.", name)
	if f.Err != nil {
		message = fmt.Sprintf("%s is no recorded ceremony: %s.", name, strings.TrimSuffix(f.Err.Error(), "."))
	}
	return misuse{message, f.Hint}
}

// showExplanation writes the verdict, the steps, and below them what a failed or
// doubtful one has to say.
func (c *commands) showExplanation(x api.Explanation) {
	c.fact("verdict", strings.TrimSpace(string(x.Verdict)+" "+x.Fault))
	c.fact("cause", x.Cause)
	c.fact("fix", x.Fix)
	t := &table{heads: []string{"STEP", "VERDICT", "TITLE", "RECEIVED"}}
	for _, s := range x.Steps {
		t.add(s.ID, string(s.Verdict), s.Title, s.Received)
	}
	fmt.Fprintln(c.Stdout)
	c.print(t)
	for _, s := range x.Steps {
		if s.Verdict != "failed" && s.Verdict != "warning" {
			continue
		}
		fmt.Fprintln(c.Stdout)
		c.fact(s.ID, s.Title+": "+string(s.Verdict))
		c.fact("  expected", s.Expected)
		c.fact("  received", s.Received)
		c.fact("  cause", s.Cause)
		c.fact("  fix", s.Fix)
		c.fact("  note", s.Note)
	}
	for _, note := range x.Notes {
		c.say("%s", note)
	}
}

// fact writes a line of a name and its value, and nothing for an empty value.
func (c *commands) fact(name, value string) {
	if value != "" {
		fmt.Fprintf(c.Stdout, "%-10s  %s\n", name, plain(value))
	}
}
