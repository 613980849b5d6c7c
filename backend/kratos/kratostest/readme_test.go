package kratostest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTheREADMENamesEveryDifference keeps the page and the list together.
func TestTheREADMENamesEveryDifference(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		if !strings.Contains(string(page), "- "+d.Why+"\n") {
			t.Errorf("the page misses: %s", d.Why)
		}
	}
}

// TestEveryDifferenceWithoutAStepHasItsTest looks for the tests that the list
// names where they are said to be.
func TestEveryDifferenceWithoutAStepHasItsTest(t *testing.T) {
	folders := map[string]string{"idp": filepath.Join("..", "idp"), "store": filepath.Join("..", "..", "store")}
	for _, d := range differences {
		if d.Test == "" {
			continue
		}
		where, name, _ := strings.Cut(d.Test, ": ")
		files, err := filepath.Glob(filepath.Join(folders[where], "*_test.go"))
		if err != nil || folders[where] == "" {
			t.Fatalf("%s: %v", d.Test, err)
		}
		found := slices.ContainsFunc(files, func(file string) bool {
			text, err := os.ReadFile(file)
			return err == nil && strings.Contains(string(text), "func "+name+"(t *testing.T)")
		})
		if !found {
			t.Errorf("there is no test %s", d.Test)
		}
	}
}
