package idp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
)

const csrfBytes = 32

// csrfCookie names the cookie, as Kratos does after its own address.
func (c Config) csrfCookie() string {
	h := sha256.Sum256([]byte(c.BaseURL))
	return "csrf_token_" + hex.EncodeToString(h[:])
}

// readCSRF takes the token out of the cookie. Two cookies of the name count as
// none: another port of this host may have set one.
func (x *exchange) readCSRF() {
	found := x.r.CookiesNamed(x.cfg.csrfCookie())
	if len(found) != 1 {
		return
	}
	if token, err := base64.StdEncoding.DecodeString(found[0].Value); err == nil && len(token) == csrfBytes {
		x.token, x.shown = token, true
	}
}

// needCSRF gives the browser a token if it has none.
func (x *exchange) needCSRF() {
	if x.token == nil {
		x.renewCSRF()
	}
}

// renewCSRF gives the browser a new token, so that one from before a sign-in
// is worth nothing after it.
func (x *exchange) renewCSRF() {
	x.token = make([]byte, csrfBytes)
	rand.Read(x.token)
	x.setCSRF()
}

// vouchCSRF is renewCSRF for a browser that has just signed in: its token shows
// that, and gives its flows room of their own, which nobody reaches who only begins.
func (x *exchange) vouchCSRF() {
	x.token = make([]byte, csrfBytes)
	rand.Read(x.token[:csrfBytes/2])
	copy(x.token[csrfBytes/2:], x.voucher(x.token))
	x.setCSRF()
}

func (x *exchange) voucher(token []byte) []byte {
	return x.mac("signed in", string(token[:csrfBytes/2]))[:csrfBytes/2]
}

// vouchedFor reports whether a token was given out by vouchCSRF.
func (x *exchange) vouchedFor(token []byte) bool {
	return hmac.Equal(token[csrfBytes/2:], x.voucher(token))
}

func (x *exchange) setCSRF() {
	x.setCookie(&http.Cookie{Name: x.cfg.csrfCookie(), Value: base64.StdEncoding.EncodeToString(x.token), MaxAge: 365 * 24 * 60 * 60})
}

// setCookie sets a cookie of this host, replacing what this answer set before
// under its name.
func (x *exchange) setCookie(c *http.Cookie) {
	c.Path, c.HttpOnly, c.Secure, c.SameSite = "/", true, true, http.SameSiteLaxMode
	h := x.w.Header()
	kept := h.Values("Set-Cookie")[:0:0]
	for _, line := range h.Values("Set-Cookie") {
		if !strings.HasPrefix(line, c.Name+"=") {
			kept = append(kept, line)
		}
	}
	h["Set-Cookie"] = append(kept, c.String())
}

// bound is what a flow keeps of the browser that began it.
func (x *exchange) bound() []byte {
	h := sha256.Sum256(x.token)
	return h[:]
}

// masked returns the token under a fresh pad, so that it never looks the same
// twice: an attack on compressed answers (BREACH) learns nothing.
func (x *exchange) masked() string {
	out := make([]byte, 2*csrfBytes)
	rand.Read(out[:csrfBytes])
	subtle.XORBytes(out[csrfBytes:], out[:csrfBytes], x.token)
	return base64.StdEncoding.EncodeToString(out)
}

// provesCSRF reports whether a masked token belongs to this browser's cookie. Nothing
// belongs to a browser without one, since no token is as short.
func (x *exchange) provesCSRF(masked string) bool {
	b, err := base64.StdEncoding.DecodeString(masked)
	if err != nil || len(b) != 2*csrfBytes {
		return false
	}
	got := make([]byte, csrfBytes)
	subtle.XORBytes(got, b[:csrfBytes], b[csrfBytes:])
	return subtle.ConstantTimeCompare(got, x.token) == 1
}

// sameBrowser reports whether this browser began f. One that shows no token is none:
// no flow is kept of the hash of nothing.
func (x *exchange) sameBrowser(f Flow) bool {
	return f.Browser == nil || subtle.ConstantTimeCompare(f.Browser, x.bound()) == 1
}

// guard checks that a flow is submitted through the door it was begun at, and
// by the browser that began it.
func (x *exchange) guard(f Flow, form map[string]any) error {
	if !f.browser() {
		if x.r.Header.Get("Origin") != "" {
			return badRequest(`The HTTP Request Header included the "Origin" key, indicating that this request was made as part of an AJAX ` +
				`request in a Browser. The flow however was initiated as an API request. To prevent potential misuse and mitigate several attack ` +
				`vectors including CSRF, the request has been blocked. Please consult the documentation.`)
		}
		if len(x.r.Cookies()) > 0 {
			return badRequest(`The HTTP Request Header included the "Cookie" key, indicating that this request was made by a Browser. The flow ` +
				`however was initiated as an API request. To prevent potential misuse and mitigate several attack vectors including CSRF, the ` +
				`request has been blocked. Please consult the documentation.`)
		}
		return nil
	}
	if f.Browser == nil && f.Kind == RecoveryFlow {
		return nil // made by an administrator: whoever has the code may use it, wherever
	}
	sent, _ := form["csrf_token"].(string)
	if sent == "" {
		sent = x.r.Header.Get("X-CSRF-Token")
	}
	if !x.provesCSRF(sent) || !x.sameBrowser(f) {
		return csrfViolation()
	}
	return nil
}
