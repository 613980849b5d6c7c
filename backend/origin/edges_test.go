package origin_test

import (
	"strings"
	"testing"

	"sting/backend/origin"
)

// What another parser would read differently, at the edge of each rule.
func TestOriginsAtTheEdgeOfEachRule(t *testing.T) {
	label, name := strings.Repeat("a", 63), strings.Repeat(strings.Repeat("a", 49)+".", 5)
	for raw, want := range map[string]string{
		"https://z.localhost":               "https://z.localhost",
		"https://" + label + ".localhost":   "https://" + label + ".localhost",
		"https://" + label + "a.localhost":  "",
		"https://" + name + "abc":           "https://" + name + "abc",
		"https://" + name + "abcd":          "",
		"https://0xyz.example":              "https://0xyz.example",
		"https://example.0xyz":              "https://example.0xyz",
		"https://example.0xff":              "",
		"https://a{b.example":               "",
		"https://a-.example":                "",
		"https://-a.example":                "",
		"https://\u0080.example":            "",
		"https://localhost:+8443":           "",
		"https://localhost:-1":              "",
		"https://localhost: 8443":           "",
		"https://localhost:8443\n":          "",
		" https://localhost":                "",
		"https://local\x7fhost":             "",
		"https://local\thost":               "",
		"https://[::1]8443":                 "",
		"https://[::1]x":                    "",
		"https://[":                         "",
		"https://]":                         "",
		"https://a]:1":                      "",
		"https://[127.0.0.1]":               "",
		"https://[localhost]":               "",
		"https://[::ffff:127.0.0.1%25eth0]": "",
		"https://:8443":                     "",
		"https:///localhost":                "",
		"https://":                          "",
		"https":                             "",
		"":                                  "",
		"https://*.localhost":               "",
		"https://user@localhost":            "",
		"https://localhost/":                "",
		`https://localhost\x`:               "",
		"https://localhost?x":               "",
		"https://localhost#x":               "",
		"ftp://localhost":                   "",
	} {
		got, err := origin.Canonical(raw)
		if (err == nil) != (want != "") || err == nil && got != want {
			t.Errorf("%q: %q, %v; want %q", raw, got, err, want)
		}
		if origin.IsCanonical(raw) != (want != "") {
			t.Errorf("%q is said to be canonical: %v", raw, want == "")
		}
	}
}

func TestWherePagesAreSecure(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://example.com": true, "http://localhost:1": true, "http://a.localhost": true, "http://127.0.0.1": true, "http://127.8.9.1": true,
		"http://[::1]:8443": true, "http://[::2]": false, "http://10.0.0.1": false, "http://example.com": false, "http://127.example.com": false,
	} {
		o, err := origin.Parse(raw)
		if err != nil || o.Secure() != want {
			t.Errorf("%s: secure %v, %v", raw, o.Secure(), err)
		}
	}
}

// THREATS T08.
func TestReturnAddressesAtTheEdgeOfEachRule(t *testing.T) {
	const base = "https://localhost:8443"
	long := func(n int) string { return base + "/" + strings.Repeat("a", n-len(base)-1) }
	for _, c := range []struct {
		raw, want string
		allowed   []string
	}{
		{raw: long(4096), want: long(4096)},
		{raw: long(4097)},
		{raw: "/" + strings.Repeat("a", 4096)},
		{raw: `/x?a=\b`},
		{raw: "/x?a=b "},
		{raw: " /x"},
		{raw: "/x?a=\u0085"},
		{raw: "/x?a=\u009f"},
		{raw: "/x?a=\x7f"},
		{raw: "/x?a=\u00a0b", want: base + "/x?a=%C2%A0b"},
		{raw: `/x?a="b c<`, want: base + "/x?a=%22b%20c%3C"},
		{raw: "/x?a=^", want: base + "/x?a=%5E"},
		{raw: "/./x"},
		{raw: "/x/."},
		{raw: "/%2e/x"},
		{raw: "/%25252525252e%2525252525252e/x"},
		{raw: "//localhost:8443/x"},
		{raw: "/%2f/x"},
		{raw: ""},
		{raw: "x"},
		{raw: "https:/x"},
		{raw: "https:x"},
		{raw: "https://localhost:8443x/"},
		{raw: "https://elsewhere.example/x", allowed: []string{"%zz", "https://user@elsewhere.example/", "https:elsewhere.example", "/x", "",
			"*"}},
		{raw: "http://a.example.com:8443/x", allowed: []string{"https://*.example.com:8443/"}},
		{raw: "https://a.example.com:8443/x", allowed: []string{"https://*.example.com/"}},
		{raw: "https://a.example.com:8443/x", allowed: []string{"https://*.example.com:8443/"}, want: "https://a.example.com:8443/x"},
		{raw: "https://a.localhost/x", allowed: []string{"https://*.localhost"}, want: "https://a.localhost/x"},
	} {
		got, ok := origin.SafeReturnTo(base, c.allowed, c.raw)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%.60q, with %q: %.60q, %v; want %.60q", c.raw, c.allowed, got, ok, c.want)
		}
	}
	for _, raw := range []string{"/x", "https://elsewhere.example/x"} {
		if got, ok := origin.SafeReturnTo("nonsense", []string{"https://elsewhere.example"}, raw); ok {
			t.Errorf("without a base of its own %s leads to %s", raw, got)
		}
	}
}
