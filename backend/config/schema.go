package config

import (
	"bytes"
	_ "embed" // the default schema
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sting/backend/disk"
)

//go:embed identity.schema.json
var defaultSchema string

// longestSchema bounds an identity schema, in bytes.
const longestSchema = 1 << 20

// DefaultSchema returns the identity schema of a home folder without one:
// e-mail, name.first and name.last, only the e-mail required. Each call
// returns a copy.
func DefaultSchema() []byte { return []byte(defaultSchema) }

// schema reads the identity schema. The default name may stand in the file
// without a file of that name.
func (x *examiner) schema() {
	s := &x.c.Registration.Schema
	text, err := readSchema(x.c.Home, s.Name)
	if err != nil {
		x.say(schemaKey, Error, err.Error()+" The built-in schema is used.",
			fmt.Sprintf("Mend the file, or take the line out; %s in the home folder is read by itself.", SchemaName))
		return
	}
	if text == nil {
		return
	}
	problems := CheckSchema(text)
	usable := true
	for _, p := range problems {
		usable = usable && p.Severity != Error
	}
	for _, p := range problems {
		if p.Severity == Error {
			p.Meaning += " The built-in schema is used."
		}
		x.say(schemaKey, p.Severity, fmt.Sprintf("In %s: %s", s.Name, p.Meaning), p.Fix)
	}
	if usable {
		s.JSON, s.Own = text, true
	}
}

const schemaKey = "registration.identity_schema"

// readSchema returns the text of the schema, nil for the built-in one. The
// error is a sentence.
func readSchema(home, name string) ([]byte, error) {
	path := strings.TrimPrefix(name, "file://")
	if filepath.IsAbs(path) {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
	} else {
		path = filepath.Join(home, path)
	}
	text, err := disk.Read(path, longestSchema)
	why, refused := errors.AsType[disk.Refusal](err)
	switch {
	case err == nil:
		return text, nil
	case errors.Is(err, fs.ErrNotExist) && name == SchemaName:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, sentence(fmt.Sprintf("There is no file %s.", path))
	case refused:
		return nil, sentence(why)
	default:
		return nil, sentence(fmt.Sprintf("%s can't be read: %v.", path, err))
	}
}

// CheckSchema says what keeps text from being an identity schema of this lab.
// Line and Column of the problems are those of text. With an Error the schema
// can't be used.
func CheckSchema(text []byte) []Problem {
	bad := func(line int, meaning, fix string) []Problem {
		return []Problem{{Severity: Error, Line: line, Meaning: meaning, Fix: fix}}
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		line := lineAt(text, err)
		return bad(line, fmt.Sprintf("Line %d is not JSON: %s.", line, strings.TrimSuffix(err.Error(), ".")),
			"Compare commas, brackets and quotes there.")
	}
	if ps := misspelt(doc, nil); len(ps) > 0 {
		return ps
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.UseLoader(noLoader{})
	const where = "https://localhost/checked.schema.json"
	if err := c.AddResource(where, doc); err != nil {
		return bad(0, fmt.Sprintf("This is not a JSON Schema: %v.", err), "Begin with the built-in one: `sting config show`.")
	}
	if _, err := c.Compile(where); err != nil {
		return bad(0, fmt.Sprintf("This is not a JSON Schema: %s.", firstLine(err)),
			"Compare the place named with the JSON Schema draft of $schema.")
	}
	return checkTraits(doc)
}

// noLoader keeps a schema from reading files or the network.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, sentence(fmt.Sprintf("it refers to %s, and nothing is fetched", url))
}

func firstLine(err error) string {
	s := strings.TrimSpace(err.Error())
	lines := strings.Split(s, "\n")
	return clip(strings.TrimSuffix(strings.TrimSpace(lines[len(lines)-1]), "."))
}

// lineAt returns the line at which decoding stopped.
func lineAt(text []byte, err error) int {
	offset := int64(len(text))
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = min(e.Offset, offset)
	}
	return 1 + bytes.Count(text[:offset], []byte("\n"))
}

