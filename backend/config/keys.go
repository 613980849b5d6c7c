package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"sting/backend/apps"
)

const (
	year = 365 * 24 * time.Hour
	live = true // taken up while running
	rest = false

	uriKey = "courier.smtp.connection_uri" // may hold a password
)

// keys returns every setting, in the order in which they are shown.
func keys() []key {
	return slices.Concat(webauthnKeys(), kratosKeysOfOurs(), personKeys(), portKeys(), []key{
		boolean("mock_user.enabled", live, func(c *Config) *bool { return &c.MockUser.Enabled },
			"a made-up person is signed in, for work on the front end"),
		text("mock_user.email", live, func(c *Config) *string { return &c.MockUser.Email }, address, "whom it is"),
		text("mock_user.role", live, func(c *Config) *string { return &c.MockUser.Role }, filled, "and with which role"),
		amount("tape.challenges", func(c *Config) *int { return &c.Tape.Challenges }, 10, 1_000_000, "open challenges kept at once"),
		amount("tape.ceremonies", func(c *Config) *int { return &c.Tape.Ceremonies }, 10, 1_000_000, "recorded ceremonies kept"),
		amount("tape.mails", func(c *Config) *int { return &c.Tape.Mails }, 1, 100_000, "mails kept"),
		amount("tape.bytes", func(c *Config) *int64 { return &c.Tape.Bytes }, 1<<20, 4<<30, "bytes kept of each of them"),
		field(appsKey, live, func(c *Config) *[]apps.App { return &c.Apps }, readApps, showApps,
			"your own web apps, by name, each with url, login, register and hosts"),
		text(frontKey, live, func(c *Config) *string { return &c.Front.URL }, server,
			"the server of your own front end on the lab's API: the site hands on to it what is not the lab's; empty: none"),
		texts(frontPathsKey, live, func(c *Config) *[]string { return &c.Front.Paths }, "the lab's pages that it has instead, such as /login"),
	})
}

func webauthnKeys() []key {
	return []key{
		boolean("webauthn.enabled", live, func(c *Config) *bool { return &c.WebAuthn.Enabled }, "whether there are passkeys"),
		text("webauthn.config.rp.id", live, func(c *Config) *string { return &c.WebAuthn.RP.ID }, anyText,
			"the host that passkeys belong to; another one leaves the old passkeys behind"),
		text("webauthn.config.rp.display_name", live, func(c *Config) *string { return &c.WebAuthn.RP.DisplayName }, filled,
			"what browsers call the site"),
		texts("webauthn.config.rp.origins", live, func(c *Config) *[]string { return &c.WebAuthn.RP.Origins },
			"where ceremonies are accepted"),
		field(additionalKey, live, func(c *Config) *[]RelyingParty { return &c.WebAuthn.Additional }, readAdditional, showAdditional,
			"more relying parties beside that one, each with id, display_name and origins"),
		boolean("webauthn.config.passwordless", live, func(c *Config) *bool { return &c.WebAuthn.Passwordless },
			"a passkey alone signs in"),
		duration("webauthn.timeout", live, func(c *Config) *time.Duration { return &c.WebAuthn.Timeout }, time.Second, RegistrationChallengeLife,
			"how long browsers wait for the person"),
		choice("webauthn.user_verification", live, func(c *Config) *string { return &c.WebAuthn.UserVerification },
			"whether a finger, a face or a PIN is asked for", "required", "preferred", "discouraged"),
	}
}

func kratosKeysOfOurs() []key {
	return []key{
		choice("kratos.mode", rest, func(c *Config) *string { return &c.Kratos.Mode },
			"where passwords live; the URLs are read in external only", KratosEmbedded, KratosManaged, KratosExternal),
		text("kratos.public_url", rest, func(c *Config) *string { return &c.Kratos.PublicURL }, anyText, "Kratos' public API"),
		text("kratos.admin_url", rest, func(c *Config) *string { return &c.Kratos.AdminURL }, anyText, "Kratos' admin API"),
		text("kratos.binary", rest, func(c *Config) *string { return &c.Kratos.Binary }, anyText,
			"the program that the mode managed runs; empty: kratos in PATH"),
		text(uriKey, rest, func(c *Config) *string { return &c.Courier.ConnectionURI }, mailServer,
			"where mails go; the host mailpit means our catcher"),
	}
}

