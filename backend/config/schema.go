package config

import (
	"bytes"
	_ "embed" // the default schema
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
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
	text, err := readFile(path, longestSchema)
	var s sentence
	switch {
	case err == nil:
		return text, nil
	case errors.Is(err, fs.ErrNotExist) && name == SchemaName:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, sentence(fmt.Sprintf("There is no file %s.", path))
	case errors.As(err, &s):
		return nil, s
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
		return bad(line, fmt.Sprintf("Line %d is not JSON: %s.", line, strings.TrimSuffix(err.Error(), ".")), "Compare commas, brackets and quotes there.")
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.UseLoader(noLoader{})
	const where = "https://localhost/checked.schema.json"
	if err := c.AddResource(where, doc); err != nil {
		return bad(0, fmt.Sprintf("This is not a JSON Schema: %v.", err), "Begin with the built-in one: `sting config show`.")
	}
	if _, err := c.Compile(where); err != nil {
		return bad(0, fmt.Sprintf("This is not a JSON Schema: %s.", firstLine(err)), "Compare the place named with the JSON Schema draft of $schema.")
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
	return ps
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
