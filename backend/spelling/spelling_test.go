package spelling_test

import (
	"testing"

	"sting/backend/spelling"
)

func TestDistanceCountsLettersAddedTakenOutAndExchanged(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"same", "same", 0},
		{"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"origin", "origins", 1}, {"ab", "ba", 2}, {"größe", "grösse", 2},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := spelling.Distance(pair[0], pair[1]); got != c.want {
				t.Errorf("Distance(%q, %q) = %d, want %d", pair[0], pair[1], got, c.want)
			}
		}
	}
}
