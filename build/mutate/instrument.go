package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// asleep is the file that each package gets: it wakes the mutant whose number
// the environment names, and notes which places a test reached.
const asleep = `package %s

import (
	"os"
	"strconv"
	"sync/atomic"
)

var (
	stingAwake, _ = strconv.Atoi(os.Getenv("STING_MUTANT_AWAKE"))
	stingNotes    = os.Getenv("STING_MUTANT_NOTES")
	stingNoted    [%d]atomic.Bool
)

func stingMutant(n int) bool {
	if stingNotes != "" && !stingNoted[n].Swap(true) {
		if f, err := os.OpenFile(stingNotes, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			f.WriteString(strconv.Itoa(n) + "\n")
			f.Close()
		}
	}
	return n == stingAwake
}
`

// instrument returns every mutant of the scope, and the overlay under which the
// packages are compiled with all of them asleep.
func instrument(root, dir string) ([]mutant, string, error) {
	var all []mutant
	files := make(map[string]string)
	packages := make(map[string]string) // folder -> name
	for _, folder := range folders() {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			rel, _ := filepath.Rel(root, path)
			if err != nil || d.IsDir() || !inScope(rel) {
				if d != nil && d.IsDir() && rel != folder {
					return fs.SkipDir
				}
				return err
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text, found, err := breakFile(filepath.ToSlash(rel), src, len(all))
			if err != nil {
				return err
			}
			all = append(all, found...)
			files[path] = text
			packages[folder], err = packageOf(src)
			return err
		})
		if err != nil {
			return nil, "", err
		}
	}
	for folder, name := range packages {
		files[filepath.Join(root, folder, "sting_mutants.go")] = fmt.Sprintf(asleep, name, len(all)+1)
	}
	overlay, err := writeOverlay(filepath.Join(dir, "overlay"), files)
	return all, overlay, err
}

func folders() []string {
	var list []string
	for folder := range scope {
		list = append(list, folder)
	}
	slices.Sort(list)
	return list
}

func packageOf(src []byte) (string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly)
	if err != nil {
		return "", err
	}
	return f.Name.Name, nil
}
