package httpapi

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sting/backend/api"
	"sting/backend/apps/front"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/loopback"
	"sting/backend/origin"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
	"sting/backend/session"
	"sting/backend/signin"
	"sting/backend/tape"
	"sting/backend/visitors"
)

// Site is what browsers see: pages, the auth API, and Kratos under /.ory/.
type Site struct {
	Log        *slog.Logger
	Origin     func(rp passkey.RelyingParty) string // where its pages are: https://localhost:8443
	Parties    func() relyingparty.Registry
	Ceremonies *passkey.Ceremonies
	Sessions   *session.Sessions
	Sources    session.Sources
	Browsers   session.Browsers
	Mock       func() (session.View, bool) // the mock user, while it is on
	SignIn     *signin.Service
	People     identity.Store
	Kratos     http.Handler // under /.ory/, its prefix cut off
	Pages      fs.FS        // the built frontend
	Front      *front.Proxy // to the front end that somebody works on; nil: there is none
	Facts      func(rp passkey.RelyingParty) api.LabFacts
	Form       func() api.RegistrationForm
	Help       func(code string) (api.HelpEntry, bool)
	ReturnTo   func(to string) (string, bool) // T08: where a person may be sent
	Wire       Wire
	Now        func() time.Time
	Policy     func() session.Policy
	Watching   PageWatch          // hears of the ceremonies of the person's own apps
	Visitors   *visitors.Visitors // hears of browsers and of other programs
	// LeftBehind names relying party IDs that passkeys here were made for and that
	// no relying party of the configuration has.
	LeftBehind func(ctx context.Context) []string
	Place      func(rp passkey.RelyingParty, at origin.Origin) (problem, fix string) // why a page of ours there can hold no ceremony, or ""
	Tape       Tape
	Show       func(ctx context.Context, r tape.Record) (api.Ceremony, error) // a record, explained
	// PasswordElsewhere says that people's passwords are kept by a Kratos that is
	// not ours, so that a passkey is never their last way in.
	PasswordElsewhere bool

	given few // origins of pages elsewhere that got cookies and have shown none since
}

// Wire turns domain values into JSON ones; package wire is the only translator.
type Wire interface {
	Passkey(c passkey.Credential) api.Passkey
	View(v session.View) *api.SessionView
	Own(s session.Session, current bool) api.OwnSession
	Time(t time.Time) string
}

// Route is one address of the API.
type Route struct {
	Method, Path string
	handle       handler
}

// Routes lists the site's API, sorted by path.
func (s *Site) Routes() []Route {
	return []Route{
		{"POST", "/api/auth/login", s.login},
		{"POST", "/api/auth/logout", s.logout},
		{"GET", "/api/auth/me", s.me},
		{"POST", "/api/auth/register", s.register},
		{"GET", "/api/auth/return_to", s.returnTo},
		{"GET", "/api/auth/session", s.session},
		{"GET", "/api/auth/sessions", s.ownSessions},
		{"DELETE", "/api/auth/sessions/{id}", s.endOwnSession},
		{"GET", "/api/auth/status", s.status},
		{"POST", "/api/browser-check", s.browserCheck},
		{"GET", "/api/ceremonies/{id}", s.ceremony},
		{"GET", "/api/help/{code}", s.help},
		{"GET", "/api/lab", s.lab},
		{"GET", "/api/registration/form", s.form},
		{"POST", watchPosts, s.watched},
		{"POST", "/api/webauthn/authenticate/begin", s.beginAuthentication},
		{"POST", "/api/webauthn/authenticate/complete", s.completeAuthentication},
		{"POST", "/api/webauthn/authentication/begin", s.beginAuthentication},
		{"POST", "/api/webauthn/authentication/complete", s.completeAuthentication},
		{"GET", "/api/webauthn/passkeys", s.passkeys},
		{"POST", "/api/webauthn/passkeys/add/begin", s.beginAdding},
		{"POST", "/api/webauthn/passkeys/add/complete", s.completeAdding},
		{"GET", "/api/webauthn/passkeys/stats", s.passkeyStats},
		{"DELETE", "/api/webauthn/passkeys/{id}", s.removePasskey},
		{"PUT", "/api/webauthn/passkeys/{id}/rename", s.renamePasskey},
		{"POST", "/api/webauthn/registration/begin", s.beginRegistration},
		{"POST", "/api/webauthn/registration/complete", s.completeRegistration},
		{"POST", "/api/webauthn/registration/skip", s.skipRegistration},
		{"POST", "/api/webauthn/report", s.report},
		{"GET", "/api/webauthn/test", s.test},
	}
}

