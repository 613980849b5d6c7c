package admin

import (
	"encoding/json"
	"reflect"
	"strings"
)

// whole returns an answer with an empty list wherever one is absent, since null
// is no list to who reads it. A list that may be null says so in its ts_type.
// What it changes it has copied: the lab may hold the lists of an answer.
func whole[T any](answer T) T {
	fill(reflect.ValueOf(&answer).Elem())
	return answer
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(v.Elem())
		fill(c.Elem())
		v.Set(c)
	case reflect.Struct:
		for f, member := range v.Fields() {
			if absent(f, member) {
				member.Set(reflect.MakeSlice(f.Type, 0, 0))
				continue
			}
			fill(member)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Struct || v.IsNil() {
			return
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		for i := range c.Len() {
			fill(c.Index(i))
		}
		v.Set(c)
	}
}

// absent tells whether a member is a list that isn't there and would be written
// as null.
func absent(f reflect.StructField, v reflect.Value) bool {
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return v.Kind() == reflect.Slice && v.IsNil() && f.Type != reflect.TypeFor[json.RawMessage]() &&
		options != "omitempty" && !strings.HasSuffix(f.Tag.Get("ts_type"), "| null")
}
