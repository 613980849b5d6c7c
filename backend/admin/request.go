package admin

import (
	"cmp"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sting/backend/document"
	"sting/backend/fault"
)

// Where a member of a request stands.
const (
	InPath  = "path"
	InQuery = "query"
	InBody  = "body"
)

// Member is a member of what a verb is asked with. Its name is the same in the
// address, in a body, and for a face that passes all members as one object.
type Member struct {
	Name, In string
	Wire     string // its name in the address or the body
	Field    reflect.StructField
}

// Members returns what a verb is asked with; nothing for a verb that takes a file.
func (v Spec) Members() []Member {
	if v.In.Kind() != reflect.Struct {
		return nil
	}
	var out []Member
	for f := range v.In.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		m := Member{Name: name, In: InBody, Wire: name, Field: f}
		for _, in := range []string{InPath, InQuery} {
			if wire, ok := f.Tag.Lookup(in); ok {
				m.In, m.Wire = in, wire
			}
		}
		out = append(out, m)
	}
	return out
}

// Bodily tells whether a request has a body with something in it.
func (v Spec) Bodily() bool {
	return v.Most > 0 || slices.ContainsFunc(v.Members(), func(m Member) bool { return m.In == InBody })
}

// Queried returns the members of the query that the address reads for the verb.
func (v Spec) Queried() []string {
	var out []string
	for _, m := range v.Members() {
		if m.In == InQuery {
			out = append(out, m.Wire)
		}
	}
	return out
}

// Address returns path and query for a value of v.In. What a query leaves out
// isn't sent.
func (v Spec) Address(in any) string {
	path, query := v.Path, url.Values{}
	for _, m := range v.Members() {
		text := write(reflect.ValueOf(in).FieldByIndex(m.Field.Index))
		switch m.In {
		case InPath:
			if instead := strings.Fields(m.Field.Tag.Get("empty")); text == "" && len(instead) > 0 {
				text = instead[0]
			}
			path = strings.Replace(path, "{"+m.Wire+"}", segment(text), 1)
		case InQuery:
			if text != "" && text != "0" || m.Field.Tag.Get("default") != "" {
				query.Set(m.Wire, text)
			}
		}
	}
	if v.Followed {
		query.Set("follow", "1")
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// Body returns the JSON of a request, nil for none.
func (v Spec) Body(in any) ([]byte, error) {
	raw, isFile := in.(json.RawMessage)
	if isFile || !v.Bodily() {
		return raw, nil
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, fault.ErrMalformed.Because(err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, fault.ErrMalformed.Because(err)
	}
	for _, m := range v.Members() {
		if m.In != InBody {
			delete(members, m.Name)
		}
	}
	return json.Marshal(members)
}

// Place reads the members of an address into in, a pointer to a v.In.
func (v Spec) Place(in any, path func(string) string, query url.Values) error {
	for _, m := range v.Members() {
		field := reflect.ValueOf(in).Elem().FieldByIndex(m.Field.Index)
		switch m.In {
		case InPath:
			text := path(m.Wire)
			if slices.Contains(strings.Fields(m.Field.Tag.Get("empty")), text) {
				text = ""
			}
			field.SetString(text)
		case InQuery:
			text := m.Field.Tag.Get("default")
			if query.Has(m.Wire) {
				text = query.Get(m.Wire)
			}
			if err := m.read(field, text, query.Has(m.Wire)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Read returns the v.In that text says, for a face that passes all members as one
// object: a file as it is, or JSON without members that are unknown. What is left
// out is what an address without it says.
func (v Spec) Read(text string) (any, error) {
	if v.Most > 0 {
		if why := document.Broken([]byte(text)); why != "" {
			return nil, fault.ErrMalformed.Saying("That is no JSON, so it can't be a %s.", v.File).
				Hinting("%s Give the whole text, from its first brace to its last.", why)
		}
		return json.RawMessage(text), nil
	}
	in := reflect.New(v.In)
	if err := v.Place(in.Interface(), func(string) string { return "" }, nil); err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(cmp.Or(text, "{}")))
	d.DisallowUnknownFields()
	if err := d.Decode(in.Interface()); err != nil {
		return nil, fault.ErrMalformed.Saying("%s can't be asked with that.", v.Name).Because(err)
	}
	return in.Elem().Interface(), nil
}

// read sets a member of a query; a number has bounds.
func (m Member) read(field reflect.Value, text string, asked bool) error {
	if field.Kind() == reflect.String {
		field.SetString(text)
		return nil
	}
	if text == "" && !asked {
		return nil
	}
	least, most := m.Bounds()
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return fault.ErrInvalidField.In(m.Wire).Saying("%s from %d to %d.", m.Field.Tag.Get("says"), least, most)
	}
	field.SetInt(int64(n))
	return nil
}

// Bounds are the least and the most that a number of a query may be.
func (m Member) Bounds() (least, most int) {
	least, _ = strconv.Atoi(m.Field.Tag.Get("least"))
	most, _ = strconv.Atoi(m.Field.Tag.Get("most"))
	return least, most
}

func write(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	default:
		return "" // stands in a body
	}
}

// segment makes one part of a path of a text. An id of dots alone would be taken
// for a way up.
func segment(id string) string {
	escaped := url.PathEscape(id)
	if strings.Trim(id, ".") == "" {
		escaped = strings.ReplaceAll(escaped, ".", "%2E")
	}
	return escaped
}
