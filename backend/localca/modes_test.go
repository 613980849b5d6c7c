//go:build unix

package localca_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sting/backend/localca"
)

func TestModesAreExactUnderAnyUmask(t *testing.T) {
	for _, mask := range []int{0o000, 0o022, 0o077, 0o177, 0o777} {
		t.Run(fmt.Sprintf("%04o", mask), func(t *testing.T) {
			o, _ := options(t)
			if err := os.MkdirAll(filepath.Dir(o.Dir), 0o700); err != nil {
				t.Fatal(err)
			}
			old := syscall.Umask(mask)
			_, err := localca.Open(o)
			syscall.Umask(old)
			if err != nil {
				t.Fatal(err)
			}
			if got := mode(t, o.Dir); got != 0o700 {
				t.Errorf("the folder has mode %04o, want 0700", got)
			}
			entries, err := os.ReadDir(o.Dir)
			if err != nil || len(entries) != 4 {
				t.Fatalf("%d files, %v, want 4", len(entries), err)
			}
			for _, e := range entries {
				if got := mode(t, filepath.Join(o.Dir, e.Name())); got != 0o600 {
					t.Errorf("%s has mode %04o, want 0600", e.Name(), got)
				}
			}
		})
	}
}

func TestWiderModesAreNarrowedAndSaid(t *testing.T) {
	o, _ := options(t)
	open(t, o)
	key := filepath.Join(o.Dir, "ca-key.pem")
	if err := errors.Join(os.Chmod(o.Dir, 0o755), os.Chmod(key, 0o644)); err != nil {
		t.Fatal(err)
	}
	a := open(t, o)
	if mode(t, o.Dir) != 0o700 || mode(t, key) != 0o600 {
		t.Errorf("modes %04o and %04o, want 0700 and 0600", mode(t, o.Dir), mode(t, key))
	}
	got := strings.Join(a.Notices(), "\n")
	for _, want := range []string{o.Dir + " had mode 0755, now 0700.", key + " had mode 0644, now 0600."} {
		if !strings.Contains(got, want) {
			t.Errorf("notices %q do not say %q", got, want)
		}
	}
}

func TestAFolderThatIsALinkIsRefused(t *testing.T) {
	o, _ := options(t)
	real := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Dir(o.Dir), 0o700), os.Symlink(real, o.Dir)); err != nil {
		t.Fatal(err)
	}
	if _, err := localca.Open(o); !errors.Is(err, localca.ErrFolder) {
		t.Errorf("Open() = %v, want CA_FOLDER", err)
	}
	if entries, _ := os.ReadDir(real); len(entries) > 0 {
		t.Error("the link was followed")
	}
}

func TestRootLeavesAnotherUsersBrowsersAlone(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder to somebody else")
	}
	p := newPerson(t)
	p.database(".pki/nssdb")
	if err := os.Chown(p.home, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	r, err := p.ca.Trust(t.Context(), browsers)
	if !errors.Is(err, localca.ErrIncomplete) || !strings.Contains(r.Stores[0].Problem.Hint, "without sudo") {
		t.Errorf("Trust: %v, %+v, want a hint to run it without sudo", err, r.Stores)
	}
	if got := p.listed(".pki/nssdb"); len(got) > 0 {
		t.Errorf("the store holds %q", got)
	}
}
