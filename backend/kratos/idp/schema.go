package idp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sting/backend/identity"
)

// Schema says what a person has: a JSON schema with Kratos' extensions
// (`ory.sh/kratos`). It never changes and may be shared.
type Schema struct {
	ID  string          // "default"
	Doc json.RawMessage // as it was written

	compiled *jsonschema.Schema
	traits   *property
	fields   []field
}

// field is a trait that a form asks for.
type field struct {
	path     []string // below traits
	required bool
	*property
}

func (f field) name() string { return "traits." + strings.Join(f.path, ".") }

// ParseSchema reads an identity schema. The error says what to change.
func ParseSchema(id string, doc []byte) (*Schema, error) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return nil, fmt.Errorf("identity schema %q is not JSON: %w", id, err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, doc); err != nil {
		return nil, fmt.Errorf("identity schema %q is not JSON: %w", id, err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	c.UseLoader(noLoader{})
	const at = "mem:///identity.schema.json"
	if err := c.AddResource(at, v); err != nil {
		return nil, fmt.Errorf("identity schema %q: %w", id, err)
	}
	compiled, err := c.Compile(at)
	if err != nil {
		return nil, fmt.Errorf("identity schema %q: %w", id, err)
	}
	root, err := parseProperty(doc)
	if err != nil {
		return nil, fmt.Errorf("identity schema %q: %w", id, err)
	}
	s := &Schema{ID: id, Doc: compact.Bytes(), compiled: compiled, traits: root.child("traits")}
	if s.traits == nil {
		return nil, fmt.Errorf("identity schema %q has no properties.traits: describe the person's fields there", id)
	}
	s.collect(s.traits, nil, true)
	if !slices.ContainsFunc(s.fields, func(f field) bool { return f.identifier() }) {
		return nil, fmt.Errorf(`identity schema %q names no identifier: give one trait "ory.sh/kratos": {"credentials": {"password": `+
			`{"identifier": true}}}`, id)
	}
	return s, nil
}

// noLoader refuses schemas from elsewhere: nothing leaves the machine.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, errors.New("$ref to another document is not followed: " + url)
}

func (s *Schema) collect(p *property, path []string, required bool) {
	for _, name := range p.order {
		child := p.children[name]
		at := append(slices.Clone(path), name)
		needed := required && slices.Contains(p.Required, name)
		if child.kind() == "object" {
			s.collect(child, at, needed)
			continue
		}
		s.fields = append(s.fields, field{path: at, required: needed, property: child})
	}
}

// nodes draws the form of the traits.
func (s *Schema) nodes(group string) []node {
	var out []node
	for _, f := range s.fields {
		kind, hint, ok := f.inputType()
		if !ok {
			continue
		}
		n := input(group, f.name(), kind, titled(f.Title)).completing(hint)
		n.Attributes.Required, n.Attributes.Pattern = f.required, f.Pattern
		out = append(out, n)
	}
	return out
}

// identifierNode asks for what a person types to sign in.
func (s *Schema) identifierNode() node {
	label := &labelID
	var ids []field
	for _, f := range s.fields {
		if f.identifier() {
			ids = append(ids, f)
		}
	}
	if len(ids) == 1 && ids[0].Title != "" {
		label = titled(ids[0].Title)
	}
	return input("default", "identifier", "text", label).valued("").required()
}

// firstIdentifier is the name of the node behind which Kratos shows a password.
func (s *Schema) firstIdentifier() string {
	for _, f := range s.fields {
		if f.identifier() {
			return f.name()
		}
	}
	return ""
}

// complete adds the objects that a form leaves out when nothing is in them, as
// Kratos does; but for those that may be left out and can't be empty, which a
// form calls optional.
func (s *Schema) complete(traits map[string]any) { completeObjects(s.traits, traits) }

func completeObjects(p *property, v map[string]any) {
	for name, child := range p.children {
		if child.kind() != "object" {
			continue
		}
		inner, ok := v[name].(map[string]any)
		if v[name] == nil && len(child.Required) > 0 && !slices.Contains(p.Required, name) {
			continue
		}
		if v[name] == nil {
			inner, ok = map[string]any{}, true
			v[name] = inner
		}
		if ok {
			completeObjects(child, inner)
		}
	}
}

// identifiers returns what a person with these traits may type to sign in,
// folded, in the order of the schema.
func (s *Schema) identifiers(traits map[string]any) []string {
	return s.gather(traits, (*property).identifier)
}

// codeIdentifiers returns where the schema lets a person be sent a code.
func (s *Schema) codeIdentifiers(traits map[string]any) []string {
	return s.gather(traits, func(p *property) bool { return p.Kratos.Credentials.Code.Identifier })
}

// addresses returns where mails for verification and recovery go.
func (s *Schema) addresses(traits map[string]any) (verify, recover []string) {
	return s.gather(traits, func(p *property) bool { return p.Kratos.Verification.Via == "email" }),
		s.gather(traits, func(p *property) bool { return p.Kratos.Recovery.Via == "email" })
}

func (s *Schema) gather(traits map[string]any, want func(*property) bool) []string {
	var out []string
	add := func(v any) {
		if text, ok := v.(string); ok {
			if text = identity.Fold(text); text != "" && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	for _, f := range s.fields {
		v, ok := lookup(traits, f.path)
		if !ok || !want(f.property) {
			continue
		}
		if list, ok := v.([]any); ok {
			for _, item := range list {
				add(item)
			}
			continue
		}
		add(v)
	}
	return out
}

// addressesAreIdentifiers reports whether each address of a person is also
// something to sign in with.
func (s *Schema) addressesAreIdentifiers() bool {
	for _, f := range s.fields {
		if (f.Kratos.Verification.Via == "email" || f.Kratos.Recovery.Via == "email") && !f.identifier() {
			return false
		}
	}
	return true
}