// checkTraits asks for what the lab relies on: an e-mail address by which a
// person is known.
func checkTraits(doc any) []Problem {
	var ps []Problem
	say := func(s Severity, meaning, fix string) {
		ps = append(ps, Problem{Severity: s, Meaning: meaning, Fix: fix})
	}
	email, ok := member(doc, "properties", "traits", "properties", "email").(map[string]any)
	if !ok {
		say(Error, "There is no trait email, by which people sign in.", `Add "email" below properties.traits.properties.`)
		return ps
	}
	if t := email["type"]; t != "string" {
		say(Error, "The trait email is not a string.", `Write "type": "string".`)
	}
	const ext = "ory.sh/kratos"
	if member(email, ext, "credentials", "password", "identifier") != true {
		say(Error, "The trait email is no identifier for passwords, so nobody could sign in with one.",
			`Add "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}} to it.`)
	}
	if member(email, ext, "verification", "via") != "email" {
		say(Warning, "The trait email can't be verified: no verification mail is ever sent.",
			`Add "verification": {"via": "email"} to its "ory.sh/kratos".`)
	}
	if member(email, ext, "recovery", "via") != "email" {
		say(Warning, "The trait email is no recovery address: who forgets the password is locked out.",
			`Add "recovery": {"via": "email"} to its "ory.sh/kratos".`)
	}
	return append(ps, unfillable(member(doc, "properties", "traits"), "traits")...)
}

// misspelt finds types that JSON Schema doesn't have, by the place where each
// stands: the validator says of them only that a list was expected.
func misspelt(schema any, path []string) []Problem {
	m, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	var ps []Problem
	types, many := m["type"].([]any)
	if !many && m["type"] != nil {
		types = []any{m["type"]}
	}
	for _, t := range types {
		name, text := t.(string)
		if text && slices.Contains(schemaTypes, name) {
			continue
		}
		fix := fmt.Sprintf("Write one of %s.", strings.Join(schemaTypes, ", "))
		if near, ok := nearest(name, schemaTypes); ok {
			fix = fmt.Sprintf(`Did you mean "type": %q?`, near)
		}
		ps = append(ps, Problem{Severity: Error, Meaning: fmt.Sprintf("%s has a type that there is none of: %v.", placeOf(path), t), Fix: fix})
	}
	inner, _ := m["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(inner)) {
		ps = append(ps, misspelt(inner[name], append(slices.Clone(path), name))...)
	}
	if items, ok := m["items"]; ok {
		ps = append(ps, misspelt(items, append(slices.Clone(path), "items"))...)
	}
	return ps
}

var schemaTypes = []string{"string", "number", "integer", "boolean", "object", "array", "null"}

func placeOf(path []string) string {
	if len(path) == 0 {
		return "The schema itself"
	}
	return strings.Join(path, ".")
}

// unfillable finds what a person has to have and no form can ask for, so that
// nobody could register on the page.
func unfillable(schema any, path string) []Problem {
	var ps []Problem
	say := func(meaning, fix string, args ...any) {
		ps = append(ps, Problem{Severity: Warning, Meaning: meaning + " Nobody can register on the page.", Fix: fmt.Sprintf(fix, args...)})
	}
	inner, _ := member(schema, "properties").(map[string]any)
	needed, _ := member(schema, "required").([]any)
	for _, n := range needed {
		name, _ := n.(string)
		at, described := path+"."+name, inner[name]
		switch {
		case described == nil:
			fix := fmt.Sprintf("Describe %q below properties, or take it out of required.", name)
			if near, ok := nearest(name, slices.Sorted(maps.Keys(inner))); ok {
				fix = fmt.Sprintf("Did you mean %q? Else describe %q below properties, or take it out of required.", near, name)
			}
			say(fmt.Sprintf("%s is required and described nowhere, so that no form asks for it.", at), "%s", fix)
		case traitKind(described) == "array":
			say(fmt.Sprintf("%s is required and a list, which no form asks for.", at), "Take %q out of required, or make it a string.", name)
		case traitKind(described) == "object":
			ps = append(ps, unfillable(described, at)...)
		}
	}
	return ps
}

// traitKind returns the first type of a property that isn't null: "object" where
// it names none and has properties, else "string".
func traitKind(property any) string {
	types, many := member(property, "type").([]any)
	if !many {
		types = []any{member(property, "type")}
	}
	for _, t := range types {
		if s, ok := t.(string); ok && s != "null" {
			return s
		}
	}
	if member(property, "properties") != nil {
		return "object"
	}
	return "string"
}

// member follows names down through objects, and returns nil where one is
// missing.
func member(v any, names ...string) any {
	for _, n := range names {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[n]
	}
	return v
}
