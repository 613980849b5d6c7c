package idp

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Example returns traits that this schema takes, for a person who never was: with
// this address where the schema lets it be one, else with one that it asks for.
// What tells people apart is drawn anew each time. The error says which trait no
// example was found for.
func (s *Schema) Example(email string) (traits map[string]any, err error) {
	root := s.compiled.Properties["traits"]
	if root == nil {
		return nil, errors.New("the schema describes no traits")
	}
	for _, whole := range []bool{false, true} { // what is optional alone may be asked for by a rule
		x := exampler{schema: s, email: email, whole: whole}
		v, found := x.value([]*jsonschema.Schema{root}, nil, 0)
		object, ok := v.(map[string]any)
		switch {
		case found != nil:
			err = found
			continue
		case !ok:
			return nil, errors.New("the traits are no object")
		}
		s.complete(object)
		violations := s.judge(object)
		if len(violations) == 0 {
			return object, nil
		}
		err = fmt.Errorf("%s: %s", violations[0].name, violations[0].text.Text)
	}
	return nil, err
}

// exampler makes values that a schema takes.
type exampler struct {
	schema *Schema
	email  string
	whole  bool // with what is not required
	drawn  int  // numbers the values, so that those of a list differ
}

// deepest is how far a schema may lead into itself.
const deepest = 24

// value returns one that all of the schemas take. It tries what the schemas name
// themselves before what follows from their rules.
func (x *exampler) value(all []*jsonschema.Schema, path []string, depth int) (any, error) {
	name := strings.Join(append([]string{"traits"}, path...), ".")
	if depth > deepest {
		return nil, fmt.Errorf("%s leads into itself without end", name)
	}
	var inner error
	for _, rules := range variants(all) {
		candidates := x.named(rules, path)
		made, err := x.made(rules, path, depth)
		if err != nil {
			inner = err
		}
		for _, v := range append(candidates, made...) {
			if fits(all, v) {
				return v, nil
			}
		}
	}
	if inner != nil {
		return nil, inner
	}
	return nil, fmt.Errorf("no example for %s satisfies its rules%s", name, patternOf(all))
}

func patternOf(all []*jsonschema.Schema) string {
	for _, r := range flat(all) {
		if r.Pattern != nil {
			return " (pattern " + r.Pattern.String() + ")"
		}
	}
	return ""
}

func fits(all []*jsonschema.Schema, v any) bool {
	v = plain(v)
	for _, s := range all {
		if s.Validate(v) != nil {
			return false
		}
	}
	return true
}

// flat returns the schemas with all that they refer to and consist of.
func flat(all []*jsonschema.Schema) []*jsonschema.Schema {
	var out []*jsonschema.Schema
	var add func(s *jsonschema.Schema)
	add = func(s *jsonschema.Schema) {
		if s == nil || slices.Contains(out, s) {
			return
		}
		out = append(out, s)
		add(s.Ref)
		for _, part := range s.AllOf {
			add(part)
		}
	}
	for _, s := range all {
		add(s)
	}
	return out
}

// variants returns the sets of rules of which a value has to keep one: one for each
// alternative that the schemas leave.
func variants(all []*jsonschema.Schema) [][]*jsonschema.Schema {
	rules := flat(all)
	out := [][]*jsonschema.Schema{rules}
	for _, s := range rules {
		for _, choice := range slices.Concat(s.AnyOf, s.OneOf) {
			out = append(out, flat(append(slices.Clone(rules), choice)))
		}
		if s.If != nil {
			out = append(out, flat(append(slices.Clone(rules), s.If, s.Then)), flat(append(slices.Clone(rules), s.Else)))
		}
	}
	return out
}

// named returns the values that the rules name: what has to be drawn is no example's.
func (x *exampler) named(rules []*jsonschema.Schema, path []string) []any {
	var out []any
	for _, r := range rules {
		if r.Const != nil {
			out = append(out, *r.Const)
		}
		if r.Enum != nil {
			n := len(r.Enum.Values)
			for i := range n {
				out = append(out, r.Enum.Values[(i+x.drawn)%n])
			}
		}
	}
	if x.schema.tellsApart(path) {
		return out
	}
	for _, r := range rules {
		out = append(out, r.Examples...)
		if r.Default != nil {
			out = append(out, *r.Default)
		}
	}
	return out
}

