package httpapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sting/backend/session"
)

// fromBrowser reports whether a request comes from a page, and not from a program
// that speaks for itself: into the cookies of one of those no other port can write.
func fromBrowser(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
}

// here reports whether the browser that sends r signed in to the session that it
// shows. Browsers share the cookies of a host between its ports, so another program
// can put a session of its own there: THREATS T29. One that plants the browser's
// cookie as well passes; that is the limit of localhost, and the page, which
// remembers who was here in a storage that no other port reaches, still says so.
func (s *Site) here(r *http.Request, v session.View) (bool, error) {
	if v.Method() == session.Mock || !fromBrowser(r) {
		return true, nil
	}
	name := cookieSession
	if v.Kind == session.KindKratos {
		name = cookieKratos
	}
	return s.Browsers.SignedInBy(r.Context(), valueOf(r, name), browserOf(r))
}

// adding is fresh for what adds to an account: the browser that asks has to be the
// one that signed in to it.
func (s *Site) adding(r *http.Request) (session.View, error) {
	v, err := s.acting(r)
	if err != nil {
		return v, err
	}
	switch here, err := s.here(r, v); {
	case err != nil:
		return v, err
	case !here:
		return v, session.ErrNotHere
	}
	return v, s.proven(v)
}

// signedInHere notes that the browser got tokens by a sign-in, and gives it a
// cookie to be known by if it has none.
func (s *Site) signedInHere(w http.ResponseWriter, r *http.Request, tokens ...string) error {
	given := slices.DeleteFunc(tokens, func(token string) bool { return token == "" })
	return s.Browsers.SignedIn(r.Context(), knowBrowser(w, r), s.Now(), given...)
}

// Here wraps Kratos' public API, which begins sessions and adds to accounts too.
// base is where browsers find it. Browsers of the site carry a cookie to be known
// by, and one that doesn't is refused with strict: at an address of Kratos' own it
// may have met no page of the lab yet.
func (s *Site) Here(base func(*http.Request) string, strict bool, kratos http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := valueOf(r, cookieKratos)
		known := false
		if token != "" && browserOf(r) != nil {
			var err error
			if known, err = s.Browsers.SignedInBy(r.Context(), token, browserOf(r)); err != nil {
				s.answerer().fail(w, r, err)
				return
			}
		}
		if r.Method == http.MethodPost && r.URL.Path == "/self-service/settings" && token != "" && !known && fromBrowser(r) && !bearing(r) &&
			(strict || browserOf(r) != nil) {
			refuseAdding(w, r, base(r))
			return
		}
		kratos.ServeHTTP(&noting{ResponseWriter: w, note: func(h http.Header) {
			if known || signsIn(r.URL.Path) {
				s.noteKratos(w, r, h)
			}
		}}, r)
	})
}

// bearing reports whether the token of a request is no cookie.
func bearing(r *http.Request) bool {
	return r.Header.Get("X-Session-Token") != "" || r.Header.Get("Authorization") != ""
}

// signsIn reports whether a session that comes of a path is one that the browser
// proved itself for. Elsewhere Kratos only gives a new token for an old one.
func signsIn(path string) bool {
	for _, flow := range []string{"login", "registration", "recovery"} {
		if path == "/self-service/"+flow || strings.HasPrefix(path, "/self-service/"+flow+"/") {
			return true
		}
	}
	return false
}

// noteKratos notes the session that an answer of Kratos gives to the browser.
func (s *Site) noteKratos(w http.ResponseWriter, r *http.Request, h http.Header) {
	for _, c := range (&http.Response{Header: h}).Cookies() {
		if c.Name != cookieKratos || c.Value == "" || c.MaxAge < 0 {
			continue
		}
		if err := s.signedInHere(w, r, c.Value); err != nil {
			s.Log.ErrorContext(r.Context(), "who signed in was not noted: a fresh proof will be asked for", "err", err)
		}
	}
}

// refuseAdding asks for a fresh proof in Kratos' own words, which its clients know
// how to follow.
func refuseAdding(w http.ResponseWriter, r *http.Request, base string) {
	to := base + "/self-service/login/browser?" + url.Values{"refresh": {"true"}, "return_to": {base + r.URL.RequestURI()}}.Encode()
	if !strings.Contains(r.Header.Get("Accept")+r.Header.Get("Content-Type"), "json") { // a form
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	f := session.ErrNotHere
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusForbidden)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"error": map[string]any{
			"id": "session_refresh_required", "code": http.StatusForbidden, "status": http.StatusText(http.StatusForbidden),
			"message": f.Message, "reason": f.Message + " " + f.Hint, "details": map[string]string{"error_code": f.Code},
		},
		"redirect_browser_to": to,
	})
}

// noting looks at the head of an answer before it goes out.
type noting struct {
	http.ResponseWriter
	note func(http.Header)
	sent bool
}

// WriteHeader implements http.ResponseWriter.
func (n *noting) WriteHeader(status int) {
	n.look(status)
	n.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (n *noting) Write(b []byte) (int, error) {
	n.look(http.StatusOK)
	return n.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is underneath.
func (n *noting) Unwrap() http.ResponseWriter { return n.ResponseWriter }

func (n *noting) look(status int) {
	if n.sent || status < http.StatusOK {
		return
	}
	n.sent = true
	n.note(n.Header())
}
