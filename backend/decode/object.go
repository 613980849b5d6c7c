package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Object is a JSON object with everything that encoding/json forgives and a
// verifier must not: members in their order, the ones that stand twice too.
type Object struct {
	Members []Member
}

// Member is a member of a JSON object, as it stands.
type Member struct {
	Name string
	Raw  json.RawMessage
}

// ErrNotObject means JSON of another kind than an object.
var ErrNotObject = errors.New("it is not a JSON object")

// ParseObject reads one object that fills raw.
func ParseObject(raw []byte) (Object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	tok, err := d.Token()
	if err != nil {
		return Object{}, fmt.Errorf("it is not JSON: %w", err)
	}
	if tok != json.Delim('{') {
		return Object{}, ErrNotObject
	}
	var o Object
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return Object{}, fmt.Errorf("it is not JSON: %w", err)
		}
		text, _ := name.(string)
		m := Member{Name: text}
		if err := d.Decode(&m.Raw); err != nil {
			return Object{}, fmt.Errorf("it is not JSON: %w", err)
		}
		o.Members = append(o.Members, m)
	}
	if _, err := d.Token(); err != nil {
		return Object{}, fmt.Errorf("it is not JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Object{}, fmt.Errorf("%d bytes stand behind the JSON value", len(raw)-int(d.InputOffset()))
	}
	return o, nil
}

// Member returns the last one of a name, as JSON.parse would. A null is
// absent.
func (o Object) Member(name string) (json.RawMessage, bool) {
	for i := len(o.Members) - 1; i >= 0; i-- {
		if m := o.Members[i]; m.Name == name {
			return m.Raw, string(m.Raw) != "null"
		}
	}
	return nil, false
}

// Has reports whether a member stands there, null or not.
func (o Object) Has(name string) bool {
	for _, m := range o.Members {
		if m.Name == name {
			return true
		}
	}
	return false
}

// Text returns a member that is a string.
func (o Object) Text(name string) (string, bool) {
	raw, ok := o.Member(name)
	if !ok {
		return "", false
	}
	var s string
	return s, json.Unmarshal(raw, &s) == nil && IsString(raw)
}

// IsString reports whether a JSON value is a string.
func IsString(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '"' }

// Object returns a member that is an object.
func (o Object) Object(name string) (Object, bool) {
	raw, ok := o.Member(name)
	if !ok {
		return Object{}, false
	}
	in, err := ParseObject(raw)
	return in, err == nil
}

// Quirk says what encoding/json would have forgiven: a member that stands
// twice, anywhere, or one whose name differs from a known one in case only.
func (o Object) Quirk(where string, known ...string) error {
	seen := map[string]bool{}
	for _, m := range o.Members {
		if seen[m.Name] {
			return fmt.Errorf("%s has the member %q twice", where, m.Name)
		}
		seen[m.Name] = true
		for _, name := range known {
			if m.Name != name && strings.EqualFold(m.Name, name) {
				return fmt.Errorf("%s has a member %q, which differs from %q in case only", where, m.Name, name)
			}
		}
	}
	return nil
}

// maxNesting bounds how deep JSON is looked into; an answer has three levels.
const maxNesting = 32

// DeepQuirk looks for members that stand twice in whatever raw holds.
func DeepQuirk(where string, raw json.RawMessage) error { return quirkWithin(maxNesting, where, raw) }

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
		o, err := ParseObject(trimmed)
		if err != nil {
			return err
		}
		if err := o.Quirk(where); err != nil {
			return err
		}
		for _, m := range o.Members {
			if err := quirkWithin(levels-1, where+"."+Short(m.Name), m.Raw); err != nil {
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

// JSONKind names the kind of a value, with its article.
func JSONKind(raw json.RawMessage) string {
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

// Encode writes the object as it stood.
func (o Object) Encode() json.RawMessage {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o.Members {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.Name) // a string always encodes
		b.Write(name)
		b.WriteByte(':')
		b.Write(m.Raw)
	}
	b.WriteByte('}')
	return json.RawMessage(b.String())
}
