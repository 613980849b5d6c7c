package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/origin"
)

// opening is how a page is to be opened.
type opening struct{ onlyPrint, asJSON, virtual, real, anew, yes bool }

// labApp is the name that the lab's own site has among the apps.
const labApp = "lab"

// appOf reads the words of `sting open` that name an app or an address. lab is the page
// of the lab's own site that they name instead.
func appOf(args []string) (in api.OpenApp, lab string, err error) {
	pages := origin.PageNames()
	if slices.Contains(pages, strings.TrimPrefix(args[0], "/")) && len(args) == 1 {
		return in, strings.TrimPrefix(args[0], "/"), nil
	}
	if strings.Contains(args[0], "://") {
		if len(args) > 1 {
			return in, "", misuse{"An address is a page already.", "Usage: sting open URL"}
		}
		return api.OpenApp{URL: args[0]}, "", nil
	}
	name, path, isPath := strings.Cut(args[0], "/")
	in.App = name
	switch {
	case name == "":
		return in, "", misuse{fmt.Sprintf("There is no page %s to open.", args[0]), "The pages are " + strings.Join(pages, ", ") + "."}
	case len(args) > 1 && isPath:
		return in, "", misuse{fmt.Sprintf("%s is a page already.", args[0]), "Usage: sting open APP/PATH, or sting open APP login|register"}
	case len(args) > 1:
		in.Page = args[1]
	case isPath && name == labApp:
		in.Page = path
	case isPath:
		in.Page = "/" + path
	}
	if name == labApp {
		if in.Page == "" {
			in.Page = "login"
		}
		if !slices.Contains(pages, in.Page) {
			return in, "", misuse{fmt.Sprintf("There is no page %s of the lab.", in.Page), "The pages are " + strings.Join(pages, ", ") + "."}
		}
		return in, in.Page, nil
	}
	if len(args) > 1 && in.Page != "login" && in.Page != "register" {
		return in, "", misuse{fmt.Sprintf("%s is neither login nor register.", in.Page), "Write another page of an app as APP/PATH."}
	}
	return in, "", nil
}

// openApp opens a page in the lab browser, after a question where it shows a
// certificate that nobody has accepted.
func (c *commands) openApp(cmd *cobra.Command, in api.OpenApp, how opening) error {
	if how.onlyPrint {
		return c.printAddress(cmd.Context(), in)
	}
	door, err := c.door()
	if err != nil {
		return err
	}
	in.Real, in.New = how.real, how.anew
	opened, err := admin.OpenApp.Ask(cmd.Context(), door, in)
	if err == nil && opened.Error != nil && opened.Error.ErrorCode == "APP_CERTIFICATE" && opened.Certificate != nil {
		if refused := c.acceptCertificate(opened, how); refused != nil {
			return refused
		}
		in.Trust = opened.Certificate.SPKI
		opened, err = admin.OpenApp.Ask(cmd.Context(), door, in)
	}
	if err != nil {
		return err
	}
	return c.printOpened(opened.Opened, opened, how.asJSON)
}

// acceptCertificate shows a certificate and asks about it.
func (c *commands) acceptCertificate(opened api.AppOpened, how opening) error {
	e := opened.Error
	facts := certificateFacts(opened.Certificate)
	for i := 0; i+1 < len(facts); i += 2 {
		fmt.Fprintf(c.Stderr, "sting: %s: %s\n", facts[i], plain(facts[i+1]))
	}
	if how.yes {
		return nil
	}
	if !c.Terminal.In {
		return &fault.Error{Kind: fault.Conflict, Code: e.ErrorCode, Message: e.Error, Hint: e.Hint}
	}
	err := c.confirm(fmt.Sprintf("%s Believe this certificate in the lab browser from now on?", e.Error))
	if errors.Is(err, errNotConfirmed) {
		return &fault.Error{Kind: fault.Conflict, Code: e.ErrorCode, Message: e.Error, Hint: e.Hint}
	}
	return err
}

// printAddress prints where a page of an app is.
func (c *commands) printAddress(ctx context.Context, in api.OpenApp) error {
	list, err := c.apps(ctx)
	if err != nil {
		return err
	}
	at, err := admin.PageOf(list.Items, in)
	if err == nil {
		writeln(c.Stdout, at)
	}
	return err
}

// printOpened says what came of opening; all is what --json prints.
func (c *commands) printOpened(opened api.Opened, all any, asJSON bool) error {
	var err error
	if asJSON {
		err = c.printJSON(all)
	} else {
		writeln(c.Stdout, opened.URL)
	}
	if err != nil {
		return err
	}
	e := opened.Error
	switch {
	case !opened.Opened && e != nil:
		return &fault.Error{Kind: fault.Unavailable, Code: e.ErrorCode, Message: e.Error, Hint: e.Hint}
	case !opened.Opened:
		return errNotOpened
	case e != nil: // it is open, and shows why
		c.complain(fmt.Sprintf("%s (%s)", strings.TrimSuffix(e.Error, "."), e.ErrorCode), e.Hint)
	}
	return nil
}
