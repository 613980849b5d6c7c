package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Terminal says what stands at the ends of the streams.
type Terminal struct {
	In     bool // a person can answer a question
	Out    bool // stdout is a terminal
	Width  int  // columns of it, 0: unknown
	Colour bool // it shows colours and the person wants them
}

// plain makes text safe to show: a name that a stranger chose must not move
// the cursor, colour the screen or forge a line.
func plain(s string) string {
	if !strings.ContainsFunc(s, unprintable) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case unprintable(r):
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unprintable also knows the characters that turn the direction of text around.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f
}

// printJSON writes v as every --json does.
func (c *commands) printJSON(v any) error {
	e := json.NewEncoder(c.Stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table is rows under headings.
type table struct {
	heads []string
	rows  [][]string
	prose bool // the last column is a sentence, which may be cut
}

func (t *table) add(cells ...string) {
	row := make([]string, len(t.heads))
	for i := range row {
		row[i] = "-"
		if i < len(cells) && cells[i] != "" {
			row[i] = plain(cells[i])
		}
	}
	t.rows = append(t.rows, row)
}

// narrowest is how far a column is cut at most, in terminal cells.
const narrowest = 8

// print writes the table. Where stdout is a terminal whose width is known, the
// widest columns are cut until a row fits; the last column, which holds what is
// to be copied, never is, unless it is prose. Where that isn't enough, columns
// before the last are left out, and that is said.
func (c *commands) print(t *table) {
	widths := t.widths()
	if c.Terminal.Out && c.Terminal.Width > 0 {
		var out []string
		for len(t.heads) > 2 && !t.fits(c.Terminal.Width) {
			out = append(out, t.drop(len(t.heads)-2))
		}
		widths = t.widths()
		fit(widths, c.Terminal.Width, t.prose)
		if len(out) > 0 {
			slices.Reverse(out)
			defer c.say("not shown in a terminal this narrow: %s. --json has everything.", strings.ToLower(strings.Join(out, ", ")))
		}
	}
	c.line(t.heads, widths, func(s string) string { return c.paint(dim, s) })
	for _, row := range t.rows {
		c.line(row, widths, c.paintState)
	}
}

func (t *table) widths() []int {
	widths := make([]int, len(t.heads))
	for _, row := range append([][]string{t.heads}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	return widths
}

// fits reports whether a row fits once every column is as narrow as it gets.
func (t *table) fits(total int) bool {
	widths := t.widths()
	fit(widths, total, t.prose)
	sum := 2 * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum <= total
}

// drop takes a column away and returns its heading.
func (t *table) drop(column int) string {
	head := t.heads[column]
	t.heads = slices.Delete(slices.Clone(t.heads), column, column+1)
	for i, row := range t.rows {
		t.rows[i] = slices.Delete(row, column, column+1)
	}
	return head
}

// fit narrows the widest columns, with prose the last one too, until the sum, with two cells
// between columns, is at most total or nothing is left to take.
func fit(widths []int, total int, prose bool) {
	sum := 2 * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	for ; sum > total; sum-- {
		widest := -1
		for i, w := range widths {
			if i == len(widths)-1 && !prose {
				break
			}
			if w > narrowest && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

func (c *commands) line(cells []string, widths []int, paint func(string) string) {
	var b strings.Builder
	for i, cell := range cells {
		cell = cut(cell, widths[i])
		gap := ""
		if i < len(cells)-1 {
			gap = strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell)+2)
		}
		b.WriteString(paint(cell) + gap)
	}
	fmt.Fprintln(c.Stdout, b.String())
}

// cut shortens s to width terminal cells and shows that it did.
func cut(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	var b strings.Builder
	used, state := 0, -1
	for rest := s; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+w > width-1 {
			break
		}
		used += w
		b.WriteString(cluster)
	}
	return b.String() + "…"
}

// minute shortens a time (RFC 3339, UTC) to what a table needs; `show` and
// --json have all of it.
func minute(at string) string {
	if len(at) < len("2006-01-02T15:04") || at[10] != 'T' {
		return at
	}
	return at[:10] + " " + at[11:16]
}

// facts writes names and values below one another; a value that is empty is
// shown as a dash.
func (c *commands) facts(pairs ...string) {
	width := 0
	for i := 0; i < len(pairs); i += 2 {
		width = max(width, len(pairs[i]))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		value := plain(pairs[i+1])
		if value == "" {
			value = "-"
		}
		label := pairs[i] + strings.Repeat(" ", width-len(pairs[i])+2)
		fmt.Fprintln(c.Stdout, c.paint(dim, label)+c.paintState(value))
	}
}

// The colours, as SGR parameters (ECMA-48, 8.3.117).
const (
	dim    = "2"
	green  = "32"
	yellow = "33"
	red    = "31"
)

func (c *commands) paint(colour, s string) string {
	if !c.Terminal.Colour || colour == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

// paintState colours the words that say how something is.
func (c *commands) paintState(cell string) string {
	switch strings.TrimRight(cell, " ") {
	case "Healthy", "active", "verified", "trusted", "ok", "works":
		return c.paint(green, cell)
	case "Starting", "older", "warning", "running", "depends":
		return c.paint(yellow, cell)
	case "Unhealthy", "rejected", "error", "failed", "refused":
		return c.paint(red, cell)
	case "Stopped", "ended", "expired", "revoked", "abandoned", "skipped", "-":
		return c.paint(dim, cell)
	}
	return cell
}

// writeln writes one line of a result.
func writeln(w io.Writer, s string) { fmt.Fprintln(w, plain(s)) }
