package help_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sting/app/help"
)

var isCheck = regexp.MustCompile(`^[A-Z]{2,3}-[0-9]{2}$`)

// symptoms says how many symptoms of each family are known, from 01 on: those
// that a check looks for, and those that can't be any more.
var symptoms = map[string]int{"TLS": 9, "RP": 15, "BR": 8, "RG": 13, "LG": 14, "SS": 12, "ML": 11, "SV": 12}

func TestEverySymptomHasAnEntryAndEveryCheckIsOne(t *testing.T) {
	known := make(map[string]bool)
	for family, n := range symptoms {
		for i := range n {
			id := fmt.Sprintf("%s-%02d", family, i+1)
			known[id] = true
			if e, ok := help.Find(strings.ToLower(id)); !ok || e.Code != id {
				t.Errorf("%s has no entry", id)
			}
		}
	}
	for _, code := range help.Codes() {
		if isCheck.MatchString(code) && !known[code] {
			t.Errorf("the entry %s is of no symptom", code)
		}
	}
	checks := checkIDs(t)
	if len(checks) < 35 {
		t.Fatalf("only %d checks were found in the source", len(checks))
	}
	for id, where := range checks {
		if !known[id] {
			t.Errorf("%s of %s has no entry", id, where)
		}
	}
}

// checkIDs returns the strings of the backend's source that are ids of checks.
func checkIDs(t *testing.T) map[string]string {
	t.Helper()
	ids := make(map[string]string)
	err := filepath.WalkDir(filepath.Join("..", "..", "backend"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && isCheck.MatchString(s) {
					ids[s] = path
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
