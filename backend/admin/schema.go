package admin

import (
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"strings"
)

// schemas are the types of answers as JSON Schema, by name.
type schemas map[string]any

// of returns the schema of a type: structs are named and referred to.
func (s schemas) of(t reflect.Type) object {
	switch t.Kind() {
	case reflect.Pointer:
		return object{"anyOf": []object{s.of(t.Elem()), {"type": "null"}}}
	case reflect.Struct:
		s.name(t)
		return object{"$ref": "#/components/schemas/" + TypeName(t)}
	case reflect.Slice:
		if t == reflect.TypeFor[json.RawMessage]() {
			return object{} // any JSON
		}
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Interface:
		return object{} // any JSON
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Int, reflect.Int64, reflect.Uint32:
		return object{"type": "integer"}
	default:
		panic(fmt.Sprintf("no schema for %v", t)) // a test meets every type of the table
	}
}

// name writes the schema of a struct down, once.
func (s schemas) name(t reflect.Type) {
	if _, known := s[TypeName(t)]; known {
		return
	}
	s[TypeName(t)] = nil // a type may hold itself
	members, required := object{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "-" || name == "" {
			continue
		}
		members[name] = s.member(f)
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	s[TypeName(t)] = object{"type": "object", "properties": members, "required": required}
}

var quoted = regexp.MustCompile(`'([^']*)'`)

// member is the schema of a field, with the words that it may be.
func (s schemas) member(f reflect.StructField) object {
	words := quoted.FindAllStringSubmatch(f.Tag.Get("ts_type"), -1)
	if len(words) == 0 || f.Type.Kind() != reflect.String {
		return s.of(f.Type)
	}
	var enum []string
	for _, w := range words {
		enum = append(enum, w[1])
	}
	return object{"type": "string", "enum": enum}
}

// TypeName is the name of a type in a document: PageOfPerson for api.Page[api.Person].
func TypeName(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	outer, inner, generic := strings.Cut(strings.TrimSuffix(t.Name(), "]"), "[")
	if !generic {
		return outer
	}
	_, inner, _ = strings.Cut(path.Base(inner), ".")
	return outer + "Of" + inner
}

func mebibytes(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }
