package backend_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
)

// broken starts a lab whose only passkey, of ann, is damaged in the file.
func broken(t *testing.T) *labtest.Lab {
	t.Helper()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	page, err := lab.Passkeys(t.Context(), api.Query{})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("the passkeys are %+v, %v", page.Items, err)
	}
	lab.Stop()
	path := filepath.Join(lab.Home, "sting.db")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	row := []byte("\x01x$" + page.Items[0].ID) // its first member, a text of 36 bytes
	n := bytes.Count(raw, row)
	raw = bytes.ReplaceAll(raw, row, []byte("\x01x$"+strings.Repeat("x", 36))) // older copies stand in free pages
	if n == 0 {
		t.Fatal("there is no passkey to damage")
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	lab.Restart()
	return lab
}

// THREATS F36: where a person looks, what is damaged is named.
func TestADamagedPasskeyIsNamedWhereverAPersonLooks(t *testing.T) {
	t.Parallel()
	lab := broken(t)
	named := func(where string, list []api.Damaged) {
		t.Helper()
		if len(list) != 1 || list[0].What != "passkey" || list[0].Of != "ann@example.org" || list[0].Fix == "" {
			t.Errorf("%s names %+v", where, list)
		}
	}
	status, err := lab.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	named("the status", status.Damaged)
	if said := strings.Join(status.Warnings, " "); !strings.Contains(said, "passkey of ann@example.org") {
		t.Errorf("the status warns of %q", said)
	}
	page, err := lab.Passkeys(t.Context(), api.Query{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("the list has %v: %v", page.Items, err)
	}
	named("the list", page.Damaged)
	people, err := lab.Users(t.Context(), api.Query{})
	if err != nil || len(people.Items) != 1 || len(people.Damaged) != 0 {
		t.Errorf("the list of people: %+v, %v", people, err)
	}
	raw, err := lab.Export(t.Context(), "sting")
	var out api.Export
	if err != nil || json.Unmarshal(raw, &out) != nil {
		t.Fatal(err)
	}
	named("the export", out.Damaged)
	snapshot, err := lab.SaveSnapshot(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	named("the snapshot", snapshot.Damaged)
	a := lab.Browser().Do("POST", "/api/webauthn/authentication/begin", `{"username":"ann@example.org"}`)
	if a.Status != 503 || a.Code() != "PASSKEY_DAMAGED" {
		t.Errorf("the person is told %d %s", a.Status, a.Code())
	}
}

func TestTheDoctorNamesWhatIsDamagedAndRemovesItBehindASnapshot(t *testing.T) {
	t.Parallel()
	lab := broken(t)
	report, err := lab.Examine(t.Context(), "SV-12", nil)
	if err != nil {
		t.Fatal(err)
	}
	f := report.Findings[len(report.Findings)-1]
	if f.ID != "SV-12" || f.Verdict != "failed" || !f.Fixable || !strings.Contains(f.Cause, "passkey of ann@example.org") {
		t.Fatalf("the doctor finds %+v", f)
	}
	if report, err = lab.Repair(t.Context(), "SV-12"); err != nil || !report.Well || len(report.Changed) != 1 {
		t.Fatalf("the repair: %+v, %v", report, err)
	}
	snapshots, err := lab.Snapshots(t.Context())
	if err != nil || len(snapshots) != 1 || !strings.Contains(report.Changed[0], snapshots[0].Name) {
		t.Errorf("kept are %+v, %v; it says %q", snapshots, err, report.Changed)
	}
	a := lab.Browser().Do("POST", "/api/webauthn/authentication/begin", `{"username":"ann@example.org"}`)
	if a.Code() != "NO_PASSKEYS" {
		t.Errorf("after it the person is told %s", a.Code())
	}
	if status, err := lab.Status(t.Context()); err != nil || len(status.Damaged) != 0 {
		t.Errorf("after it the status names %v, %v", status.Damaged, err)
	}
}
