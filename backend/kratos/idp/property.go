package idp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// property is one property of an identity schema, as far as forms need it.
type property struct {
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Type        json.RawMessage `json:"type"`
	Enum        json.RawMessage `json:"enum"`
	Const       json.RawMessage `json:"const"`
	Format      string          `json:"format"`
	Pattern     string          `json:"pattern"`
	Required    []string        `json:"required"`
	Items       json.RawMessage `json:"items"`
	Kratos      extension       `json:"ory.sh/kratos"`

	order    []string
	children map[string]*property
}

// extension is Kratos' own keyword.
type extension struct {
	Credentials struct {
		Password struct {
			Identifier bool `json:"identifier"`
		} `json:"password"`
		Code struct {
			Identifier bool `json:"identifier"`
		} `json:"code"`
	} `json:"credentials"`
	Verification struct {
		Via string `json:"via"`
	} `json:"verification"`
	Recovery struct {
		Via string `json:"via"`
	} `json:"recovery"`
}

func parseProperty(doc []byte) (*property, error) {
	var p property
	if err := json.Unmarshal(doc, &p); err != nil {
		return nil, err
	}
	var inner struct {
		Properties json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(doc, &inner); err != nil {
		return nil, err
	}
	if len(p.Items) > 0 {
		var item property
		if json.Unmarshal(p.Items, &item) == nil {
			p.Kratos = item.Kratos // a list of addresses: the extension stands at its items
		}
	}
	if len(inner.Properties) == 0 {
		return &p, nil
	}
	order, docs, err := inOrder(inner.Properties)
	if err != nil {
		return nil, err
	}
	p.order, p.children = order, make(map[string]*property, len(order))
	for _, name := range order {
		if p.children[name], err = parseProperty(docs[name]); err != nil {
			return nil, fmt.Errorf("property %s: %w", name, err)
		}
	}
	return &p, nil
}

// inOrder reads an object and keeps the order of its members: a form asks in
// the order in which the schema was written.
func inOrder(object []byte) ([]string, map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, errors.New("properties is not an object")
	}
	var order []string
	docs := make(map[string]json.RawMessage)
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, nil, err
		}
		name, ok := t.(string)
		if !ok {
			return nil, nil, errors.New("properties is not an object")
		}
		var doc json.RawMessage
		if err := dec.Decode(&doc); err != nil {
			return nil, nil, err
		}
		if _, twice := docs[name]; !twice {
			order = append(order, name)
		}
		docs[name] = doc
	}
	return order, docs, nil
}

func (p *property) child(name string) *property { return p.children[name] }

func (p *property) identifier() bool { return p.Kratos.Credentials.Password.Identifier }

// kind is the type of the values: the first one that isn't "null" where there
// are several.
func (p *property) kind() string {
	var one string
	if json.Unmarshal(p.Type, &one) == nil && one != "" {
		return one
	}
	var many []string
	if json.Unmarshal(p.Type, &many) == nil {
		for _, t := range many {
			if t != "null" {
				return t
			}
		}
	}
	if len(p.children) > 0 {
		return "object"
	}
	return "string"
}

// choices lists the values that a text may have, or nil where any will do.
func (p *property) choices() []string {
	var values []string
	if p.kind() != "string" || json.Unmarshal(p.Enum, &values) != nil {
		return nil
	}
	return slices.DeleteFunc(values, func(v string) bool { return v == "" })
}

// onlyTrue reports whether a yes-or-no has to be a yes: "I accept the terms".
func (p *property) onlyTrue() bool {
	var values []bool
	return string(p.Const) == "true" || json.Unmarshal(p.Enum, &values) == nil && len(values) == 1 && values[0]
}

// inputType is how HTML asks for such a value, and the hint for autofill.
// Lists have no input.
func (p *property) inputType() (kind, hint string, ok bool) {
	switch p.kind() {
	case "boolean":
		return "checkbox", "", true
	case "number", "integer":
		return "number", "", true
	case "array":
		return "", "", false
	}
	switch p.Format {
	case "email":
		return "email", "email", true
	case "tel":
		return "tel", "tel", true
	case "date":
		return "date", "", true
	case "date-time":
		return "datetime-local", "", true
	case "uri":
		return "url", "", true
	}
	return "text", "", true
}
