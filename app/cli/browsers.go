package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/api"
)

func (c *commands) browsers() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "browsers",
		Short: "Compare what the browsers that were here can do",
		Long: `Shows side by side what each browser said that opened the page /browser-check since the
lab started: secure context, passkey API, authenticators, cookies, and everything that
getClientCapabilities names. "yes", "no", or "?" where the browser couldn't be asked.
Opening the page in another browser adds a column.`,
		Example: "  sting open browser-check\n  sting browsers\n  sting browsers --json | jq '.items[] | {user_agent, platform_authenticator}'",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			list, err := door.Browsers(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				if list == nil {
					list = []api.BrowserPassport{}
				}
				return c.printJSON(api.Page[api.BrowserPassport]{Items: list})
			}
			if len(list) == 0 {
				c.say("no browser has opened /browser-check since the lab started; `sting open browser-check` does.")
				return nil
			}
			c.compareBrowsers(list)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// compareBrowsers writes a line for each ability and a column for each browser.
func (c *commands) compareBrowsers(list []api.BrowserPassport) {
	heads := []string{"ABILITY"}
	named := make(map[string]bool)
	for i, b := range list {
		letter := string(rune('A' + i))
		heads = append(heads, letter)
		c.facts(letter, browserName(b.UserAgent)+", "+minute(b.At))
		maps.Copy(named, b.Capabilities)
	}
	writeln(c.Stdout, "")
	t := &table{heads: heads}
	add := func(name string, of func(api.BrowserPassport) *bool) {
		cells := []string{name}
		for _, b := range list {
			cells = append(cells, known(of(b)))
		}
		t.add(cells...)
	}
	add("secure context", func(b api.BrowserPassport) *bool { return &b.SecureContext })
	add("passkey API", func(b api.BrowserPassport) *bool { return &b.WebAuthn })
	add("built-in authenticator", func(b api.BrowserPassport) *bool { return b.PlatformAuthenticator })
	add("autofill", func(b api.BrowserPassport) *bool { return b.ConditionalMediation })
	add("cookies", func(b api.BrowserPassport) *bool { return &b.Cookies })
	add("__Host- cookies", func(b api.BrowserPassport) *bool { return b.HostCookie })
	add("storage", func(b api.BrowserPassport) *bool { return b.Storage })
	for _, name := range slices.Sorted(maps.Keys(named)) {
		add(name, func(b api.BrowserPassport) *bool {
			can, named := b.Capabilities[name]
			if !named {
				return nil
			}
			return &can
		})
	}
	c.print(t)
}

func known(can *bool) string {
	if can == nil {
		return "?"
	}
	return yesNo(*can)
}

// browserName shortens a user agent to the last product that names a browser,
// with the system: Chrome/156.0.0.0 on X11; Linux x86_64.
func browserName(agent string) string {
	system := ""
	if _, rest, ok := strings.Cut(agent, "("); ok {
		system, _, _ = strings.Cut(rest, ")")
	}
	for _, product := range []string{"Edg/", "OPR/", "Firefox/", "HeadlessChrome/", "Chrome/", "Version/"} {
		_, rest, ok := strings.Cut(agent, product)
		if !ok || system == "" {
			continue
		}
		number, _, _ := strings.Cut(rest, " ")
		name := map[string]string{"Edg/": "Edge", "OPR/": "Opera", "Version/": "Safari"}[product]
		if name == "" {
			name = strings.TrimSuffix(product, "/")
		}
		return name + " " + number + " on " + system
	}
	return agent
}
