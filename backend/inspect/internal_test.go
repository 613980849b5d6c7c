package inspect

import (
	"os"
	"testing"
)

func mustRead(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTheTablesDecode(t *testing.T) {
	if steps := stepsOf(); len(steps[registration]) != 31 || len(steps[authentication]) != 26 {
		t.Errorf("%d and %d steps", len(steps[registration]), len(steps[authentication]))
	}
	if len(names()) < 300 {
		t.Errorf("%d names of authenticators", len(names()))
	}
}
