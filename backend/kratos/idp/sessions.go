package idp

import (
	"errors"
	"net/http"
	"strings"

	"sting/backend/identity"
	"sting/backend/session"
)

// apiToken is what the session tokens of apps begin with.
const apiToken = "ory_st_"

// signedIn is who a request comes from.
type signedIn struct {
	session session.Session
	person  identity.Identity
	token   string
	cookie  bool // shown by a cookie, so a browser
}

// who finds the session of a request: X-Session-Token, the cookie, or a bearer
// token. It returns session.ErrNone if there is no living one, or its person may
// not sign in any more.
func (x *exchange) who() (signedIn, error) {
	if token := x.r.Header.Get("X-Session-Token"); token != "" {
		return x.whose(token, false)
	}
	found := x.r.CookiesNamed(session.KratosCookie)
	if len(found) > 1 {
		return signedIn{}, ambiguous(session.KratosCookie)
	}
	if len(found) == 1 {
		if me, err := x.whose(found[0].Value, true); !errors.Is(err, session.ErrNone) {
			return me, err
		}
	}
	bearer := ""
	if kind, value, ok := strings.Cut(x.r.Header.Get("Authorization"), " "); ok && strings.EqualFold(kind, "Bearer") {
		bearer = strings.TrimSpace(value)
	}
	return x.whose(bearer, false)
}

// whose is the session that a token shows, and its person.
func (x *exchange) whose(token string, cookie bool) (signedIn, error) {
	shown, err := x.Sessions.Shown(x.r.Context(), session.KindKratos, token)
	if err != nil {
		return signedIn{}, err
	}
	return signedIn{session: shown.Session, person: shown.Person, token: token, cookie: cookie}, nil
}

// anybody reports whether a request comes from somebody who is signed in. A session
// that can't be looked up is an error: it would live on beside the next one.
func (x *exchange) anybody() (bool, error) {
	_, err := x.who()
	if errors.Is(err, session.ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// whoOr is who, with Kratos' words for nobody.
func (x *exchange) whoOr(nobody *failure) (signedIn, error) {
	me, err := x.who()
	if errors.Is(err, session.ErrNone) {
		return me, nobody
	}
	return me, err
}

func (x *exchange) whoami() error {
	me, err := x.whoOr(unauthorized(reasonNoCredentials))
	if err != nil {
		return err
	}
	// a session without the token that was asked for would be taken for one with it
	if template := x.r.URL.Query().Get("tokenize_as"); template != "" {
		return badRequest("Unable to tokenize the session: there is no template %q.", template)
	}
	x.w.Header().Set("X-Kratos-Authenticated-Identity-Id", string(me.person.ID))
	return x.json(http.StatusOK, x.session(me.session, x.identity(me.person)))
}

// listSessions leaves the current one out, as Kratos does.
func (x *exchange) listSessions() error {
	me, err := x.whoOr(unauthorized(reasonNoCookie))
	if err != nil {
		return err
	}
	living, err := x.Sessions.Living(x.r.Context(), me.person.ID)
	if err != nil {
		return err
	}
	others := make([]any, 0, len(living))
	for _, s := range living {
		if s.ID != me.session.ID {
			others = append(others, x.session(s, brief(x.identity(me.person))))
		}
	}
	page, err := pageOf(x, "/sessions", others)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, page)
}

// brief is an identity as Kratos shows it inside of lists of sessions.
func brief(w *wireIdentity) *wireIdentity {
	w.SchemaURL, w.Verifiable, w.Recovery = "", nil, nil
	return w
}

func (x *exchange) endOthers() error {
	me, err := x.whoOr(unauthorized(reasonNoCookie))
	if err != nil {
		return err
	}
	n, err := x.Sessions.EndOthers(x.r.Context(), me.person.ID, me.session.ID)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, map[string]int{"count": n})
}

// endOne ends another session of the same person. One that is unknown or
// somebody else's is answered as one that has ended: nobody learns of it.
func (x *exchange) endOne() error {
	me, err := x.whoOr(unauthorized(reasonNoCookie))
	if err != nil {
		return err
	}
	id := session.ID(x.r.PathValue("id"))
	if id == me.session.ID {
		return &failure{status: http.StatusBadRequest, message: "cannot revoke current session"}
	}
	s, err := x.Sessions.Store.Session(x.r.Context(), id)
	if err != nil && !errors.Is(err, session.ErrNotFound) {
		return err
	}
	if err == nil && s.IdentityID == me.person.ID {
		if err := x.Sessions.End(x.r.Context(), id); err != nil {
			return err
		}
	}
	x.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// newSession makes a session for a person who has proved who they are, and the
// token that shows it. It is not kept yet.
func (x *exchange) newSession(f Flow, id identity.ID, m session.Method) (session.Session, string) {
	s := session.New(x.now, x.Sessions.Policy(), id, session.Proof{Method: m}, x.device())
	token, _ := session.NewToken()
	if !f.browser() {
		token = apiToken + token
	}
	s.KratosToken = session.Hash(token)
	return s, token
}

// handOver gives a browser the cookie of its new session, and a new CSRF token.
func (x *exchange) handOver(f Flow, s session.Session, token string) {
	if !f.browser() {
		return
	}
	x.vouchCSRF()
	x.setSessionCookie(s, token)
}

func (x *exchange) setSessionCookie(s session.Session, token string) {
	x.setTokenCookie(session.KratosCookie, s, token)
}

func (x *exchange) setPasskeyCookie(s session.Issued) {
	x.setTokenCookie(session.CookieName, s.Session, s.PasskeyToken)
}

func (x *exchange) setTokenCookie(name string, s session.Session, token string) {
	left := s.ExpiresAt.Sub(x.now)
	x.setCookie(&http.Cookie{Name: name, Value: token, Expires: s.ExpiresAt, MaxAge: max(1, int(left.Seconds()))})
}
