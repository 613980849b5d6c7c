package httpapi

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"sting/backend/loopback"
	"sting/backend/origin"
	"sting/backend/passkey"
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

const (
	requestIDKey ctxKey = iota
	rpKey
)

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

// belonging finds out once which relying party a request belongs to.
func (s *Site) belonging(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, _ := loopback.Asked(r) // what can't be read is the default's, and the frame refuses it
		rp := s.Parties().Of(r.Header.Get("Origin"), at)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), rpKey, rp)))
	})
}

// rpOf returns the relying party that a request belongs to.
func rpOf(r *http.Request) passkey.RelyingParty {
	rp, _ := r.Context().Value(rpKey).(passkey.RelyingParty)
	return rp
}

// headers are those that every answer of the site and of the door carries. There
// is no HSTS: it would count for every port of localhost.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy": "same-origin",
	"Permissions-Policy":         "publickey-credentials-get=(self), publickey-credentials-create=(self)",
	"Referrer-Policy":            "same-origin",
	"X-Frame-Options":            "DENY",
}

// frame is the site's: a cookie alone never changes anything, since every port of
// localhost sees it (THREATS T02 and T03), and only Kratos takes forms.
func (s *Site) frame() loopback.Frame {
	return loopback.Frame{
		Answers: func(r *http.Request, at origin.Origin) bool { return s.home(r, at) || loopback.Here(r, at) },
		Rule: func(r *http.Request) loopback.Rule {
			if strings.HasPrefix(r.URL.Path, "/.ory/") {
				return loopback.KratosRule(s.origins)
			}
			if rule, ok := s.watchRule(r.URL.Path); ok {
				return rule
			}
			if s.ofFront(r) { // which page asks counts here too, what it sends is that server's affair
				return loopback.Rule{Origins: s.origins, Links: true, Types: func(string) bool { return true }}
			}
			return loopback.Rule{Origins: s.origins, Links: true}
		},
		Headers: headers, Most: maxBody + maxDrained,
		Refuse: s.refuse,
	}
}

// home reports whether an origin is the site's own: the host of a relying party, or
// that of an accepted origin.
func (s *Site) home(r *http.Request, at origin.Origin) bool {
	if o, err := origin.Parse(s.Origin(rpOf(r))); err == nil && sameAddress(o, at) {
		return true
	}
	if slices.Contains(s.Parties().IDs(), at.Host) && at.Port == loopback.Port(r) {
		return true
	}
	return slices.ContainsFunc(s.origins(), func(listed string) bool {
		o, err := origin.Parse(listed)
		return err == nil && sameAddress(o, at)
	})
}

func sameAddress(a, b origin.Origin) bool { return a.Host == b.Host && a.Port == b.Port }

// moved sends a page that was asked for at another name of this machine to the
// relying party's host, where passkeys work; an API call is told so.
func (s *Site) moved(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, _ := loopback.Asked(r) // the frame has read it
		own := s.Origin(rpOf(r))
		switch {
		case s.home(r, at), !origin.IsLocalName(hostOf(own)): // nobody is sent away from this machine
			next.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/.ory/") || loopback.Changes(r.Method):
			s.answerer().fail(w, r, loopback.ErrHost.Hinting("Use %s: passkeys belong to the host %s.", own, hostOf(own)))
		default:
			from := strings.Trim(at.Host, "[]")
			http.Redirect(w, r, own+r.URL.RequestURI()+"#moved-from="+from, http.StatusTemporaryRedirect) // the page says why
		}
	})
}

// once refuses requests that carry two cookies of one name of ours: another port
// of localhost may have planted one, and which would count is anybody's guess.
func (s *Site) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := make(map[string]bool)
		for _, c := range r.Cookies() {
			if IsOurs(c.Name) && seen[c.Name] {
				s.answerer().fail(w, r, session.ErrAmbiguous.Hinting(
					"Clear the cookies of %s in the browser: two are called %s, and one was set by another program on this machine.", r.Host, c.Name))
				return
			}
			seen[c.Name] = true
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Site) origins() []string { return s.Parties().Origins() }

// cors is CORS for the site's own API.
func (s *Site) cors(next http.Handler) http.Handler {
	return loopback.CORS{Origins: s.origins, Methods: "GET, POST, PUT, DELETE", Headers: "Content-Type"}.Wrap(next)
}
