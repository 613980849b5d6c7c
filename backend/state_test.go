package backend_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

func TestASnapshotBringsEverythingBackWhileTheLabRuns(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	ann, bob := lab.Browser(), lab.Browser()
	ann.Register("ann@example.org")
	ann.AddPasskey()
	ann.SignIn()
	before := lab.Dump(t)
	if _, err := lab.SaveSnapshot(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	bob.Register("bob@example.org")
	changed, err := lab.RestoreSnapshot(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	if lab.Dump(t) != before {
		t.Error("the data is not what it was")
	}
	if a := ann.Do("GET", "/api/auth/me", nil); a.Status != 200 {
		t.Errorf("the session of the snapshot: %d", a.Status)
	}
	if a := bob.Do("GET", "/api/auth/me", nil); a.Status != 401 {
		t.Errorf("a session from after it: %d", a.Status)
	}
	if _, err := lab.RestoreSnapshot(t.Context(), changed.Undo); err != nil {
		t.Fatal(err)
	}
	if a := bob.Do("GET", "/api/auth/me", nil); a.Status != 200 {
		t.Errorf("after the undo: %d", a.Status)
	}
	ann.SignIn()
}

func TestAResetCanBeUndone(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	ca, err := os.ReadFile(filepath.Join(lab.Home, "ca", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	changed, err := lab.Reset(t.Context(), api.ResetRequest{})
	if err != nil {
		t.Fatal(err)
	}
	status, err := lab.Status(t.Context())
	if err != nil || status.Users+status.Passkeys+status.Sessions != 0 {
		t.Errorf("after a reset: %d users, %d passkeys, %d sessions, %v", status.Users, status.Passkeys, status.Sessions, err)
	}
	if a := b.Do("GET", "/api/auth/me", nil); a.Status != 401 {
		t.Errorf("a session from before the reset: %d", a.Status)
	}
	if now, err := os.ReadFile(filepath.Join(lab.Home, "ca", "ca.pem")); err != nil || string(now) != string(ca) {
		t.Errorf("the authority is another one, %v", err)
	}
	if _, err := lab.RestoreSnapshot(t.Context(), changed.Undo); err != nil {
		t.Fatal(err)
	}
	b.SignIn()
}

func TestADamagedSnapshotChangesNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	if _, err := lab.SaveSnapshot(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(lab.Home, "snapshots", "one.db"), 4096); err != nil {
		t.Fatal(err)
	}
	before := lab.Dump(t)
	if _, err := lab.RestoreSnapshot(t.Context(), "one"); err == nil || !strings.Contains(err.Error(), "SNAPSHOT_DAMAGED") {
		t.Errorf("RestoreSnapshot: %v", err)
	}
	if lab.Dump(t) != before {
		t.Error("the data is another one")
	}
	if a := b.Do("GET", "/api/auth/me", nil); a.Status != 200 {
		t.Errorf("the session afterwards: %d", a.Status)
	}
}

func TestWhatIsExportedIsImportedElsewhere(t *testing.T) {
	t.Parallel()
	one, two := labtest.Start(t, ""), labtest.Start(t, "")
	b := one.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	raw, err := one.Export(t.Context(), "sting")
	if err != nil {
		t.Fatal(err)
	}
	got, err := two.Import(t.Context(), raw)
	if err != nil || got.Identities != 1 || got.Credentials != 1 || got.Sessions == 0 {
		t.Fatalf("Import: %+v, %v", got, err)
	}
	elsewhere := two.Browser()
	elsewhere.Key = b.Key
	elsewhere.SignIn()
	elsewhere.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	if again, err := two.Import(t.Context(), raw); err != nil || again.Identities+again.Credentials != 0 || len(again.Skipped) == 0 {
		t.Errorf("a second import: %+v, %v", again, err)
	}
	for _, bad := range []string{`{}`, `{"format":"sting-export/2"}`, `{"format":"sting-export/1","identities":[7]}`} {
		if _, err := two.Import(t.Context(), json.RawMessage(bad)); err == nil || !strings.Contains(err.Error(), "IMPORT_UNREADABLE") {
			t.Errorf("Import(%s): %v", bad, err)
		}
	}
}
