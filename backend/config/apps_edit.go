package config

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sting/backend/apps"
	"sting/backend/disk"
	"sting/backend/fault"
)

// ErrNotEdited means that sting.yml can't be changed without touching more than was
// asked for.
var ErrNotEdited = fault.New(fault.Conflict, "CONFIG_NOT_EDITED", "The configuration is written in a way that a command doesn't change.",
	"Write it by hand, then look at it with `sting config check`.").Running("sting config check")

// AddApp writes one more app into the file of a home folder. Every other byte of the
// file stays as it was. Its errors are apps.ErrExists, fault.ErrInvalidField,
// ErrUnreadable, ErrBroken, ErrHome and ErrNotEdited.
func AddApp(home string, a apps.App) error {
	if wrong := a.Examine(); len(wrong) > 0 {
		return fault.ErrInvalidField.In(wrong[0].Where).Saying("%s", problemText(wrong)).Hinting("%s", wrong[0].Fix)
	}
	return editApps(home, func(before []apps.App) ([]apps.App, error) {
		for _, other := range before {
			switch {
			case other.Name == a.Name:
				return nil, apps.ErrExists.Saying("There is an app %s already, at %s.", a.Name, other.URL)
			case other.Origin() == a.Origin():
				return nil, apps.ErrExists.Saying("%s is at %s already.", other.Name, a.Origin()).
					Hinting("A page belongs to one app: `sting open %s` opens it.", other.Name)
			}
		}
		return append(slices.Clone(before), a), nil
	}, func(f *appsText) []byte { return f.with(a) })
}

func problemText(ps fault.Problems) string {
	if len(ps) == 1 {
		return ps[0].What
	}
	return ps.Text()
}

// RemoveApp takes an app out of the file of a home folder, with the comments that stand
// right above it. Every other byte stays as it was. Its errors are apps.ErrUnknown and those of AddApp.
func RemoveApp(home, name string) error {
	return editApps(home, func(before []apps.App) ([]apps.App, error) {
		if _, err := apps.Registry(before).ByName(name); err != nil {
			return nil, err
		}
		return slices.DeleteFunc(slices.Clone(before), func(a apps.App) bool { return a.Name == name }), nil
	}, func(f *appsText) []byte { return f.without(name) })
}

// editApps writes what edit makes of the file, if reading it again gives what want says
// and nothing else has changed.
func editApps(home string, want func([]apps.App) ([]apps.App, error), edit func(*appsText) []byte) error {
	file := filepath.Join(home, FileName)
	text, err := disk.Read(file, longestFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return ErrUnreadable.Because(err).Hinting("%s Then try again.", unreadable(file, err))
	}
	before := parse(text)
	if before.broken {
		return ErrBroken.Hinting("%s", firstOf(file, before.problems))
	}
	wanted, err := want(before.apps())
	if err != nil {
		return err
	}
	f := &appsText{text: text}
	f.find()
	next := edit(f)
	if after := parse(next); next == nil || after.broken || !sameApps(after.apps(), wanted) || !sameBesides(before, after) {
		return ErrNotEdited
	}
	if err := disk.Replace(file, next); err != nil {
		return ErrHome.Because(err).Hinting("%s", homeHint(home, err))
	}
	return nil
}

// apps are those that can be read.
func (d document) apps() []apps.App {
	l, ok := d.leaves[appsKey]
	if !ok {
		return nil
	}
	list, _ := readApps(l.node, func(*yaml.Node, string, Severity, string, string) {})
	return list
}

func sameApps(a, b []apps.App) bool {
	return len(a) == len(b) && reflect.DeepEqual(showApps(a), showApps(b))
}

// sameBesides compares all that isn't an app.
func sameBesides(a, b document) bool {
	delete(a.leaves, appsKey)
	delete(b.leaves, appsKey)
	if len(a.leaves) != len(b.leaves) || len(a.problems) != len(b.problems) {
		return false
	}
	for key, l := range a.leaves {
		other, ok := b.leaves[key]
		if !ok || !same(l.node, other.node, 0) {
			return false
		}
	}
	return true
}

// appsText is the text of the file, and where its apps stand.
type appsText struct {
	text []byte
	key  *yaml.Node // nil: the file has none
	apps *yaml.Node
}

func (f *appsText) find() {
	root, _ := syntax(f.text)
	if root == nil {
		return
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == appsKey {
			f.key, f.apps = root.Content[i], root.Content[i+1]
			return
		}
	}
}

