package loopback

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

// Wrap answers preflights and marks the answers of next.
func (c CORS) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := r.Header.Get("Origin")
		if from == Itself(r) || !slices.Contains(c.Origins(), from) {
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

// Itself is the origin that a request was sent to.
func Itself(r *http.Request) string {
	if r.TLS == nil {
		return "http://" + r.Host
	}
	return "https://" + r.Host
}
