package store_test

import (
	"errors"
	"strings"
	"testing"

	"sting/backend/store"
)

func TestFormatsAreComparedAsNumbers(t *testing.T) {
	for _, c := range []struct {
		got   string
		known uint64
		newer bool
	}{
		{"9", 10, false},
		{"10", 9, true},
		{"10", 10, false},
		{"11", 10, true},
		{"2", 10, false},
		{"09", 10, false},
		{"100", 99, true},
		{"", 1, false}, // a file that was just made
		{"0", 1, true},
		{"-1", 1, true},
		{"1.5", 1, true},
		{"one", 1, true},
		{"99999999999999999999999", 1, true},
	} {
		err := store.KnownFormat(c.got, c.known)
		if got := errors.Is(err, store.ErrNewer); got != c.newer || !c.newer && err != nil {
			t.Errorf("format %q where %d is known: %v", c.got, c.known, err)
		}
	}
	if err := store.KnownFormat("\x1b[31m", 1); err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("what stands in a file is printed as it is: %q", err)
	}
}
