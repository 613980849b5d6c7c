package archive_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/archive"
)

func snapshots(t *testing.T) archive.Store {
	t.Helper()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return archive.Store{Dir: filepath.Join(t.TempDir(), "snapshots"), Version: "test", Now: func() time.Time {
		now = now.Add(time.Second)
		return now
	}}
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func sound(string) error { return nil }

func TestASnapshotComesBackAsItWasTaken(t *testing.T) {
	s := snapshots(t)
	if _, err := s.Save("one", "", text("first"), sound); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save("two", "before a reset", text("second"), sound); err != nil {
		t.Fatal(err)
	}
	list, err := s.List()
	if err != nil || len(list) != 2 || list[0].Name != "two" || list[1].Bytes != 5 {
		t.Fatalf("List: %+v, %v", list, err)
	}
	to := filepath.Join(t.TempDir(), "sting.db")
	if _, err := s.CopyTo(to, "one", sound); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != "first" {
		t.Errorf("restored %q, %v", got, err)
	}
}

func TestWhatIsNotWholeIsNotThere(t *testing.T) {
	s := snapshots(t)
	for what, save := range map[string]func() error{
		"a disk that is full": func() error {
			_, err := s.Save("x", "", func(io.Writer) error { return errors.New("no space left") }, sound)
			return err
		},
		"a copy that is not sound": func() error {
			_, err := s.Save("x", "", text("x"), func(string) error { return errors.New("damaged") })
			return err
		},
		"a name that leads elsewhere": func() error { _, err := s.Save("../x", "", text("x"), sound); return err },
		"an empty name":               func() error { _, err := s.Save("", "", text("x"), sound); return err },
		"a name that is too long":     func() error { _, err := s.Save(strings.Repeat("x", 65), "", text("x"), sound); return err },
	} {
		if save() == nil {
			t.Errorf("%s is saved", what)
		}
		if list, err := s.List(); err != nil || len(list) != 0 {
			t.Errorf("%s: %+v, %v", what, list, err)
		}
	}
}

func TestADamagedSnapshotIsRefusedAndNothingChanges(t *testing.T) {
	s := snapshots(t)
	if _, err := s.Save("one", "", text("first"), sound); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "sting.db")
	if err := os.WriteFile(to, []byte("now"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CopyTo(to, "one", func(string) error { return errors.New("a foreign file") }); !errors.Is(err, archive.ErrDamaged) {
		t.Errorf("a file that doesn't open: %v", err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, "one.db"), []byte("fi"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CopyTo(to, "one", sound); !errors.Is(err, archive.ErrDamaged) {
		t.Errorf("a cut file: %v", err)
	}
	if _, err := s.CopyTo(to, "nothing", sound); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a name that is not there: %v", err)
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != "now" {
		t.Errorf("the data is %q now, %v", got, err)
	}
}

func TestNothingIsWrittenOver(t *testing.T) {
	s := snapshots(t)
	if _, err := s.Save("one", "", text("first"), sound); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save("one", "", text("second"), sound); !errors.Is(err, archive.ErrTaken) {
		t.Errorf("the same name again: %v", err)
	}
	if err := s.Remove("one"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save("one", "", text("second"), sound); err != nil {
		t.Errorf("the name of a removed one: %v", err)
	}
}

func TestOnlyItsOwnerReadsASnapshot(t *testing.T) {
	s := snapshots(t)
	if _, err := s.Save("one", "", text("first"), sound); err != nil {
		t.Fatal(err)
	}
	err := filepath.Walk(s.Dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOnlyTheOldestThatNobodyNamedMakeRoom(t *testing.T) {
	s := snapshots(t)
	save := func(name, reason string) {
		t.Helper()
		if _, err := s.Save(name, reason, text(name), sound); err != nil {
			t.Fatal(err)
		}
	}
	now := s.Now()
	s.Now = func() time.Time { now = now.Add(time.Second); return now }
	save("mine", "")
	save("before-lunch", "")
	for range 25 {
		save(s.Automatic("reset"), "taken before a reset")
	}
	newest, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Prune(); err != nil {
		t.Fatal(err)
	}
	list, err := s.List()
	if err != nil || len(list) != 22 || list[0] != newest[0] || list[20].Name != "before-lunch" || list[21].Name != "mine" {
		t.Errorf("%d are left: %+v, %v", len(list), list, err)
	}
	if files, err := os.ReadDir(s.Dir); err != nil || len(files) != 44 {
		t.Errorf("%d files are left, %v", len(files), err)
	}
}

func TestWhatWasCutShortIsSwept(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.db.part", "a.json.part", "sting.db.restoring", "a.db", "part", "b.party"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.part"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := archive.Sweep(dir, filepath.Join(dir, "none")); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 4 {
		t.Errorf("left is %v, %v", left, err)
	}
}
