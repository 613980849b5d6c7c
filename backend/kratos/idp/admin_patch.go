package idp

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// operation is one step of a JSON Patch: RFC 6902.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	From  string `json:"from"`
	Value any    `json:"value"`
}

func (x *exchange) patchIdentity() error {
	var ops []operation
	if err := x.decode(&ops); err != nil {
		return err
	}
	i, err := x.named()
	if err != nil {
		return err
	}
	var doc any = map[string]any{
		"schema_id": i.SchemaID, "state": string(i.State), "traits": decoded(i.Traits),
		"metadata_public": plainOf(i.MetadataPublic), "metadata_admin": plainOf(i.MetadataAdmin),
	}
	for _, o := range ops {
		if doc, err = o.apply(doc); err != nil {
			return badRequest("Unable to apply the JSON patch: %v.", err)
		}
	}
	var body imported
	if err := json.Unmarshal(raw(doc), &body); err != nil {
		return badRequest("The patched identity can't be read: %v.", err)
	}
	if i, err = x.rewrite(body); err != nil {
		return err
	}
	return x.json(http.StatusOK, x.full(i))
}

func plainOf(doc json.RawMessage) any {
	var v any
	if len(doc) == 0 || json.Unmarshal(doc, &v) != nil {
		return nil
	}
	return v
}

// apply returns doc after the step. It may change doc.
func (o operation) apply(doc any) (any, error) {
	for _, closed := range []string{"/id", "/credentials", "/state_changed_at"} {
		if o.Path == closed || strings.HasPrefix(o.Path, closed+"/") {
			return nil, errors.New("path includes denied path " + o.Path)
		}
	}
	path, err := pointer(o.Path)
	if err != nil {
		return nil, err
	}
	switch o.Op {
	case "add":
		return assign(doc, path, o.Value, false)
	case "replace":
		return assign(doc, path, o.Value, true)
	case "remove":
		return remove(doc, path)
	case "test":
		v, err := resolve(doc, path)
		if err == nil && !reflect.DeepEqual(plain(v), plain(o.Value)) {
			err = errors.New("test failed at " + o.Path)
		}
		return doc, err
	case "copy", "move":
		from, err := pointer(o.From)
		if err != nil {
			return nil, err
		}
		v, err := resolve(doc, from)
		if err != nil {
			return nil, err
		}
		if v = plain(v); o.Op == "move" {
			if doc, err = remove(doc, from); err != nil {
				return nil, err
			}
		}
		return assign(doc, path, v, false)
	}
	return nil, errors.New("operation " + strconv.Quote(o.Op) + " is not known")
}

// pointer takes a JSON Pointer apart: RFC 6901.
func pointer(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	if s[0] != '/' {
		return nil, errors.New("path " + strconv.Quote(s) + " does not begin with /")
	}
	parts := strings.Split(s[1:], "/")
	for i, p := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(p)
	}
	return parts, nil
}

func resolve(doc any, path []string) (any, error) {
	for _, name := range path {
		switch v := doc.(type) {
		case map[string]any:
			inner, ok := v[name]
			if !ok {
				return nil, missingPath(name)
			}
			doc = inner
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(v) {
				return nil, missingPath(name)
			}
			doc = v[n]
		default:
			return nil, missingPath(name)
		}
	}
	return doc, nil
}

func missingPath(name string) error { return errors.New("nothing is at " + strconv.Quote(name)) }

// assign sets the value at path; with existing, only where there is one.
func assign(doc any, path []string, value any, existing bool) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	name, rest := path[0], path[1:]
	switch v := doc.(type) {
	case map[string]any:
		inner, ok := v[name]
		if !ok && (existing || len(rest) > 0) {
			return nil, missingPath(name)
		}
		changed, err := assign(inner, rest, value, existing)
		v[name] = changed
		return v, err
	case []any:
		if len(rest) == 0 && !existing {
			n, err := place(name, len(v))
			if err != nil {
				return nil, err
			}
			return slices.Insert(v, n, value), nil
		}
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 || n >= len(v) {
			return nil, missingPath(name)
		}
		v[n], err = assign(v[n], rest, value, existing)
		return v, err
	}
	return nil, missingPath(name)
}

func place(name string, length int) (int, error) {
	if name == "-" {
		return length, nil
	}
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 || n > length {
		return 0, missingPath(name)
	}
	return n, nil
}

func remove(doc any, path []string) (any, error) {
	if len(path) == 0 {
		return nil, nil
	}
	parent, err := resolve(doc, path[:len(path)-1])
	if err != nil {
		return nil, err
	}
	last := path[len(path)-1]
	switch v := parent.(type) {
	case map[string]any:
		if _, ok := v[last]; !ok {
			return nil, missingPath(last)
		}
		delete(v, last)
		return doc, nil
	case []any:
		n, err := strconv.Atoi(last)
		if err != nil || n < 0 || n >= len(v) {
			return nil, missingPath(last)
		}
		return assign(doc, path[:len(path)-1], slices.Delete(slices.Clone(v), n, n+1), true)
	}
	return nil, missingPath(last)
}

// maxBatch is how many identities one request may create.
const maxBatch = 1000

// createIdentities imports many; each one is created or refused by itself.
func (x *exchange) createIdentities() error {
	var body struct {
		Identities []struct {
			Create  *imported `json:"create"`
			PatchID *string   `json:"patch_id"`
		} `json:"identities"`
	}
	if err := x.decode(&body); err != nil {
		return err
	}
	if len(body.Identities) > maxBatch {
		return badRequest("The maximum number of identities per request is %d, but got %d.", maxBatch, len(body.Identities))
	}
	out := []any{}
	for _, one := range body.Identities {
		if one.Create == nil {
			continue
		}
		result := map[string]any{"patch_id": one.PatchID}
		out = append(out, result)
		i, err := x.create(*one.Create)
		if err == nil {
			result["action"], result["identity"] = "create", i.ID
			continue
		}
		f := failureOf(err)
		if f.status == http.StatusConflict {
			f = &failure{status: f.status, message: "Unable to insert or update resource because a resource with that value exists already"}
		}
		result["action"], result["error"] = "error", f.body()["error"]
	}
	return x.json(http.StatusOK, map[string]any{"identities": out})
}

func slashed(name string) string { return strings.ReplaceAll(name, ".", "/") }

func slashedProperties(name string) string { return strings.ReplaceAll(name, ".", "/properties/") }
