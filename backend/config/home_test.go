package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/config"
	"sting/backend/fault"
)

func TestTheHomeFolderIsTheFlagsThenTheEnvironmentsThenThePlatforms(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", "/home/dev")
	for name, c := range map[string]struct {
		flag string
		env  map[string]string
		want string
	}{
		"the flag":             {"/lab", map[string]string{"STING_HOME": "/other", "XDG_DATA_HOME": "/data"}, "/lab"},
		"the variable":         {"", map[string]string{"STING_HOME": "/other", "XDG_DATA_HOME": "/data"}, "/other"},
		"the data folder":      {"", map[string]string{"XDG_DATA_HOME": "/data"}, "/data/sting"},
		"a relative flag":      {"lab", nil, filepath.Join(here, "lab")},
		"a tilde":              {"~/lab", nil, "/home/dev/lab"},
		"a relative data home": {"", map[string]string{"XDG_DATA_HOME": "data"}, ""},
	} {
		got, err := config.Home(c.flag, func(k string) string { return c.env[k] })
		if err != nil || c.want != "" && got != c.want || !filepath.IsAbs(got) {
			t.Errorf("%s: Home = %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestAHomeFolderIsMadeForItsOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "sting")
	notices, err := config.PrepareHome(dir)
	if err != nil || len(notices) > 0 {
		t.Fatalf("PrepareHome = %v, %v", notices, err)
	}
	if got := mode(t, dir); got != 0o700 {
		t.Errorf("mode %04o, want 0700", got)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("something was left in it: %v, %v", entries, err)
	}
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestWhatIsOpenToOthersIsNarrowedAndSaid(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"ca", "logs"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ours := []string{"sting.yml", "sting.db", "ca/ca.key", "logs/site.log"}
	for _, f := range append(ours, "notes.txt") {
		write(t, filepath.Join(dir, f), "x")
		if err := os.Chmod(filepath.Join(dir, f), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	notices, err := config.PrepareHome(dir)
	if err != nil || len(notices) != 3+len(ours) {
		t.Fatalf("PrepareHome = %q, %v, want %d notices", notices, err, 3+len(ours))
	}
	for _, f := range ours {
		if got := mode(t, filepath.Join(dir, f)); got != 0o600 {
			t.Errorf("%s: mode %04o, want 0600", f, got)
		}
	}
	for _, d := range []string{"", "ca", "logs"} {
		if got := mode(t, filepath.Join(dir, d)); got != 0o700 {
			t.Errorf("folder %q: mode %04o, want 0700", d, got)
		}
	}
	if got := mode(t, filepath.Join(dir, "notes.txt")); got != 0o644 {
		t.Errorf("a file that isn't ours was touched: mode %04o", got)
	}
	if notices, err := config.PrepareHome(dir); err != nil || len(notices) > 0 {
		t.Errorf("a second time: %q, %v", notices, err)
	}
}

func TestAHomeFolderThatCannotBeUsedIsSaidInWords(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x")
	sticky := t.TempDir()
	if err := os.Chmod(sticky, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	linked := t.TempDir()
	if err := os.Symlink(file, filepath.Join(linked, "sting.db")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ dir, hint string }{
		"a file":             {file, "is a file and not a folder"},
		"below a file":       {filepath.Join(file, "sting"), "is a file and not a folder"},
		"everybody's":        {sticky, "is everybody's folder"},
		"the root":           {"/", "folder"},
		"another user's":     {foreign(t), "belongs to another user"},
		"a link in it":       {linked, "is a symbolic link"},
		"where nobody makes": {"/proc/sting", "/proc/sting"},
	} {
		_, err := config.PrepareHome(c.dir)
		f := fault.From(err)
		if !errors.Is(err, config.ErrHome) || !strings.Contains(f.Hint, c.hint) {
			t.Errorf("%s: %v, hint %q, want one with %q", name, err, f, c.hint)
		}
	}
	if got := mode(t, file); got != 0o600 {
		t.Errorf("the file at the end of a link was changed: %04o", got)
	}
}

func TestAHomeFolderMayBeALinkToAFolderOfOnesOwn(t *testing.T) {
	real, link := t.TempDir(), filepath.Join(t.TempDir(), "sting")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	if _, err := config.PrepareHome(link); err != nil || mode(t, real) != 0o700 {
		t.Errorf("PrepareHome = %v, mode %04o", err, mode(t, real))
	}
}

// foreign returns a folder of another user.
func foreign(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		return "/usr"
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	return dir
}
