package backend_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// answer is what a bad proxy says in the place of the site.
func answer(r *http.Request, status int, body string) (*http.Response, error) {
	h := http.Header{"Content-Type": {"application/json"}}
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// rewritten passes an answer on with another body.
func rewritten(resp *http.Response, err error, change func(string) string) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader([]byte(change(string(raw)))))
	return resp, nil
}

// TestTheDoctorSeesWhatStandsBetween breaks one thing on the way between a
// browser and the site at a time.
func TestTheDoctorSeesWhatStandsBetween(t *testing.T) {
	t.Parallel()
	type spoiler = func(rt http.RoundTripper, r *http.Request) (*http.Response, error)
	at := func(path string, f spoiler) spoiler {
		return func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			if r.URL.Path == path {
				return f(rt, r)
			}
			return rt.RoundTrip(r)
		}
	}
	says := func(path string, status int, body string) spoiler {
		return at(path, func(_ http.RoundTripper, r *http.Request) (*http.Response, error) { return answer(r, status, body) })
	}
	var between atomic.Pointer[spoiler]
	lab := proxied(t, func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
		if spoil := between.Load(); spoil != nil {
			return (*spoil)(rt, r)
		}
		return rt.RoundTrip(r)
	})
	const begin, complete = "/api/webauthn/registration/begin", "/api/webauthn/registration/complete"
	const fault = `{"error":"It broke.","error_code":"CODE","hint":"Mend it."}`
	for name, c := range map[string]struct {
		spoil     spoiler
		id, cause string
		hidden    []string
	}{
		"passwords are refused": {says("/api/auth/register", 503, fault), "LG-12", "Nobody can register",
			[]string{"SS-08", "RG-01", "SS-01", "ML-08"}},
		"a password works once": {says("/api/auth/login", 401, fault), "LG-12", "can't sign in with the password", []string{"SS-08", "RG-01"}},
		"pages stay at an address": {func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			if net.ParseIP(r.URL.Hostname()) != nil {
				return answer(r, 200, "a page")
			}
			return rt.RoundTrip(r)
		}, "RP-05", "stays there", nil},
		"a cookie gets a domain": {func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := rt.RoundTrip(r)
			if err == nil {
				for i, line := range resp.Header["Set-Cookie"] {
					resp.Header["Set-Cookie"][i] = line + "; Domain=localhost"
				}
			}
			return resp, err
		}, "SS-09", `Domain="localhost"`, []string{"SS-08", "RG-01", "SS-01"}},
		"Set-Cookie is dropped": {func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := rt.RoundTrip(r)
			if err == nil {
				resp.Header.Del("Set-Cookie")
			}
			return resp, err
		}, "SS-08", "Set-Cookie is lost", []string{"RG-04", "RG-01", "SS-01"}},
		"Cookie is dropped": {func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			r.Header.Del("Cookie")
			return rt.RoundTrip(r)
		}, "SS-08", "doesn't come back", []string{"RG-04", "RG-01", "SS-01"}},
		"anybody may begin": {at(begin, func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			if r.Header.Get("Cookie") == "" {
				return answer(r, 200, `{}`)
			}
			return rt.RoundTrip(r)
		}), "RG-03", "without a session", nil},
		"every session is too old": {at(begin, func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			if r.Header.Get("Cookie") == "" {
				return rt.RoundTrip(r)
			}
			return answer(r, 403, `{"error":"Sign in again.","error_code":"REAUTH_REQUIRED"}`)
		}), "RG-04", "too old", []string{"RG-01", "RG-02", "LG-03"}},
		"options fail": {at(begin, func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			if r.Header.Get("Cookie") == "" {
				return rt.RoundTrip(r)
			}
			return answer(r, 500, `{"error":"Failed to generate registration options","error_code":"OPTIONS","hint":"Look."}`)
		}), "RG-01", "can't be made", []string{"RG-02", "LG-03", "SS-01"}},
		"options lose a member": {at(begin, func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := rt.RoundTrip(r)
			return rewritten(resp, err, func(s string) string { return strings.ReplaceAll(s, `"challenge_id"`, `"challengeId"`) })
		}), "RG-01", `no "challenge_id"`, []string{"RG-02"}},
		"an answer is taken twice":  {says(complete, 200, `{"verified":true}`), "RG-02", "taken twice", []string{"LG-03", "SS-01"}},
		"a registration is refused": {says(complete, 400, fault), "RG-02", "not accepted", []string{"LG-03"}},
		"no passkey signs in": {says("/api/webauthn/authentication/complete", 404,
			`{"error":"No passkeys found","error_code":"NO_PASSKEYS","hint":"h"}`), "LG-03", "doesn't sign in", []string{"SS-02", "SS-01", "SS-06"}},
		"the session endpoint is shut": {says("/api/auth/session", 403, `blocked`), "SS-02", "blocked", []string{"SS-01", "SS-03", "SS-06"}},
		"the session loses a member": {at("/api/auth/session", func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := rt.RoundTrip(r)
			return rewritten(resp, err, func(s string) string { return strings.ReplaceAll(s, `"flask_auth"`, `"auth"`) })
		}), "SS-02", "lacks flask_auth", []string{"SS-01"}},
		"a sign-in is forgotten": {at("/api/auth/session", func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			r.Header.Del("Cookie")
			return rt.RoundTrip(r)
		}), "SS-01", "signed out", []string{"SS-10", "SS-03", "SS-06"}},
		"two people": {at("/.ory/sessions/whoami", func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := rt.RoundTrip(r)
			return rewritten(resp, err, func(s string) string { return strings.ReplaceAll(s, `"identity":{"id":"`, `"identity":{"id":"other-`) })
		}), "SS-10", "not the same person's", []string{"SS-07", "SS-06"}},
		"one ends first": {at("/.ory/sessions/whoami", func(rt http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := rt.RoundTrip(r)
			return rewritten(resp, err, func(s string) string { return strings.ReplaceAll(s, `"expires_at":"2`, `"expires_at":"1`) })
		}), "SS-07", "ends before the other", []string{"SS-06"}},
		"the dashboard sends away": {at("/dashboard", func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
			resp, err := answer(r, 303, "")
			resp.Header.Set("Location", "/login")
			return resp, err
		}), "SS-03", "sends somebody who is signed in to /login", nil},
		"a sign-out is swallowed": {says("/api/auth/logout", 200, `{"success":true}`), "SS-06", "still knows the person", nil},
	} {
		t.Run(name, func(t *testing.T) {
			between.Store(&c.spoil)
			defer between.Store(nil) // what stood between is taken away
			blames(t, examined(t, lab), c.id, c.cause, c.hidden...)
			if people := lab.Dump(t); strings.Contains(people, "probe.invalid") {
				t.Errorf("the doctor left its person: %s", people)
			}
		})
	}
	well(t, examined(t, lab))
}
