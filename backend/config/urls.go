package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sting/backend/origin"
)

// follow fills what follows from other keys: the origins where the file names
// none, and Kratos' URLs outside the external mode. given says which keys the
// file or a flag set.
func follow(c *Config, given map[string]bool) {
	rp := &c.WebAuthn.RP
	if len(rp.Origins) == 0 && rp.Problem == nil {
		rp.Origins = []string{c.at(rp.ID)}
	}
	for i, more := range c.WebAuthn.Additional {
		if len(more.Origins) == 0 {
			c.WebAuthn.Additional[i].Origins = []string{c.at(more.ID)}
		}
	}
	external := c.Kratos.Mode == KratosExternal
	if !external || !given["kratos.public_url"] {
		c.Kratos.PublicURL = "http://localhost:" + number(c.Ports.KratosPublic, 4433)
	}
	if !external || !given["kratos.admin_url"] {
		c.Kratos.AdminURL = "http://localhost:" + number(c.Ports.KratosAdmin, 4434)
	}
}

// at returns the site's origin at a host.
func (c Config) at(host string) string {
	port, _ := strconv.Atoi(number(c.Ports.Site, 8443))
	return origin.Origin{Scheme: "https", Host: host, Port: port}.String()
}

// number returns the port's number, or that of a closed one by default.
func number(p, closed Port) string {
	if p == Off {
		p = closed
	}
	return p.String()
}

// Origin returns the one origin at which people open the pages, canonical: that of
// the first relying party. It may not be on the list, and nobody is ever sent to a
// port of this machine where nothing of the lab listens.
func (c Config) Origin() string {
	rp := c.WebAuthn.RP
	if rp.Problem != nil {
		return c.OriginOf("localhost", rp.Origins)
	}
	return c.OriginOf(rp.ID, rp.Origins)
}

// OriginOf returns where the pages of a relying party are: the first accepted
// origin that leads to our listener, else the first accepted one of another machine,
// else the relying party's host on this one with the site's port.
func (c Config) OriginOf(rpID string, accepted []string) string {
	for _, raw := range accepted {
		o, err := origin.Parse(raw)
		if err == nil && o.Scheme == "https" && Port(o.Port) == c.Ports.Site {
			return raw
		}
	}
	for _, raw := range accepted {
		if o, err := origin.Parse(raw); err == nil && !o.IsLocal() {
			return raw
		}
	}
	if origin.IsLocalName(rpID) {
		return c.at(rpID)
	}
	return c.at("localhost")
}

// Address returns the origin at which the pages are found on this machine: Origin
// where that leads to our listener, else https://localhost with the site's port,
// where a relying party that lives elsewhere answers nothing.
func (c Config) Address() string {
	if o, err := origin.Parse(c.Origin()); err == nil && o.Scheme == "https" && Port(o.Port) == c.Ports.Site {
		return o.String()
	}
	return c.at("localhost")
}

// missing says how to put the site's own pages on the accepted origins of rp, which
// its Line lists. For a relying party of another machine's that alone would not do.
func (c Config) missing(rp RelyingParty) string {
	own := c.at(rp.ID)
	whole := origin.Whole(rp.Line, rp.Origins, own)
	local := c.at("localhost")
	switch {
	case origin.IsLocalName(rp.ID):
		return whole
	case rp.ID != c.WebAuthn.RP.ID:
		return fmt.Sprintf("%s Let the name %s lead to this machine, too.", whole, rp.ID)
	case rp.Line > 0:
		return fmt.Sprintf("For a lab on this machine write webauthn.config.rp.id: localhost, and let the list in line %d of sting.yml read "+
			"`origins: [%s]`. "+
			"To stand in for %s here instead, let that name lead to this machine and list %s too.", rp.Line, local, rp.ID, own)
	}
	return fmt.Sprintf("For a lab on this machine write webauthn.config.rp.id: localhost. To stand in for %s here instead, let that name "+
		"lead to this machine.", rp.ID)
}

// Place says why a page of the site at an origin can hold no ceremony, and what to
// do about it; "" where it can, as far as the configuration tells.
// rpID names the relying party that the page belongs to, line is where the file lists
// its origins, 0 where it doesn't.
func (c Config) Place(rpID string, line int, at origin.Origin) (problem, fix string) {
	rp := c.WebAuthn.RP
	for _, more := range c.WebAuthn.Additional {
		if more.ID == rpID {
			rp = more
		}
	}
	rp.Line = line
	switch {
	case rp.Problem != nil || slices.Contains(rp.Origins, at.String()):
		return "", ""
	case at.Host != rp.ID && !strings.HasSuffix(at.Host, "."+rp.ID):
		return fmt.Sprintf("This page is at %s, and passkeys belong to %s: no passkey can be made or used here.", at, rp.ID), c.missing(rp)
	}
	where := "sting.yml, which names other origins,"
	if line > 0 {
		where = fmt.Sprintf("the list in line %d of sting.yml", line)
	}
	return fmt.Sprintf("%s is missing in %s: an answer of a passkey from this page would be refused.", at, where),
		origin.Whole(line, rp.Origins, at.String())
}

