package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"sting/backend/disk"
	"sting/backend/fault"
)

// Faults of the file as a whole. Load returns them beside a Config that holds
// defaults and flags; `sting serve` refuses to start, a running lab keeps what
// it has.
var (
	ErrUnreadable = fault.New(fault.Unavailable, "CONFIG_UNREADABLE", "The configuration can't be read.",
		"Look at the file and who may read it: `sting config path`.").Running("sting config path")
	ErrBroken = fault.New(fault.Invalid, "CONFIG_INVALID", "The configuration is not YAML, so nothing of it could be used.",
		"`sting config check` names the line.").Running("sting config check")
)

// longestFile bounds the file, in bytes.
const longestFile = 1 << 20

// Overrides are settings from the command line: YAML texts by dotted key,
// such as "ports.site": "0". They win over the file.
type Overrides map[string]string

// input is all that a Config follows from.
type input struct {
	home  string
	doc   document
	flags []Problem
	drawn map[string]Port // ports drawn before, by name
}

// Load reads the configuration of a home folder, which need not exist.
//
// The report lists everything that is wrong; see Severity for what each does.
// The error is ErrUnreadable or ErrBroken, and then the file counts for
// nothing. Whatever is returned besides, the Config can be used.
func Load(home string, flags Overrides) (Config, Report, error) {
	in := input{home: home, drawn: readDrawn(home)}
	file := filepath.Join(home, FileName)
	text, err := disk.Read(file, longestFile)
	exists := !errors.Is(err, fs.ErrNotExist)
	if err != nil && exists {
		err = ErrUnreadable.Because(err).Hinting("%s Then try again.", unreadable(file, err))
		in.doc = parse(nil)
	} else {
		err = nil
		in.doc = parse(text)
	}
	if in.doc.broken {
		err = ErrBroken.Hinting("%s", firstOf(file, in.doc.problems))
	}
	in.override(flags)
	c, r := in.resolve(nil)
	r.Exists = exists
	r.Problems = append(r.Problems, misnamed(home, exists)...)
	return c, r, err
}

// misnamed finds a configuration that nobody reads because of its name.
func misnamed(home string, exists bool) []Problem {
	var found []Problem
	for _, name := range []string{"sting.yaml", ".sting.yml", "sting.yml.txt"} {
		path := filepath.Join(home, name)
		if info, err := os.Lstat(path); err != nil || info.IsDir() {
			continue
		}
		p := Problem{Severity: Warning, Path: name, Meaning: fmt.Sprintf("%s is not read: the configuration is called %s.", path, FileName),
			Fix: fmt.Sprintf("Rename it: `mv %s %s`.", path, filepath.Join(home, FileName))}
		if exists {
			p.Fix = fmt.Sprintf("Move what it says into %s, and remove it.", filepath.Join(home, FileName))
		}
		found = append(found, p)
	}
	return found
}

// firstOf names the first problem as a hint.
func firstOf(file string, ps []Problem) string {
	return fmt.Sprintf("%s, %s", file, ps[0])
}

func unreadable(file string, err error) string {
	why, refused := errors.AsType[disk.Refusal](err)
	switch {
	case refused:
		return string(why)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("%s belongs to somebody else, or its mode forbids reading: `chmod 600 %s`.", file, file)
	default:
		return fmt.Sprintf("Put %s in order.", file)
	}
}

// override puts flags in the place of what the file says.
func (in *input) override(flags Overrides) {
	known := newNames()
	bad := func(k, v, meaning, fix string) {
		in.flags = append(in.flags, Problem{Severity: Error, Path: clip(k), Value: clip(v), Meaning: meaning, Fix: fix})
	}
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range flags {
			if !yield(k) {
				return
			}
		}
	}) {
		v := flags[k]
		if !known.leaf(k) {
			bad(k, v, "Unknown key on the command line.", known.fix(k))
			continue
		}
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(v), &doc); err != nil || len(doc.Content) != 1 {
			doc = yaml.Node{Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: v}}}
		}
		in.doc.leaves[k] = leaf{node: doc.Content[0], at: k, from: "flag"}
	}
}

// resolve makes a Config of the input. With pinned, the settings that wait for
// a restart keep its values.
func (in input) resolve(pinned *Config) (Config, Report) {
	c := Default()
	c.Home = in.home
	c.WebAuthn.RP.Origins = nil
	r := Report{File: c.File(), Sources: map[string]Source{}, input: in}
	r.Problems = slices.Concat(in.doc.problems, in.flags)
	given := map[string]bool{}
	for _, k := range keys() {
		l, ok := in.doc.leaves[k.path]
		if used := ok && k.read(&c, l.node, r.at(k.path, l)); used {
			given[k.path] = true
			r.Sources[k.path] = source(l)
			continue
		}
		r.Sources[k.path] = Source{Kind: "default"}
	}
	for _, p := range c.Ports.all() {
		if kept := in.drawn[p.name]; *p.port == 0 && kept > 0 {
			*p.port = kept
			s := r.Sources["ports."+p.name]
			s.Drawn = true
			r.Sources["ports."+p.name] = s
		}
	}
	if pinned != nil {
		for _, k := range keys() {
			if !k.live {
				k.copy(&c, *pinned)
				given[k.path] = true
			}
		}
		c.Registration.Schema = pinned.Registration.Schema
	}
	x := examiner{c: &c, r: &r, given: given, pinned: pinned != nil}
	x.all()
	if len(c.WebAuthn.RP.Origins) == 0 {
		r.Sources[originsKey] = Source{Kind: "follows"}
	}
	for _, k := range []string{"kratos.public_url", "kratos.admin_url"} {
		if !given[k] || c.Kratos.Mode != KratosExternal {
			r.Sources[k] = Source{Kind: "follows"} // also where the file names an address that isn't read
		}
	}
	follow(&c, given)
	sortProblems(r.Problems)
	return c, r
}

func source(l leaf) Source {
	if l.from == "flag" {
		return Source{Kind: "flag"}
	}
	return Source{Kind: "file", Line: resolve(l.node).Line}
}

// at returns a sink that adds to the report what is wrong with a value.
func (r *Report) at(path string, l leaf) sink {
	return func(n *yaml.Node, sub string, s Severity, meaning, fix string) {
		value := brief(n)
		if path == uriKey {
			value = maskURI(value)
		}
		p := Problem{Severity: s, Path: path + sub, Value: value, Meaning: meaning, Fix: fix}
		if l.from == "file" {
			p.Line, p.Column = n.Line, n.Column
		} else {
			p.Meaning = "On the command line: " + meaning
		}
		r.Problems = append(r.Problems, p)
	}
}
