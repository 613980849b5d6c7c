package cli

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

func (c *commands) ceremonies() *cobra.Command {
	var source string
	list := listing[api.CeremonySummary]{
		what: "ceremonies", short: "List the recorded ceremonies, failed and abandoned ones too",
		example: "  sting ceremonies\n  sting ceremonies -n 5 --json\n  sting ceremonies --source shop",
		heads:   []string{"BEGAN", "KIND", "STATE", "SOURCE", "E-MAIL", "FAULT", "ID"},
		row: func(s api.CeremonySummary) []string {
			return []string{minute(s.BeganAt), s.Kind, s.State, cmp.Or(s.Source, "lab"), s.Email, s.Fault, s.ID}
		},
		ask: func(ctx context.Context, d admin.Door, q api.Query) (api.Page[api.CeremonySummary], error) {
			return d.Ceremonies(ctx, api.CeremonyQuery{Limit: q.Limit, After: q.After, Q: q.Q, Source: source})
		},
	}
	lists, show, follow := list.command(c), c.ceremonyShow(), c.ceremonyFollow()
	lists.Flags().StringVar(&source, "source", "", "only those of an app by its name, of a page by its origin, or of the lab")
	cmd := c.family("ceremonies", "Recorded ceremonies: list, show, follow, compare",
		"Each ceremony leaves a record, also a failed and an abandoned one. `sting help FAULT` says\nwhat the code of a fault means.",
		lists, show, follow, c.ceremonyCompare())
	return shorthand(cmd, show, follow)
}

// shorthand lets the family itself take an id, to show it, and --follow.
func shorthand(cmd, show, follow *cobra.Command) *cobra.Command {
	var following bool
	cmd.Flags().BoolVarP(&following, "follow", "f", false, "say each ceremony as it happens, until Ctrl-C")
	known, list := cmd.Args, cmd.RunE
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && uuid.Validate(args[0]) == nil {
			return nil
		}
		return known(cmd, args)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var other func(*cobra.Command, []string) error
		switch {
		case len(args) == 1:
			other = show.RunE
		case following:
			other = follow.RunE
		default:
			return list(cmd, args)
		}
		asJSON, err := cmd.Flags().GetBool("json")
		if err != nil {
			return err
		}
		for _, c := range []*cobra.Command{show, follow} {
			c.SetContext(cmd.Context())
			if err := c.Flags().Set("json", strconv.FormatBool(asJSON)); err != nil {
				return err
			}
		}
		return other(cmd, args)
	}
	return cmd
}

func (c *commands) ceremonyShow() *cobra.Command {
	var asJSON, record, curl bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show a ceremony step by step", Args: words(1, 1),
		Long: "Shows what was recorded and what every step of the specification says to it.",
		Example: "  sting ceremonies show ID\n  sting ceremonies show ID --record > ceremony.json    for `sting explain`\n" +
			"  sting ceremonies show ID --curl",
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			v, err := door.Ceremony(cmd.Context(), args[0])
			switch {
			case err != nil:
				return err
			case record:
				_, err := fmt.Fprintf(c.Stdout, "%s\n", v.Record)
				return err
			case curl:
				_, err := fmt.Fprintln(c.Stdout, v.Curl)
				return err
			case asJSON:
				return c.printJSON(v)
			}
			c.showCeremony(v)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with the explanation")
	cmd.Flags().BoolVar(&record, "record", false, "print the record alone, as `sting explain` reads it")
	cmd.Flags().BoolVar(&curl, "curl", false, "print the answer as a curl command")
	return cmd
}

func (c *commands) showCeremony(v api.Ceremony) {
	why := "refused"
	if v.Fault == "" {
		why = "because" // nobody refused: it was left
	}
	for _, f := range [][2]string{
		{"ceremony", v.ID}, {"kind", v.Kind}, {"state", v.State}, {"e-mail", v.Email}, {"began", v.BeganAt}, {"ended", v.EndedAt},
		{"page", v.Origin}, {"browser", v.UserAgent}, {"session", v.SessionID}, {"passkey", v.PasskeyID},
		{"authenticator", virtually(v.Virtual)},
		{why, strings.TrimSpace(v.Fault + " " + v.Cause)}, {"at step", v.Step}, {"what to do", v.Fix}, {"ignored", strings.Join(v.Ignored, ", ")},
	} {
		c.fact(f[0], f[1])
	}
	for _, d := range v.Differs {
		c.fact("differs", d)
	}
	if v.Watched != nil {
		c.showWatched(v.Source, *v.Watched)
	}
	if v.Explanation != nil {
		fmt.Fprintln(c.Stdout)
		c.showExplanation(*v.Explanation)
	}
}

func (c *commands) ceremonyFollow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "follow", Short: "Say each ceremony as it happens, until Ctrl-C", Args: noArgs,
		Example: "  sting ceremonies follow",
		RunE: func(cmd *cobra.Command, _ []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			err = door.Events(ctx, func(e api.Event) {
				if e.Topic != "ceremonies" {
					return
				}
				v, err := door.Ceremony(ctx, e.ID)
				if err != nil {
					return // the tape has dropped it
				}
				if asJSON {
					err = c.printJSON(v.CeremonySummary)
				} else {
					_, err = fmt.Fprintln(c.Stdout, plain(strings.Join([]string{minute(v.BeganAt), v.Kind, v.State, v.Email, v.Fault, v.ID}, "  ")))
				}
				if err != nil {
					c.say("%v", err)
				}
			})
			if ctx.Err() != nil {
				return nil
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, one object a ceremony")
	return cmd
}

func (c *commands) ceremonyCompare() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "compare ID ID", Short: "Show where two ceremonies differ, step by step", Args: words(2, 2),
		Long:    "This one worked, that one didn't: only the steps and facts in which they differ.",
		Example: "  sting ceremonies compare GOOD BAD",
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			var two [2]api.Ceremony
			for i, id := range args {
				if two[i], err = door.Ceremony(cmd.Context(), id); err != nil {
					return err
				}
			}
			list := differences(two[0], two[1])
			if asJSON {
				return c.printJSON(api.Page[difference]{Items: list})
			}
			c.showDifferences(list)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// difference is one thing in which two ceremonies aren't alike.
type difference struct {
	What   string `json:"what"`
	First  string `json:"first"`
	Second string `json:"second"`
}

func differences(a, b api.Ceremony) []difference {
	list := []difference{}
	line := func(what, x, y string) {
		if x != y {
			list = append(list, difference{what, x, y})
		}
	}
	line("kind", a.Kind, b.Kind)
	line("state", a.State, b.State)
	line("fault", a.Fault, b.Fault)
	line("page", a.Origin, b.Origin)
	line("browser", a.UserAgent, b.UserAgent)
	line("passkey", a.PasskeyID, b.PasskeyID)
	if a.Explanation != nil && b.Explanation != nil {
		for i, s := range a.Explanation.Steps {
			if i < len(b.Explanation.Steps) && b.Explanation.Steps[i].ID == s.ID {
				o := b.Explanation.Steps[i]
				line(s.ID+" "+s.Title, string(s.Verdict)+" "+s.Received, string(o.Verdict)+" "+o.Received)
			}
		}
	}
	return list
}

func (c *commands) showDifferences(list []difference) {
	if len(list) == 0 {
		c.say("they don't differ.")
		return
	}
	t := &table{heads: []string{"WHAT", "FIRST", "SECOND"}}
	for _, d := range list {
		t.add(d.What, d.First, d.Second)
	}
	c.print(t)
}
