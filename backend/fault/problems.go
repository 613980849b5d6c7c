package fault

import (
	"fmt"
	"strconv"
	"strings"
)

// Problem is one thing that is wrong with what somebody handed in: where it
// stands, what it is, what to do about it.
type Problem struct{ Where, What, Fix string }

// String returns the problem as one line.
func (p Problem) String() string {
	s := p.What
	if p.Where != "" {
		s = p.Where + ": " + s
	}
	if p.Fix != "" {
		s += " " + p.Fix
	}
	return s
}

// Problems is everything that is wrong at once, in the order in which it stands.
type Problems []Problem

// mostShown is how many problems a text lists.
const mostShown = 50

// Add adds a problem at a place, with what to do about it.
func (ps *Problems) Add(where, fix, format string, args ...any) {
	*ps = append(*ps, Problem{where, fmt.Sprintf(format, args...), fix})
}

// Under adds what is wrong with a part that stands at a place.
func (ps *Problems) Under(where string, part Problems) {
	for _, p := range part {
		switch {
		case p.Where == "" || where == "":
			p.Where = where + p.Where
		case p.Where[0] == '[':
			p.Where = where + p.Where
		default:
			p.Where = where + "." + p.Where
		}
		*ps = append(*ps, p)
	}
}

// Text numbers the problems, one line each; beyond the first fifty it says how
// many more there are.
func (ps Problems) Text() string {
	var b strings.Builder
	for n, p := range ps {
		if n == mostShown {
			fmt.Fprintf(&b, "And %s more.\n", Counted(len(ps)-n))
			break
		}
		fmt.Fprintf(&b, "%d. %s\n", n+1, p)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Counted writes a number as people read it: 9,950.
func Counted(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
