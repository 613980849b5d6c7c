package loopback_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sting/backend/fault"
	"sting/backend/loopback"
)

var port = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8443}

// asked sends a request through a frame and returns the code of its refusal, ""
// where it came in.
func asked(rule loopback.Rule, edit func(*http.Request)) string {
	code := ""
	f := loopback.Frame{
		Rule: func(*http.Request) loopback.Rule { return rule }, Most: 10,
		Refuse: func(_ http.ResponseWriter, _ *http.Request, why *fault.Error) { code = why.Code },
	}
	r := httptest.NewRequest("POST", "/x", strings.NewReader("{}"))
	r.Host, r.TLS = "localhost:8443", &tls.ConnectionState{}
	r.Header.Set("Content-Type", "application/json")
	edit(r)
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(port)))
	f.Wrap(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), r)
	return code
}

// sets returns what sets headers, which come in pairs, again and again.
func sets(header ...string) func(*http.Request) {
	return func(r *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
	}
}

func TestWhoComesIn(t *testing.T) {
	listed := func() []string { return []string{"https://localhost:5173", "android:apk-key-hash:x"} }
	site := loopback.Rule{Origins: listed, Links: true}
	kratos := loopback.Rule{Origins: listed, Links: true, Forms: true, Types: loopback.Original}
	door := loopback.Rule{}
	for _, c := range []struct {
		claim              string
		header             []string
		site, kratos, door string
	}{
		{"a program", nil, "", "", ""},
		{"our page", []string{"Origin", "https://localhost:8443", "Sec-Fetch-Site", "same-origin"}, "", "", ""},
		{"our page in an old browser", []string{"Origin", "https://localhost:8443"}, "", "", ""},
		{"our page without an origin", []string{"Sec-Fetch-Site", "same-origin"}, "", "", ""},
		{"our page over http", []string{"Origin", "http://localhost:8443"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"our origin from elsewhere", []string{"Origin", "https://localhost:8443", "Sec-Fetch-Site", "same-site"}, "CROSS_ORIGIN",
			"CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"our origin in capitals", []string{"Origin", "https://LOCALHOST:8443"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"our origin with a slash", []string{"Origin", "https://localhost:8443/"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"a listed origin", []string{"Origin", "https://localhost:5173", "Sec-Fetch-Site", "same-site"}, "", "", "CROSS_ORIGIN"},
		{"a listed origin and another", []string{"Origin", "https://localhost:5173", "Origin", "https://evil.example"}, "CROSS_ORIGIN",
			"CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"a listed origin twice", []string{"Origin", "https://localhost:5173", "Origin", "https://localhost:5173"}, "CROSS_ORIGIN",
			"CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"two in one line", []string{"Origin", "https://localhost:5173, https://evil.example"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"an empty origin", []string{"Origin", ""}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"null", []string{"Origin", "null", "Sec-Fetch-Site", "same-origin"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"typed", []string{"Sec-Fetch-Site", "none"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"two values of the site", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Site", "cross-site"}, "CROSS_ORIGIN", "CROSS_ORIGIN",
			"CROSS_ORIGIN"},
		{"a value that nobody knows", []string{"Sec-Fetch-Site", "same-process"}, "CROSS_ORIGIN", "CROSS_ORIGIN", "CROSS_ORIGIN"},
		{"a page behind its own proxy", []string{"Origin", "http://localhost:5174", "Sec-Fetch-Site", "same-origin"}, "CROSS_ORIGIN", "",
			"CROSS_ORIGIN"},
	} {
		for _, at := range []struct {
			rule loopback.Rule
			want string
		}{{site, c.site}, {kratos, c.kratos}, {door, c.door}} {
			if got := asked(at.rule, sets(c.header...)); got != at.want {
				t.Errorf("%s, forms %v: %q, want %q", c.claim, at.rule.Forms, got, at.want)
			}
		}
	}
}

func TestAFormOfAnotherPortIsOnlyKratosToJudge(t *testing.T) {
	rule := loopback.Rule{Links: true, Forms: true, Types: loopback.Original}
	for claim, c := range map[string]struct {
		kind, origin, site, want string
	}{
		"a form":                   {"application/x-www-form-urlencoded", "http://localhost:4455", "same-site", ""},
		"in an old browser":        {"application/x-www-form-urlencoded", "http://localhost:4455", "", ""},
		"of text":                  {"text/plain", "http://localhost:4455", "same-site", "CROSS_ORIGIN"},
		"of JSON":                  {"application/json", "http://localhost:4455", "same-site", "CROSS_ORIGIN"},
		"of another host":          {"application/x-www-form-urlencoded", "http://evil.example", "", "CROSS_ORIGIN"},
		"of another site":          {"application/x-www-form-urlencoded", "http://localhost:4455", "cross-site", "CROSS_ORIGIN"},
		"of a sandboxed document":  {"application/x-www-form-urlencoded", "null", "same-site", "CROSS_ORIGIN"},
		"of a name under our host": {"application/x-www-form-urlencoded", "http://evil.localhost:8443", "", "CROSS_ORIGIN"},
	} {
		got := asked(rule, func(r *http.Request) {
			r.Header.Set("Content-Type", c.kind)
			r.Header.Set("Origin", c.origin)
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
		})
		if got != c.want {
			t.Errorf("%s: %q, want %q", claim, got, c.want)
		}
	}
}

func TestOnlyALinkReadsFromElsewhere(t *testing.T) {
	for claim, c := range map[string]struct {
		header []string
		links  bool
		want   string
	}{
		"a link":             {[]string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, true, ""},
		"a link to the door": {[]string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, false, "CROSS_ORIGIN"},
		"a frame":            {[]string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, true, "CROSS_ORIGIN"},
		"an object":          {[]string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "object"}, true, "CROSS_ORIGIN"},
		"an image":           {[]string{"Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, true, "CROSS_ORIGIN"},
		"a fetch": {[]string{"Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty", "Origin", "https://evil.example"}, true,
			"CROSS_ORIGIN"},
		"a link with an origin": {[]string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Origin", "https://evil.example"}, true,
			"CROSS_ORIGIN"},
	} {
		for _, site := range []string{"cross-site", "same-site"} {
			got := asked(loopback.Rule{Links: c.links, Forms: true}, func(r *http.Request) {
				r.Method = "GET"
				r.Header.Set("Sec-Fetch-Site", site)
				sets(c.header...)(r)
			})
			if got != c.want {
				t.Errorf("%s, %s: %q, want %q", claim, site, got, c.want)
			}
		}
	}
}

// What the standard library refuses, the frame refuses too.
func TestTheFrameIsStricterThanTheLibrary(t *testing.T) {
	refused := 0
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for _, origin := range []string{"-", "", "null", "https://localhost:8443", "http://localhost:8443", "https://localhost",
			"https://evil.example", "wails://wails"} {
			for _, site := range []string{"-", "", "none", "same-origin", "same-site", "cross-site"} {
				edit := func(r *http.Request) {
					if r.Method = method; origin != "-" {
						r.Header.Set("Origin", origin)
					}
					if site != "-" {
						r.Header.Set("Sec-Fetch-Site", site)
					}
				}
				plain := httptest.NewRequest(method, "/x", nil)
				plain.Host = "localhost:8443"
				edit(plain)
				if http.NewCrossOriginProtection().Check(plain) == nil {
					continue
				}
				refused++
				if got := asked(loopback.Rule{Links: true}, edit); got != "CROSS_ORIGIN" {
					t.Errorf("%s from %s, %s: %q", method, origin, site, got)
				}
			}
		}
	}
	if refused < 50 {
		t.Errorf("the library refuses only %d", refused)
	}
}

func TestContentTypesOfChanges(t *testing.T) {
	for kind, want := range map[string][2]string{
		"application/json":                  {"", ""},
		"application/json; charset=utf-8":   {"", ""},
		"Application/JSON":                  {"", ""},
		"application/json-patch+json":       {"MEDIA_TYPE", ""},
		"application/x-www-form-urlencoded": {"MEDIA_TYPE", ""},
		"":                                  {"MEDIA_TYPE", ""},
		"text/plain":                        {"MEDIA_TYPE", "MEDIA_TYPE"},
		"text/plain; application/json":      {"MEDIA_TYPE", "MEDIA_TYPE"},
		"multipart/form-data; boundary=x":   {"MEDIA_TYPE", "MEDIA_TYPE"},
		"application/jsonp":                 {"MEDIA_TYPE", "MEDIA_TYPE"},
		"application/json, text/plain":      {"MEDIA_TYPE", "MEDIA_TYPE"},
	} {
		edit := func(r *http.Request) {
			if r.Header.Del("Content-Type"); kind != "" {
				r.Header.Set("Content-Type", kind)
			}
		}
		if got := asked(loopback.Rule{}, edit); got != want[0] {
			t.Errorf("%q where JSON is wanted: %q, want %q", kind, got, want[0])
		}
		if got := asked(loopback.Rule{Types: loopback.Original}, edit); got != want[1] {
			t.Errorf("%q at an original's API: %q, want %q", kind, got, want[1])
		}
	}
	two := func(r *http.Request) { r.Header.Add("Content-Type", "text/plain") }
	if got := asked(loopback.Rule{Types: loopback.Original}, two); got != "MEDIA_TYPE" {
		t.Errorf("two content types: %q", got)
	}
}

func TestABodyIsBoundedBehindTheFrame(t *testing.T) {
	f := loopback.Frame{Rule: func(*http.Request) loopback.Rule {
		return loopback.Rule{}
	}, Most: 10, Refuse: func(http.ResponseWriter, *http.Request, *fault.Error) {}}
	var read int
	h := f.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b := make([]byte, 100)
		for {
			n, err := r.Body.Read(b)
			if read += n; err != nil {
				return
			}
		}
	}))
	r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 1000)))
	r.Host = "localhost:8443"
	r.Header.Set("Content-Type", "application/json")
	h.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(port))))
	if read != 10 {
		t.Errorf("%d bytes were read, want 10", read)
	}
}
