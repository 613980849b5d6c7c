package origin

import (
	"net/url"
	"strings"
)

// longestReturn bounds an address to return to, in bytes.
const longestReturn = 4096

// SafeReturnTo returns the absolute URL that a person may be sent on to, and
// whether there is one. raw is a path of base ("/dashboard"), a URL of base,
// or a URL that begins as an entry of allowed does: same scheme, host and
// port, and a path that begins with the entry's (as Ory Kratos compares
// allowed_return_urls; "https://*.example.com" stands for every host under
// it). base is a canonical origin.
//
// Whatever two parsers could read differently is refused, not repaired:
// backslashes, control characters, blanks at the ends, userinfo, "//",
// dot segments, hosts that are escaped or not ASCII. An attacker who can
// choose the address after a sign-in owns the next page that asks for a
// password.
func SafeReturnTo(base string, allowed []string, raw string) (string, bool) {
	own, err := Parse(base)
	if err != nil || raw == "" || len(raw) > longestReturn || suspicious(raw) {
		return "", false
	}
	target, err := url.Parse(raw)
	if err != nil || target.Opaque != "" || target.User != nil || !plainPath(target) {
		return "", false
	}
	if target.Scheme == "" && target.Host == "" {
		if !strings.HasPrefix(raw, "/") {
			return "", false
		}
		return finish(own, target)
	}
	at, err := Parse(target.Scheme + "://" + target.Host)
	if err != nil || !isASCII(target.Host) {
		return "", false
	}
	if at == own {
		return finish(at, target)
	}
	for _, entry := range allowed {
		if allows(entry, at, target) {
			return finish(at, target)
		}
	}
	return "", false
}

// suspicious reports what browsers strip, rewrite or read as a slash.
func suspicious(raw string) bool {
	if strings.HasPrefix(raw, "//") || strings.Contains(raw, `\`) || strings.TrimSpace(raw) != raw {
		return true
	}
	return strings.ContainsFunc(raw, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0xfffd })
}

// plainPath reports whether the path means the same however often it is
// decoded: no dot segments, no doubled slash in front, no hidden backslash.
func plainPath(u *url.URL) bool {
	path := u.EscapedPath()
	for range 4 {
		if strings.HasPrefix(path, "//") || suspicious(path) {
			return false
		}
		for seg := range strings.SplitSeq(path, "/") {
			if seg == "." || seg == ".." {
				return false
			}
		}
		next, err := url.PathUnescape(path)
		if err != nil || next == path {
			return true
		}
		path = next
	}
	return false
}

// allows compares target, which lies at the origin at, with one entry of the
// list.
func allows(entry string, at Origin, target *url.URL) bool {
	u, err := url.Parse(entry)
	if err != nil || u.Host == "" || u.User != nil || u.Opaque != "" {
		return false
	}
	if under, ok := strings.CutPrefix(u.Host, "*."); ok {
		parent, err := Parse(u.Scheme + "://" + under)
		if err != nil || parent.Scheme != at.Scheme || parent.Port != at.Port || parent.IsAddress() ||
			parent.Host != "localhost" && IsPublicSuffix(parent.Host) || !strings.HasSuffix(at.Host, "."+parent.Host) {
			return false
		}
	} else if o, err := Parse(u.Scheme + "://" + u.Host); err != nil || o != at {
		return false
	}
	return strings.HasPrefix(rooted(target.EscapedPath()), rooted(u.EscapedPath()))
}

func rooted(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// finish writes the URL out in one form, so that the checks above and the
// browser read the same one. Escaping makes it longer: the bound holds for what
// leaves, too.
func finish(at Origin, target *url.URL) (string, bool) {
	out := at.String() + rooted(target.EscapedPath())
	if target.RawQuery != "" {
		out += "?" + escapeRest(target.RawQuery)
	}
	if f := target.EscapedFragment(); f != "" {
		out += "#" + f
	}
	if len(out) > longestReturn {
		return "", false
	}
	return out, true
}

// escapeRest makes a query safe to stand in a header: net/url keeps blanks,
// quotes and letters beyond ASCII as they came.
func escapeRest(query string) string {
	var b strings.Builder
	for _, c := range []byte(query) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>`{}|^", c) >= 0 {
			b.WriteString("%" + string("0123456789ABCDEF"[c>>4]) + string("0123456789ABCDEF"[c&15]))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
