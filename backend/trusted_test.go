package backend_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"sting/backend"
	"sting/backend/api"
	"sting/backend/labtest"
)

// advisers are the doors of a lab that say what sting.yml wants, by name.
func advisers(lab *labtest.Lab) map[string]interface {
	Config(context.Context) (api.ConfigReport, error)
} {
	off := backend.Offline{Home: lab.Home}
	return map[string]interface {
		Config(context.Context) (api.ConfigReport, error)
	}{
		"the lab": lab.Door, "another process": backend.Here(lab.Door, off, slog.New(slog.DiscardHandler)), "no lab": off,
	}
}

// trustAdvised fails unless everybody who looks at sting.yml advises `sting trust`,
// or nobody does.
func trustAdvised(t *testing.T, lab *labtest.Lab, want bool) {
	t.Helper()
	for name, door := range advisers(lab) {
		r, err := door.Config(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(r.Problems, func(p api.ConfigProblem) bool { return strings.Contains(p.Fix, "sting trust") })
		if got != want {
			t.Errorf("%s: the report on sting.yml advises to trust: %t, want %t: %+v", name, got, want, r.Problems)
		}
		asked, has := door.(interface {
			Status(context.Context) (api.Status, error)
		})
		if !has {
			continue
		}
		s, err := asked.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(s.Warnings, "\n"), "sting trust"); got != want {
			t.Errorf("%s: the status advises to trust: %t, want %t: %q", name, got, want, s.Warnings)
		}
	}
}

func TestNobodyIsToldToTrustWhatIsTrusted(t *testing.T) {
	lab := labtest.Start(t, "")
	lab.Stop()
	settings, err := os.ReadFile(filepath.Join(lab.Home, "sting.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lab.Home, "sting.yml"), append(settings, "tls: {hosts: [app.test]}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	lab.Restart()
	trustAdvised(t, lab, true)
	door, _ := hereOf(t, lab)
	if _, err := door.Trust(t.Context(), api.TrustRequest{Browsers: true}); err != nil {
		t.Fatal(err)
	}
	trustAdvised(t, lab, false)
}

func TestModesThatWereMendedAreSaidByTheStartThatMendedThem(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	lab := labtest.Start(t, "")
	said := func() (mended, warnings string) {
		s, err := lab.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(s.Mended, "\n"), strings.Join(s.Warnings, "\n")
	}
	lab.Stop()
	if err := os.Chmod(filepath.Join(lab.Home, "sting.yml"), 0o644); err != nil {
		t.Fatal(err)
	}
	lab.Restart()
	if mended, warnings := said(); !strings.Contains(mended, "sting.yml was open to others") || strings.Contains(warnings, "open to others") {
		t.Errorf("mended %q, warnings %q, want it among what was mended alone", mended, warnings)
	}
	lab.Restart()
	if mended, warnings := said(); mended != "" || strings.Contains(warnings, "open to others") {
		t.Errorf("the next start says %q, %q", mended, warnings)
	}
}
