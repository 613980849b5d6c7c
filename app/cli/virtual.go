package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/api"
	"sting/backend/origin"
)

const aboutVirtual = `A browser of yours (Chromium, Chrome, Edge or Brave) in a profile that is thrown
away, with an authenticator made of software in every tab. ` + "`sting open register --virtual`" + `
starts it. Its keys are kept in the home folder and are there the next time.

It does what it is told, also to err: each of the faults below makes the server, or the
browser, refuse the next ceremony, and the record of that says why. Alone this shows what
runs and which keys there are.`

func (c *commands) virtual() *cobra.Command {
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "Show what runs and which keys there are", Long: "Shows what runs and which keys there are.",
		Example: "  sting virtual list\n  sting virtual list --json", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			v, err := door.Virtual(cmd.Context())
			if err != nil {
				return err
			}
			return c.printVirtual(v, asJSON)
		},
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c.family("virtual", "Virtual authenticator: its keys, and faults on purpose", aboutVirtual, list,
		c.changeVirtual("flip-be ID", "Flip a key's backup eligibility: BE_CHANGED",
			"Flips the flag BE of a key. No honest passkey changes it; the server refuses the next sign-in\n"+
				"with BE_CHANGED. Once more puts it right. A key that isn't eligible isn't backed up either.",
			"  sting virtual flip-be pk_7Q2", ofKey("flip_be")),
		c.changeVirtual("flip-bs ID", "Flip a key's backup state: BS_WITHOUT_BE, or a change that is allowed",
			"Flips the flag BS of a key. Backed up without being eligible is refused with BS_WITHOUT_BE;\n"+
				"of an eligible key it is a change that the server notes.",
			"  sting virtual flip-bs pk_7Q2", ofKey("flip_bs")),
		c.changeVirtual("counter ID N", "Set a key's counter, back for instance: COUNTER_REGRESSED",
			"Sets the counter of a key; its next answer shows N+1. Lower than what the server saw last, or\n"+
				"equal, looks like a copied key: COUNTER_REGRESSED.",
			"  sting virtual counter pk_7Q2 0", counterOf),
		c.changeVirtual("uv on|off|refuse", "User verification: UV_REQUIRED, or a refusal of the browser",
			"on: as it should be. off: the answer comes, without the flag UV; with user_verification:\n"+
				"required the server refuses it with UV_REQUIRED. refuse: the fingerprint doesn't fit, and the\nbrowser refuses with NotAllowedError.",
			"  sting virtual uv off\n  sting virtual uv on", toMode("user_verification", "on", "off", "refuse")),
		c.changeVirtual("up on|off|refuse", "User presence: UP_MISSING, or a time-out",
			"on: as it should be. off: the answer comes, without the flag UP: UP_MISSING. refuse: nobody\n"+
				"touches the key, and the browser waits until its time is over. It also keeps the sign-in page\nfrom signing you in at once.",
			"  sting virtual up refuse", toMode("user_presence", "on", "off", "refuse")),
		c.changeVirtual("signature good|bad", "Signatures: BAD_SIGNATURE",
			"good: as they should be. bad: they don't fit the key, and the server refuses with BAD_SIGNATURE.",
			"  sting virtual signature bad", toMode("signature", "good", "bad")),
		c.changeVirtual("forget ID", "Forget a key, as a device does that was reset",
			"Forgets a key for good. The server still has its half: a passkey that nobody can use, until it\n"+
				"is removed with `sting passkeys remove`.",
			"  sting virtual forget pk_7Q2", ofKey("forget")),
		c.changeVirtual("close", "Close the browser; the keys stay", "Closes the browser and throws its profile away. The keys stay.",
			"  sting virtual close", func([]string) (api.VirtualChange, error) { return api.VirtualChange{Do: "close"}, nil }))
}

// changeVirtual is a command that does one thing to the authenticator.
func (c *commands) changeVirtual(use, short, long, example string, read func(args []string) (api.VirtualChange, error)) *cobra.Command {
	var asJSON bool
	n := len(strings.Fields(use)) - 1
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: words(n, n),
		RunE: func(cmd *cobra.Command, args []string) error {
			change, err := read(args)
			if err != nil {
				return err
			}
			door, err := c.door()
			if err != nil {
				return err
			}
			v, err := door.ChangeVirtual(cmd.Context(), change)
			if err != nil {
				return err
			}
			if change.Do == "close" && !asJSON {
				c.say("the browser is closed; keys that are kept for the next one: %d.", len(v.Keys))
				return nil
			}
			return c.printVirtual(v, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func ofKey(do string) func([]string) (api.VirtualChange, error) {
	return func(args []string) (api.VirtualChange, error) { return api.VirtualChange{Do: do, Key: args[0]}, nil }
}

func counterOf(args []string) (api.VirtualChange, error) {
	n, err := strconv.ParseUint(args[1], 10, 31)
	if err != nil {
		return api.VirtualChange{}, misuse{fmt.Sprintf("%q is no counter.", args[1]), "A counter is a number from 0 to 2147483647."}
	}
	return api.VirtualChange{Do: "counter", Key: args[0], Counter: uint32(n)}, nil
}

func toMode(do string, modes ...string) func([]string) (api.VirtualChange, error) {
	return func(args []string) (api.VirtualChange, error) {
		if !slices.Contains(modes, args[0]) {
			return api.VirtualChange{}, misuse{fmt.Sprintf("There is no %q here.", args[0]), "Write one of: " + strings.Join(modes, ", ") + "."}
		}
		return api.VirtualChange{Do: do, To: args[0]}, nil
	}
}

func (c *commands) printVirtual(v api.Virtual, asJSON bool) error {
	if asJSON {
		if v.Keys == nil {
			v.Keys = []api.VirtualKey{}
		}
		return c.printJSON(v)
	}
	if v.Running {
		c.facts("browser", v.Browser, "process", strconv.Itoa(v.PID), "tabs", strconv.Itoa(v.Pages), "since", v.StartedAt,
			"user verification", v.UserVerification, "user presence", v.UserPresence, "signature", v.Signature)
	} else {
		c.say("no browser with a virtual authenticator runs; `sting open register --virtual` starts one.")
	}
	if v.Note != "" {
		c.say("%s", v.Note)
	}
	if len(v.Keys) == 0 {
		c.say("no keys are kept.")
		return nil
	}
	t := &table{heads: []string{"PASSKEY", "USER", "RP ID", "BE", "BS", "COUNTER", "AT THE SERVER", "CREDENTIAL ID"}}
	for _, k := range v.Keys {
		t.add(k.PasskeyID, k.UserName, k.RPID, yesNo(k.BackupEligible), yesNo(k.BackupState), strconv.FormatUint(uint64(k.SignCount), 10),
			k.Status, k.ID)
	}
	c.print(t)
	return nil
}

// virtually says where a passkey lives that isn't in anybody's hand.
func virtually(virtual bool) string {
	if virtual {
		return "virtual, of a browser"
	}
	return ""
}

// openVirtual opens a page in the browser with the virtual authenticator.
func (c *commands) openVirtual(cmd *cobra.Command, page string, asJSON bool) error {
	door, err := c.door()
	if err != nil {
		return err
	}
	if s, err := door.Status(cmd.Context()); err == nil && page != origin.Mailbox {
		c.warnOfRPID(s)
	}
	opened, err := door.OpenVirtual(cmd.Context(), page, nil)
	if err != nil {
		return err
	}
	return c.printOpened(opened, opened, asJSON)
}
