// Package help is what the program can say about itself: one entry for each
// code of a fault, each check of the doctor and each DOMException that WebAuthn
// knows, shown by the window, the page /help/{code} and `sting help CODE`.
//
// Its one invariant: every code and every check that the program can show has an
// entry, and every entry has one. A test reads the source for both.
package help

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sting/backend/spelling"
)

// Entry explains one code. The texts are plain paragraphs, parted by an empty
// line; one that is indented by four blanks is a command or code.
type Entry struct {
	Code  string
	Title string // what happened, in one sentence
	Cause string // why
	Fix   string // what to do
	Body  string // more, or ""
}

//go:embed entries/*.md
var files embed.FS

// entries reads the files once. They are part of the program, so a mistake in
// them is one of ours: it panics, and the tests see it.
var entries = sync.OnceValue(func() map[string]Entry {
	all, err := readAll()
	if err != nil {
		panic(err)
	}
	return all
})

// Find returns the entry of a code, in whatever case it is written, and
// whether there is one. A DOMException may come with its message, as a console
// prints it: "NotAllowedError: The operation either timed out ...".
func Find(code string) (Entry, bool) {
	e, ok := entries()[fold(code)]
	return e, ok
}

// Codes returns every code and the id of every check, sorted.
func Codes() []string {
	codes := make([]string, 0, len(entries()))
	for _, e := range entries() {
		codes = append(codes, e.Code)
	}
	slices.Sort(codes)
	return codes
}

// longest is how many bytes of what was typed are compared with codes.
const longest = 64

// Near returns the code that was probably meant, or "".
func Near(typed string) string {
	typed = fold(typed)
	if len(typed) > longest {
		return ""
	}
	best, least := "", len(typed)/3+1
	for _, code := range Codes() {
		if len(typed) > 3 && strings.Contains(fold(code), typed) {
			return code
		}
		if d := spelling.Distance(typed, fold(code)); d < least {
			best, least = code, d
		}
	}
	return best
}

func fold(code string) string {
	code, _, _ = strings.Cut(code, ":")
	code = strings.TrimPrefix(strings.TrimSpace(code), "Uncaught (in promise) ")
	return strings.ReplaceAll(strings.ToUpper(code), "-", "_")
}

func readAll() (map[string]Entry, error) {
	names, err := files.ReadDir("entries")
	if err != nil {
		return nil, fmt.Errorf("list entries: %w", err)
	}
	all := make(map[string]Entry)
	for _, name := range names {
		raw, err := files.ReadFile("entries/" + name.Name())
		if err != nil {
			return nil, fmt.Errorf("read entries: %w", err)
		}
		_, text, _ := strings.Cut("\n"+string(raw), "\n## ")
		for _, section := range strings.Split(text, "\n## ") {
			e, err := parse(section)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name.Name(), err)
			}
			if _, twice := all[fold(e.Code)]; twice {
				return nil, fmt.Errorf("read %s: %s is there twice", name.Name(), e.Code)
			}
			all[fold(e.Code)] = e
		}
	}
	return all, nil
}

// parse reads one section: the code, then paragraphs. The first three begin
// with "Title:", "Cause:" and "Fix:"; what follows is the body.
func parse(section string) (Entry, error) {
	code, text, _ := strings.Cut(section, "\n")
	e := Entry{Code: strings.TrimSpace(code)}
	paragraphs := strings.SplitN(strings.TrimSpace(text), "\n\n", 4)
	if len(paragraphs) < 3 {
		return e, fmt.Errorf("%s has no title, cause and fix", e.Code)
	}
	for i, want := range []struct {
		key  string
		into *string
	}{{"Title: ", &e.Title}, {"Cause: ", &e.Cause}, {"Fix: ", &e.Fix}} {
		value, ok := strings.CutPrefix(paragraphs[i], want.key)
		if !ok {
			return e, fmt.Errorf("%s: paragraph %d doesn't begin with %q", e.Code, i+1, want.key)
		}
		*want.into = oneLine(value)
	}
	if len(paragraphs) == 4 {
		e.Body = body(paragraphs[3])
	}
	return e, nil
}

// body joins the lines of each paragraph; code keeps them.
func body(text string) string {
	paragraphs := strings.Split(strings.Trim(text, "\n"), "\n\n")
	for i, p := range paragraphs {
		if !strings.HasPrefix(p, "    ") {
			paragraphs[i] = oneLine(p)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
