package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sting/app/cli"
	"sting/app/help"
	"sting/backend/admin/admintest"
)

var namedCommand = regexp.MustCompile("`sting ([a-z][^`]*)`")

func TestEveryCommandThatATextNamesExists(t *testing.T) {
	texts := sourceTexts(t)
	for _, code := range help.Codes() {
		e, _ := help.Find(code)
		texts["help "+code] = []string{e.Title, e.Cause, e.Fix, e.Body}
	}
	d := newDesk(&admintest.Door{})
	named := 0
	for where, all := range texts {
		for _, m := range namedCommand.FindAllStringSubmatch(strings.Join(all, "\n"), -1) {
			named++
			d.out.Reset()
			words := commandWords(m[1])
			if got := cli.Main(append([]string{"help"}, words...), d.env); got != 0 {
				t.Errorf("%s names `sting %s`, which is no command", where, m[1])
			}
		}
	}
	if named < 60 {
		t.Errorf("only %d commands are named", named)
	}
}

// commandWords returns the words of a command line that can be names of
// commands: two for those that have others below them.
func commandWords(line string) []string {
	words := strings.Fields(line)
	switch words[0] {
	case "help":
		return []string{"help"}
	case "users", "passkeys", "sessions", "ceremonies", "mail", "config":
		if len(words) > 1 && regexp.MustCompile(`^[a-z]+$`).MatchString(words[1]) {
			return words[:2]
		}
	}
	return words[:1]
}

// sourceTexts returns the string literals of the program's source by file.
func sourceTexts(t *testing.T) map[string][]string {
	t.Helper()
	texts := make(map[string][]string)
	for _, root := range []string{filepath.Join("..", "..", "backend"), ".."} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, err := strconv.Unquote(lit.Value); err == nil {
						texts[path] = append(texts[path], s)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return texts
}
