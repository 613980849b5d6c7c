package idp

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"sting/backend/identity"
)

// violation is one value that the schema refuses.
type violation struct {
	name string // of the node: "traits.email"
	text text
}

// validate reports what the schema refuses in traits, and what nobody could keep,
// whatever the schema says.
func (s *Schema) validate(traits map[string]any) []violation {
	return append(s.judge(traits), s.unkeepable(traits)...)
}

// unkeepable reports text with a NUL, values too deep or too large, and identifiers
// that can't be compared.
func (s *Schema) unkeepable(traits map[string]any) []violation {
	i := identity.Identity{Traits: raw(traits), Identifiers: s.identifiers(traits)}
	if traits == nil {
		i.Traits = json.RawMessage("{}")
	}
	var out []violation
	for _, p := range i.ExamineContent() {
		name := p.Where
		if strings.HasPrefix(name, "identifiers") {
			name = s.firstIdentifier()
		}
		out = append(out, violation{name: name, text: generic(strings.TrimSpace(p.What + " " + p.Fix))})
	}
	return out
}

func (s *Schema) judge(traits map[string]any) []violation {
	err := s.compiled.Validate(map[string]any{"traits": plain(traits)})
	if err == nil {
		return nil
	}
	ve, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return []violation{{text: generic(err.Error())}}
	}
	return flatten(ve, nil)
}

// plain copies a value into the types that the validator knows.
func plain(v any) any {
	out, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw(v))))
	if err != nil {
		return v
	}
	return out
}

func flatten(e *jsonschema.ValidationError, out []violation) []violation {
	for _, cause := range e.Causes {
		out = flatten(cause, out)
	}
	at := strings.Join(e.InstanceLocation, ".")
	if k, ok := e.ErrorKind.(*kind.Required); ok {
		for _, name := range k.Missing {
			out = append(out, violation{name: joined(at, name), text: missing(name)})
		}
		return out
	}
	if k, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
		for _, name := range k.Properties {
			out = append(out, violation{name: joined(at, name), text: generic(fmt.Sprintf("additionalProperties %q not allowed", name))})
		}
		return out
	}
	if len(e.Causes) > 0 {
		return out
	}
	return append(out, violation{name: at, text: describe(e.ErrorKind)})
}

func joined(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// describe says what is wrong with a value, in Kratos' words where it has
// some.
func describe(k jsonschema.ErrorKind) text {
	switch k := k.(type) {
	case *kind.MinLength:
		return limit(4000003, "length must be >= %d, but got %d", [2]string{"min_length", "actual_length"}, k.Want, k.Got)
	case *kind.MaxLength:
		return limit(4000017, "length must be <= %d, but got %d", [2]string{"max_length", "actual_length"}, k.Want, k.Got)
	case *kind.Pattern:
		t := failed(4000004, fmt.Sprintf("does not match pattern %q", k.Want))
		t.Context = map[string]any{"pattern": k.Want}
		return t
	case *kind.Format:
		return generic(fmt.Sprintf("%s is not valid %q", raw(k.Got), k.Want))
	case *kind.Minimum:
		return limit(4000018, "must be >= %v but found %v", [2]string{"minimum", "actual"}, number(k.Want), number(k.Got))
	case *kind.ExclusiveMinimum:
		return limit(4000019, "must be > %v but found %v", [2]string{"minimum", "actual"}, number(k.Want), number(k.Got))
	case *kind.Maximum:
		return limit(4000020, "must be <= %v but found %v", [2]string{"maximum", "actual"}, number(k.Want), number(k.Got))
	case *kind.ExclusiveMaximum:
		return limit(4000021, "must be < %v but found %v", [2]string{"maximum", "actual"}, number(k.Want), number(k.Got))
	case *kind.MultipleOf:
		return limit(4000022, "%v not multipleOf %v", [2]string{"actual", "base"}, number(k.Got), number(k.Want))
	case *kind.MaxItems:
		return limit(4000023, "maximum %d items allowed, but found %d items", [2]string{"max_items", "actual_items"}, k.Want, k.Got)
	case *kind.MinItems:
		return limit(4000024, "minimum %d items allowed, but found %d items", [2]string{"min_items", "actual_items"}, k.Want, k.Got)
	case *kind.UniqueItems:
		return limit(4000025, "items at index %d and %d are equal", [2]string{"index_a", "index_b"}, k.Duplicates[0], k.Duplicates[1])
	case *kind.Type:
		return limit(4000026, "expected %s, but got %s", [2]string{"allowed_types", "actual_type"}, strings.Join(k.Want, " or "), k.Got)
	case *kind.Const:
		t := failed(4000029, "must be equal to constant "+string(raw(k.Want)))
		t.Context = map[string]any{"expected": k.Want}
		return t
	case *kind.Enum:
		return generic("value must be one of " + quoted(k.Want))
	}
	return generic(fmt.Sprintf("%s is not fulfilled", strings.Join(k.KeywordPath(), "/")))
}

func number(r *big.Rat) json.Number {
	if r.IsInt() {
		return json.Number(r.Num().String())
	}
	f, _ := r.Float64()
	return json.Number(fmt.Sprint(f))
}
