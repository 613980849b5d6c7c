package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"sting/backend/origin"
)

// kratos looks at the URLs, which count in the external mode only.
func (x *examiner) kratos() {
	for _, u := range []struct {
		key  string
		at   *string
		port string
	}{
		{"kratos.public_url", &x.c.Kratos.PublicURL, number(x.c.Ports.KratosPublic, 4433)},
		{"kratos.admin_url", &x.c.Kratos.AdminURL, number(x.c.Ports.KratosAdmin, 4434)},
	} {
		if !x.given[u.key] {
			continue
		}
		*u.at = strings.TrimRight(*u.at, "/")
		follows := "http://localhost:" + u.port
		if x.c.Kratos.Mode != KratosExternal {
			if *u.at != follows {
				x.say(u.key, Warning, fmt.Sprintf("Not read in the mode %s: the address follows the port, %s.", x.c.Kratos.Mode, follows),
					"Write kratos.mode: external to use a Kratos that runs elsewhere, or change the port.")
			}
			continue
		}
		x.externalURL(u.key)
	}
}

func (x *examiner) externalURL(key string) {
	l := x.r.input.doc.leaves[key]
	raw := brief(l.node)
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		x.say(key, Error, fmt.Sprintf("%q is not the address of a Kratos; the default stands.", raw), "Write it as http://localhost:4433.")
		delete(x.given, key)
		x.r.Sources[key] = Source{Kind: "default"}
		return
	}
	o, err := origin.Parse(u.Scheme + "://" + u.Host)
	if err == nil && !o.Secure() {
		x.say(key, Warning, "Passwords and sessions would cross a network in clear.", "Use https, or a Kratos on this machine.")
	}
}

// courier asks whether a mail could arrive.
func (x *examiner) courier() {
	const key = uriKey
	raw := x.c.Courier.ConnectionURI
	s := x.c.SMTP()
	if s.Catcher && s.Port == 0 {
		name := "smtp"
		if s.DisableStartTLS {
			name = "smtp_plain"
		}
		if p := x.c.Ports; name == "smtp" && p.SMTP == Off || name == "smtp_plain" && p.SMTPPlain == Off {
			x.say("ports."+name, Warning, "Mails go to our catcher, and it is off at the port that they need: none arrives.",
				fmt.Sprintf("Give ports.%s a number, or name another server in %s.", name, key))
		}
	}
	if s.Catcher && s.Host != "mailpit" && s.DisableStartTLS && Port(s.Port) == x.c.Ports.SMTP {
		x.say(key, Warning, "This port offers STARTTLS, and Kratos then insists on it whatever disable_starttls says.",
			fmt.Sprintf("Use port %s for mails without it, or take disable_starttls out.", x.c.Ports.SMTPPlain))
	}
	u, err := url.Parse(raw)
	if err != nil {
		return
	}
	for name := range u.Query() {
		if !slices.Contains([]string{"skip_ssl_verify", "disable_starttls", "server_name", "legacy_ssl"}, name) {
			x.say(key, Warning, fmt.Sprintf("Nothing reads the parameter %q.", clip(name)),
				"Known: skip_ssl_verify, disable_starttls, server_name, legacy_ssl.")
		}
	}
}

// returnURLs leaves out what no address can match.
func (x *examiner) returnURLs() {
	const key = "selfservice.allowed_return_urls"
	good := x.each(key, func(v string, say func(Severity, string, string)) (string, bool) {
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
			say(Error, fmt.Sprintf("%q is not an address that a browser can be sent to, and is left out.", v),
				"Write scheme, host and port, and a path if only pages below it are meant: https://localhost:3000/app.")
			return "", false
		}
		host, wild := strings.CutPrefix(u.Host, "*.")
		o, err := origin.Parse(u.Scheme + "://" + host)
		if err != nil {
			why := reason(err)
			say(Error, why.Meaning+" It is left out.", why.Fix)
			return "", false
		}
		if wild && (o.IsAddress() || origin.IsPublicSuffix(o.Host) && o.Host != "localhost") {
			say(Error, fmt.Sprintf("Anybody can own a name under %s; this is left out.", o.Host), "Name the hosts that are yours.")
			return "", false
		}
		return v, true
	})
	if x.given[key] {
		x.c.SelfService.AllowedReturnURLs = unique(good)
	}
}
