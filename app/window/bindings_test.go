package window_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheBindingsOfThePageAreCurrent(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run := func(in string, env []string, words ...string) {
		cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
		cmd.Dir = in
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", words, err, out)
		}
	}
	generator := filepath.Join(dir, "generator.exe")
	run(root, []string{"CGO_ENABLED=0"}, "go", "build", "-tags", "bindings", "-o", generator, ".")
	settings, err := os.ReadFile(filepath.Join(root, "wails.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "wails.json"), settings, 0o600); err != nil {
		t.Fatal(err)
	}
	run(dir, []string{"tsoutputtype=interfaces", "DISPLAY="}, generator)

	const bindings = "frontend/src/api/wailsjs"
	if diff := cmp.Diff(files(t, filepath.Join(root, bindings)), files(t, filepath.Join(dir, bindings))); diff != "" {
		t.Errorf("the bindings are not those of the panels; write them anew with build/bindings (-have +want):\n%s", diff)
	}
}

// files returns the contents of a folder by path.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, path))
		found[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
