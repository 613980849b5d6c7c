package idp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sting/backend/kratos/idp"
)

const exampleEmail = "abc234@probe.invalid"

func schemaWith(t *testing.T, properties, more string) *idp.Schema {
	t.Helper()
	doc := fmt.Sprintf(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
		"definitions": {"short": {"type": "string", "maxLength": 3, "minLength": 2}, "loop": {"type": "object", "properties": {"again": `+
		`{"$ref": "#/definitions/loop"}}, "required": ["again"]}},
		"properties": {"traits": {"type": "object", "properties": {
			"email": {"type": "string", "format": "email", "ory.sh/kratos": {"credentials": {"password": {"identifier": `+
		`true}}}}%s}%s}}}`, properties, more)
	s, err := idp.ParseSchema("default", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What a schema may ask for, an example has.
func TestEachKindOfTraitThatIsRequiredHasAnExample(t *testing.T) {
	for name, property := range map[string]string{
		"a text":                     `{"type": "string"}`,
		"a text of one letter":       `{"type": "string", "maxLength": 1, "minLength": 1}`,
		"a long text":                `{"type": "string", "minLength": 300}`,
		"one of a list":              `{"enum": ["blue", "green"]}`,
		"a constant":                 `{"const": "yes"}`,
		"terms that are accepted":    `{"type": "boolean", "const": true}`,
		"a yes or no":                `{"type": "boolean"}`,
		"an age":                     `{"type": "integer", "minimum": 18, "maximum": 120}`,
		"an age beyond":              `{"type": "integer", "exclusiveMinimum": 17}`,
		"a number below":             `{"type": "number", "exclusiveMaximum": -3}`,
		"a share":                    `{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}`,
		"a multiple":                 `{"type": "integer", "multipleOf": 7, "minimum": 20, "maximum": 27}`,
		"a multiple of a tenth":      `{"type": "number", "multipleOf": 0.1, "minimum": 0.25}`,
		"a postal code":              `{"type": "string", "pattern": "^[0-9]{5}$"}`,
		"a number plate":             `{"type": "string", "pattern": "^[A-Z]{1,3}-(?:[A-Z]{1,2}) ?\\d{1,4}[EH]?$", "maxLength": 9}`,
		"a phone":                    `{"type": "string", "pattern": "^\\+[1-9]\\d{6,14}$"}`,
		"a pattern within":           `{"type": "string", "pattern": "ab+c", "minLength": 20}`,
		"a pattern without capitals": `{"type": "string", "pattern": "^[^A-Z\\s]+$", "maxLength": 5}`,
		"a date":                     `{"type": "string", "format": "date"}`,
		"a moment":                   `{"type": "string", "format": "date-time"}`,
		"a time":                     `{"type": "string", "format": "time"}`,
		"an address of the web":      `{"type": "string", "format": "uri", "pattern": "^https://"}`,
		"a second address":           `{"type": "string", "format": "email"}`,
		"an IP address":              `{"type": "string", "format": "ipv4"}`,
		"an IPv6 address":            `{"type": "string", "format": "ipv6"}`,
		"a UUID":                     `{"type": "string", "format": "uuid"}`,
		"a host":                     `{"type": "string", "format": "hostname"}`,
		"a telephone":                `{"type": "string", "format": "tel"}`,
		"an example of its own":      `{"type": "string", "pattern": "^(?:K|L)\\d{8}X$", "examples": ["K12345678X"]}`,
		"a list": `{"type": "array", "items": {"type": "string", "enum": ["a", "b", "c"]}, "minItems": 2, ` +
			`"uniqueItems": true}`,
		"a list of numbers that differ": `{"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 5, "uniqueItems": true}`,
		"an empty list":                 `{"type": "array", "maxItems": 0}`,
		"a list that holds something":   `{"type": "array", "contains": {"const": 7}}`,
		"an object": `{"type": "object", "properties": {"street": {"type": "string", "minLength": 3}, "zip": {"type": ` +
			`"string", "pattern": "^\\d{4}$"}}, "required": ["street", "zip"]}`,
		"objects in objects": `{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "integer"}}, ` +
			`"required": ["b"]}}, "required": ["a"]}`,
		"as many properties as wanted": `{"type": "object", ` +
			`"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "minProperties": 2}`,
		"nothing or a text": `{"type": ["null", "string"], "minLength": 2}`,
		"a reference":       `{"$ref": "#/definitions/short"}`,
		"all of several":    `{"allOf": [{"type": "string", "minLength": 4}, {"pattern": "^x"}]}`,
		"one of several":    `{"oneOf": [{"type": "integer", "minimum": 9, "maximum": 8}, {"type": "string", "pattern": "^\\w{3}$"}]}`,
		"any of several":    `{"type": "string", "anyOf": [{"const": "left"}, {"const": "right"}]}`,
		"a name of its own": `{"type": "string", "pattern": "^[a-z][a-z0-9_]{2,15}$", "ory.sh/kratos": {"credentials": ` +
			`{"password": {"identifier": true}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := schemaWith(t, `, "trait": `+property, `, "required": ["email", "trait"], "additionalProperties": false`)
			traits, err := s.Example(exampleEmail)
			if err != nil {
				t.Fatal(err)
			}
			if traits["email"] != exampleEmail {
				t.Errorf("the address is %v", traits["email"])
			}
			if _, there := traits["trait"]; !there {
				t.Errorf("the trait is missing: %v", traits)
			}
		})
	}
}

func TestAnExampleOfWhatTellsPeopleApartIsDrawnEachTime(t *testing.T) {
	s := schemaWith(t, `, "username": {"type": "string", "pattern": "^[a-z]{8,}$", "examples": ["adalovelace"], "ory.sh/kratos": `+
		`{"credentials": {"password": {"identifier": true}}}}`,
		`, "required": ["email", "username"]`)
	seen := make(map[any]bool)
	for range 20 {
		traits, err := s.Example(exampleEmail)
		if err != nil {
			t.Fatal(err)
		}
		seen[traits["username"]] = true
	}
	if len(seen) != 20 || seen["adalovelace"] {
		t.Errorf("drawn were %v", seen)
	}
}

// An address of one domain alone is drawn in that domain.
func TestAnAddressIsWhatTheSchemaLetsItBe(t *testing.T) {
	doc := `{"type": "object", "properties": {"traits": {"type": "object", "required": ["email"], "properties": {
		"email": {"type": "string", "format": "email", "pattern": "^[^@]+@lab\\.test$", "ory.sh/kratos": {"credentials": {"password": ` +
		`{"identifier": true}}}}}}}}`
	s, err := idp.ParseSchema("default", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	traits, err := s.Example(exampleEmail)
	email, _ := traits["email"].(string)
	if err != nil || !strings.HasSuffix(email, "@lab.test") || len(email) < 18 {
		t.Errorf("%v, %v", traits, err)
	}
}

func TestARuleThatAsksForMoreIsKept(t *testing.T) {
	s := schemaWith(t, `, "a": {"type": "string"}, "b": {"type": "string"}`, `, "required": ["email"], "dependencies": {"email": ["b"]}`)
	if traits, err := s.Example(exampleEmail); err != nil || traits["b"] == nil {
		t.Errorf("%v, %v", traits, err)
	}
}

func TestWhatNothingSatisfiesIsNamed(t *testing.T) {
	for property, want := range map[string]string{
		`{"type": "string", "pattern": "^a$", "minLength": 2}`: "traits.trait satisfies its rules (pattern ^a$)",
		`{"type": "integer", "minimum": 3, "maximum": 2}`:      "traits.trait",
		`{"not": {}}`:                    "traits.trait",
		`{"$ref": "#/definitions/loop"}`: "without end",
		`{"type": "object", "required": ["deep"], "properties": {"deep": {"type": "string", "pattern": "\\bx\\By$", ` +
			`"maxLength": 1}}}`: "traits.trait.deep",
	} {
		s := schemaWith(t, `, "trait": `+property, `, "required": ["email", "trait"]`)
		traits, err := s.Example(exampleEmail)
		if err == nil || !strings.Contains(err.Error(), want) {
			raw, _ := json.Marshal(traits)
			t.Errorf("%s: %s, %v", property, raw, err)
		}
	}
}
