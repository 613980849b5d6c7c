package origin

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// ValidRPID returns nil when id can be a relying party ID: a domain name in
// lower case that somebody can own (Web Authentication Level 3, §5.1.3 step 8
// and §4, "relying party identifier"). The error is an *Error.
func ValidRPID(id string) error {
	if err := wellFormed(id); err != nil {
		return err
	}
	return ownable(id)
}

// wellFormed returns nil for a domain name in the form in which browsers compare
// it. A page may claim such a name when it is its own host, whoever may own it.
func wellFormed(id string) *Error {
	refuse := func(meaning, fix string) *Error { return &Error{Value: id, Meaning: meaning, Fix: fix} }
	const short = "Write the host alone: localhost, or a name under it such as sting.localhost."
	switch {
	case id == "":
		return refuse("A relying party ID can't be empty.", short)
	case isAddress(id) || strings.HasPrefix(id, "["):
		return refuse("An IP address can never be a relying party ID: passkeys belong to names.",
			"Use localhost, and open the pages there instead of at the address.")
	case strings.Contains(id, "://"):
		return refuse("A relying party ID is a host name without a scheme.", fixName(id))
	case strings.ContainsAny(id, `/\?#@`):
		return refuse("A relying party ID is a host name and nothing more.", fixName(id))
	case strings.Contains(id, ":"):
		return refuse("A relying party ID has no port: a passkey is good for every port of its host.", fixName(id))
	case strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return refuse("A relying party ID has no blanks and no control characters.", short)
	case strings.Contains(id, "*"):
		return refuse("A relying party ID is one name, never a wildcard; it covers the names under it anyway.",
			"Write the domain without the wildcard.")
	}
	ascii, err := toASCII(id)
	if err != nil {
		return refuse("This is not a domain name.", short)
	}
	if err := checkName(ascii); err != nil {
		return refuse(err.Error(), short)
	}
	if ascii != id {
		return refuse("Browsers compare the relying party ID in lower case and ASCII.", fmt.Sprintf("Write %s.", ascii))
	}
	return nil
}

// ownable refuses names that browsers hold for nobody's: com, co.uk,
// github.io. A single word is one, whatever it is, but for localhost.
func ownable(id string) error {
	if id == "localhost" || !IsPublicSuffix(id) {
		return nil
	}
	if !strings.Contains(id, ".") {
		return &Error{Value: id, Meaning: "A single word is a public suffix to browsers, like com: no page may claim it.",
			Fix: fmt.Sprintf("Use localhost, or a name under it: %s.localhost.", id)}
	}
	return &Error{Value: id, Meaning: "This is a public suffix: many people own names under it, so no page may claim it.",
		Fix: fmt.Sprintf("Use a name of your own under it: lab.%s.", id)}
}

// IsPublicSuffix reports whether browsers treat name as a public suffix. For
// localhost they do too: it is a relying party ID for pages at localhost
// itself, not for pages under it.
func IsPublicSuffix(name string) bool {
	suffix, _ := publicsuffix.PublicSuffix(name)
	return suffix == name
}

// fixName proposes the host that was probably meant.
func fixName(id string) string {
	_, rest, ok := strings.Cut(id, "://")
	if !ok {
		rest = id
	}
	host := bare(rest)
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	if host == "" || isAddress(host) {
		return "Write the host alone, such as localhost."
	}
	return fmt.Sprintf("Write %s.", strings.ToLower(host))
}

// Suits returns nil when a page of the origin may hold ceremonies for rpID:
// its scheme makes it a secure context, and rpID equals its host or is a
// registrable suffix of it (Web Authentication Level 3, §5.1.3 steps 7 and 8).
// rpID is taken to be valid. Which one an app or an extension may claim is its
// platform's affair. The error is an *Error.
func Suits(rpID, raw string) error {
	if _, is, err := ParseApp(raw); is {
		return err
	}
	o, err := Parse(raw)
	if err != nil {
		return err
	}
	refuse := func(meaning, fix string) error { return &Error{Value: raw, Meaning: meaning, Fix: fix} }
	if o.IsAddress() {
		return refuse(fmt.Sprintf("A page at the address %s can hold no ceremonies: relying party IDs are names.", o.Host),
			fmt.Sprintf("Write %s, and open the pages there.", Origin{o.Scheme, rpID, o.Port}))
	}
	if !o.Secure() {
		return refuse("Browsers hide the passkey API on http pages, but for localhost.",
			fmt.Sprintf("Serve it over https: https://%s.", o.HostPort()))
	}
	if o.Host == rpID {
		return nil
	}
	if !strings.HasSuffix(o.Host, "."+rpID) {
		return refuse(fmt.Sprintf("Pages at %s can't use passkeys of %s: the relying party ID must be their host or a parent of it.", o.Host,
			rpID),
			fmt.Sprintf("Take the origin out, or use another configuration whose relying party ID is %s.", o.Host))
	}
	if IsPublicSuffix(rpID) {
		return refuse(fmt.Sprintf("To browsers %s is a public suffix: pages at %s can't use its passkeys.", rpID, o.Host),
			fmt.Sprintf("Take the origin out, or set the relying party ID to %s.", o.Host))
	}
	return nil
}
