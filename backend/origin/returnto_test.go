package origin_test

import (
	"net/url"
	"strings"
	"testing"

	"sting/backend/origin"
)

const base = "https://localhost:8443"

var allowed = []string{"https://app.example.com", "http://localhost:3000/app", "https://*.lab.test:8443"}

func TestAPersonIsSentBackToOwnPagesAndToTheList(t *testing.T) {
	for raw, want := range map[string]string{
		"/":                              base + "/",
		"/dashboard":                     base + "/dashboard",
		"/settings?tab=passkeys#new":     base + "/settings?tab=passkeys#new",
		"/a%20b?q=%2F%2Fevil.test":       base + "/a%20b?q=%2F%2Fevil.test",
		"/dashboard?next=//evil.test":    base + "/dashboard?next=//evil.test",
		"/ä?ö=ü":                         base + "/%C3%A4?%C3%B6=%C3%BC",
		base:                             base + "/",
		base + "/login?x=1":              base + "/login?x=1",
		"HTTPS://LOCALHOST:8443/login":   base + "/login",
		"https://app.example.com":        "https://app.example.com/",
		"https://app.example.com:443/x":  "https://app.example.com/x",
		"http://localhost:3000/app/home": "http://localhost:3000/app/home",
		"https://one.lab.test:8443/x":    "https://one.lab.test:8443/x",
	} {
		if got, ok := origin.SafeReturnTo(base, allowed, raw); !ok || got != want {
			t.Errorf("SafeReturnTo(%q) = %q, %t, want %q", raw, got, ok, want)
		}
	}
}

func TestNobodyIsSentAnywhereElse(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":                         "",
		"another host":                    "https://evil.test/",
		"another port":                    "https://localhost:9443/",
		"another scheme":                  "http://localhost:8443/",
		"without a scheme":                "//evil.test",
		"three slashes":                   "///evil.test",
		"slash, backslash":                `/\evil.test`,
		"backslashes":                     `\\evil.test`,
		"a backslash for the path":        `https://localhost:8443\@evil.test`,
		"userinfo":                        "https://localhost:8443@evil.test/",
		"own host with userinfo":          "https://evil.test@localhost:8443/",
		"a tab in the slashes":            "/\t/evil.test",
		"a line break in the slashes":     "/\n/evil.test",
		"a tab in the scheme":             "java\tscript:alert(1)",
		"a blank in front":                " https://evil.test",
		"a control character in front":    "\x01//evil.test",
		"NUL":                             "/\x00/evil.test",
		"javascript":                      "javascript:alert(1)",
		"javascript with slashes":         "javascript://localhost:8443/%0aalert(1)",
		"data":                            "data:text/html,x",
		"a scheme without slashes":        "https:evil.test",
		"a scheme with one slash":         "https:/evil.test",
		"a scheme with three":             "https:///evil.test",
		"encoded slashes":                 "/%2f%2fevil.test/../..",
		"an encoded slash behind a slash": "/%2Fevil.test",
		"an encoded backslash":            "/%5cevil.test",
		"doubly encoded":                  "/%252Fevil.test",
		"an encoded scheme":               "%68ttps://evil.test",
		"an encoded host":                 "https://%65vil.test/",
		"an encoded line break":           "/x%0d%0aSet-Cookie:a=b",
		"dot segments":                    "/app/../../x",
		"encoded dot segments":            "http://localhost:3000/app/%2e%2e/admin",
		"own origin, doubled slash":       base + "//evil.test",
		"a path without a slash":          "dashboard",
		"a host that only begins so":      "https://app.example.com.evil.test/",
		"a host that only ends so":        "https://evilapp.example.com/",
		"a path that isn't on the list":   "http://localhost:3000/",
		"a name above the wildcard":       "https://lab.test:8443/",
		"a wildcard with another port":    "https://one.lab.test/",
		"a look-alike of the wildcard":    "https://onelab.test:8443/",
		"a full stop from elsewhere":      "https://localhost\u3002evil.test:8443/",
		"own host in wide letters":        "https://\uff4cocalhost:8443/",
		"invalid UTF-8":                   "/\xff",
		"more than anybody needs":         "/" + strings.Repeat("a", 5000),
		"more than that once escaped":     "/" + strings.Repeat("}", 2000),
		"a fragment alone":                "#x",
		"a query alone":                   "?x",
	} {
		if got, ok := origin.SafeReturnTo(base, allowed, raw); ok || got != "" {
			t.Errorf("%s: SafeReturnTo(%q) = %q, want it refused", name, raw, got)
		}
	}
}

func TestAWildcardOverAPublicSuffixAllowsNobody(t *testing.T) {
	for _, entry := range []string{"https://*.com", "https://*.github.io", "https://*"} {
		if got, ok := origin.SafeReturnTo(base, []string{entry}, "https://evil.github.io/"); ok {
			t.Errorf("%s lets %s pass", entry, got)
		}
		if got, ok := origin.SafeReturnTo(base, []string{entry}, "https://evil.com/"); ok {
			t.Errorf("%s lets %s pass", entry, got)
		}
	}
}

func FuzzSafeReturnTo(f *testing.F) {
	for _, s := range []string{"/dashboard", "//evil.test", `/\evil`, base + "/x", "https://app.example.com/y?z#f", "/%2f%2fe", "https:e",
		"/ä?ö=ü#ß", "/?\"<"} {
		f.Add(s)
	}
	hosts := map[string]bool{"localhost:8443": true, "app.example.com": true, "localhost:3000": true}
	f.Fuzz(func(t *testing.T, raw string) {
		got, ok := origin.SafeReturnTo(base, allowed, raw)
		if !ok {
			if got != "" {
				t.Errorf("SafeReturnTo(%q) refuses and still returns %q", raw, got)
			}
			return
		}
		u, err := url.Parse(got)
		if err != nil {
			t.Fatalf("SafeReturnTo(%q) = %q: %v", raw, got, err)
		}
		if !hosts[u.Host] && !strings.HasSuffix(u.Host, ".lab.test:8443") || u.User != nil || strings.HasPrefix(u.Path, "//") {
			t.Errorf("SafeReturnTo(%q) = %q leads elsewhere", raw, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' || r == '"' || r == '<' }) {
			t.Errorf("SafeReturnTo(%q) = %q can't stand in a header or a page", raw, got)
		}
		if again, ok := origin.SafeReturnTo(base, allowed, got); !ok || again != got {
			t.Errorf("SafeReturnTo(%q) = %q, and of that %q, %t", raw, got, again, ok)
		}
	})
}
