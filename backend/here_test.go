package backend_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sting/backend"
	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/labtest"
	"sting/backend/localca"
)

// hereOf returns the door of a lab as another process of another person has it.
func hereOf(t *testing.T, lab *labtest.Lab) (door interface {
	Trust(context.Context, api.TrustRequest) (api.TrustReport, error)
}, home string) {
	t.Helper()
	if _, err := exec.LookPath("certutil"); err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no certutil")
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	return backend.Here(lab.Door, backend.Offline{Home: lab.Home}, slog.New(slog.DiscardHandler)), home
}

func TestAnAuthorityThatTheLabNoLongerHasIsNotTrusted(t *testing.T) {
	lab := labtest.Start(t, "")
	door, home := hereOf(t, lab)
	if err := os.RemoveAll(filepath.Join(lab.Home, "ca")); err != nil {
		t.Fatal(err)
	}
	_, err := door.Trust(t.Context(), api.TrustRequest{Browsers: true})
	if !errors.Is(err, localca.ErrDamaged) || !strings.Contains(err.Error(), "serves another authority") {
		t.Errorf("Trust: %v", err)
	}
	if _, err := os.Stat(filepath.Join(home, ".local")); err == nil {
		t.Error("a store was changed")
	}
	if err := lab.RestartService(t.Context(), "certificate"); err != nil {
		t.Fatal(err)
	}
	if _, err := door.Trust(t.Context(), api.TrustRequest{Browsers: true}); err != nil {
		t.Errorf("after the restart that was advised: %v", err)
	}
}

func TestTheLabMakesTheAuthorityThatIsTrustedElsewhere(t *testing.T) {
	lab := labtest.Start(t, "")
	door, _ := hereOf(t, lab)
	before, err := lab.Certificate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(lab.Home, "sting.yml") // a host that the authority may not vouch for
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(old, "tls: {hosts: [lab.test]}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := config.Load(lab.Home, config.Overrides{}); err != nil {
		t.Fatal(err)
	}
	report, err := door.Trust(t.Context(), api.TrustRequest{Browsers: true})
	if err != nil {
		t.Fatal(err)
	}
	after, err := lab.Certificate(t.Context())
	if err != nil || report.Certificate.CAFingerprint != after.CAFingerprint {
		t.Errorf("trusted is %s, served is %s (before: %s), %v", report.Certificate.CAFingerprint, after.CAFingerprint, before.CAFingerprint, err)
	}
}
