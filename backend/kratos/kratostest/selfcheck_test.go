package kratostest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"sting/backend/kratos/managed"
)

func realDocument(t *testing.T, text string) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(fmt.Appendf(nil, text, 4433, 4434, "/s.json", 1025, "memory"), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheSuitesConfigurationKeepsKratosLimits(t *testing.T) {
	if list := managed.Examine(realDocument(t, realConfig)); len(list) > 0 {
		t.Errorf("Kratos refuses: %v", list)
	}
	for name, c := range map[string]struct{ from, to, key string }{
		"a cipher secret too long":  {"cipher: [32-letters", "cipher: [x32-letters", "secrets.cipher.0"},
		"a cipher secret too short": {"cipher: [32-letters", "cipher: [letters", "secrets.cipher.0"},
		"a cookie secret too short": {"a-secret-for-this-test-alone", "short", "secrets.cookie.0"},
		"a fraction of an hour":     {"session: {lifespan: 24h}", "session: {lifespan: 1.5h}", "session.lifespan"},
		"a password too short": {"min_password_length: 8", "min_password_length: 4",
			"selfservice.methods.password.config.min_password_length"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(realConfig, c.from) {
				t.Fatalf("the configuration has no %q", c.from)
			}
			list := managed.Examine(realDocument(t, strings.Replace(realConfig, c.from, c.to, 1)))
			if !slices.ContainsFunc(list, func(r managed.Refusal) bool { return r.Key == c.key }) {
				t.Errorf("not refused: %v", list)
			}
		})
	}
}

// standIn writes a program in the place of Kratos.
func standIn(t *testing.T, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kratos")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

const refusal = `The configuration contains values or keys which are invalid:
secrets.cipher.0: 32-bytes-for-this-test-and-no-one
                  ^-- length must be <= 32, but got 33
`

// A binary that refuses the configuration is told from one that is slow: with its
// output, the key and the fix, at once.
func TestARefusedConfigurationIsNamedAtOnce(t *testing.T) {
	says := "cat >&2 <<'END'\n" + refusal + "END\nexit 1\n"
	for name, script := range map[string]string{
		"at the migration": says,
		"at the start":     `test "$1" = migrate && exit 0` + "\n" + says,
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, err := launch(t.Context(), standIn(t, script), "kratos.yml", os.Environ(), "http://127.0.0.1:1/")
			if err == nil || time.Since(began) > patience {
				t.Fatalf("launch: %v after %v", err, time.Since(began))
			}
			for _, want := range []string{"secrets.cipher.0: length must be <= 32, but got 33", "Mend that key of realConfig",
				"32-bytes-for-this-test"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("it doesn't say %q: %v", want, err)
				}
			}
		})
	}
	_, err := launch(t.Context(), standIn(t, "echo out of memory; exit 3\n"), "kratos.yml", os.Environ(), "http://127.0.0.1:1/")
	if err == nil || !strings.Contains(err.Error(), "out of memory") {
		t.Errorf("any other end: %v", err)
	}
}