// tellsApart reports whether two people may not have the same value there, or mails
// are sent to it.
func (s *Schema) tellsApart(path []string) bool {
	return slices.ContainsFunc(s.fields, func(f field) bool {
		k := f.Kratos
		special := f.identifier() || k.Credentials.Code.Identifier || k.Verification.Via != "" || k.Recovery.Via != ""
		return special && len(path) >= len(f.path) && slices.Equal(f.path, path[:len(f.path)])
	})
}

// made returns values that follow from the rules.
func (x *exampler) made(rules []*jsonschema.Schema, path []string, depth int) ([]any, error) {
	x.drawn++
	var out []any
	var err error
	for _, kind := range kindsOf(rules) {
		switch kind {
		case "object":
			var v map[string]any
			if v, err = x.object(rules, path, depth); err == nil {
				out = append(out, v)
			}
		case "array":
			var v []any
			if v, err = x.list(rules, path, depth); err == nil {
				out = append(out, v)
			}
		case "integer", "number":
			out = append(out, x.numbers(rules)...)
		case "boolean":
			out = append(out, true, false)
		case "null":
			out = append(out, nil)
		default:
			out = append(out, x.texts(rules, path)...)
		}
	}
	return out, err
}

// kindsOf returns the types that the rules allow, null last; where they name none,
// the one that their other words are about.
func kindsOf(rules []*jsonschema.Schema) []string {
	var named []string
	for _, r := range rules {
		if r.Types != nil && !r.Types.IsEmpty() {
			named = append(named, r.Types.ToStrings()...)
		}
	}
	if len(named) > 0 {
		slices.SortStableFunc(named, func(a, b string) int { return nullLast(a) - nullLast(b) })
		return named
	}
	for _, r := range rules {
		switch {
		case r.Properties != nil, r.Required != nil:
			return []string{"object"}
		case r.Items != nil, r.MinItems != nil, r.Items2020 != nil, r.PrefixItems != nil:
			return []string{"array"}
		case r.Minimum != nil, r.Maximum != nil, r.ExclusiveMinimum != nil, r.ExclusiveMaximum != nil, r.MultipleOf != nil:
			return []string{"number"}
		}
	}
	return []string{"string"}
}

func nullLast(kind string) int {
	if kind == "null" {
		return 1
	}
	return 0
}

// object fills what is required, and more where few properties are too few.
func (x *exampler) object(rules []*jsonschema.Schema, path []string, depth int) (map[string]any, error) {
	described := make(map[string][]*jsonschema.Schema)
	wanted := make(map[string]bool)
	least := 0
	for _, r := range rules {
		for name, s := range r.Properties {
			described[name] = append(described[name], s)
		}
		for _, name := range r.Required {
			wanted[name] = true
		}
		if r.MinProperties != nil {
			least = max(least, *r.MinProperties)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(described)) {
		wanted[name] = wanted[name] || x.whole || len(wanted) < least || len(path) == 0 && name == "email"
	}
	out := make(map[string]any, len(wanted))
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if !wanted[name] {
			continue
		}
		v, err := x.value(described[name], append(slices.Clone(path), name), depth+1)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}

// list has as many items as are asked for, one at least where one is allowed.
func (x *exampler) list(rules []*jsonschema.Schema, path []string, depth int) ([]any, error) {
	n, most := 1, 1
	var items, contained, rest []*jsonschema.Schema
	for _, r := range rules {
		if r.MinItems != nil {
			n = max(n, *r.MinItems)
		}
		if r.MaxItems != nil {
			most = min(most, *r.MaxItems)
		}
		if r.Contains != nil {
			contained = append(contained, r.Contains)
		}
		switch v := r.Items.(type) {
		case *jsonschema.Schema:
			rest = append(rest, v)
		case []*jsonschema.Schema:
			items = append(items, v...)
		}
		items = append(items, r.PrefixItems...)
		if r.Items2020 != nil {
			rest = append(rest, r.Items2020)
		}
	}
	if most == 0 {
		n = 0
	}
	const longest = 1000
	out := make([]any, 0, min(n, longest))
	for i := range min(max(n, len(items)), longest) {
		of := rest
		if i < len(items) {
			of = []*jsonschema.Schema{items[i]}
		}
		if i == 0 {
			of = append(slices.Clone(of), contained...)
		}
		v, err := x.value(of, path, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// ExampleJSON is Example as JSON.
func (s *Schema) ExampleJSON(email string) (json.RawMessage, error) {
	traits, err := s.Example(email)
	if err != nil {
		return nil, err
	}
	return json.Marshal(traits)
}
