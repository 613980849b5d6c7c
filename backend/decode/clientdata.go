package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// BOM is the byte order mark in UTF-8.
var BOM = []byte("\uFEFF")

// TrimBOM returns b behind its byte order mark, if it has one.
func TrimBOM(b []byte) []byte { return bytes.TrimPrefix(b, BOM) }

// ClientDataValues are the members of client data, decoded: for people.
func ClientDataValues(o Object) map[string]any {
	m := map[string]any{}
	for _, mem := range o.Members {
		var v any
		if json.Unmarshal(mem.Raw, &v) == nil {
			m[mem.Name] = v
		}
	}
	return m
}

// ClientDataSpans finds the values of the client data in their bytes.
func ClientDataSpans(raw []byte) (list []Span) {
	d := json.NewDecoder(bytes.NewReader(TrimBOM(raw)))
	shift := len(raw) - len(TrimBOM(raw))
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return list
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return list
		}
		end := int(d.InputOffset()) + shift
		list = append(list, Span{Field: Short(fmt.Sprint(name)), Offset: end - len(value), Length: len(value)})
	}
	return list
}
