package inspect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// object is a JSON object with everything that encoding/json forgives and a
// verifier must not: members in their order, the ones that stand twice too.
type object struct {
	members []member
}

type member struct {
	name string
	raw  json.RawMessage
}

var errNotObject = errors.New("it is not a JSON object")

// objectOf reads one object that fills raw.
func objectOf(raw []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	tok, err := d.Token()
	if err != nil {
		return object{}, fmt.Errorf("it is not JSON: %w", err)
	}
	if tok != json.Delim('{') {
		return object{}, errNotObject
	}
	var o object
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return object{}, fmt.Errorf("it is not JSON: %w", err)
		}
		text, _ := name.(string)
		m := member{name: text}
		if err := d.Decode(&m.raw); err != nil {
			return object{}, fmt.Errorf("it is not JSON: %w", err)
		}
		o.members = append(o.members, m)
	}
	if _, err := d.Token(); err != nil {
		return object{}, fmt.Errorf("it is not JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return object{}, fmt.Errorf("%d bytes stand behind the JSON value", len(raw)-int(d.InputOffset()))
	}
	return o, nil
}

// member returns the last one of a name, as JSON.parse would. A null is
// absent.
func (o object) member(name string) (json.RawMessage, bool) {
	for i := len(o.members) - 1; i >= 0; i-- {
		if m := o.members[i]; m.name == name {
			return m.raw, string(m.raw) != "null"
		}
	}
	return nil, false
}

// has reports whether a member stands there, null or not.
func (o object) has(name string) bool {
	for _, m := range o.members {
		if m.name == name {
			return true
		}
	}
	return false
}

// text returns a member that is a string.
func (o object) text(name string) (string, bool) {
	raw, ok := o.member(name)
	if !ok {
		return "", false
	}
	var s string
	return s, json.Unmarshal(raw, &s) == nil && isString(raw)
}

func isString(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }

// object returns a member that is an object.
func (o object) object(name string) (object, bool) {
	raw, ok := o.member(name)
	if !ok {
		return object{}, false
	}
	in, err := objectOf(raw)
	return in, err == nil
}

// quirk says what encoding/json would have forgiven: a member that stands
// twice, anywhere, or one whose name differs from a known one in case only.
func (o object) quirk(where string, known ...string) error {
	seen := map[string]bool{}
	for _, m := range o.members {
		if seen[m.name] {
			return fmt.Errorf("%s has the member %q twice", where, m.name)
		}
		seen[m.name] = true
		for _, name := range known {
			if m.name != name && strings.EqualFold(m.name, name) {
				return fmt.Errorf("%s has a member %q, which differs from %q in case only", where, m.name, name)
			}
		}
	}
	return nil
}

// maxNesting bounds how deep JSON is looked into; an answer has three levels.
const maxNesting = 32

// deepQuirk looks for members that stand twice in whatever raw holds.
func deepQuirk(where string, raw json.RawMessage) error { return quirkWithin(maxNesting, where, raw) }

func quirkWithin(levels int, where string, raw json.RawMessage) error {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 {
		return nil
	}
	if levels == 0 {
		return fmt.Errorf("it is nested more than %d deep", maxNesting)
	}
	switch trimmed[0] {
	case '{':
		o, err := objectOf(trimmed)
		if err != nil {
			return err
		}
		if err := o.quirk(where); err != nil {
			return err
		}
		for _, m := range o.members {
			if err := quirkWithin(levels-1, where+"."+short(m.name), m.raw); err != nil {
				return err
			}
		}
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(trimmed, &list); err != nil {
			return err
		}
		for i, el := range list {
			if err := quirkWithin(levels-1, fmt.Sprintf("%s[%d]", where, i), el); err != nil {
				return err
			}
		}
	}
	return nil
}

// whatJSON names the kind of a value, with its article.
func whatJSON(raw json.RawMessage) string {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 {
		return "nothing"
	}
	switch trimmed[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
