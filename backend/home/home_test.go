package home_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sting/backend/home"
)

func TestOneProcessHoldsAHomeFolder(t *testing.T) {
	dir := t.TempDir()
	if !home.Unheld(dir) {
		t.Fatal("a new folder is held")
	}
	lock, err := home.Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Announce(home.Announcement{PID: 4711, Build: "v1", Door: "/x"}); err != nil {
		t.Fatal(err)
	}
	_, err = home.Take(dir)
	if !errors.Is(err, home.ErrAlreadyRunning) || err.Error() == home.ErrAlreadyRunning.Error() {
		t.Errorf("a second one: %v, which names no process", err)
	}
	if home.Unheld(dir) {
		t.Error("a folder that is held counts as free")
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if !home.Unheld(dir) {
		t.Error("a folder that was given back is held")
	}
	if b, err := os.ReadFile(filepath.Join(dir, "sting.lock")); err != nil || len(b) > 0 {
		t.Errorf("the announcement stays: %q, %v", b, err)
	}
}

func TestALockThatIsNoFileIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sting.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := home.Take(dir); !errors.Is(err, home.ErrUnusable) {
		t.Errorf("got %v", err)
	}
}

func TestTheLogOfALabThatEndedIsReadByService(t *testing.T) {
	dir := t.TempDir()
	if lines, err := home.Lines(dir, "", 10); err != nil || len(lines) > 0 {
		t.Fatalf("without a log: %v, %v", lines, err)
	}
	var f home.LogFile
	if _, err := f.Write([]byte("before it is open\n")); err != nil {
		t.Fatal(err)
	}
	if err := f.Open(dir); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`time=2026-01-02T03:04:05.000Z level=WARN msg="a port is taken" service=site port=1`,
		`time=2026-01-02T03:04:06.000Z level=INFO msg=ready`,
		"goroutine 1 [running]:",
	} {
		if _, err := f.Write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	all, err := home.Lines(dir, "", 10)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v, %v", all, err)
	}
	first := all[0]
	if first.Service != "site" || first.Level.String() != "WARN" || first.At.Second() != 5 || first.Text != `msg="a port is taken" port=1` {
		t.Errorf("a line is read as %+v", first)
	}
	if !all[2].At.IsZero() || all[2].Text != "goroutine 1 [running]:" {
		t.Errorf("what is no line of slog is read as %+v", all[2])
	}
	if of, err := home.Lines(dir, "site", 10); err != nil || len(of) != 1 {
		t.Errorf("of the site: %v, %v", of, err)
	}
	if last, err := home.Lines(dir, "", 1); err != nil || len(last) != 1 || last[0] != all[2] {
		t.Errorf("the last one: %v, %v", last, err)
	}
}

func TestTheDoorOfALabThatDiedIsOpenedAnew(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		ln, err := home.OpenDoor(dir)
		if err != nil {
			t.Fatal(err)
		}
		if fi, err := os.Stat(ln.Addr().String()); err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", fi.Mode(), err)
		}
		// A process that is killed leaves its socket: a link to it stays when the listener closes.
		if err := os.Link(ln.Addr().String(), filepath.Join(dir, "left")); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(ln.Close(), os.Rename(filepath.Join(dir, "left"), ln.Addr().String())); err != nil {
			t.Fatal(err)
		}
	}
}