// Handler builds the whole site.
func (s *Site) Handler() loopback.Guarded {
	mux := http.NewServeMux()
	for _, r := range s.Routes() {
		mux.Handle(r.Method+" "+r.Path, s.answerer().do(r.handle))
	}
	mux.Handle("/api/", s.answerer().do(noRoute(mux, "/api/")))
	site := http.NewServeMux()
	site.Handle("/api/", chain(mux, s.cors, s.followed, s.once))
	site.Handle(watchPosts, loopback.CORS{
		Origins: func() []string { return s.Watching.Origins() }, Methods: "POST", Headers: "Content-Type",
	}.Wrap(mux))
	site.Handle("GET "+watchScript, s.answerer().do(s.watchScript))
	site.Handle("/.ory/", loopback.KratosCORS(s.origins).Wrap(http.StripPrefix("/.ory", s.Here(func(r *http.Request) string {
		return s.Origin(rpOf(r)) + "/.ory"
	}, true, s.Kratos))))
	site.Handle("/", s.pages())
	secure, plain := s.frame().Wrap(chain(site, s.answerer().survive, s.strangers, s.moved, s.foreignCookies)), s.plain()
	return loopback.Guarded{Handler: chain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			plain.ServeHTTP(w, r)
			return
		}
		secure.ServeHTTP(w, r)
	}), tagRequest, s.belonging)}
}

// noRoute answers what no route of mux does: 405 where another method would
// do, otherwise 404. rest is the pattern it is mounted at.
func noRoute(mux *http.ServeMux, rest string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var allowed []string
		for _, method := range []string{"DELETE", "GET", "POST", "PUT"} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != rest {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 {
			return errNoRoute
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return errMethod
	}
}

func (s *Site) answerer() answerer { return answerer{log: s.Log, blame: s.Blame} }

func hostOf(page string) string {
	u, err := url.Parse(page)
	if err != nil {
		return "localhost"
	}
	return u.Hostname()
}

func from(r *http.Request, browser []byte) passkey.From {
	d := device(r)
	return passkey.From{Origin: r.Header.Get("Origin"), UserAgent: d.UserAgent, Address: d.Address, Browser: browser,
		Guest: browserOf(r) == nil}
}

// seen asks every source who the request belongs to.
func (s *Site) seen(ctx context.Context, r *http.Request) session.Seen { return s.Sources.See(ctx, r) }

// signedIn returns the view that counts, or why there is none.
func (s *Site) signedIn(r *http.Request) (session.View, error) {
	return s.seen(r.Context(), r).Who()
}

// acting is signedIn for what changes something: two people at once may not.
func (s *Site) acting(r *http.Request) (session.View, error) {
	seen := s.seen(r.Context(), r)
	v, err := seen.Who()
	if err == nil && !seen.Agree() {
		return v, session.ErrDisagree
	}
	return v, err
}

// fresh is acting for what needs a fresh proof: CONTRACT section 3.
func (s *Site) fresh(r *http.Request) (session.View, error) {
	v, err := s.acting(r)
	if err != nil {
		return v, err
	}
	return v, s.proven(v)
}

// proven returns ErrReauth for a view whose proof isn't fresh.
func (s *Site) proven(v session.View) error {
	if !session.Fresh(v.AuthenticatedAt, s.Now(), s.Policy()) {
		return session.ErrReauth
	}
	return nil
}

func (s *Site) help(w http.ResponseWriter, r *http.Request) error {
	e, found := s.Help(r.PathValue("code"))
	if !found {
		return fault.ErrNotFound.Saying("There is no help about this code.").Hinting("`sting help` lists the codes.").
			Running("sting help")
	}
	return ok(w, e)
}

// lab says what the lab is, and to a page of its own whether a passkey can work
// where that page is.
func (s *Site) lab(w http.ResponseWriter, r *http.Request) error {
	facts := s.Facts(rpOf(r))
	at, _ := loopback.Asked(r) // the frame has read it
	if _, foreign := s.elsewhere(r); !foreign && facts.Problem == "" {
		facts.Problem, facts.Fix = s.Place(rpOf(r), at)
	}
	return ok(w, facts)
}

func (s *Site) form(w http.ResponseWriter, _ *http.Request) error { return ok(w, s.Form()) }

func (s *Site) returnTo(w http.ResponseWriter, r *http.Request) error {
	to, good := s.ReturnTo(r.URL.Query().Get("to"))
	if !good {
		to = "/dashboard"
	}
	return ok(w, api.ReturnTo{To: to})
}

func (s *Site) test(w http.ResponseWriter, r *http.Request) error {
	rp := rpOf(r)
	if rp.Problem != "" {
		return passkey.ErrOptions.Saying("Passkeys can't work with this configuration: %s", rp.Problem).Hinting("%s", rp.ProblemFix)
	}
	return ok(w, api.WebAuthnTest{
		Status: "success", Message: "The WebAuthn server is ready.",
		Config: api.WebAuthnConfig{RPID: rp.ID, RPName: rp.Name, Origins: rp.Origins},
	})
}
