package idp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"sting/backend/session"
)

// logoutToken is what a link to sign out carries, so that no other site can
// sign a person out. It is the same for one session each time.
func (p *Provider) logoutToken(id session.ID) string {
	return "ory_lo_" + base64.RawURLEncoding.EncodeToString(p.mac("logout", string(id)))
}

// mac is a keyed hash of parts that nobody can guess or forge.
func (p *Provider) mac(parts ...string) []byte {
	h := hmac.New(sha256.New, p.Secret)
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

func (x *exchange) beginLogout() error {
	me, err := x.whoOr(inactive(reasonNoSession))
	if err != nil {
		return err
	}
	token := x.logoutToken(me.session.ID)
	q := url.Values{"token": {token}}
	if back := x.r.URL.Query().Get("return_to"); back != "" {
		q.Set("return_to", back)
	}
	return x.json(http.StatusOK, map[string]string{
		"logout_token": token, "logout_url": x.base + "/self-service/logout?" + q.Encode(),
	})
}

func (x *exchange) logout() error {
	to := x.cfg.page(LoginFlow)
	if back := x.r.URL.Query().Get("return_to"); back != "" {
		safe, ok := x.safeReturn(back)
		if !ok {
			return badRequest("Requested return_to URL %q is not allowed.", back).named("self_service_flow_return_to_forbidden")
		}
		to = safe
	}
	me, err := x.who()
	switch {
	case errors.Is(err, session.ErrNone):
	case err != nil:
		return err
	case !hmac.Equal([]byte(x.r.URL.Query().Get("token")), []byte(x.logoutToken(me.session.ID))):
		return forbidden(reasonLogoutMismatch)
	default:
		if err := x.Sessions.End(x.r.Context(), me.session.ID); err != nil {
			return err
		}
		x.setCookie(&http.Cookie{Name: session.KratosCookie, MaxAge: -1})
		x.renewCSRF()
	}
	if x.wantsJSON() {
		x.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	x.redirect(to)
	return nil
}

// logoutAPI ends the session of an app. One that has ended already is answered
// alike; a token that never was is refused.
func (x *exchange) logoutAPI() error {
	x.plain = true
	var form struct {
		Token string `json:"session_token"`
	}
	if err := json.NewDecoder(x.r.Body).Decode(&form); err != nil || form.Token == "" {
		return badRequest("Unable to decode the request body: it needs a session_token.")
	}
	ctx, hash := x.r.Context(), session.Hash(form.Token)
	s, err := x.Sessions.Store.SessionByToken(ctx, session.KindKratos, hash)
	if err == nil {
		err = x.Sessions.End(ctx, s.ID)
	} else if errors.Is(err, session.ErrNone) {
		_, err = x.Sessions.Store.SessionByToken(ctx, session.KindEnded, hash)
	}
	if errors.Is(err, session.ErrNone) {
		return forbidden(reasonNoSuchToken)
	}
	if err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}
