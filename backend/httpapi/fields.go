package httpapi

import (
	"reflect"
	"strings"
)

// jsonFields returns the names of the members that v, a pointer to a struct,
// reads.
func jsonFields(v any) map[string]bool {
	t := reflect.TypeOf(v).Elem()
	names := make(map[string]bool, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names[name] = true
	}
	return names
}
