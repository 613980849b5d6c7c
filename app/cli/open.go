package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/fault"
)

// pages are what `sting open` opens.
func pages() []string { return []string{"login", "register", "dashboard", "settings"} }

func (c *commands) open() *cobra.Command {
	var onlyPrint, asJSON bool
	cmd := &cobra.Command{
		Use:       "open PAGE",
		Short:     "Open a page of the lab in your browser",
		Long:      "Opens a page of the running lab in the system's browser: login, register, dashboard or\nsettings. The address goes to stdout, so that it can be copied where no browser opens.",
		Example:   "  sting open register\n  sting open login --print     only the address",
		ValidArgs: pages(),
		Args:      words(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			page := strings.TrimPrefix(args[0], "/")
			if !slices.Contains(pages(), page) {
				return misuse{fmt.Sprintf("There is no page %s to open.", args[0]), "The pages are " + strings.Join(pages(), ", ") + "."}
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
				writeln(c.Stdout, s.Origin+"/"+page)
				return nil
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
	cmd.Flags().BoolVar(&onlyPrint, "print", false, "print the address and open nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// errNotOpened is for a lab that doesn't say why.
var errNotOpened = fault.New(fault.Unavailable, "BROWSER_NOT_OPENED", "No browser was opened.",
	"Copy the address above into a browser on this machine.")
