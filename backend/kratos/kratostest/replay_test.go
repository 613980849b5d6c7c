package kratostest_test

import (
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// TestRecordedSteps replays what a real Kratos was asked, in its order, and
// compares the answers. What differs must be on the list, and what is on the
// list must differ.
func TestRecordedSteps(t *testing.T) {
	differs := map[string]string{}
	replayed := 0
	main := newReplay(t)
	main.crowd()
	for _, name := range recorded(t, "[0-9]*.json") {
		if skipped(name) {
			main.skip(name)
			differs[name] = "not replayed"
			continue
		}
		replayed++
		if diff := main.play(name); diff != "" {
			differs[name] = diff
		}
	}
	late := newReplay(t)
	late.prepareExpiry()
	for _, name := range recorded(t, "expired-*.json") {
		replayed++
		if name == "expired-014-whoami-expired-session" {
			late.lab.Clock.Move(6 * time.Second)
		}
		if diff := late.play(name); diff != "" {
			differs[name] = diff
		}
	}
	for _, name := range recorded(t, "aal2-*.json") {
		differs[name] = "not replayed"
	}
	judge(t, differs)
	t.Logf("%d recorded steps replayed, %d answered as recorded", replayed, replayed+countNotReplayed(differs)-len(differs))
}

func countNotReplayed(differs map[string]string) int {
	n := 0
	for _, d := range differs {
		if d == "not replayed" {
			n++
		}
	}
	return n
}

// judge holds what differed against the list of differences.
func judge(t *testing.T, differs map[string]string) {
	t.Helper()
	if len(differences) > 20 {
		t.Errorf("%d differences: at most 20 may be argued for", len(differences))
	}
	listed := map[string]bool{}
	for _, d := range differences {
		if d.Why == "" || len(d.Steps) == 0 && d.Hides == nil && d.Test == "" {
			t.Errorf("a difference without a reason or without a place: %+v", d)
		}
		for _, s := range d.Steps {
			listed[s] = true
			if differs[s] == "" {
				t.Errorf("%s is listed (%s) and does not differ", s, d.Why)
			}
		}
	}
	names := make([]string, 0, len(differs))
	for name := range differs {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if !listed[name] {
			t.Errorf("%s: %s", name, differs[name])
		}
	}
}

func recorded(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "golden", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded steps: %v", err)
	}
	slices.Sort(files)
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".json")
	}
	return files
}
