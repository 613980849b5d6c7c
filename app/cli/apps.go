package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

const aboutApps = `Web apps of your own, each with a relying party of its own, which the lab opens, watches and
explains. They stand in sting.yml below apps:, and these commands change that file and
leave every other byte of it alone; the comments right above an app go with it. Alone
this lists them.`

func (c *commands) app() *cobra.Command {
	return c.family("app", "Your own web apps: list, add, show, remove", aboutApps, c.listApps(), c.addApp(), c.showApp(), c.removeApp())
}

func (c *commands) listApps() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List your apps", Args: noArgs,
		Long: "Lists the apps of sting.yml. No lab needs to run.", Example: "  sting app list\n  sting app --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := c.apps(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(page)
			}
			if len(page.Items) == 0 {
				c.say("no apps; `sting app add NAME URL` names one.")
				return nil
			}
			t := &table{heads: []string{"NAME", "URL", "LOGIN", "REGISTER", "HOSTS"}}
			for _, a := range page.Items {
				t.add(a.Name, a.URL, a.Login, a.Register, strings.Join(hostsOf(a), ", "))
			}
			c.print(t)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func hostsOf(a api.App) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(a.Hosts)) {
		out = append(out, name+" -> "+a.Hosts[name])
	}
	return out
}

// apps asks the running lab, and otherwise the file.
func (c *commands) apps(ctx context.Context) (api.Page[api.App], error) {
	return either(c, func(d admin.Door) (api.Page[api.App], error) { return admin.ListApps.Ask(ctx, d, api.None{}) },
		func(off Offline) (api.Page[api.App], error) { return off.Apps(ctx) })
}

// either asks the running lab, or the home folder where none runs.
func either[T any](c *commands, lab func(admin.Door) (T, error), folder func(Offline) (T, error)) (none T, _ error) {
	door, err := c.door()
	if err == nil {
		return lab(door)
	}
	if !errors.Is(err, errNotRunning) {
		return none, err
	}
	off, err := c.offline()
	if err != nil {
		return none, err
	}
	return folder(off)
}

func (c *commands) addApp() *cobra.Command {
	var in api.NewApp
	var asJSON bool
	cmd := &cobra.Command{
		Use: "add NAME URL", Short: "Name an app of yours", Args: words(2, 2),
		Long: `Writes an app into sting.yml: a name of small letters, digits and dashes, and the URL of
its first page. --host lets the lab browser find a name without a hosts file; a port may
be added on either side.`,
		Example: "  sting app add shop http://localhost:3000 --login /login --register /signup\n" +
			"  sting app add bank https://bank.test --host bank.test:443=127.0.0.1:8000",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Name, in.URL = args[0], args[1]
			a, err := either(c, func(d admin.Door) (api.App, error) { return admin.AddApp.Ask(cmd.Context(), d, in) },
				func(off Offline) (api.App, error) { return off.AddApp(cmd.Context(), in) })
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(a)
			}
			c.say("%s is %s; `sting open %s` opens it.", a.Name, a.URL, a.Name)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Login, "login", "", "the path of the page to sign in at")
	f.StringVar(&in.Register, "register", "", "the path of the page to register at")
	f.StringToStringVar(&in.Hosts, "host", nil, "where the lab browser finds a name: NAME=ADDRESS")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *commands) removeApp() *cobra.Command {
	var yes, asJSON bool
	cmd := &cobra.Command{
		Use: "remove NAME", Aliases: []string{"rm"}, Short: "Take an app out of sting.yml", Args: words(1, 1),
		Long: "Takes an app out of sting.yml, and throws away what the lab browser kept for it: cookies, and\n" +
			"the certificate that was accepted. Keys of the virtual authenticator stay.\n\n" +
			"Asks first. Without a terminal to answer in it needs --yes.",
		Example: "  sting app remove shop --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				if err := c.confirm(fmt.Sprintf("Remove the app %s and its browser profile?", args[0])); err != nil {
					return err
				}
			}
			_, err := either(c, func(d admin.Door) (api.Done, error) {
				return admin.RemoveApp.Ask(cmd.Context(), d, api.AppNamed{Name: args[0]})
			}, func(off Offline) (api.Done, error) { return api.Done{}, off.RemoveApp(cmd.Context(), args[0]) })
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(removed{true, args[0]})
			}
			c.say("removed the app %s.", args[0])
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *commands) showApp() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show NAME", Short: "Show an app: whether it answers, its passkeys, its ceremonies", Args: words(1, 1),
		Long: "Asks an app for its first page and shows what came, with the reason where nothing did; what\n" +
			"browsers say to its origin and relying party ID; the passkeys of the virtual authenticator that its pages\n" +
			"may use, and its last ceremonies.",
		Example: "  sting app show shop\n  sting app show shop --json | jq .answer",
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			a, err := admin.ShowApp.Ask(cmd.Context(), door, api.AppNamed{Name: args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(a)
			}
			c.printApp(a)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *commands) printApp(a api.AppPage) {
	facts := []string{"name", a.Name, "url", a.URL, "login", a.Login, "register", a.Register}
	for _, h := range hostsOf(a.App) {
		facts = append(facts, "host", h)
	}
	facts = append(facts, "answer", strings.TrimSpace(a.Answer.Says+" "+a.Answer.Fix))
	if cert := a.Answer.Certificate; cert != nil {
		facts = append(facts, certificateFacts(cert)...)
	}
	facts = append(facts, "rp ids", strings.Join(a.RPIDs, ", "), "browsers", a.Preflight.Verdict, "says", a.Preflight.Says)
	if a.Preflight.Fix != "" {
		facts = append(facts, "fix", a.Preflight.Fix)
	}
	c.facts(facts...)
	if len(a.Keys) > 0 {
		t := &table{heads: []string{"USER", "RP ID", "BE", "BS", "COUNTER", "CREDENTIAL ID"}}
		for _, k := range a.Keys {
			t.add(k.UserName, k.RPID, yesNo(k.BackupEligible), yesNo(k.BackupState), strconv.FormatUint(uint64(k.SignCount), 10), k.ID)
		}
		c.print(t)
	}
	if len(a.Ceremonies) > 0 {
		t := &table{heads: []string{"BEGAN", "KIND", "STATE", "FAULT", "ID"}}
		for _, s := range a.Ceremonies {
			t.add(minute(s.BeganAt), s.Kind, s.State, s.Fault, s.ID)
		}
		c.print(t)
	}
}

func certificateFacts(cert *api.AppCertificate) []string {
	facts := []string{"names", strings.Join(cert.Names, ", "), "issuer", cert.Issuer, "valid", cert.NotBefore + " to " + cert.NotAfter}
	if cert.Why != "" {
		facts = append(facts, "not trusted", cert.Why, "accepted", yesNo(cert.Accepted))
	}
	return facts
}