// URL returns the address of a page of the site: URL("/login").
func (c Config) URL(path string) string { return c.Origin() + path }

// SafeReturnTo returns the URL that a person may be sent on to after a
// sign-in, and whether there is one: a page of the site, of an accepted origin,
// or of selfservice.allowed_return_urls. See origin.SafeReturnTo.
func (c Config) SafeReturnTo(raw string) (string, bool) {
	return origin.SafeReturnTo(c.Origin(), slices.Concat(c.AcceptedOrigins(), c.SelfService.AllowedReturnURLs), raw)
}

// MailURL returns the address of the mailbox, "" when its port is off.
func (c Config) MailURL() string {
	if !c.Ports.Mail.Open() {
		return ""
	}
	return "http://localhost:" + c.Ports.Mail.String()
}

// MailboxOrigin returns where a browser is sent to read mails, "" when the port is
// off.
func (c Config) MailboxOrigin() string {
	if !c.Ports.Mail.Open() {
		return ""
	}
	return "https://localhost:" + c.Ports.Mail.String()
}

// Hosts returns the hosts that the site's listener accepts, without ports:
// the loopback names, the relying party IDs and the hosts of their origins.
func (c Config) Hosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "[::1]"}
	for _, rp := range c.RelyingParties() {
		if rp.Problem == nil {
			hosts = append(hosts, rp.ID)
		}
	}
	for _, raw := range c.AcceptedOrigins() {
		if o, err := origin.Parse(raw); err == nil {
			hosts = append(hosts, o.Host)
		}
	}
	return unique(hosts)
}

// CertificateHosts returns the DNS names that the site's certificate names,
// besides the loopback addresses.
func (c Config) CertificateHosts() []string {
	names := slices.DeleteFunc(c.Hosts(), func(h string) bool {
		return net.ParseIP(strings.Trim(h, "[]")) != nil
	})
	return unique(append(names, c.TLS.Hosts...))
}

// HostsOutsideLocalhost returns the names of the certificate that an
// authority for localhost alone can't sign.
func (c Config) HostsOutsideLocalhost() []string {
	return slices.DeleteFunc(c.CertificateHosts(), origin.IsLocalName)
}

// unique drops what came before, and keeps the order.
func unique(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// SMTP is a connection URI taken apart.
type SMTP struct {
	Host            string
	Port            int
	User, Password  string
	Implicit        bool // TLS from the first byte (smtps)
	SkipVerify      bool // any certificate will do
	DisableStartTLS bool
	Catcher         bool // our own catcher: dial the loopback address at its port
}

// Addr returns host and port as net.Dial takes them, the loopback address for
// our own catcher.
func (s SMTP) Addr() string {
	host := s.Host
	if s.Catcher {
		host = "localhost"
	}
	return net.JoinHostPort(host, strconv.Itoa(s.Port))
}

// SMTP returns where mails go. The host mailpit means our own catcher, at
// whichever port it listens: the plain one for disable_starttls, else the one
// with STARTTLS.
func (c Config) SMTP() SMTP {
	s, _ := parseSMTP(c.Courier.ConnectionURI)
	if s.Host == "mailpit" {
		s.Catcher = true
		s.Port = max(0, int(c.Ports.SMTP))
		if s.DisableStartTLS {
			s.Port = max(0, int(c.Ports.SMTPPlain))
		}
		return s
	}
	if origin.IsLocalName(s.Host) || s.Host == "127.0.0.1" || s.Host == "::1" {
		s.Catcher = s.Port > 0 && (Port(s.Port) == c.Ports.SMTP || Port(s.Port) == c.Ports.SMTPPlain)
	}
	return s
}

// parseSMTP takes a connection URI of Kratos' kind apart. The error is a
// sentence.
func parseSMTP(raw string) (SMTP, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return SMTP{}, sentence("This is not a URL.")
	}
	if u.Scheme != "smtp" && u.Scheme != "smtps" {
		return SMTP{}, sentence("A mail server's address begins with smtp:// or smtps://.")
	}
	if u.Hostname() == "" {
		return SMTP{}, sentence("The address names no host.")
	}
	s := SMTP{Host: strings.ToLower(u.Hostname()), User: u.User.Username(), Implicit: u.Scheme == "smtps", Port: 25}
	if s.Implicit {
		s.Port = 465
	}
	s.Password, _ = u.User.Password()
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return SMTP{}, sentence("The port is not a number from 1 to 65535.")
		}
		s.Port = int(n)
	}
	s.SkipVerify = u.Query().Get("skip_ssl_verify") == "true"
	s.DisableStartTLS = u.Query().Get("disable_starttls") == "true"
	return s, nil
}

// sentence is an error that is shown to the person as it stands.
type sentence string

func (s sentence) Error() string { return string(s) }

// maskURI hides the password of a URL, also of one that can't be parsed.
func maskURI(raw string) string {
	scheme, rest, ok := strings.Cut(raw, "://")
	at := strings.LastIndexByte(rest, '@')
	if !ok || at < 0 {
		return raw
	}
	user, _, has := strings.Cut(rest[:at], ":")
	if !has {
		return raw
	}
	return scheme + "://" + user + ":***" + rest[at:]
}
