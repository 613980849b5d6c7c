package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sting/app/cli"
	"sting/backend"
	"sting/backend/admin"
	"sting/backend/admin/admintest"
)

// helped is what a command says about itself.
type helped struct {
	words []string // below sting
	text  string
	below []string // names of the commands below it
}

var namedBelow = regexp.MustCompile(`(?m)^  ([a-z][a-z-]*) {2,}[A-Z]`)

// everyCommand asks every command for its help, from the root down.
func everyCommand(t *testing.T) []helped {
	t.Helper()
	var all []helped
	for todo := [][]string{nil}; len(todo) > 0; todo = todo[1:] {
		d := newDesk(&admintest.Door{})
		if got := cli.Main(append(slices.Clone(todo[0]), "--help"), d.env); got != 0 {
			t.Fatalf("sting %v --help ends with %d", todo[0], got)
		}
		h := helped{words: todo[0], text: d.out.String()}
		_, listed, _ := strings.Cut(h.text, "COMMAND\n")
		listed, _, _ = strings.Cut(listed, "\nFlags:")
		for _, m := range namedBelow.FindAllStringSubmatch(listed, -1) {
			h.below = append(h.below, m[1])
			todo = append(todo, append(slices.Clone(todo[0]), m[1]))
		}
		all = append(all, h)
	}
	return all
}

func TestEveryCommandHasExamplesAndPrintsJSON(t *testing.T) {
	// These print something that is a file already, or begin what goes on.
	plainly := []string{"", "completion", "completion bash", "completion fish", "completion powershell", "completion zsh", "config",
		"config path", "export", "help", "mock", "serve"}
	all := everyCommand(t)
	for _, h := range all {
		name := strings.Join(h.words, " ")
		if !strings.Contains(h.text, "\nExamples:\n  ") {
			t.Errorf("sting %s shows no example", name)
		}
		if !strings.Contains(h.text, "--json") && !slices.Contains(plainly, name) {
			t.Errorf("sting %s has no --json", name)
		}
	}
	if len(all) < 60 {
		t.Errorf("only %d commands were asked", len(all))
	}
}

func TestEveryVerbOfTheDoorHasACommand(t *testing.T) {
	// The window follows the first; by the second, windows call one another.
	without := []string{"Events", "CallWindow"}
	var all []string
	for _, h := range everyCommand(t) {
		all = append(all, strings.Join(h.words, " "))
	}
	for _, v := range admin.Table() {
		switch name, isHelp := strings.CutPrefix(v.CLI, "help "); {
		case slices.Contains(without, v.Name) != (v.CLI == ""):
			t.Errorf("the command of %s is %q", v.Name, v.CLI)
		case isHelp:
			if d := newDesk(&admintest.Door{}); cli.Main([]string{"help", name}, d.env) != 0 {
				t.Errorf("%s: sting help %s ends badly", v.Name, name)
			}
		case !slices.Contains(all, v.CLI) && v.CLI != "":
			t.Errorf("%s: there is no command sting %s", v.Name, v.CLI)
		}
	}
}

func TestEveryCommandIsTypedInAScript(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var scripts strings.Builder
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		scripts.Write(raw)
	}
	typed := scripts.String()
	for _, h := range everyCommand(t) {
		if len(h.below) > 0 || len(h.words) == 0 {
			continue // its commands are
		}
		name := strings.Join(h.words, " ")
		if h.words[len(h.words)-1] == "list" {
			name = h.words[0] // which lists too
		}
		if name != "serve" && !strings.Contains(typed, "sting "+name) { // which is a word of the scripts
			t.Errorf("no script types sting %s", name)
		}
	}
}

func TestTheChecksThatAreOfferedAreThoseThatTheDoctorHas(t *testing.T) {
	ids := backend.CheckIDs()
	if len(ids) < 40 || !slices.Contains(ids, "TLS-02") || !slices.Contains(ids, "SS-12") || slices.Contains(ids, "RP-06") {
		t.Errorf("the ids are %v", ids)
	}
}
