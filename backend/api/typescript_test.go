package api_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write frontend/src/api/types.ts")

const generated = "../../frontend/src/api/types.ts"

const head = `// Generated from the Go package backend/api; don't edit. To make it anew:
//   go test ./backend/api -run TypeScript -update
// Times are RFC 3339 in UTC, binary values base64url without padding.
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser"
`

// TestTheTypeScriptTypesAreThoseOfTheWire holds the pages' types against the Go
// structs.
func TestTheTypeScriptTypesAreThoseOfTheWire(t *testing.T) {
	var out strings.Builder
	out.WriteString(head)
	for _, file := range []struct {
		name string
		only string // of a file of the door: the one type that pages know too
	}{{name: "api.go"}, {name: "site.go"}, {name: "browser.go"}, {name: "explain.go"}, {"door.go", "CeremonySummary"}, {"ceremony.go", "Ceremony"}} {
		f, err := parser.ParseFile(token.NewFileSet(), file.name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE && (file.only == "" || g.Specs[0].(*ast.TypeSpec).Name.Name == file.only) {
				writeType(&out, g)
			}
		}
	}
	if *update {
		if err := os.WriteFile(generated, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(generated)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(out.String(), string(have)); diff != "" {
		t.Errorf("types.ts is not what the Go structs say (+ is the file); run this test with -update:\n%s", diff)
	}
}

// writeType writes one exported struct as an interface. Generic types are for
// the door, which no page knows.
func writeType(out *strings.Builder, g *ast.GenDecl) {
	spec := g.Specs[0].(*ast.TypeSpec) // one type a declaration, as this package is written
	s, isStruct := spec.Type.(*ast.StructType)
	if !isStruct || spec.TypeParams != nil {
		return
	}
	name := spec.Name.Name
	if name == "Error" {
		name = "ErrorBody" // Error is a name of the language
	}
	fmt.Fprintf(out, "\n/** %s */\nexport interface %s%s {\n", oneLine(g.Doc), name, embedded(s))
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			continue
		}
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
		member, options, _ := strings.Cut(tag.Get("json"), ",")
		if options == "omitempty" {
			member += "?"
		}
		kind := tag.Get("tstype")
		if kind == "" {
			kind = strings.ReplaceAll(tag.Get("ts_type"), "any", "unknown") // of the window's bindings
		}
		if kind == "" {
			kind = typeOf(f.Type)
		}
		if c := oneLine(f.Comment); c != "" {
			fmt.Fprintf(out, "  /** %s */\n", c)
		}
		fmt.Fprintf(out, "  %s: %s\n", member, kind)
	}
	out.WriteString("}\n")
}

// embedded says which interface an interface extends.
func embedded(s *ast.StructType) string {
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			return " extends " + typeOf(f.Type)
		}
	}
	return ""
}

func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

func typeOf(e ast.Expr) string {
	switch v := e.(type) {
	case *ast.Ident:
		switch v.Name {
		case "string":
			return "string"
		case "bool":
			return "boolean"
		case "int", "int64", "uint32", "float64":
			return "number"
		}
		return v.Name
	case *ast.ArrayType:
		return typeOf(v.Elt) + "[]"
	case *ast.StarExpr:
		return typeOf(v.X) + " | null"
	}
	panic(fmt.Sprintf("no TypeScript type for %T: give the field a tstype", e))
}
