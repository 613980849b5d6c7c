package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

func TestOnlyAPlainFileIsRead(t *testing.T) {
	dir := t.TempDir()
	plain, link, large := filepath.Join(dir, "plain"), filepath.Join(dir, "link"), filepath.Join(dir, "large")
	for path, text := range map[string]string{plain: "12345", large: "123456"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(plain, link); err != nil {
		t.Skip("no links here")
	}
	if text, err := disk.Read(plain, 5); err != nil || string(text) != "12345" {
		t.Errorf("%q, %v", text, err)
	}
	for path, why := range map[string]string{link: "not a plain file", dir: "not a plain file", large: "is larger than"} {
		text, err := disk.Read(path, 5)
		if _, refused := errors.AsType[disk.Refusal](err); !refused || text != nil || !strings.Contains(err.Error(), path+" "+why) &&
			!strings.Contains(err.Error(), why) {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	if _, err := disk.Read(filepath.Join(dir, "none"), 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
