package doctor_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/doctor"
	"sting/backend/events"
	"sting/backend/localca"
	"sting/backend/mailservice"
	"sting/backend/passkey"
	"sting/backend/relyingparty"
	"sting/backend/store/storetest"
	"sting/backend/tape"
	"sting/backend/visitors"
)

// The ports of a configuration: drawn, or with one of the site that nobody opens.
const (
	drawn = "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"
	fixed = "ports: {site: 47443, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"
)

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// room is a home folder with a doctor of its own, and a lab of which nothing runs but
// what is looked at.
type room struct {
	doctor.Needs
	t *testing.T
}

// offline is a room without a lab.
func offline(t *testing.T, yml string) *room {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	done(t, os.Mkdir(home, 0o700))
	done(t, os.WriteFile(filepath.Join(home, "sting.yml"), []byte(yml), 0o600))
	return &room{t: t, Needs: doctor.Needs{
		Home: home, Machine: time.Now, Patience: time.Minute,
		Settings: func() (config.Config, config.Report, error) { return config.Load(home, config.Overrides{}) },
		Authority: func(config.Config) (*localca.Authority, string) {
			return nil, "no certificate was made yet"
		},
		Lookup: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		},
	}}
}

// online is a room with a store, a tape and browsers that came.
func online(t *testing.T) *room {
	t.Helper()
	r := offline(t, drawn)
	cfg, _, err := r.Settings()
	done(t, err)
	st, log, moved := storetest.New(t), slog.New(slog.DiscardHandler), clock.New(nil)
	r.Lab = &doctor.Lab{
		Store: st, Clock: moved, Bus: &events.Bus{}, Log: log, Tape: &tape.Tape{Store: st, Bounds: func() tape.Bounds {
			return tape.Bounds{Count: 100, Bytes: 1 << 20}
		}, Bus: &events.Bus{}, Log: log},
		Mails: mailservice.New(mailservice.Needs{
			Store: st, Bus: &events.Bus{}, Config: func() config.Config { return cfg }, Home: r.Home, Pages: fstest.MapFS{},
			Now: moved.Now, Machine: moved.Machine, Log: log, Warn: func(...string) {},
		}),
		Visitors: &visitors.Visitors{Now: moved.Now, Machine: moved.Machine, Log: log}, Silence: &doctor.Silence{},
		Parties:   func() relyingparty.Registry { return relyingparty.Registry{passkey.RelyingParty{ID: "localhost"}} },
		Traits:    func(email string) (map[string]any, error) { return map[string]any{"email": email}, nil },
		Addresses: func() []net.Addr { return nil },
	}
	return r
}

// look runs one check.
func (r *room) look(id string) api.Finding {
	r.t.Helper()
	report, err := doctor.New(r.Needs).Examine(r.t.Context(), id, nil)
	done(r.t, err)
	i := slices.IndexFunc(report.Findings, func(f api.Finding) bool { return f.ID == id })
	return report.Findings[i]
}

// sees fails unless a check comes out so, with everything that a person needs.
func (r *room) sees(id, verdict, cause string) api.Finding {
	r.t.Helper()
	f := r.look(id)
	if f.Verdict != verdict || !strings.Contains(f.Cause, cause) || len(f.Evidence) == 0 || verdict != "ok" && f.Fix == "" {
		r.t.Errorf("%s is %s: %q, want %s: %q; saw %q, fix %q", id, f.Verdict, f.Cause, verdict, cause, f.Evidence, f.Fix)
	}
	return f
}

// modes returns the rights of a file.
func modes(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	done(t, err)
	return info.Mode().Perm()
}
