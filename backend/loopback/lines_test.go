package loopback_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"sting/backend/loopback"
)

// A request that reads comes by a link where links may come, at the top of a
// window and nowhere else; pages behind a proxy read where forms may post.
func TestWhoReads(t *testing.T) {
	site, kratos, door := loopback.Rule{Links: true}, loopback.Rule{Links: true, Forms: true}, loopback.Rule{}
	elsewhere := "cross-site"
	for _, c := range []struct {
		claim              string
		header             []string
		site, kratos, door string
	}{
		{"a link", []string{"Sec-Fetch-Site", elsewhere, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, "", "", "CROSS_ORIGIN"},
		{"a frame", []string{"Sec-Fetch-Site", elsewhere, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, "CROSS_ORIGIN",
			"CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"a fetch that says document", []string{"Sec-Fetch-Site", elsewhere, "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "document"},
			"CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"a link with an origin", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", elsewhere, "Sec-Fetch-Mode", "navigate",
			"Sec-Fetch-Dest", "document"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"a page behind its own proxy", []string{"Origin", "http://localhost:5174", "Sec-Fetch-Site", "same-origin"}, "CROSS_ORIGIN", "",
			"CROSS_ORIGIN"},
		{"null", []string{"Origin", "null"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
	} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
			for _, at := range []struct {
				rule loopback.Rule
				want string
			}{{site, c.site}, {kratos, c.kratos}, {door, c.door}} {
				got := asked(at.rule, func(r *http.Request) { r.Method = method; r.Header.Del("Content-Type"); sets(c.header...)(r) })
				if got != at.want {
					t.Errorf("%s %s, links %v, forms %v: %q, want %q", method, c.claim, at.rule.Links, at.rule.Forms, got, at.want)
				}
			}
		}
	}
}

// A form of a neighbour is Kratos' to judge, its JSON is not; and reading with
// OPTIONS changes nothing, whatever it says of a body.
func TestWhatANeighbourMaySend(t *testing.T) {
	neighbour := []string{"Origin", "https://localhost:9", "Sec-Fetch-Site", "same-site"}
	for _, c := range []struct {
		forms      bool
		kind, want string
	}{
		{true, "application/x-www-form-urlencoded", ""}, {true, "application/json", "CROSS_ORIGIN"}, {true, "text/plain", "CROSS_ORIGIN"},
		{false, "application/x-www-form-urlencoded", "CROSS_ORIGIN"}, {false, "application/json", "CROSS_ORIGIN"},
	} {
		got := asked(loopback.Rule{Forms: c.forms, Types: loopback.Original}, func(r *http.Request) {
			sets(neighbour...)(r)
			r.Header.Set("Content-Type", c.kind)
		})
		if got != c.want {
			t.Errorf("%s with forms %v: %q, want %q", c.kind, c.forms, got, c.want)
		}
	}
	if got := asked(loopback.Rule{}, func(r *http.Request) { r.Method = "OPTIONS"; r.Header.Set("Content-Type", "text/plain") }); got != "" {
		t.Errorf("OPTIONS of a program: %q", got)
	}
}

// THREATS T01, T08: what a target or a Host may hold besides what was meant.
func TestOddTargetsAndHostsComeNowhere(t *testing.T) {
	for claim, c := range map[string]struct {
		u    url.URL
		want string
	}{
		"a path":                     {url.URL{Path: "/x"}, ""},
		"a URL of a site":            {url.URL{Scheme: "https", Host: "localhost:8443", Path: "/x"}, ""},
		"a host without a scheme":    {url.URL{Host: "evil.example", Path: "/x"}, "MALFORMED"},
		"another scheme":             {url.URL{Scheme: "ftp", Host: "localhost:8443", Path: "/x"}, "MALFORMED"},
		"an opaque target":           {url.URL{Opaque: "evil.example", Path: "/x"}, "MALFORMED"},
		"an opaque one with scheme":  {url.URL{Scheme: "https", Opaque: "evil.example", Path: "/x"}, "MALFORMED"},
		"a user name":                {url.URL{Scheme: "https", User: url.User("x"), Host: "localhost:8443", Path: "/x"}, "MALFORMED"},
		"a user name without scheme": {url.URL{User: url.User("x"), Path: "/x"}, "MALFORMED"},
		"no path":                    {url.URL{Path: "*"}, "MALFORMED"},
	} {
		if got := asked(loopback.Rule{}, func(r *http.Request) { r.URL = &c.u }); got != c.want {
			t.Errorf("%s: %q, want %q", claim, got, c.want)
		}
	}
	for host, want := range map[string]string{
		"localhost:8443": "", "LOCALHOST:8443": "", "127.0.0.1:8443": "", "[::1]:8443": "",
		"localhost": "HOST", "localhost:8444": "HOST", "evil.example:8443": "HOST", "localhost.:8443": "HOST", "user@localhost:8443": "HOST",
		"ｌocalhost:8443": "HOST", "localhost\u0080:8443": "HOST", "": "HOST",
	} {
		if got := asked(loopback.Rule{}, func(r *http.Request) { r.Host = host }); got != want {
			t.Errorf("the host %q: %q, want %q", host, got, want)
		}
	}
}

// The handler sees a path alone, whatever host stood in the target.
func TestAHandlerSeesNoHostOfTheTarget(t *testing.T) {
	for _, u := range []url.URL{
		{Scheme: "https", Host: "localhost:8443", Path: "/x", RawQuery: "q=1"}, {Path: "/x", RawQuery: "q=1"},
	} {
		var seen *http.Request
		f := loopback.Frame{Rule: func(*http.Request) loopback.Rule { return loopback.Rule{} }, Most: 10}
		r := httptest.NewRequest("GET", "/x?q=1", nil)
		r.Host, r.TLS, r.URL, r.RequestURI = "localhost:8443", &tls.ConnectionState{}, &u, u.String()
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(port)))
		f.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r })).ServeHTTP(httptest.NewRecorder(), r)
		if seen == nil || seen.URL.Host != "" || seen.URL.Scheme != "" || seen.RequestURI != "/x?q=1" {
			t.Errorf("of %s the handler sees %+v", u.String(), seen)
		}
	}
}

func TestThePortIsThatOfTheListener(t *testing.T) {
	for claim, c := range map[string]struct {
		addr any
		want int
	}{
		"a listener": {port, 8443}, "nothing known": {nil, 0}, "a socket": {&net.UnixAddr{Name: "/x", Net: "unix"}, 0},
		"no address": {"localhost:8443", 0},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if c.addr != nil {
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, c.addr))
		}
		if got := loopback.Port(r); got != c.want {
			t.Errorf("%s: port %d, want %d", claim, got, c.want)
		}
	}
}
