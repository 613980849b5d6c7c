// Package origin knows what browsers mean by an origin, which relying party
// IDs a page may claim, and which addresses a person may be sent back to.
//
// Its one invariant: two origins are the same exactly when their canonical
// texts are, byte for byte. It touches no network and no disk, and imports no
// other package of this program, so that configuration, ceremonies and pages
// judge by one rule.
package origin

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Error says why a value can't be used, and what to write instead. Both are
// whole sentences for the person.
type Error struct {
	Value   string // as it was given
	Meaning string
	Fix     string
}

// Error returns the value and the meaning.
func (e *Error) Error() string { return fmt.Sprintf("%q: %s", e.Value, e.Meaning) }

// sentence is what Meaning will be.
type sentence string

func (s sentence) Error() string { return string(s) }

// Origin is a scheme, a host and a port: what HTML calls a tuple origin.
type Origin struct {
	Scheme string // "http" or "https"
	Host   string // lower case, ASCII; an IPv6 address in brackets
	Port   int    // 1 to 65535, the scheme's own where none was written
}

// Canonical returns raw as a browser serialises it: scheme and host in lower
// case, the scheme's own port dropped. It refuses whatever is more or less
// than an origin (HTML, §7.1.1): a path, even a lone slash, userinfo, a
// query, another scheme, a wildcard. The error is an *Error.
func Canonical(raw string) (string, error) {
	o, err := Parse(raw)
	if err != nil {
		return "", err
	}
	return o.String(), nil
}

// IsCanonical reports whether raw is an origin in the very form in which
// browsers send it.
func IsCanonical(raw string) bool {
	c, err := Canonical(raw)
	return err == nil && c == raw
}

// Parse takes an origin apart. The error is an *Error.
func Parse(raw string) (Origin, error) {
	refuse := func(meaning, fix string) (Origin, error) {
		return Origin{}, &Error{Value: raw, Meaning: meaning, Fix: fix}
	}
	const shape = "Write scheme, host and port, and nothing else: https://localhost:8443."
	if raw == "" {
		return refuse("There is no origin here.", shape)
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return refuse("An origin has no blanks and no control characters.", shape)
	}
	if strings.Contains(raw, "*") {
		return refuse("No page has an origin with a wildcard in it: browsers name one exact origin, and that is compared.",
			"Name each origin by itself: scheme, host and port, such as https://localhost:3000.")
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	if !ok {
		return refuse("This is not a web origin: it has no scheme.", "Write the scheme too: https://"+bare(raw)+".")
	}
	if scheme != "https" && scheme != "http" {
		return refuse(fmt.Sprintf("Browsers hold ceremonies on https pages, not on %q ones.", scheme), shape)
	}
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		return refuse(fmt.Sprintf("An origin ends after the port; %q is too much.", rest[i:]),
			fmt.Sprintf("Write %s://%s.", scheme, afterAt(rest[:i])))
	}
	if strings.Contains(rest, "@") {
		return refuse("An origin holds no user name and no password.", fmt.Sprintf("Write %s://%s.", scheme, afterAt(rest)))
	}
	host, port, err := splitHostPort(rest, scheme)
	if err != nil {
		return refuse(err.Error(), shape)
	}
	if host, err = canonicalHost(host); err != nil {
		return refuse(err.Error(), shape)
	}
	return Origin{Scheme: scheme, Host: host, Port: port}, nil
}

// String returns the canonical text.
func (o Origin) String() string {
	return o.Scheme + "://" + o.HostPort()
}

// HostPort is what follows the scheme: the host, with the port where it isn't the
// scheme's own.
func (o Origin) HostPort() string {
	if o.Port == schemePort(o.Scheme) {
		return o.Host
	}
	return o.Host + ":" + strconv.Itoa(o.Port)
}

// IsAddress reports whether the host is an IP address.
func (o Origin) IsAddress() bool { return isAddress(o.Host) }

// IsLocal reports whether the host is localhost or a name under it, which
// every browser takes to this machine without asking anybody.
func (o Origin) IsLocal() bool { return IsLocalName(o.Host) }

