package httpapi

import (
	"net/http"
	"slices"
)

// CORS lets pages of the origins of the configuration read answers, with their
// cookies, and nobody else: an origin that is not on the list gets no
// Access-Control header at all (THREATS T04). Origins are compared as they stand,
// none is reflected that isn't on the list, and there is no wildcard. It stands
// behind the listener's frame, which lets no request with two origins in.
type CORS struct {
	Origins func() []string
	Methods string // that a preflight is told
	Headers string // that a page may send besides the safe ones; those of Kratos are below
}

// kratosMethods and kratosHeaders are what Ory Kratos allows where
// serve.public.cors is enabled and says no more.
const (
	kratosMethods = "POST, GET, PUT, PATCH, DELETE"
	kratosHeaders = "Authorization, Content-Type, Max-Age, X-Session-Token, X-XSRF-TOKEN, X-CSRF-TOKEN"
)

// KratosCORS is CORS for Kratos' public API, wherever it is mounted.
func KratosCORS(origins func() []string) CORS {
	return CORS{Origins: origins, Methods: kratosMethods, Headers: kratosHeaders}
}

// Wrap answers preflights and marks the answers of next.
func (c CORS) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := r.Header.Get("Origin")
		if from == itself(r) || !slices.Contains(c.Origins(), from) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Add("Vary", "Origin")
		h.Set("Access-Control-Allow-Origin", from)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", c.Methods)
			h.Set("Access-Control-Allow-Headers", c.Headers)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// itself is the origin that a request was sent to.
func itself(r *http.Request) string {
	if r.TLS == nil {
		return "http://" + r.Host
	}
	return "https://" + r.Host
}

func (s *Site) origins() []string { return s.Parties().Origins() }

// cors is CORS for the site's own API.
func (s *Site) cors(next http.Handler) http.Handler {
	return CORS{Origins: s.origins, Methods: "GET, POST, PUT, DELETE", Headers: "Content-Type"}.Wrap(next)
}
