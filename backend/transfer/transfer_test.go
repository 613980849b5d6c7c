package transfer_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/archive"
	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/store"
	"sting/backend/store/storetest"
	"sting/backend/transfer"
)

// data is that of a store, which alone stands still while something is replaced.
func data(t *testing.T, s *store.Store) *transfer.Data {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "snapshots")
	return &transfer.Data{
		Store:   s,
		Folder:  func() string { return folder },
		Version: "test",
		Now:     time.Now,
		While: func(_ context.Context, _ string, change func() error) error {
			if err := s.Close(); err != nil {
				return err
			}
			return errors.Join(change(), s.Reopen())
		},
		Renew: func() error { return nil },
		Bus:   &events.Bus{},
		Log:   slog.New(slog.DiscardHandler),
	}
}

func born(t *testing.T, s *store.Store, email string) {
	t.Helper()
	i := identity.New(time.Now(), "default", json.RawMessage(`{"email":"`+email+`"}`), email)
	if err := s.CreateIdentity(t.Context(), i); err != nil {
		t.Fatal(err)
	}
}

func people(t *testing.T, s *store.Store) string {
	t.Helper()
	list, err := s.Identities(t.Context(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, i := range list {
		all = append(all, i.Email())
	}
	return strings.Join(all, " ")
}

func TestARestoreBringsBackWhoWasThereAndCanBeUndone(t *testing.T) {
	s := storetest.New(t)
	d := data(t, s)
	born(t, s, "ann@example.org")
	if _, err := d.SaveSnapshot(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	born(t, s, "bob@example.org")
	done, err := d.RestoreSnapshot(t.Context(), "one")
	if err != nil || people(t, s) != "ann@example.org" {
		t.Fatalf("%v: %s", err, people(t, s))
	}
	if _, err := d.RestoreSnapshot(t.Context(), done.Undo); err != nil || !strings.Contains(people(t, s), "bob@") {
		t.Errorf("undone: %v: %s", err, people(t, s))
	}
	if _, err := d.RestoreSnapshot(t.Context(), "nosuch"); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("one that isn't there: %v", err)
	}
}

func TestAResetLeavesNobodyAndASnapshot(t *testing.T) {
	s := storetest.New(t)
	d := data(t, s)
	renewed := 0
	d.Renew = func() error { renewed++; return nil }
	born(t, s, "ann@example.org")
	done, err := d.Reset(t.Context(), api.ResetRequest{CA: true})
	if err != nil || people(t, s) != "" || renewed != 1 || !strings.Contains(done.Message, "sting trust") {
		t.Fatalf("%v, %q is left, %d authorities, %+v", err, people(t, s), renewed, done)
	}
	if _, err := d.RestoreSnapshot(t.Context(), done.Undo); err != nil || people(t, s) != "ann@example.org" {
		t.Errorf("undone: %v: %s", err, people(t, s))
	}
}

func TestWhatIsExportedComesInElsewhereOnceAndWholly(t *testing.T) {
	from := storetest.New(t)
	born(t, from, "ann@example.org")
	born(t, from, "bob@example.org")
	raw, err := data(t, from).Export(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	to := storetest.New(t)
	d := data(t, to)
	if got, err := d.Import(t.Context(), raw); err != nil || got.Identities != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := d.Import(t.Context(), raw); err != nil || got.Identities != 0 || len(got.Skipped) != 2 {
		t.Errorf("again: %+v, %v", got, err)
	}
	empty := storetest.New(t)
	broken := []byte(strings.Replace(string(raw), `"bob@example.org"`, `"\u0000"`, 1))
	if got, err := data(t, empty).Import(t.Context(), broken); err == nil || people(t, empty) != "" {
		t.Errorf("with one person that can't be: %+v, %v; %q came in", got, err, people(t, empty))
	}
	if _, err := d.Import(t.Context(), []byte(`{"format":"other/1"}`)); !errors.Is(err, transfer.ErrImport) {
		t.Errorf("another format: %v", err)
	}
}
