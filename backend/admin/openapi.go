package admin

import (
	"cmp"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"sting/backend/api"
)

// object is JSON with members.
type object = map[string]any

// Describe returns the table as an OpenAPI 3.1 document: every verb with what it
// is asked with and what it answers, from the types themselves.
func Describe() (json.RawMessage, error) {
	schemas := schemas{}
	paths := object{}
	for _, v := range Table() {
		at, known := paths[v.Path].(object)
		if !known {
			at = object{}
			paths[v.Path] = at
		}
		method := strings.ToLower(v.Method)
		if verb, shared := at[method].(object); shared {
			verb["responses"].(object)["200"].(object)["content"].(object)["text/event-stream"] = object{"schema": schemas.of(v.Out)}
			verb["parameters"] = append(verb["parameters"].([]object), followParameter(v))
			continue
		}
		at[method] = operation(v, schemas)
	}
	schemas.of(reflect.TypeFor[api.Error]())
	return json.Marshal(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "STING Companion, the admin door", "version": "1",
			"description": "What the window and the terminal can do to a running lab. It listens on admin.sock in the home folder, " +
				"or on loopback TCP, where door.token in the home folder has to be shown; it answers no web page.",
		},
		"servers":    []object{{"url": "http://sting", "description": "over admin.sock; sting.lock names the address where that is TCP"}},
		"paths":      paths,
		"security":   []object{{}, {"token": []string{}}},
		"components": object{"schemas": schemas, "securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}}},
	})
}

// operation describes one verb. x-effect and x-command say what it does to the
// lab, and which command does the same.
func operation(v Spec, s schemas) object {
	kind := "application/json"
	if v.Streams {
		kind = "text/event-stream"
	}
	out := object{
		"operationId": v.Name, "summary": v.Doc, "tags": []string{strings.Split(v.Path, "/")[2]}, "x-effect": v.Effect,
		"parameters": parameters(v),
		"responses": object{
			"200": object{"description": cmp.Or(v.Done, "Done."), "content": object{kind: object{"schema": s.of(v.Out)}}},
			"default": object{"description": "Why not.",
				"content": object{"application/json": object{"schema": s.of(reflect.TypeFor[api.Error]())}}},
		},
	}
	if v.CLI != "" {
		out["x-command"] = "sting " + v.CLI
	}
	if v.Method != http.MethodGet && v.Bodily() {
		out["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": body(v, s)}}}
	}
	return out
}

// parameters are the members of an address.
func parameters(v Spec) []object {
	out := []object{}
	for _, m := range v.Members() {
		if m.In == InBody {
			continue
		}
		schema := object{"type": "string"}
		if m.Field.Type.Kind() == reflect.Int {
			least, most := m.Bounds()
			schema = object{"type": "integer", "minimum": least, "maximum": most}
		}
		if d := m.Field.Tag.Get("default"); d != "" {
			schema["default"] = json.RawMessage(d)
		}
		out = append(out, object{"name": m.Wire, "in": m.In, "required": m.In == InPath, "schema": schema})
	}
	return out
}

func followParameter(stream Spec) object {
	return object{
		"name": "follow", "in": "query", "required": false, "description": "1: " + stream.Doc,
		"schema": object{"type": "string", "enum": []string{"0", "1", "false", "true"}},
	}
}

// body is what a verb's body may hold, and nothing else: unknown members are
// errors. None has to be there: what is left out is "", false or 0.
func body(v Spec, s schemas) object {
	if v.Most > 0 {
		return object{"description": "The " + v.File + " itself, of at most " + mebibytes(v.Most) + "."}
	}
	members := object{}
	for _, m := range v.Members() {
		if m.In == InBody {
			members[m.Wire] = s.member(m.Field)
		}
	}
	return object{"type": "object", "properties": members, "additionalProperties": false}
}
