package cli

import (
	"fmt"
	"strings"
)

// narrowestText is how narrow a paragraph gets at most, in terminal cells.
const narrowestText = 20

// paragraph writes a text behind a label. In a terminal its lines are broken at
// blanks and stand below one another; into a file it is one line.
func (c *commands) paragraph(indent int, label, text string) {
	left := strings.Repeat(" ", indent)
	if label != "" {
		left += label + "  "
	}
	width := visible(left)
	lines := []string{plain(text)}
	if c.Terminal.Out && c.Terminal.Width > 0 {
		lines = strings.Split(wrap(lines[0], max(c.Terminal.Width-width, narrowestText)), "\n")
	}
	for i, line := range lines {
		if i > 0 {
			left = strings.Repeat(" ", width)
		}
		fmt.Fprintln(c.Stdout, left+line)
	}
}

// visible counts the characters of a text that move the cursor: colours don't.
func visible(s string) int {
	n, escaped := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			escaped = true
		case escaped:
			escaped = r != 'm'
		default:
			n++
		}
	}
	return n
}
