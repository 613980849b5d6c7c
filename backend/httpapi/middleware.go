package httpapi

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"slices"
	"strings"

	"sting/backend/origin"
	"sting/backend/session"
)

// chain wraps h so that the first middleware sees a request first.
func chain(h http.Handler, mws ...func(http.Handler) http.Handler) http.Handler {
	for _, mw := range slices.Backward(mws) {
		h = mw(h)
	}
	return h
}

type ctxKey int

const requestIDKey ctxKey = iota

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}

// tagRequest names the request, so that an error on a page can be found in the
// log.
func tagRequest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:10]
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey, id)))
	})
}

// secure sets the headers that every response carries. There is no HSTS: it
// would count for every port of localhost.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "publickey-credentials-get=(self), publickey-credentials-create=(self)")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		next.ServeHTTP(w, r)
	})
}

// changes reports whether a method may change something.
func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// guard refuses requests that change something and come from elsewhere: a cookie
// alone never changes anything, since every port of localhost sees it (THREATS T02
// and T03). Then it wants JSON, which no form of another site can send.
func (s *Site) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if changes(r.Method) {
			if !s.sameOrigin(r) {
				s.answerer().fail(w, r, errCrossOrigin)
				return
			}
			if !isJSON(r) {
				s.answerer().fail(w, r, errMediaType)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin reports whether a request comes from a page of ours, or from no
// browser at all.
func (s *Site) sameOrigin(r *http.Request) bool {
	from, fetched := r.Header["Origin"]
	site, sited := r.Header["Sec-Fetch-Site"]
	ours := !sited || len(site) == 1 && site[0] == "same-origin"
	if !fetched {
		return ours
	}
	return len(from) == 1 && (slices.Contains(s.RP().Origins, from[0]) || from[0] == "https://"+r.Host && ours)
}

// hosts refuses requests for hosts that are not ours: THREATS T01. A page asked
// for at another loopback name goes to the relying party's host, where passkeys
// work; an API call is told so.
func (s *Site) hosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, port := splitHost(r.Host)
		switch {
		case host == s.rpHost() && port == s.port() || slices.Contains(s.originHosts(), strings.ToLower(r.Host)):
			next.ServeHTTP(w, r)
		case isLoopbackName(host) && !origin.IsLocalName(s.rpHost()):
			next.ServeHTTP(w, r) // the relying party's host is not this machine's: nobody is sent away from the lab
		case !isLoopbackName(host) || (port != "" && port != s.port()):
			s.answerer().fail(w, r, errHost)
		case strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/.ory/") || changes(r.Method):
			s.answerer().fail(w, r, errHost.Hinting("Use %s: passkeys belong to the host %s.", s.Origin(), s.rpHost()))
		default:
			http.Redirect(w, r, s.Origin()+r.URL.RequestURI()+"#moved-from="+host, http.StatusTemporaryRedirect) // the page says why
		}
	})
}

func splitHost(hostport string) (host, port string) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host, port = hostport, ""
	}
	return strings.ToLower(strings.Trim(host, "[]")), port
}

func isLoopbackName(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// once refuses requests that carry two cookies of one name of ours: another port
// of localhost may have planted one, and which would count is anybody's guess.
func (s *Site) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := make(map[string]bool)
		for _, c := range r.Cookies() {
			if isOurs(c.Name) && seen[c.Name] {
				s.answerer().fail(w, r, session.ErrAmbiguous.Hinting(
					"Clear the cookies of %s in the browser: two are called %s, and one was set by another program on this machine.", r.Host, c.Name))
				return
			}
			seen[c.Name] = true
		}
		next.ServeHTTP(w, r)
	})
}
