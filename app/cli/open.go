package cli

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/origin"
)

// aboutOpen is the help of the command, with the pages that there are.
func aboutOpen() string {
	return "Opens a page of the running lab, or its mailbox, in the system's browser: one of\n" +
		strings.Join(origin.PageNames(), ", ") + ".\n" + aboutOpening
}

const aboutOpening = `The address goes to stdout, so that it can be copied where no browser opens. Where
passkeys of the configured RP ID can't work at it, stderr says why.

An app of yours (see ` + "`sting app`" + `), or any page of this machine by its address, opens in the
lab browser: Chromium, Chrome, Edge or Brave, in a profile that is kept for the app, with
a virtual authenticator: a passkey without a security key. ` + "`sting virtual`" + ` shows its keys.
--virtual opens a page of the lab so, too. --real leaves the authenticator to the browser:
Touch ID, Windows Hello, a security key, a phone. --new takes a profile that is thrown
away. STING_CHROMIUM, in the environment of the lab, names another browser.

A certificate of an app that browsers don't trust is shown, and accepted once.

Each opens on the desktop of who types this, whoever runs the lab.`

func (c *commands) open() *cobra.Command {
	var how opening
	cmd := &cobra.Command{
		Use:   "open PAGE | APP[/PATH] | APP login | APP register | URL",
		Short: "Open a page of the lab, or of an app of yours",
		Long:  aboutOpen(),
		Example: "  sting open register\n  sting open login --print     only the address\n  sting open register --virtual\n" +
			"  sting open shop login\n  sting open shop/cart --real\n  sting open http://localhost:3000 --new",
		Args: words(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if how.virtual && how.real {
				return misuse{"--virtual and --real are opposites.", "Give one of them."}
			}
			in, page, err := appOf(args)
			switch {
			case err != nil:
				return err
			case page == "":
				return c.openApp(cmd, in, how)
			case (how.real || how.anew) && !how.onlyPrint:
				return c.openApp(cmd, api.OpenApp{App: labApp, Page: page}, how)
			case how.virtual && !how.onlyPrint:
				return c.openVirtual(cmd, page, how.asJSON)
			}
			return c.openPage(cmd, page, how)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&how.virtual, "virtual", false, "in the lab browser, with a virtual authenticator")
	f.BoolVar(&how.real, "real", false, "in the lab browser, with no authenticator of ours")
	f.BoolVar(&how.anew, "new", false, "in a profile that is thrown away")
	f.BoolVarP(&how.yes, "yes", "y", false, "accept the app's certificate without a question")
	f.BoolVar(&how.onlyPrint, "print", false, "print the address and open nothing")
	f.BoolVar(&how.asJSON, "json", false, "print JSON")
	return cmd
}

// openPage opens a page of the lab in the person's own browser.
func (c *commands) openPage(cmd *cobra.Command, page string, how opening) error {
	door, err := c.door()
	if err != nil {
		return err
	}
	if how.onlyPrint {
		s, err := door.Status(cmd.Context())
		if err != nil {
			return err
		}
		if page == origin.Mailbox {
			return c.printMailbox(s)
		}
		writeln(c.Stdout, s.Origin+"/"+page)
		c.warnOfRPID(s)
		return nil
	}
	if s, err := door.Status(cmd.Context()); err == nil && page != origin.Mailbox {
		c.warnOfRPID(s)
	}
	opened, err := door.Open(cmd.Context(), page)
	if err != nil {
		return err
	}
	return c.printOpened(opened, opened, how.asJSON)
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
	c.warnOf(fmt.Sprintf("Passkeys can't work at %s: the RP ID is %s, and a browser lets pages of that host, and of names below it, use it "+
		"alone.",
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
