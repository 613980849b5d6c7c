package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
)

const typesHead = `// Generated from the Go package backend/api by build/bindings; don't edit.
// Times are RFC 3339 in UTC, binary values base64url without padding.
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser"
`

// types returns every struct of the package in a folder as an interface.
func types(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", fmt.Errorf("list %s: %w", dir, err)
	}
	var out strings.Builder
	out.WriteString(typesHead)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return "", fmt.Errorf("read types: %w", err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				writeType(&out, g)
			}
		}
	}
	return out.String(), nil
}

// writeType writes one struct as an interface.
func writeType(out *strings.Builder, g *ast.GenDecl) {
	spec := g.Specs[0].(*ast.TypeSpec) // one type a declaration, as that package is written
	s, isStruct := spec.Type.(*ast.StructType)
	if !isStruct || len(s.Fields.List) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%sexport interface %s%s%s {\n",
		comment("", oneLine(g.Doc)), nameOf(spec.Name.Name), parameters(spec.TypeParams), embedded(s))
	for _, f := range s.Fields.List {
		if len(f.Names) > 0 {
			writeMember(out, f)
		}
	}
	out.WriteString("}\n")
}

func writeMember(out *strings.Builder, f *ast.Field) {
	tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
	member, options, _ := strings.Cut(tag.Get("json"), ",")
	if options == "omitempty" {
		member += "?"
	}
	kind := tag.Get("ts_type")
	if kind == "" {
		kind = typeOf(f.Type)
	}
	if c := strings.TrimSpace(oneLine(f.Doc) + " " + oneLine(f.Comment)); c != "" {
		out.WriteString(comment("  ", c))
	}
	fmt.Fprintf(out, "  %s: %s\n", member, kind)
}

// comment is words as TypeScript's tools read them, in lines of at most 120 columns.
func comment(indent, words string) string {
	const widest = 120
	if one := indent + "/** " + words + " */\n"; len(one) <= widest {
		return one
	}
	var out strings.Builder
	out.WriteString(indent + "/**\n")
	line := indent + " *"
	for _, w := range strings.Fields(words) {
		if len(line)+1+len(w) > widest {
			out.WriteString(line + "\n")
			line = indent + " *"
		}
		line += " " + w
	}
	out.WriteString(line + "\n" + indent + " */\n")
	return out.String()
}

// nameOf is a type's name there: Error is one of the language.
func nameOf(name string) string {
	if name == "Error" {
		return "ErrorBody"
	}
	return name
}

func parameters(list *ast.FieldList) string {
	if list == nil {
		return ""
	}
	return "<" + list.List[0].Names[0].Name + ">"
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
		return nameOf(v.Name)
	case *ast.ArrayType:
		return typeOf(v.Elt) + "[]"
	case *ast.StarExpr:
		return typeOf(v.X) + " | null"
	case *ast.SelectorExpr:
		return "unknown" // JSON as it came
	}
	panic(fmt.Sprintf("no TypeScript type for %T: give the field a ts_type", e))
}
