package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// mutant is one way to break one place.
type mutant struct {
	id   int
	file string // in the repository
	key  string // file, function, what is done to which text; the same after lines moved
	line int
}

// insertion is a piece of text that a mutant adds to a file.
type insertion struct {
	at     int
	suffix bool
	depth  int // of wrapping: an outer one stands outside
	text   string
}

// breaker finds the places of one file and writes the text in which every mutant
// sleeps until it is called by its number.
type breaker struct {
	file    string
	src     []byte
	set     *token.FileSet
	next    int
	mutants []mutant
	add     []insertion
	depth   int
	in      string // the function
	keys    map[string]int
}

// breakFile returns the instrumented text of a file and its mutants, numbered
// from next on.
func breakFile(file string, src []byte, next int) (string, []mutant, error) {
	b := &breaker{file: file, src: src, set: token.NewFileSet(), next: next, keys: make(map[string]int)}
	parsed, err := parser.ParseFile(b.set, file, src, parser.ParseComments)
	if err != nil {
		return "", nil, err
	}
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		b.in = f.Name.Name
		if f.Recv != nil && len(f.Recv.List) == 1 {
			b.in = strings.Trim(b.text(f.Recv.List[0].Type), "*") + "." + b.in
		}
		if !slices.Contains(worded, b.in) {
			ast.Inspect(f.Body, b.visit)
		}
	}
	return b.written(), b.mutants, nil
}

func (b *breaker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		b.condition(n.Cond, !isErrGuard(n.Cond))
	case *ast.SwitchStmt:
		b.cases(n)
	case *ast.ReturnStmt:
		b.values(n.Results)
	case *ast.AssignStmt:
		b.values(n.Rhs)
	case *ast.BlockStmt:
		b.calls(n.List)
	case *ast.CaseClause:
		b.calls(n.Body)
	case *ast.CommClause:
		b.calls(n.Body)
	case *ast.BinaryExpr:
		b.binary(n)
	case *ast.Ident:
		b.constant(n)
	}
	return true
}

// isErrGuard recognises "err != nil": what happens without an error is tried by
// every test, so only the guard's absence is worth a mutant.
func isErrGuard(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ {
		return false
	}
	nothing, isIdent := b.Y.(*ast.Ident)
	return isIdent && nothing.Name == "nil"
}

func (b *breaker) condition(e ast.Expr, both bool) {
	b.wrap(e, "never", e, "((", ") && !%s)")
	if both {
		b.wrap(e, "always", e, "((", ") || %s)")
	}
}

func (b *breaker) cases(s *ast.SwitchStmt) {
	if s.Tag != nil {
		return
	}
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			b.condition(e, true)
		}
	}
}

// values turns what is decided and handed on as a value into never and always.
func (b *breaker) values(list []ast.Expr) {
	for _, e := range list {
		switch v := e.(type) {
		case *ast.BinaryExpr:
			if slices.Contains([]token.Token{token.LAND, token.LOR, token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ}, v.Op) {
				b.condition(e, true)
			}
		case *ast.UnaryExpr:
			if v.Op == token.NOT {
				b.condition(e, true)
			}
		}
	}
}

func (b *breaker) binary(e *ast.BinaryExpr) {
	x, y := b.text(e.X), b.text(e.Y)
	switch e.Op {
	case token.LAND:
		b.wrap(e.X, "without", e.X, "((", ") || %s)")
		b.wrap(e.Y, "without", e.Y, "((", ") || %s)")
	case token.LOR:
		b.wrap(e.X, "without", e.X, "((", ") && !%s)")
		b.wrap(e.Y, "without", e.Y, "((", ") && !%s)")
	case token.LSS, token.GTR:
		b.wrap(e, "or equal", e, "((", ") || %s && ("+x+") == ("+y+"))")
	case token.LEQ, token.GEQ:
		b.wrap(e, "not equal", e, "((", ") && !(%s && ("+x+") == ("+y+")))")
	}
}

func (b *breaker) constant(e *ast.Ident) {
	switch e.Name {
	case "true":
		b.wrap(e, "false for", e, "(", " && !%s)")
	case "false":
		b.wrap(e, "true for", e, "(", " || %s)")
	}
}

// calls removes statements that are nothing but a call.
func (b *breaker) calls(list []ast.Stmt) {
	for _, s := range list {
		x, ok := s.(*ast.ExprStmt)
		if !ok {
			continue
		}
		call, ok := x.X.(*ast.CallExpr)
		if !ok || slices.Contains(quiet, calledName(call)) {
			continue
		}
		b.wrap(s, "not called", s, "if !%s { ", " }")
	}
}

func calledName(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// wrap puts a mutant around a node. %s in the text stands for asking whether the
// mutant is awake.
func (b *breaker) wrap(n ast.Node, what string, shown ast.Node, before, after string) {
	b.next++
	asked := fmt.Sprintf("stingMutant(%d)", b.next)
	key := fmt.Sprintf("%s %s: %s: %s", b.file, b.in, what, oneLine(b.text(shown)))
	b.keys[key]++
	if times := b.keys[key]; times > 1 {
		key += fmt.Sprintf(" #%d", times)
	}
	start, end := b.offset(n.Pos()), b.offset(n.End())
	b.depth++
	b.mutants = append(b.mutants, mutant{id: b.next, file: b.file, key: key, line: b.set.Position(n.Pos()).Line})
	b.add = append(b.add,
		insertion{at: start, depth: b.depth, text: strings.ReplaceAll(before, "%s", asked)},
		insertion{at: end, suffix: true, depth: b.depth, text: strings.ReplaceAll(after, "%s", asked)})
}

// oneLine shortens a text so that it can stand in a list, and keeps the end of
// what it cuts.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 160 {
		s = s[:120] + " ... " + s[len(s)-35:]
	}
	return s
}

func (b *breaker) offset(p token.Pos) int { return b.set.Position(p).Offset }

func (b *breaker) text(n ast.Node) string {
	return string(b.src[b.offset(n.Pos()):b.offset(n.End())])
}

// written returns the file with everything inserted. Nodes are visited from
// outside in, and the first wrap of a node is its outmost.
func (b *breaker) written() string {
	slices.SortStableFunc(b.add, func(x, y insertion) int {
		switch {
		case x.at != y.at:
			return x.at - y.at
		case x.suffix != y.suffix && x.suffix:
			return -1
		case x.suffix != y.suffix:
			return 1
		case x.suffix:
			return y.depth - x.depth
		}
		return x.depth - y.depth
	})
	var out strings.Builder
	last := 0
	for _, i := range b.add {
		out.Write(b.src[last:i.at])
		out.WriteString(i.text)
		last = i.at
	}
	out.Write(b.src[last:])
	return out.String()
}
