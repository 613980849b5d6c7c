package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

func (c *commands) mail() *cobra.Command {
	list := listing[api.Mail]{
		what: "mails", short: "List the mails that were caught, newest first",
		example: "  sting mail\n  sting mail -q to:ada@example.org\n  sting mail -q 'subject:\"verify\" is:unread' --json",
		heads:   []string{"CAME", "FROM", "TO", "SUBJECT", "CODE", "READ", "ID"},
		row: func(m api.Mail) []string {
			return []string{m.ReceivedAt, m.From, strings.Join(m.To, ", "), m.Subject, codeOf(m), yesNo(m.Read), m.ID}
		},
		ask: func(ctx context.Context, d admin.Door, q api.Query) (api.Page[api.Mail], error) {
			return d.Mails(ctx, q)
		},
	}
	open := func(ctx context.Context, d admin.Door, id string) (api.MailText, error) { return d.Mail(ctx, id) }
	remove := removal[api.MailText]{
		use: "remove ID", short: "Delete a mail",
		long:     "Deletes a mail from the mailbox.",
		example:  "  sting mail remove 2JsBIdXGEpp4wJakedjKX0 --yes",
		ask:      open,
		question: func(m api.MailText) string { return fmt.Sprintf("Delete the mail %q from %s?", m.Subject, m.From) },
		done:     func(m api.MailText) string { return fmt.Sprintf("deleted the mail %q.", m.Subject) },
		id:       func(m api.MailText) string { return m.ID },
		remove:   func(ctx context.Context, d admin.Door, id string) error { return d.RemoveMail(ctx, id) },
	}
	return c.family("mail", "Mails: list, show, code, wait, remove, clear",
		"The mails that the lab, and the programs around it, sent to its catcher. Alone it lists them.",
		list.command(c), c.showMail(open), c.mailCode(), c.waitMail(), remove.command(c), c.clearMails())
}

// printMailbox prints the address of the mailbox, which needs no certificate.
func (c *commands) printMailbox(s api.Status) error {
	for _, svc := range s.Services {
		if svc.Name == "mail" && svc.URL != "" {
			writeln(c.Stdout, svc.URL)
			return nil
		}
	}
	return misuse{"The mailbox's port is off.", "Give ports.mail a number in sting.yml."}
}

func codeOf(m api.Mail) string {
	if m.Code == nil {
		return ""
	}
	return *m.Code
}

func (c *commands) showMail(open func(context.Context, admin.Door, string) (api.MailText, error)) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show ID|latest", Short: "Show a mail as text",
		Long:    "Shows a mail as text, and marks it as read. HTML is shown by the mailbox's page, where it can do nothing.",
		Example: "  sting mail show latest\n  sting mail show 2JsBIdXGEpp4wJakedjKX0 --json | jq -r .text", Args: words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			m, err := open(cmd.Context(), door, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(m)
			}
			facts := []string{"from", m.From, "to", strings.Join(m.To, ", "), "subject", m.Subject, "came", m.ReceivedAt, "id", m.ID}
			if m.Found != nil {
				facts = append(facts, "code", m.Found.Code, "page", m.Found.Page)
			}
			for _, p := range m.Parts {
				facts = append(facts, "attachment", fmt.Sprintf("%s (%s, %d bytes)", p.Name, p.Type, p.Size))
			}
			c.facts(facts...)
			writeln(c.Stdout, "")
			for line := range strings.Lines(m.Text) {
				writeln(c.Stdout, strings.TrimRight(line, "\r\n"))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *commands) mailCode() *cobra.Command {
	var asJSON, link bool
	var wait time.Duration
	cmd := &cobra.Command{
		Use: "code ADDRESS", Short: "Print the code of the newest mail to an address",
		Long:    "Prints the code of the newest mail to an address that holds one, read or not. With --wait it\nwaits for that mail.",
		Example: "  sting mail code ada@example.org\n  sting mail code ada@example.org --wait 30s --link", Args: words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			found, err := door.MailCode(cmd.Context(), api.MailFor{Address: args[0], Seconds: seconds(wait)})
			switch {
			case err != nil:
				return err
			case asJSON:
				return c.printJSON(found)
			case link && found.Page != "":
				writeln(c.Stdout, found.Page)
			case link:
				return misuse{"No page of the lab takes that code.", "The code itself is printed without --link."}
			default:
				writeln(c.Stdout, found.Code)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&link, "link", false, "print the address of the page that takes the code, filled in")
	cmd.Flags().DurationVar(&wait, "wait", 0, "how long to wait for such a mail, up to 10m")
	return cmd
}

func (c *commands) waitMail() *cobra.Command {
	var asJSON bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "wait ADDRESS", Short: "Wait for a mail to an address and print its id",
		Long: "Prints the id of the newest unread mail to an address, and waits for one where there is none.\n" +
			"The mail counts as read from then on, so that the next wait waits for the next mail.",
		Example: "  sting mail wait ada@example.org\n  sting mail show $(sting mail wait ada@example.org --timeout 1m)",
		Args:    words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			m, err := door.WaitMail(cmd.Context(), api.MailFor{Address: args[0], Seconds: seconds(timeout)})
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(m)
			}
			writeln(c.Stdout, m.ID)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "how long to wait, up to 10m")
	return cmd
}

// seconds rounds up: a wait of less than a second is one.
func seconds(d time.Duration) int {
	return int((d + time.Second - 1) / time.Second)
}

func (c *commands) clearMails() *cobra.Command {
	var yes, asJSON bool
	cmd := &cobra.Command{
		Use: "clear", Short: "Delete every mail",
		Long:    "Deletes every mail of the mailbox.\n\nAsks first. Without a terminal to answer in it needs --yes.",
		Example: "  sting mail clear --yes", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			if !yes {
				if err := c.confirm("Delete every mail?"); err != nil {
					return err
				}
			}
			cleared, err := door.ClearMails(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(cleared)
			}
			c.say("deleted %s.", count(cleared.Deleted, "mail"))
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