// end returns what ends a line here.
func (f *appsText) end() string {
	if bytes.Contains(f.text, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

func (f *appsText) lines() []string { return strings.SplitAfter(string(f.text), "\n") }

// with returns the text with one more app behind the others, nil where that can't be.
func (f *appsText) with(a apps.App) []byte {
	entry := a.Name + ": " + flow(showApps([]apps.App{a}).(map[string]any)[a.Name])
	lines := f.lines()
	if n := len(lines) - 1; lines[n] != "" { // the last line isn't ended
		lines[n] += f.end()
	}
	switch {
	case f.key == nil:
		return []byte(strings.Join(lines, "") + "apps:" + f.end() + "  " + entry + f.end())
	case f.apps.Kind == yaml.ScalarNode && f.apps.Value == "":
		return insert(lines, f.key.Line, indent(f.key.Column+1)+entry+f.end())
	case f.apps.Kind == yaml.MappingNode && f.apps.Style&yaml.FlowStyle != 0:
		if len(f.apps.Content) > 0 {
			entry += ", "
		}
		return insertInside(lines, f.apps.Line, f.apps.Column, entry)
	case f.apps.Kind == yaml.MappingNode && len(f.apps.Content) > 0:
		last := f.apps.Content[len(f.apps.Content)-2]
		return insert(lines, f.blockEnd(lines, last), indent(last.Column-1)+entry+f.end())
	}
	return nil
}

// without returns the text without an app and the comments that stand right above it,
// nil where that can't be.
func (f *appsText) without(name string) []byte {
	if f.apps == nil || f.apps.Kind != yaml.MappingNode {
		return nil
	}
	lines := f.lines()
	for i := 0; i+1 < len(f.apps.Content); i += 2 {
		key := f.apps.Content[i]
		if key.Value != name {
			continue
		}
		if f.apps.Style&yaml.FlowStyle != 0 {
			return f.withoutInside(i)
		}
		first := key.Line - 1
		for first > f.key.Line && strings.HasPrefix(lines[first-1], indent(key.Column-1)+"#") {
			first--
		}
		return []byte(strings.Join(slices.Delete(lines, first, f.blockEnd(lines, key)), ""))
	}
	return nil
}

// withoutInside takes one of the apps that stand in braces out, with one comma.
func (f *appsText) withoutInside(i int) []byte {
	from := offset(f.text, f.apps.Line, f.apps.Column)
	to := closing(f.text, from)
	if to < 0 || bytes.ContainsRune(f.text[from:to], '#') { // there may be comments
		return nil
	}
	at := func(key int) int { return offset(f.text, f.apps.Content[key].Line, f.apps.Content[key].Column) }
	first, rest := from+1, to-1
	switch {
	case i+2 < len(f.apps.Content):
		first, rest = at(i), at(i+2)
	case i > 0:
		first = bytes.LastIndexByte(f.text[:at(i)], ',')
		rest = len(bytes.TrimRight(f.text[:rest], " \t\r\n"))
	}
	return slices.Concat(f.text[:first], f.text[rest:])
}

// blockEnd returns the number of lines up to the end of what belongs to a key.
func (f *appsText) blockEnd(lines []string, key *yaml.Node) int {
	end := key.Line
	for n := key.Line; n < len(lines); n++ {
		text := strings.TrimRight(lines[n], " \r\n")
		deep := len(text) - len(strings.TrimLeft(text, " "))
		switch {
		case text == "":
		case deep >= key.Column:
			end = n + 1
		default:
			return end
		}
	}
	return end
}

func indent(n int) string { return strings.Repeat(" ", n) }

// insert puts a line behind the first n.
func insert(lines []string, n int, line string) []byte {
	return []byte(strings.Join(slices.Insert(slices.Clone(lines), n, line), ""))
}

// insertInside puts text behind the brace that stands at a place.
func insertInside(lines []string, line, column int, text string) []byte {
	l := []rune(lines[line-1])
	if column > len(l) || l[column-1] != '{' {
		return nil
	}
	lines[line-1] = string(l[:column]) + text + string(l[column:])
	return []byte(strings.Join(lines, ""))
}

// offset is where a line and a column of the text are, in bytes.
func offset(text []byte, line, column int) int {
	at := 0
	for range line - 1 {
		at += bytes.IndexByte(text[at:], '\n') + 1
	}
	return at + len(string([]rune(string(text[at:]))[:column-1]))
}

// closing returns what follows the brace that closes the one at from, -1 for none.
func closing(text []byte, from int) int {
	depth, quote := 0, byte(0)
	for i := from; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// flow writes a value on one line.
func flow(v any) string {
	n := &yaml.Node{}
	if n.Encode(v) != nil {
		return ""
	}
	n.Style = yaml.FlowStyle
	raw, err := yaml.Marshal(n)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}
