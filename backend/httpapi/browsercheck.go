package httpapi

import (
	"net/http"
	"strings"

	"sting/backend/api"
	"sting/backend/fault"
)

// Bounds of what a page says about its browser.
const (
	mostCapabilities  = 64
	longestCapability = 64 // characters
)

// The cookies that the page /browser-check sets for a minute to see whether they
// come back.
const (
	checkCookie     = "sting_check"
	checkHostCookie = "__Host-sting_check"
)

// foreignCookies reports the names of cookies that aren't the site's: programs at other
// ports of the host have set them. With a front end of somebody's own they may be its,
// and nothing tells.
func (s *Site) foreignCookies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, c := range r.Cookies() {
			if s.Front.End().URL == "" && !IsOurs(c.Name) && !strings.HasPrefix(c.Name, "ory_kratos_") && c.Name != checkCookie &&
				c.Name != checkHostCookie {
				s.Visitors.ForeignCookie(c.Name)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// browserCheck takes what a page found out about the browser that it is in, so
// that the doctor can tell. Nobody needs to be signed in.
func (s *Site) browserCheck(w http.ResponseWriter, r *http.Request) error {
	var body api.BrowserVisit
	if _, err := decode(w, r, &body, false); err != nil {
		return err
	}
	if len(body.Capabilities) > mostCapabilities {
		return fault.ErrInvalidField.In("capabilities").Saying("A browser has at most %d capabilities.", mostCapabilities)
	}
	for name := range body.Capabilities {
		if len(name) > longestCapability {
			return fault.ErrInvalidField.In("capabilities").Saying("The name of a capability has at most %d characters.", longestCapability)
		}
	}
	seen := api.BrowserSeen{
		Success: true, Message: "The doctor knows this browser now.", Cookie: valueOf(r, checkCookie) != "",
		HostCookie: valueOf(r, checkHostCookie) != "",
	}
	if r.Header.Get("Sec-Fetch-Site") != "" { // a browser: what it says of its cookies can be seen
		body.Cookies = body.Cookies && seen.Cookie
		if body.HostCookie != nil {
			body.HostCookie = new(*body.HostCookie && seen.HostCookie)
		}
	}
	s.Visitors.Report(body, device(r).UserAgent)
	return ok(w, seen)
}
