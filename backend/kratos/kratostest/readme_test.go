package kratostest_test

import (
	"os"
	"path/filepath"
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
