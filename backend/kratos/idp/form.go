package idp

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// errForm is a body that can't be read as a form.
var errForm = errors.New("undecodable form")

// form reads the body: JSON, or what an HTML form posts. It returns errForm
// for anything else.
func (x *exchange) form() (form map[string]any, err error) {
	defer func() {
		x.sent = form
		x.about(text1(form, "identifier"))
		x.about(text1(form, "email"))
		if traits, ok := form["traits"].(map[string]any); ok {
			x.about(first(x.schema.identifiers(traits)))
		}
	}()
	if mediaType(x.r) == "application/json" {
		var v map[string]any
		dec := json.NewDecoder(x.r.Body)
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			return nil, tooLargeOr(err)
		}
		if v == nil {
			v = map[string]any{}
		}
		return v, nil
	}
	if err := x.r.ParseForm(); err != nil {
		return nil, tooLargeOr(err)
	}
	return x.schema.unflatten(x.r.PostForm), nil
}

func tooLargeOr(err error) error {
	if f := failureOf(err); f.status == 413 {
		return f
	}
	return errors.Join(errForm, err)
}

// unflatten makes an object of a posted form: "traits.name.first" becomes three
// levels, numbers and checkboxes what the schema says they are. An empty field
// counts as left out.
func (s *Schema) unflatten(form url.Values) map[string]any {
	out := map[string]any{}
	for name, values := range form {
		value := ""
		for _, v := range values {
			if v != "" {
				value = v
			}
		}
		path, isTrait := strings.CutPrefix(name, "traits.")
		switch {
		case !isTrait:
			out[name] = value
		case value != "":
			put(out, append([]string{"traits"}, strings.Split(path, ".")...), s.typed(path, value))
		}
	}
	return out
}

// typed gives a posted value the type that the schema wants, if it can be read
// so; what can't stays a text, and the validation says why.
func (s *Schema) typed(path, value string) any {
	for _, f := range s.fields {
		if strings.Join(f.path, ".") != path {
			continue
		}
		switch f.kind() {
		case "number", "integer":
			if _, err := strconv.ParseFloat(value, 64); err == nil {
				return json.Number(value)
			}
		case "boolean":
			switch value {
			case "true", "on", "1":
				return true
			case "false", "off", "0":
				return false
			}
		}
	}
	return value
}

func put(into map[string]any, path []string, v any) {
	for _, name := range path[:len(path)-1] {
		next, ok := into[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			into[name] = next
		}
		into = next
	}
	into[path[len(path)-1]] = v
}

func text1(form map[string]any, name string) string {
	s, _ := form[name].(string)
	return s
}

// traitsOf returns the traits in a form, completed as Kratos completes them.
// ok is false where the form has none.
func (x *exchange) traitsOf(form map[string]any) (traits map[string]any, ok bool) {
	traits, ok = form["traits"].(map[string]any)
	if !ok {
		return map[string]any{}, false
	}
	x.schema.complete(traits)
	return traits, true
}
