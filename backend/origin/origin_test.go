package origin_test

import (
	"errors"
	"strings"
	"testing"

	"sting/backend/origin"
)

func TestAnOriginIsWrittenAsBrowsersSendIt(t *testing.T) {
	for in, want := range map[string]string{
		"https://localhost:8443":    "https://localhost:8443",
		"HTTPS://LocalHost:8443":    "https://localhost:8443",
		"https://example.com:443":   "https://example.com",
		"http://localhost:80":       "http://localhost",
		"http://localhost:443":      "http://localhost:443",
		"https://localhost:08443":   "https://localhost:8443",
		"https://[::1]:8443":        "https://[::1]:8443",
		"https://[0:0:0:0:0:0:0:1]": "https://[::1]",
		"https://127.0.0.1":         "https://127.0.0.1",
		"https://bücher.example":    "https://xn--bcher-kva.example",
		"https://my_lab.localhost":  "https://my_lab.localhost",
	} {
		if got, err := origin.Canonical(in); err != nil || got != want {
			t.Errorf("Canonical(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestWhatIsMoreOrLessThanAnOriginIsRefused(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                      "",
		"no scheme":                    "localhost:8443",
		"another scheme":               "ftp://localhost",
		"an app's":                     "android:apk-key-hash:abc",
		"the opaque one":               "null",
		"a lone slash":                 "https://localhost:8443/",
		"a path":                       "https://localhost:8443/login",
		"a query":                      "https://localhost?x",
		"a fragment":                   "https://localhost#x",
		"a backslash":                  `https://localhost\@evil.test`,
		"userinfo":                     "https://me@localhost:8443",
		"empty userinfo":               "https://@localhost",
		"a blank":                      "https://local host",
		"a tab":                        "https://local\thost",
		"a line break at the end":      "https://localhost\n",
		"no host":                      "https://",
		"a port alone":                 "https://:8443",
		"an empty port":                "https://localhost:",
		"port 0":                       "https://localhost:0",
		"a port too high":              "https://localhost:65536",
		"a signed port":                "https://localhost:+443",
		"two ports":                    "https://localhost:1:2",
		"a wildcard":                   "https://*.example.com",
		"a dot at the end":             "https://localhost.",
		"an empty label":               "https://a..b",
		"a short form of an address":   "https://127.1",
		"a hexadecimal address":        "https://0x7f.0.0.0x1",
		"an address with a zone":       "https://[fe80::1%25eth0]",
		"an escaped host":              "https://local%68ost",
		"a label that begins a dash":   "https://-a.example",
		"a label beyond 63 characters": "https://" + strings.Repeat("a", 64) + ".example",
	} {
		got, err := origin.Canonical(in)
		if err == nil {
			t.Errorf("%s: Canonical(%q) = %q, want it refused", name, in, got)
			continue
		}
		if why, ok := errors.AsType[*origin.Error](err); !ok || why.Meaning == "" || why.Fix == "" {
			t.Errorf("%s: the refusal has no meaning or no fix: %#v", name, err)
		}
	}
}

func TestOnlyTheCanonicalTextIsCanonical(t *testing.T) {
	if !origin.IsCanonical("https://localhost:8443") {
		t.Error("the canonical text is not")
	}
	for _, in := range []string{"https://LOCALHOST:8443", "https://localhost:443", "https://localhost/", ""} {
		if origin.IsCanonical(in) {
			t.Errorf("%q is taken for canonical", in)
		}
	}
}

func TestARelyingPartyIDIsANameThatSomebodyCanOwn(t *testing.T) {
	for _, id := range []string{"localhost", "sting.localhost", "example.com", "app.example.co.uk", "lab.test", "my-lab.local",
		"me.github.io", "xn--bcher-kva.example"} {
		if err := origin.ValidRPID(id); err != nil {
			t.Errorf("ValidRPID(%q) = %v, want nil", id, err)
		}
	}
	for name, id := range map[string]string{
		"nothing":               "",
		"an address":            "127.0.0.1",
		"a LAN address":         "192.168.1.10",
		"an IPv6 address":       "::1",
		"one in brackets":       "[::1]",
		"with a scheme":         "https://localhost",
		"with a port":           "localhost:8443",
		"with a path":           "localhost/login",
		"a top-level domain":    "com",
		"a single word":         "intranet",
		"a public suffix":       "co.uk",
		"a private suffix":      "github.io",
		"upper case":            "Example.com",
		"not ASCII":             "bücher.example",
		"a wildcard":            "*.example.com",
		"a blank":               "example .com",
		"a dot at the end":      "localhost.",
		"a dot in front":        ".localhost",
		"a number for an end":   "example.1",
		"an odd character":      "exa$mple.com",
		"more than 253 letters": strings.Repeat("abcdefg.", 40) + "com",
	} {
		err := origin.ValidRPID(id)
		if why, ok := errors.AsType[*origin.Error](err); !ok || why.Meaning == "" || why.Fix == "" {
			t.Errorf("%s: ValidRPID(%q) = %#v, want a meaning and a fix", name, id, err)
		}
	}
}

func TestTheFixOfARelyingPartyIDNamesTheHostThatWasMeant(t *testing.T) {
	for id, want := range map[string]string{
		"https://localhost:8443/login": "Write localhost.",
		"localhost:8443":               "Write localhost.",
		"App.Example.com":              "Write app.example.com.",
		"https://127.0.0.1:8443":       "Write the host alone, such as localhost.",
		"intranet":                     "Use localhost, or a name under it: intranet.localhost.",
	} {
		why, ok := errors.AsType[*origin.Error](origin.ValidRPID(id))
		if !ok || why.Fix != want {
			t.Errorf("ValidRPID(%q) proposes %+v, want %q", id, why, want)
		}
	}
}

func TestAPageSuitsARelyingPartyAsBrowsersDecide(t *testing.T) {
	for _, c := range []struct {
		name, rpID, origin string
		want               bool
	}{
		{"the host itself", "localhost", "https://localhost:8443", true},
		{"http at localhost", "localhost", "http://localhost:3000", true},
		{"http under localhost", "app.localhost", "http://app.localhost:3000", true},
		{"a subdomain", "example.com", "https://app.example.com", true},
		{"a name under localhost of its own", "sting.localhost", "https://sting.localhost:8443", true},
		{"localhost is a public suffix", "localhost", "https://app.localhost:8443", false},
		{"the guide's own", "yourdomain.com", "https://localhost:8443", false},
		{"a parent", "app.example.com", "https://example.com", false},
		{"a look-alike", "example.com", "https://evilexample.com", false},
		{"http elsewhere", "example.com", "http://example.com", false},
		{"an address", "localhost", "https://127.0.0.1:8443", false},
		{"an IPv6 address", "localhost", "https://[::1]:8443", false},
		{"not an origin", "localhost", "https://localhost:8443/", false},
	} {
		if err := origin.Suits(c.rpID, c.origin); (err == nil) != c.want {
			t.Errorf("%s: Suits(%q, %q) = %v", c.name, c.rpID, c.origin, err)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"https://localhost:8443", "HTTP://[::1]:80", "https://a@b", "https://bücher.example", "https://0x7f.1",
		"https://*.a.b:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := origin.Canonical(raw)
		if err != nil {
			if _, ok := errors.AsType[*origin.Error](err); !ok {
				t.Fatalf("Canonical(%q): %v is no *Error", raw, err)
			}
			return
		}
		if !origin.IsCanonical(got) {
			t.Errorf("Canonical(%q) = %q, which is not canonical", raw, got)
		}
		if strings.ContainsAny(got[len("http"):], "@\\?# \t\r\n%") || strings.Count(got, "/") != 2 || strings.ToLower(got) != got {
			t.Errorf("Canonical(%q) = %q, which is more than an origin", raw, got)
		}
		if err := origin.ValidRPID(raw); err == nil {
			t.Errorf("%q is an origin and a relying party ID", raw)
		}
	})
}
