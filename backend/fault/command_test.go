package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sting/backend/fault"
)

func TestTheCommandGoesWithItsHint(t *testing.T) {
	ended := fault.New(fault.Unavailable, "ENDED", "It ended.", "Start it: `sting start`.").Running("sting start")
	if ended.Because(fs.ErrClosed).Command != "sting start" || !ended.Saying("It is over.").Is(ended) {
		t.Errorf("a copy lost its command, or what it is: %+v", ended.Because(fs.ErrClosed))
	}
	if other := ended.Hinting("Wait."); other.Command != "" || !other.Is(ended) {
		t.Errorf("another hint has the command %q", other.Command)
	}
}

// copyable is a command of the terminal in a hint, without a word that stands for another.
var copyable = regexp.MustCompile("`(sting [^`%]*[^`%A-Z])`")

// TestEachHintThatNamesACommandHasItApart reads the sources of the backend.
func TestEachHintThatNamesACommandHasItApart(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		command := map[ast.Node]string{} // of the calls that have one
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if named, ok := call.Fun.(*ast.SelectorExpr); ok && named.Sel.Name == "Running" && len(call.Args) == 1 {
				if word, ok := call.Args[0].(*ast.BasicLit); ok {
					command[named.X] = strings.Trim(word.Value, `"`)
				}
			}
			hint := hintOf(call)
			if m := copyable.FindStringSubmatch(hint); m != nil {
				if seen++; !strings.Contains(hint, "`"+command[call]+"`") {
					t.Errorf("%s: the hint names %q, and its command is %q", files.Position(call.Pos()), m[1], command[call])
				}
			}
			return true
		})
		return nil
	})
	if err != nil || seen < 50 {
		t.Errorf("%d hints were read, %v", seen, err)
	}
}

// hintOf returns the hint that a call of New or Hinting gives, as far as it is written there.
func hintOf(call *ast.CallExpr) string {
	name, hint := "", 0
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	switch {
	case name == "New" && len(call.Args) == 4:
		hint = 3
	case name != "Hinting" || len(call.Args) == 0:
		return ""
	}
	text := ""
	ast.Inspect(call.Args[hint], func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text += strings.Trim(lit.Value, `"`)
		}
		return true
	})
	return text
}
