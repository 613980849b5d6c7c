package idp

import (
	"strings"

	"sting/backend/spelling"
)

// The limits of likeness between a password and an identifier, as Kratos draws
// them.
const (
	leastDistance = 5   // edits
	mostShared    = 0.5 // of the password, in one piece
)

// passwordFault says what is wrong with a new password, or nil.
func (c Config) passwordFault(password string, identifiers []string) *text {
	if len(password) < c.minPassword() {
		t := tooShort(c.minPassword(), len(password))
		return &t
	}
	for _, id := range identifiers {
		a, b := strings.ToLower(id), strings.ToLower(password)
		if len(b) > 4*len(a)+64 {
			continue // too long to resemble it, and too long to compare
		}
		if spelling.Distance(a, b) < leastDistance || float64(shared(a, b)) > mostShared*float64(len(b)) {
			return &errSimilar
		}
	}
	return nil
}

// shared is the length of the longest piece that both have.
func shared(a, b string) int {
	longest := 0
	row := make([]int, len(b)+1)
	for i := range len(a) {
		diagonal := 0
		for j := range len(b) {
			above := row[j+1]
			row[j+1] = 0
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
				longest = max(longest, row[j+1])
			}
			diagonal = above
		}
	}
	return longest
}
