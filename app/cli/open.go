package cli

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/api"
	"sting/backend/fault"
)

// pages are what `sting open` opens.
func pages() []string {
	return []string{"login", "register", "dashboard", "settings", "browser-check", "mail"}
}

func (c *commands) open() *cobra.Command {
	var onlyPrint, asJSON, virtual bool
	cmd := &cobra.Command{
		Use:       "open PAGE",
		Short:     "Open a page of the lab in your browser",
		Long:      "Opens a page of the running lab in the system's browser: login, register, dashboard,\nsettings, browser-check, or mail for the mailbox. The address goes to stdout, so that it can be copied where no browser opens.\nWhere passkeys of the configured RP ID can't work at it, stderr says why.\n\nWith --virtual it is Chromium, Chrome, Edge or Brave in a profile that is thrown away, with a\nvirtual authenticator: a passkey without a security key. Its keys are kept; `sting virtual`\nshows them. STING_CHROMIUM, in the environment of the lab, names another browser.\n\nEither opens on the desktop of who types this, whoever runs the lab.",
		Example:   "  sting open register\n  sting open login --print     only the address\n  sting open register --virtual",
		ValidArgs: pages(),
		Args:      words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			page := strings.TrimPrefix(args[0], "/")
			if !slices.Contains(pages(), page) {
				return misuse{fmt.Sprintf("There is no page %s to open.", args[0]), "The pages are " + strings.Join(pages(), ", ") + "."}
			}
			if virtual && !onlyPrint {
				return c.openVirtual(cmd, page, asJSON)
			}
			door, err := c.door()
			if err != nil {
				return err
			}
			if onlyPrint {
				s, err := door.Status(cmd.Context())
				if err != nil {
					return err
				}
				if page == "mail" {
					return c.printMailbox(s)
				}
				writeln(c.Stdout, s.Origin+"/"+page)
				c.warnOfRPID(s)
				return nil
			}
			if s, err := door.Status(cmd.Context()); err == nil && page != "mail" {
				c.warnOfRPID(s)
			}
			opened, err := door.Open(cmd.Context(), page)
			if err != nil {
				return err
			}
			if asJSON {
				err = c.printJSON(opened)
			} else {
				writeln(c.Stdout, opened.URL)
			}
			if err != nil || opened.Opened {
				return err
			}
			if e := opened.Error; e != nil {
				return &fault.Error{Kind: fault.Unavailable, Code: e.ErrorCode, Message: e.Error, Hint: e.Hint}
			}
			return errNotOpened
		},
	}
	cmd.Flags().BoolVar(&virtual, "virtual", false, "in a browser with a virtual authenticator")
	cmd.Flags().BoolVar(&onlyPrint, "print", false, "print the address and open nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// errNotOpened is for a lab that doesn't say why.
var errNotOpened = fault.New(fault.Unavailable, "BROWSER_NOT_OPENED", "No browser was opened.",
	"Copy the address above into a browser on this machine.")

// warnOfRPID says why passkeys can't work at the address of the lab's pages,
// where they can't, and what to do.
func (c *commands) warnOfRPID(s api.Status) {
	at, err := url.Parse(s.Origin)
	switch {
	case s.Problem != "":
		c.warnOf("No ceremonies are held: "+s.Problem, s.Fix)
		return
	case err != nil || s.RPID == "" || at.Hostname() == s.RPID || strings.HasSuffix(at.Hostname(), "."+s.RPID):
		return
	}
	own := *at
	own.Host = s.RPID
	if port := at.Port(); port != "" {
		own.Host += ":" + port
	}
	c.warnOf(fmt.Sprintf("Passkeys can't work at %s: the RP ID is %s, and a browser lets pages of that host, and of names below it, use it alone.",
		s.Origin, s.RPID),
		fmt.Sprintf("For a lab on this machine write webauthn.config.rp.id: %s and webauthn.config.rp.origins: [%s] in sting.yml. "+
			"To stand in for %s here, let that name lead to this machine, list %s among the origins and open the page there.",
			at.Hostname(), s.Origin, s.RPID, own.String()))
}

// warnOf is complain for what fails no command.
func (c *commands) warnOf(message, hint string) {
	c.warn([]string{message})
	fmt.Fprintln(c.Stderr, "sting: hint:", plain(hint))
}
