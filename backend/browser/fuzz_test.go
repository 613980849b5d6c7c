package browser_test

import (
	"strings"
	"testing"

	"sting/backend/browser"
)

// Whatever is asked for, what comes through begins with one of our origins and
// is one plain word.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"https://localhost:8443/", "https://localhost:8443@evil/", "https://localhost:8443#@evil",
		"https://LOCALHOST:8443/%2f", "javascript:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := browser.Check(raw, []string{"https://localhost:8443"})
		if err != nil {
			return
		}
		rest, ours := strings.CutPrefix(strings.ToLower(got), "https://localhost:8443")
		if !ours || rest != "" && !strings.ContainsRune("/?#", rune(rest[0])) || strings.ContainsAny(got, " \t\r\n\\\"<>`") {
			t.Fatalf("%q came through as %q", raw, got)
		}
	})
}
