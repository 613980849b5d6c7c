package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

// listing is a command that lists things of one kind.
type listing[T any] struct {
	what    string // "users"
	short   string
	example string
	heads   []string
	row     func(T) []string
	orders  []string // that can be asked for, the list's own first; none: there is only one
	ask     func(context.Context, admin.Door, api.Query) (api.Page[T], error)
}

// most things that a list holds unless --limit says otherwise, as the door's own.
const listLimit = 100

func (l listing[T]) command(c *commands) *cobra.Command {
	var q api.Query
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"ls"},
		Short:   l.short,
		Long: l.short + `.

--json prints {"items": [...], "next": "..."}; a "next" that isn't empty goes into
--after and continues the list.`,
		Example: l.example,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.Limit < 1 || q.Limit > 1000 {
				return misuse{fmt.Sprintf("--limit is %d.", q.Limit), "A list holds 1 to 1000 at a time; --after continues it."}
			}
			door, err := c.door()
			if err != nil {
				return err
			}
			page, err := l.ask(cmd.Context(), door, q)
			if err != nil {
				return err
			}
			if asJSON {
				if page.Items == nil {
					page.Items = []T{}
				}
				return c.printJSON(page)
			}
			l.print(c, page, q)
			c.warnDamaged(page.Damaged)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&q.Q, "query", "q", "", "only what has this in an address, a name or an id")
	f.IntVarP(&q.Limit, "limit", "n", listLimit, "at most so many, up to 1000")
	f.StringVar(&q.After, "after", "", "continue a list behind this")
	if len(l.orders) > 0 {
		f.StringVar(&q.Order, "order", "", "in which order: "+strings.Join(l.orders, " or "))
	}
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// warnDamaged names what can't be read any more.
func (c *commands) warnDamaged(list []api.Damaged) {
	for _, d := range list {
		fmt.Fprintf(c.Stderr, "sting: warning: %s\nsting: hint: %s\n", plain(d.Text), plain(d.Fix))
	}
}

// lacking fails a command whose copy of the data is not whole.
func (c *commands) lacking(list []api.Damaged) error {
	if len(list) == 0 {
		return nil
	}
	c.warnDamaged(list)
	return errLacking.Saying("The copy lacks what is damaged: %s.", count(len(list), "value"))
}

func (l listing[T]) print(c *commands, page api.Page[T], q api.Query) {
	if len(page.Items) == 0 {
		if q.Q != "" {
			c.say("no %s with %q.", l.what, q.Q)
			if page.Next != "" {
				c.say("%s", more(page, q))
			}
		} else {
			c.say("no %s.", l.what)
		}
		return
	}
	t := &table{heads: l.heads}
	for _, item := range page.Items {
		t.add(l.row(item)...)
	}
	c.print(t)
	if said := more(page, q); said != "" {
		c.say("%s", said)
	}
}

// more says what of a list is not shown, and how to go on; "" for nothing.
func more[T any](page api.Page[T], q api.Query) string {
	var said []string
	if page.Total != nil && *page.Total > len(page.Items) {
		said = append(said, fmt.Sprintf("%d of %d.", len(page.Items), *page.Total))
	}
	switch page.Searched {
	case "words":
		said = append(said, fmt.Sprintf("Found by the beginnings of words and ids; there may be others with %q in the middle of a word.", q.Q))
	case "bounded":
		said = append(said, fmt.Sprintf("Only a part of the list was searched for %q.", q.Q))
	}
	if page.Next != "" {
		said = append(said, "there are more: --after "+page.Next)
	}
	return strings.Join(said, " ")
}

// showing is a command that shows one thing.
func showing[T any](c *commands, use, short, example string, ask func(context.Context, admin.Door, string) (T, error),
	facts func(T) []string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: use, Short: short, Long: short + ".", Example: example, Args: words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			thing, err := ask(cmd.Context(), door, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(thing)
			}
			c.facts(facts(thing)...)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// removal is a command that removes one thing after asking.
type removal[T any] struct {
	use, short, long, example string
	ask                       func(context.Context, admin.Door, string) (T, error)
	question                  func(T) string // "Remove the account ada@example.org with 2 passkeys?"
	done                      func(T) string // "removed the account ada@example.org."
	id                        func(T) string
	remove                    func(context.Context, admin.Door, string) error
}

// removed is what --json prints of a removal.
type removed struct {
	Removed bool   `json:"removed"`
	ID      string `json:"id"`
}

func (r removal[T]) command(c *commands) *cobra.Command {
	var yes, asJSON bool
	cmd := &cobra.Command{
		Use: r.use, Aliases: []string{"rm"}, Short: r.short, Example: r.example, Args: words(1, 1),
		Long: r.long + "\n\nAsks first. Without a terminal to answer in it needs --yes.",
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			thing, err := r.ask(cmd.Context(), door, args[0])
			if err != nil {
				return err
			}
			if !yes {
				if err := c.confirm(r.question(thing)); err != nil {
					return err
				}
			}
			if err := r.remove(cmd.Context(), door, r.id(thing)); err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(removed{true, r.id(thing)})
			}
			c.say("%s", r.done(thing))
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
