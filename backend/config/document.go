package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// leaf is a value as it was written, and where.
type leaf struct {
	node *yaml.Node
	at   string // the key as it was written, in full
	from string // "file" or "flag"
}

// document is a file taken apart into the keys that we know.
type document struct {
	leaves   map[string]leaf // by our key
	problems []Problem
	broken   bool // not readable as a whole
}

// nested is where Kratos' own file keeps what the guide's has at the top.
const nested = "selfservice.methods."

// parse takes the text of the file apart. Every problem of its form is in the
// result: syntax, keys that nobody knows, keys that stand twice.
func parse(text []byte) document {
	d := document{leaves: map[string]leaf{}}
	root, problems := syntax(text)
	d.problems = problems
	if root == nil {
		d.broken = len(problems) > 0
		return d
	}
	w := walker{doc: &d, known: newNames(), twice: map[string][]leaf{}}
	w.block("", root)
	w.settle()
	return d
}

// syntax returns the mapping at the root, or nil and what prevents it. An
// empty file has neither.
func syntax(text []byte) (*yaml.Node, []Problem) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, syntaxProblems(text, err)
	}
	root := resolve(doc.Content[0])
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return nil, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, []Problem{{Severity: Error, Line: root.Line, Column: root.Column, Value: brief(root),
			Meaning: "The file is not a list of keys and values.",
			Fix:     "Begin a line with a key and a colon, such as `webauthn:`."}}
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return root, []Problem{{Severity: Error, Line: second.Line, Column: 1, Value: "---",
			Meaning: "A second document begins here, and nothing of it is read.",
			Fix:     "Keep one document: take the line `---` out."}}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxProblems(text, err)
	}
	return root, nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line \d+: )?`)

// syntaxProblems says where the YAML ends to be one. Tabs are the usual
// reason, and all of them are named.
func syntaxProblems(text []byte, err error) []Problem {
	if tabs := tabs(text); len(tabs) > 0 {
		return tabs
	}
	line := firstBad(text)
	return []Problem{{Severity: Error, Line: line, Column: 1, Value: lineOf(text, line),
		Meaning: fmt.Sprintf("This is not YAML: %s.", yamlLine.ReplaceAllString(strings.TrimSpace(err.Error()), "")),
		Fix:     "Compare the indentation, the brackets and the quotes here and on the line above."}}
}

// firstBad returns the line after the longest beginning that is YAML. The
// library's own number is that of the block around it, or one too few. It looks at
// the first 500 lines: nobody has more by hand.
func firstBad(text []byte) int {
	lines := bytes.SplitAfter(text, []byte("\n"))
	good, length := 0, 0
	for i, l := range lines[:min(len(lines), 500)] {
		length += len(l)
		if isYAML(text[:length]) {
			good = i + 1
		}
	}
	return min(good+1, len(lines))
}

func isYAML(text []byte) bool {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var n yaml.Node
		if err := dec.Decode(&n); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// tabs finds the lines that a tab indents, which YAML forbids.
func tabs(text []byte) []Problem {
	var ps []Problem
	for i, l := range strings.Split(string(text), "\n") {
		indent := l[:len(l)-len(strings.TrimLeft(l, " \t"))]
		at := strings.IndexByte(indent, '\t')
		if at < 0 || strings.TrimSpace(l) == "" {
			continue
		}
		ps = append(ps, Problem{Severity: Error, Line: i + 1, Column: at + 1, Value: strings.TrimSpace(l),
			Meaning: "A tab indents this line, and YAML takes spaces only.",
			Fix:     "Put two spaces in its place."})
	}
	return ps
}

func lineOf(text []byte, line int) string {
	lines := strings.Split(string(text), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return clip(strings.TrimSpace(lines[line-1]))
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

// walker goes down the file along the keys that we know, so its depth is
// theirs and an alias that contains itself ends nowhere.
type walker struct {
	doc   *document
	known names
	twice map[string][]leaf
}

// block reads the keys of a mapping that stands at path.
func (w *walker) block(path string, n *yaml.Node) {
	at := n
	n = resolve(n)
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		w.say(at, path, brief(n), "Keys belong below this one, not a value.",
			fmt.Sprintf("Below it stand: %s.", strings.Join(w.known.below(path), ", ")))
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := resolve(key)
		if line, ok := first[name.Value]; ok && name.Kind == yaml.ScalarNode {
			w.say(key, join(path, name.Value), name.Value, fmt.Sprintf("This key stands on line %d already.", line),
				fmt.Sprintf("Keep one of the lines %d and %d; the one on line %d is used.", line, key.Line, line))
			continue
		}
		first[name.Value] = key.Line
		w.pair(path, key, value)
	}
}

// pair reads one key and its value.
func (w *walker) pair(path string, key, value *yaml.Node) {
	name := resolve(key)
	if name.Kind != yaml.ScalarNode || name.ShortTag() == "!!merge" {
		w.say(key, path, brief(name), "This is not a key that is read here: keys are plain words.",
			"Write the keys out, one a line.")
		return
	}
	full := join(path, name.Value)
	ours := strings.TrimPrefix(full, nested)
	switch {
	case w.known.leaf(ours):
		w.twice[ours] = append(w.twice[ours], leaf{value, full, "file"})
	case w.known.block(full):
		w.block(full, value)
	case path == "" && strings.HasPrefix(name.Value, "x-"): // a place for anchors, as Docker Compose and Kratos have it
	default:
		w.say(key, full, name.Value, "Unknown key: nothing reads it.", w.known.fix(full))
	}
}

// settle decides what stands in both places. Where the two differ neither is
// used: one of them is not what the person means.
func (w *walker) settle() {
	for key, found := range w.twice {
		if len(found) == 1 || same(found[0].node, found[1].node, 0) {
			w.doc.leaves[key] = found[0]
			continue
		}
		slices.SortFunc(found, func(a, b leaf) int { return a.node.Line - b.node.Line })
		a, b := found[0], found[1]
		w.say(b.node, key, brief(b.node),
			fmt.Sprintf("Line %d (%s) says %s, line %d (%s) says %s, and neither is used.",
				a.node.Line, a.at, quoted(a.node), b.node.Line, b.at, quoted(b.node)),
			fmt.Sprintf("Keep line %d or line %d.", a.node.Line, b.node.Line))
	}
}

func (w *walker) say(n *yaml.Node, path, value, meaning, fix string) {
	if path == uriKey {
		value = maskURI(value)
	}
	w.doc.problems = append(w.doc.problems, Problem{Severity: Error, Line: n.Line, Column: n.Column,
		Path: clip(path), Value: clip(value), Meaning: meaning, Fix: fix})
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// same compares values, not how they are written.
func same(a, b *yaml.Node, depth int) bool {
	a, b = resolve(a), resolve(b)
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Content) != len(b.Content) || depth > 8 {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i], depth+1) {
			return false
		}
	}
	return true
}

// brief returns a value on one line.
func brief(n *yaml.Node) string {
	n = resolve(n)
	switch n.Kind {
	case yaml.ScalarNode:
		return clip(n.Value)
	case yaml.SequenceNode:
		parts := make([]string, 0, len(n.Content))
		for _, item := range n.Content[:min(len(n.Content), 8)] {
			if item = resolve(item); item.Kind == yaml.ScalarNode {
				parts = append(parts, item.Value)
			} else {
				parts = append(parts, "...")
			}
		}
		return clip("[" + strings.Join(parts, ", ") + "]")
	default:
		return "{...}"
	}
}

// quoted returns a value as a sentence holds it, a password masked.
func quoted(n *yaml.Node) string { return strconv.Quote(maskURI(brief(n))) }

// clip bounds what a person has to read.
func clip(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
