package httpapi

import (
	"reflect"
	"strings"
)

// jsonFields returns the names of the members that v, a pointer to a struct,
// reads. What has a tag path or query stands in the address.
func jsonFields(v any) map[string]bool {
	t := reflect.TypeOf(v).Elem()
	names := make(map[string]bool, t.NumField())
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if tag.Get("path")+tag.Get("query") != "" {
			continue
		}
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		names[name] = true
	}
	return names
}