// IsLocalName reports whether host is localhost or a name under it.
func IsLocalName(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// IsLoopback reports whether the host is this machine itself, by a name of its own or by
// an address.
func (o Origin) IsLoopback() bool {
	addr, err := netip.ParseAddr(strings.Trim(o.Host, "[]"))
	return o.IsLocal() || err == nil && addr.IsLoopback()
}

// Secure reports whether a page of this origin is a secure context
// (Secure Contexts, §3.1), without which browsers hide the passkey API.
func (o Origin) Secure() bool {
	return o.Scheme == "https" || o.IsLocal() || o.Host == "[::1]" || strings.HasPrefix(o.Host, "127.") && o.IsAddress()
}

func schemePort(scheme string) int {
	if scheme == "http" {
		return 80
	}
	return 443
}

// splitHostPort returns the host as written and the port, the scheme's own
// where none is written.
func splitHostPort(s, scheme string) (host string, port int, err error) {
	host, digits, has := s, "", false
	if end := strings.LastIndexByte(s, ']'); strings.HasPrefix(s, "[") && end > 0 {
		host = s[:end+1]
		switch rest := s[end+1:]; {
		case rest == "":
		case rest[0] == ':':
			digits, has = rest[1:], true
		default:
			return "", 0, sentence(fmt.Sprintf("After an address in brackets comes a port or nothing, not %q.", rest))
		}
	} else if i := strings.LastIndexByte(s, ':'); i >= 0 {
		host, digits, has = s[:i], s[i+1:], true
	}
	if !has {
		return host, schemePort(scheme), nil
	}
	n, convErr := strconv.ParseUint(digits, 10, 16)
	if convErr != nil || n == 0 {
		return "", 0, sentence(fmt.Sprintf("%q is not a port: ports go from 1 to 65535.", digits))
	}
	return host, int(n), nil
}

// canonicalHost returns host in lower case and ASCII, or says what is wrong.
func canonicalHost(host string) (string, error) {
	if host == "" {
		return "", sentence("An origin has a host.")
	}
	if strings.HasPrefix(host, "[") {
		addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", sentence(fmt.Sprintf("%q is not an IPv6 address.", host))
		}
		return "[" + addr.String() + "]", nil
	}
	if strings.Contains(host, "*") {
		return "", sentence("Browsers send one host, never a wildcard.")
	}
	ascii, err := toASCII(host)
	if err != nil {
		return "", sentence(fmt.Sprintf("%q is not a host name.", host))
	}
	if err := checkName(ascii); err != nil {
		return "", err
	}
	return ascii, nil
}

// toASCII maps a name as browsers do (UTS 46), international ones to their
// xn-- form.
func toASCII(host string) (string, error) {
	if isASCII(host) {
		return strings.ToLower(host), nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", fmt.Errorf("map %q: %w", host, err)
	}
	return strings.ToLower(ascii), nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// checkName refuses what can't be a DNS name or a plain IPv4 address. A name
// whose last label is a number would be read as an address by browsers
// (URL, §3.5), so only the ordinary form of one is taken.
func checkName(host string) error {
	if len(host) > 253 {
		return sentence("A host name has at most 253 characters.")
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if l == "" {
			return sentence("The host name has an empty part: a dot too many.")
		}
		if len(l) > 63 {
			return sentence("A part of a host name has at most 63 characters.")
		}
		if strings.ContainsFunc(l, notInName) || l[0] == '-' || l[len(l)-1] == '-' {
			return sentence(fmt.Sprintf("%q can't be part of a host name.", l))
		}
	}
	if last := labels[len(labels)-1]; isNumber(last) && !isAddress(host) {
		return sentence(fmt.Sprintf("%q ends in a number, and is not an address either.", host))
	}
	return nil
}

func notInName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
}

// isNumber follows the "ends in a number" check of the URL standard.
func isNumber(label string) bool {
	if strings.Trim(label, "0123456789") == "" {
		return true
	}
	return strings.HasPrefix(label, "0x") && strings.Trim(label[2:], "0123456789abcdef") == ""
}

// isAddress reports whether host is an IP address, with or without brackets.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	return err == nil
}

// bare returns s without what follows the host and port.
func bare(s string) string {
	s = strings.TrimLeft(s, "/")
	if i := strings.IndexAny(s, `/\?#`); i >= 0 {
		s = s[:i]
	}
	return afterAt(s)
}

func afterAt(s string) string { return s[strings.LastIndexByte(s, '@')+1:] }
