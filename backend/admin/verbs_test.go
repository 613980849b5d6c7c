package admin_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sting/backend/admin"
)

func TestEveryVerbSaysWhatItDoesAndWhatItAnswers(t *testing.T) {
	named := map[string]bool{}
	for _, v := range admin.Table() {
		if named[v.Name] {
			t.Errorf("%s stands twice in the table", v.Name)
		}
		named[v.Name] = true
		if !strings.HasSuffix(v.Doc, ".") || len(strings.Fields(v.Doc)) < 3 {
			t.Errorf("%s has no sentence about it: %q", v.Name, v.Doc)
		}
		if !slices.Contains([]admin.Effect{admin.Reads, admin.Changes, admin.Destroys}, v.Effect) {
			t.Errorf("%s has the effect %q", v.Name, v.Effect)
		}
		if v.Effect != admin.Reads && v.Method == "GET" && v.Name != "Mail" { // which marks it as read
			t.Errorf("%s changes something with a GET", v.Name)
		}
		if v.Out == nil || v.Out.Kind() == reflect.Interface || v.Out.Kind() == reflect.Map {
			t.Errorf("%s answers with %v, which says nothing", v.Name, v.Out)
		}
	}
}

func TestEveryMemberOfAnAddressIsOneOfTheRequest(t *testing.T) {
	for _, v := range admin.Table() {
		want := strings.Count(v.Path, "{")
		for _, m := range v.Members() {
			if m.Name == "" || m.Name == "-" {
				t.Errorf("%s: the member %s has no name", v.Name, m.Field.Name)
			}
			if m.In != admin.InPath {
				continue
			}
			want--
			if !strings.Contains(v.Path, "{"+m.Wire+"}") {
				t.Errorf("%s: %s stands nowhere in %s", v.Name, m.Wire, v.Path)
			}
		}
		if want != 0 {
			t.Errorf("%s: of %s %d parts come from nowhere", v.Name, v.Path, want)
		}
		if v.Method == "GET" && v.Bodily() {
			t.Errorf("%s: a GET has no body", v.Name)
		}
	}
}

func TestTheTableIsSortedByPath(t *testing.T) {
	if !slices.IsSortedFunc(admin.Table(), func(a, b admin.Spec) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) }) {
		t.Error("the table is not sorted by path, then method")
	}
}

func TestTheDoorIsDescribedWhole(t *testing.T) {
	raw, err := admin.Describe()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]struct{ OperationID string }
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(raw, &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatalf("%v: %.100s", err, raw)
	}
	for _, v := range admin.Table() {
		if v.Followed {
			continue // stands with the verb whose address it shares
		}
		if got := doc.Paths[v.Path][strings.ToLower(v.Method)].OperationID; got != v.Name {
			t.Errorf("%s %s is described as %q, want %s", v.Method, v.Path, got, v.Name)
		}
	}
	for _, m := range regexp.MustCompile(`"#/components/schemas/([^"]*)"`).FindAllStringSubmatch(string(raw), -1) {
		if doc.Components.Schemas[m[1]] == nil {
			t.Errorf("%s is referred to and described nowhere", m[1])
		}
	}
}
