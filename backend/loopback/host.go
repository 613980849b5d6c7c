package loopback

import (
	"net"
	"net/http"
	"strconv"
	"strings"

	"sting/backend/origin"
)

// Asked returns the origin that a request was sent to, as its Host says it: in
// lower case, with the scheme's own port where none is written. It is not ok
// where no browser could have sent it: user names, dots at the end, addresses
// without their brackets, anything beyond ASCII.
func Asked(r *http.Request) (at origin.Origin, ok bool) {
	if strings.ContainsFunc(r.Host, func(c rune) bool { return c >= 0x80 }) {
		return origin.Origin{}, false // it may be mapped to a name of ours
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	at, err := origin.Parse(scheme + "://" + r.Host)
	return at, err == nil
}

// IsName reports whether a host is one of the names of this machine that every
// listener has.
func IsName(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "[::1]" }

// Here reports whether at is this machine under one of those names, at the port
// that the request arrived at: THREATS T01.
func Here(r *http.Request, at origin.Origin) bool { return IsName(at.Host) && at.Port == Port(r) }

// Port returns the port that a request arrived at, 0 where that isn't known.
func Port(r *http.Request) int {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return 0
	}
	_, digits, err := net.SplitHostPort(addr.String())
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return port
}
