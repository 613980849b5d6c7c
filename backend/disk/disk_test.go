package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sting/backend/disk"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestAFileIsReplacedAtOnceAndALinkIsNotFollowed(t *testing.T) {
	dir, other := t.TempDir(), filepath.Join(t.TempDir(), "other")
	write(t, other, "theirs")
	path := filepath.Join(dir, "file")
	if err := os.Symlink(other, path); err != nil {
		t.Skip(err)
	}
	if err := disk.Replace(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	theirs, err2 := os.ReadFile(other)
	if string(got) != "new" || string(theirs) != "theirs" || errors.Join(err, err2) != nil {
		t.Errorf("%q, %q, %v, %v", got, theirs, err, err2)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if list := names(t, dir); len(list) != 1 {
		t.Errorf("left behind: %q", list)
	}
}

func TestNothingIsCreatedOverAnything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := disk.Create(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := disk.Create(path, []byte("two")); !errors.Is(err, disk.ErrThere) {
		t.Errorf("Create: %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "one" {
		t.Errorf("%q, %v", got, err)
	}
	if list := names(t, filepath.Dir(path)); len(list) != 1 {
		t.Errorf("left behind: %q", list)
	}
}

func TestOnlyWhatIsOursAndUnfinishedIsSweptAway(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"sting.db", "sting.db.part", ".sting.yml-123.part", "film.mkv.part", "sting.part.txt"} {
		write(t, filepath.Join(dir, name), "x")
	}
	swept, err := disk.Sweep(dir, "sting.")
	if err != nil || !slices.Equal(swept, []string{".sting.yml-123.part", "sting.db.part"}) {
		t.Errorf("Sweep: %q, %v", swept, err)
	}
	if list := names(t, dir); !slices.Equal(list, []string{"film.mkv.part", "sting.db", "sting.part.txt"}) {
		t.Errorf("left: %q", list)
	}
	if swept, err := disk.Sweep(filepath.Join(dir, "none")); err != nil || len(swept) > 0 {
		t.Errorf("no folder: %q, %v", swept, err)
	}
}
