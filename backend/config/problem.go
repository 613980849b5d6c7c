package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says what a problem does to the program.
type Severity string

const (
	// Error: the value isn't used. Its default stands, a port that can't be
	// shared stays closed, a relying party ID that can't be one stops the
	// ceremonies. `sting config check` fails.
	Error Severity = "error"
	// Warning: the value is used as far as it can be, and does not do what its
	// author probably thinks.
	Warning Severity = "warning"
)

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	Severity Severity `json:"severity"`
	Line     int      `json:"line,omitempty"`   // of the file, from 1; 0: not from the file
	Column   int      `json:"column,omitempty"` // from 1, in characters
	Path     string   `json:"path,omitempty"`   // dotted key; empty: the file as a whole
	Value    string   `json:"value,omitempty"`  // as written, without passwords
	Meaning  string   `json:"meaning"`          // a sentence
	Fix      string   `json:"fix"`              // a sentence
}

// String returns the problem on one line, without the name of the file.
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Path != "" {
		fmt.Fprintf(&b, "%s: ", p.Path)
	}
	b.WriteString(p.Meaning)
	if p.Fix != "" {
		b.WriteString(" " + p.Fix)
	}
	return b.String()
}

// Source says where a value comes from.
type Source struct {
	Kind  string `json:"kind"`            // "default", "file", "flag" or "follows" (from other keys)
	Line  int    `json:"line,omitempty"`  // of the file
	Drawn bool   `json:"drawn,omitempty"` // a port that was set to 0 and drawn
}

// String returns "default", "sting.yml:12", "flag" or "follows", and says
// where a port was drawn.
func (s Source) String() string {
	out := s.Kind
	if s.Kind == "file" {
		out = fmt.Sprintf("%s:%d", FileName, s.Line)
	}
	if s.Drawn {
		out += ", drawn"
	}
	return out
}

// Report is what reading the configuration found.
type Report struct {
	File     string            // path of the file
	Exists   bool              // whether there is one
	Problems []Problem         // in the order of their lines; what has none comes last
	Sources  map[string]Source // by dotted key, every key

	input input // to resolve again when ports have been drawn
}

// OriginsLine is where the file lists the accepted origins, 0 where it doesn't.
func (r Report) OriginsLine() int {
	l, ok := r.input.doc.leaves[originsKey]
	if !ok || l.from != "file" {
		return 0
	}
	return resolve(l.node).Line
}

// Errors returns the problems that cost a value.
func (r Report) Errors() []Problem { return r.of(Error) }

// Warnings returns the problems that cost nothing yet.
func (r Report) Warnings() []Problem { return r.of(Warning) }

func (r Report) of(s Severity) []Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p Problem) bool { return p.Severity != s })
}

// About returns the problems of a key and of what lies under it.
func (r Report) About(path string) []Problem {
	return slices.DeleteFunc(slices.Clone(r.Problems), func(p Problem) bool {
		return p.Path != path && !strings.HasPrefix(p.Path, path+".") && !strings.HasPrefix(p.Path, path+"[")
	})
}

// String returns the problems as `sting config check` prints them: one line
// each with the place, the severity and the meaning, and the fix below it.
func (r Report) String() string {
	var b strings.Builder
	for _, p := range r.Problems {
		place := r.File
		if p.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", r.File, p.Line, p.Column)
		}
		fmt.Fprintf(&b, "%s: %s: ", place, p.Severity)
		if p.Path != "" {
			fmt.Fprintf(&b, "%s: ", p.Path)
		}
		fmt.Fprintf(&b, "%s\n", p.Meaning)
		if p.Fix != "" {
			fmt.Fprintf(&b, "    %s\n", p.Fix)
		}
	}
	return b.String()
}

// sortProblems puts them in the order of the file. It is stable.
func sortProblems(ps []Problem) {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line)
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
