package browser

import (
	"net/url"
	"slices"
	"strings"
)

// maxAddress is what every browser and every opener takes.
const maxAddress = 2000

// Check returns rawURL as it may be given to the system, if it is an https
// address of one of origins; else ErrNotOurs. It is stricter than a browser:
// what two parsers could read differently is refused.
func Check(rawURL string, origins []string) (string, error) {
	if why := suspicious(rawURL); why != "" {
		return "", ErrNotOurs.Saying("Only the lab's own pages are opened in the browser: %s.", why)
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", ErrNotOurs.Because(err)
	}
	if u.Scheme != "https" || u.Opaque != "" || u.User != nil || u.Host == "" {
		return "", ErrNotOurs.Saying("Only the lab's own pages are opened in the browser: this is no plain https address.")
	}
	if !slices.ContainsFunc(origins, func(o string) bool { return sameOrigin(u, o) }) {
		return "", ErrNotOurs.Saying("Only the lab's own pages are opened in the browser, and %s is none of its origins.", originOf(u)).
			Hinting("The lab's origins are %s.", strings.Join(origins, ", "))
	}
	return u.String(), nil
}

// suspicious says what about raw no address of ours has.
func suspicious(raw string) string {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%"
	switch {
	case len(raw) > maxAddress:
		return "the address is longer than 2000 characters"
	case strings.ContainsFunc(raw, func(r rune) bool { return !strings.ContainsRune(allowed, r) }):
		return "the address holds a character that belongs into none (RFC 3986)"
	case !strings.HasPrefix(raw, "https://"):
		return "this is no plain https address"
	}
	return ""
}

func sameOrigin(u *url.URL, origin string) bool {
	o, err := url.Parse(origin)
	return err == nil && o.Scheme == "https" && originOf(u) == originOf(o)
}

// originOf returns scheme, host and port, the default port left out.
func originOf(u *url.URL) string {
	return u.Scheme + "://" + strings.TrimSuffix(strings.ToLower(u.Host), ":443")
}
