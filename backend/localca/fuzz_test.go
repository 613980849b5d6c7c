package localca

import (
	"strings"
	"testing"
	"time"
)

// Whatever stands in the configuration, the authority that comes of it covers
// each host of its own leaf, and no public suffix.
func FuzzHosts(f *testing.F) {
	for _, s := range []string{"sting.localhost", "*.lab.test", "com", "[::1]", "10.0.0.1", "xn--", "a..b", "Ü.test", "*.*", "co.uk."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		n, refused := parseHosts([]string{host})
		if extra := len(n.list()) - 3; extra+len(refused) > 1 || extra < 0 {
			t.Fatalf("%q became %v, refused %v", host, n.list(), refused)
		}
		for _, name := range n.dns {
			if strings.ToLower(name) != name || strings.ContainsAny(name, " /:@") {
				t.Fatalf("%q became the name %q", host, name)
			}
		}
		ca, err := newAuthority(n, time.Unix(1.8e9, 0))
		if err != nil {
			t.Fatalf("an authority for %q: %v", host, err)
		}
		if _, out := n.covered(ca.cert); len(out) > 0 {
			t.Fatalf("an authority made for %q does not cover %v", host, out)
		}
		if len(ca.cert.PermittedDNSDomains) == 0 || len(ca.cert.PermittedIPRanges) == 0 {
			t.Fatalf("an authority for %q has no constraints", host)
		}
	})
}

// A damaged key file is an error, never a panic, and what is read back is a
// pair that belongs together.
func FuzzPair(f *testing.F) {
	ca, err := newAuthority(always(), time.Unix(1.8e9, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ca.pem())
	f.Add(ca.pem()[:200])
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := parsePair(raw)
		if err == nil && !p.key.PublicKey.Equal(p.cert.PublicKey) {
			t.Fatal("a pair that does not belong together was read")
		}
	})
}

// Names in certutil's table that aren't ours are never acted upon.
func FuzzNicknames(f *testing.F) {
	f.Add([]byte("\nCertificate Nickname      Trust Attributes\n\nSTING Companion local CA 12345678      C,,  \nOther    CT,C,c\n"))
	f.Fuzz(func(t *testing.T, table []byte) {
		for name, flags := range nicknames(table) {
			if !strings.HasPrefix(name, nicknamePrefix) || strings.Count(flags, ",") != 2 {
				t.Fatalf("read %q with %q", name, flags)
			}
		}
	})
}
