package httpapi

import (
	"crypto/rand"
	"encoding/base64"
	"net"
	"net/http"
	"strings"
	"time"

	"sting/backend/session"
	"sting/backend/signin"
)

// The cookies of CONTRACT section 4.
const (
	cookieSession = session.CookieName
	cookieBrowser = session.BrowserCookie
	cookieKratos  = session.KratosCookie
)

// IsOurs reports whether a cookie is one that this site gives to browsers.
func IsOurs(name string) bool {
	return session.OfTheLab(name) || name == cookieKratos || strings.HasPrefix(name, "csrf_token_")
}

// cookie returns one of ours: Secure, HttpOnly, SameSite=Lax, for this host
// only.
func cookie(name, value string, maxAge time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, MaxAge: int(maxAge.Seconds()),
	}
}

func expire(w http.ResponseWriter, names ...string) {
	for _, name := range names {
		c := cookie(name, "", 0)
		c.MaxAge = -1
		http.SetCookie(w, c)
	}
}

func valueOf(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// browserOf returns the hash of the cookie that tells one browser from another,
// or nil.
func browserOf(r *http.Request) []byte {
	v := valueOf(r, cookieBrowser)
	if b, err := base64.RawURLEncoding.DecodeString(v); err != nil || len(b) != 16 {
		return nil
	}
	return session.Hash(v)
}

// knowBrowser does the same, and gives the browser a cookie if it has none.
func knowBrowser(w http.ResponseWriter, r *http.Request) []byte {
	if b := browserOf(r); b != nil {
		return b
	}
	bits := make([]byte, 16)
	rand.Read(bits)
	v := base64.RawURLEncoding.EncodeToString(bits)
	http.SetCookie(w, cookie(cookieBrowser, v, 365*24*time.Hour))
	return session.Hash(v)
}

// device says where a request comes from.
func device(r *http.Request) session.Device {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	agent := r.UserAgent()
	if len(agent) > 512 {
		agent = agent[:512]
	}
	return session.Device{UserAgent: strings.ToValidUTF8(agent, "?"), Address: host}
}

func presented(r *http.Request) signin.Presented {
	return signin.Presented{
		PasskeyToken: valueOf(r, cookieSession), KratosToken: valueOf(r, cookieKratos), Device: device(r),
	}
}
