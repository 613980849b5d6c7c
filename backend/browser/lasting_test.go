//go:build linux

package browser_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// lasting puts an xdg-open into PATH that runs until the test is over, as one
// does that started the browser itself. started returns once it runs.
func lasting(t *testing.T) (started func()) {
	t.Helper()
	dir := t.TempDir()
	ready, hold := filepath.Join(dir, "ready"), filepath.Join(dir, "hold")
	for _, path := range []string{ready, hold} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Opened for both, so that neither side waits for the other.
	f, err := os.OpenFile(hold, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := f.WriteString("\n"); err != nil {
			t.Error(err)
		}
		_ = f.Close()
	})
	fakeOpener(t, "exec 3<> "+hold+"; echo > "+ready+"; read over <&3")
	return func() {
		if _, err := os.ReadFile(ready); err != nil {
			t.Error(err)
		}
	}
}
