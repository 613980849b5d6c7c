package localca_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/localca"
)

func TestAStoreThatFailsIsNamedAndTheOthersStillGetTheAuthority(t *testing.T) {
	p := newPerson(t)
	p.database(".pki/nssdb")
	locked, damaged := p.path(".mozilla/firefox/locked"), p.path(".mozilla/firefox/damaged")
	if err := errors.Join(os.MkdirAll(locked, 0o700), os.MkdirAll(damaged, 0o700)); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "password")
	writeFile(t, secret, []byte("primary password\n"))
	p.certutil("-N", "-d", "sql:"+locked, "-f", secret)
	writeFile(t, filepath.Join(damaged, "cert9.db"), []byte("no database"))

	r, err := p.ca.Trust(t.Context(), browsers)
	if !errors.Is(err, localca.ErrIncomplete) || !strings.Contains(err.Error(), "1 of 3") {
		t.Errorf("Trust: %v, want TRUST_INCOMPLETE, 1 of 3", err)
	}
	got := make(map[string]localca.StoreReport)
	for _, s := range r.Stores {
		got[filepath.Base(s.Path)] = s
	}
	if s := got["nssdb"]; s.After != localca.Trusted || s.Problem != nil {
		t.Errorf("the good store: %+v", s)
	}
	if s := got["locked"]; !errors.Is(s.Problem, localca.ErrStoreLocked) || s.After != localca.Absent {
		t.Errorf("the locked store: %+v", s)
	}
	if left := p.listed(".mozilla/firefox/locked"); len(left) > 0 {
		t.Errorf("the locked store was left with %q", left)
	}
	if s := got["damaged"]; !errors.Is(s.Problem, localca.ErrStore) || s.After != localca.Unknown || s.Problem.Hint == "" {
		t.Errorf("the damaged store: %+v", s)
	}
}

func TestWithoutCertutilThePackageIsNamed(t *testing.T) {
	p := newPerson(t)
	bin := t.TempDir()
	writeFile(t, filepath.Join(bin, "apt-get"), []byte("#!/bin/sh\n"))
	if err := os.Chmod(filepath.Join(bin, "apt-get"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	r, err := p.ca.Trust(t.Context(), browsers)
	if !errors.Is(err, localca.ErrIncomplete) || len(r.Stores) != 1 || !errors.Is(r.Stores[0].Problem, localca.ErrCertutil) {
		t.Fatalf("Trust: %v, %+v, want CERTUTIL_MISSING", err, r.Stores)
	}
	if got := r.Stores[0].Problem.Hint; !strings.Contains(got, "apt-get install libnss3-tools") {
		t.Errorf("hint %q names no package", got)
	}
	if got := r.Stores[0]; got.Before != localca.Unknown || got.After != localca.Unknown {
		t.Errorf("states %s, %s, want unknown", got.Before, got.After)
	}
}

func TestTrustMakesANewAuthorityForADamagedOrEndingOne(t *testing.T) {
	t.Run("damaged", func(t *testing.T) {
		p := newPerson(t)
		p.trust(browsers)
		writeFile(t, filepath.Join(p.o.Dir, "ca-key.pem"), []byte("damaged"))
		if err := p.ca.Open(); !errors.Is(err, localca.ErrDamaged) {
			t.Fatal(err)
		}
		r := p.trust(browsers)
		if r.Renewed == "" || r.Stores[0].Before != localca.Older || r.Stores[0].After != localca.Trusted {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("ending", func(t *testing.T) {
		p := newPerson(t)
		p.m.move(340 * 24 * time.Hour)
		if r := p.trust(browsers); r.Renewed == "" || p.ca.Status().CA.DaysLeft < 360 {
			t.Errorf("renewed %q, %d days left", r.Renewed, p.ca.Status().CA.DaysLeft)
		}
	})
}

func TestADamagedLedgerStopsTrustBeforeItChangesAnything(t *testing.T) {
	p := newPerson(t)
	writeFile(t, filepath.Join(p.o.Dir, "ledger.json"), []byte("{"))
	if _, err := p.ca.Trust(t.Context(), browsers); !errors.Is(err, localca.ErrLedger) {
		t.Errorf("Trust: %v, want CA_LEDGER_DAMAGED", err)
	}
	if _, err := p.ca.Untrust(t.Context(), browsers); !errors.Is(err, localca.ErrLedger) {
		t.Errorf("Untrust: %v, want CA_LEDGER_DAMAGED", err)
	}
}