func personKeys() []key {
	return []key{
		texts("selfservice.allowed_return_urls", live, func(c *Config) *[]string { return &c.SelfService.AllowedReturnURLs },
			"where people may be sent back to, besides our own origins"),
		duration("session.lifespan", live, func(c *Config) *time.Duration { return &c.Session.Lifespan }, time.Second, year,
			"how long a sign-in lasts"),
		duration("session.idle", live, func(c *Config) *time.Duration { return &c.Session.Idle }, 0, year,
			"how long without a request; 0s: for ever"),
		duration("session.privileged_age", live, func(c *Config) *time.Duration { return &c.Session.PrivilegedAge }, time.Second, year,
			"up to this age a session may change passkeys and password"),
		boolean("security.account_enumeration.mitigate", live, func(c *Config) *bool { return &c.Security.MitigateEnumeration },
			"unknown addresses get made-up passkeys"),
		field("registration.steps", live, func(c *Config) *[]Page { return &c.Registration.Pages }, readSteps, showSteps,
			"in this order; steps in brackets of their own share a page"),
		text("registration.identity_schema", rest, func(c *Config) *string { return &c.Registration.Schema.Name }, filled,
			"a JSON Schema with Kratos' extensions, in the home folder"),
		texts("tls.hosts", live, func(c *Config) *[]string { return &c.TLS.Hosts }, "more names in the certificate"),
	}
}

func portKeys() []key {
	return []key{
		port("site", func(c *Config) *Port { return &c.Ports.Site }, "pages and passkeys, https"),
		port("kratos_public", func(c *Config) *Port { return &c.Ports.KratosPublic }, "Kratos' public API"),
		port("kratos_admin", func(c *Config) *Port { return &c.Ports.KratosAdmin }, "Kratos' admin API, open to every user of the machine"),
		port("smtp", func(c *Config) *Port { return &c.Ports.SMTP }, "mail catcher, STARTTLS"),
		port("smtp_plain", func(c *Config) *Port { return &c.Ports.SMTPPlain }, "mail catcher without STARTTLS"),
		port("mail", func(c *Config) *Port { return &c.Ports.Mail }, "mailbox"),
	}
}

func filled(s string) (string, string) {
	if strings.TrimSpace(s) == "" {
		return "There is nothing here.", "Write a text, or take the line out."
	}
	return "", ""
}

func address(s string) (string, string) {
	user, host, ok := strings.Cut(s, "@")
	if !ok || user == "" || host == "" || strings.ContainsAny(s, " \t\r\n") || strings.Contains(host, "@") {
		return fmt.Sprintf("%q is not an e-mail address.", clip(s)), "Write one such as dev@example.com."
	}
	return "", ""
}

func mailServer(s string) (string, string) {
	if _, err := parseSMTP(s); err != nil {
		return err.Error(), "Write it as smtp://USER:PASSWORD@HOST:PORT/?skip_ssl_verify=true."
	}
	return "", ""
}

// readSteps reads [details, password, passkey], where a list in the list is
// one page: [[details, password], passkey].
func readSteps(n *yaml.Node, say sink) ([]Page, bool) {
	const shape = "Write [details, password, passkey], with details and password in either order, or [[details, password], passkey] for one " +
		"page."
	r := resolve(n)
	if r.Kind != yaml.SequenceNode {
		say(n, "", Error, "A list of steps belongs here.", shape)
		return nil, false
	}
	var pages []Page
	var flat []Step
	good := true
	for i, item := range r.Content {
		page := Page{}
		for _, one := range stepsOf(item) {
			s := Step(one.Value)
			switch {
			case one.Kind != yaml.ScalarNode || !slices.Contains([]Step{StepDetails, StepPassword, StepPasskey}, s):
				say(item, fmt.Sprintf("[%d]", i), Error, fmt.Sprintf("There is no step %q.", brief(one)), shape)
				good = false
			case slices.Contains(flat, s):
				say(item, fmt.Sprintf("[%d]", i), Error, fmt.Sprintf("The step %s stands here twice.", s), shape)
				good = false
			}
			page, flat = append(page, s), append(flat, s)
		}
		pages = append(pages, page)
	}
	if meaning := stepsWrong(pages, flat); good && meaning != "" {
		say(n, "", Error, meaning, shape)
		good = false
	}
	return pages, good
}

func stepsOf(item *yaml.Node) []*yaml.Node {
	item = resolve(item)
	if item.Kind != yaml.SequenceNode {
		return []*yaml.Node{item}
	}
	out := make([]*yaml.Node, 0, len(item.Content))
	for _, n := range item.Content {
		out = append(out, resolve(n))
	}
	return out
}

// stepsWrong says what is wrong with steps that exist and stand once each.
func stepsWrong(pages []Page, flat []Step) string {
	for _, s := range []Step{StepDetails, StepPassword} {
		if !slices.Contains(flat, s) {
			return fmt.Sprintf("A registration can't do without the step %s.", s)
		}
	}
	at := slices.Index(flat, StepPasskey)
	if at >= 0 && (at != len(flat)-1 || len(pages[len(pages)-1]) != 1) {
		return "The passkey comes last, on a page of its own: it belongs to the person who was just registered."
	}
	if slices.ContainsFunc(pages, func(p Page) bool { return len(p) == 0 }) {
		return "There is a page without a step."
	}
	return ""
}

func showSteps(pages []Page) any {
	out := make([]any, len(pages))
	for i, p := range pages {
		if out[i] = any(anys(p)); len(p) == 1 {
			out[i] = string(p[0])
		}
	}
	return out
}
