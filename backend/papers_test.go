package backend_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sting/backend"
	"sting/backend/admin"
	"sting/backend/origin"
)

var (
	headOfSection = regexp.MustCompile(`(?m)^## (\d+)\. \S.*$`)
	citedSection  = regexp.MustCompile(`CONTRACT[,;:]? section (\d+)`)
	acrossLines   = regexp.MustCompile(`\n\s*(?://|\*) `)
	codeInTable   = regexp.MustCompile("`([A-Z][A-Z_]+)`")
	rowOfDoctor   = regexp.MustCompile(`(?m)^\| ([A-Z]{2,3}-\d\d) \| (.+) \| (check|help)\b.* \|$`)
	entryOfHelp   = regexp.MustCompile(`(?m)^## (\S+)\nTitle: (.*(?:\n\S.*)*)`)
)

// What comments cite of the wire stands in docs/wire.md.
func TestEachCitedSectionOfTheWireIsThere(t *testing.T) {
	sections := make(map[string]bool)
	for _, m := range headOfSection.FindAllStringSubmatch(paper(t, "docs/wire.md"), -1) {
		sections[m[1]] = true
	}
	if len(sections) < 11 {
		t.Fatalf("docs/wire.md has %d sections", len(sections))
	}
	cited := 0
	for path, text := range sources(t) {
		for _, m := range citedSection.FindAllStringSubmatch(acrossLines.ReplaceAllString(text, " "), -1) {
			if cited++; !sections[m[1]] {
				t.Errorf("%s cites CONTRACT section %s, which docs/wire.md does not have", path, m[1])
			}
		}
	}
	if cited < 25 {
		t.Errorf("only %d citations were found", cited)
	}
}

// Each code that the wire promises is explained.
func TestEachCodeOfTheWireHasAHelpEntry(t *testing.T) {
	_, faults, _ := strings.Cut(paper(t, "docs/wire.md"), "\n## 8. ")
	faults, _, _ = strings.Cut(faults, "\n## 9. ")
	entries, codes := helpEntries(t), 0
	for _, m := range codeInTable.FindAllStringSubmatch(faults, -1) {
		if codes++; entries[m[1]] == "" {
			t.Errorf("the wire promises %s, which no help entry explains", m[1])
		}
	}
	if codes < 40 {
		t.Errorf("only %d codes were found", codes)
	}
}

// The page of the doctor is the list of the program's checks and of the help's
// entries, no more and no less.
func TestTheDoctorsPageListsWhatTheDoctorKnows(t *testing.T) {
	entries, known := helpEntries(t), backend.CheckIDs()
	listed := make(map[string]bool)
	for _, m := range rowOfDoctor.FindAllStringSubmatch(paper(t, "docs/doctor.md"), -1) {
		id, title, by := m[1], m[2], m[3]
		if listed[id] {
			t.Errorf("%s stands there twice", id)
		}
		listed[id] = true
		if title+"." != entries[id] {
			t.Errorf("%s is %q, and in the help %q", id, title, entries[id])
		}
		if is := slices.Contains(known, id); is != (by == "check") {
			t.Errorf("%s is looked at by %q; a check of the program: %v", id, by, is)
		}
	}
	isID := regexp.MustCompile(`^[A-Z]{2,3}-\d\d$`)
	for id := range entries {
		if isID.MatchString(id) && !listed[id] {
			t.Errorf("%s has a help entry and no row", id)
		}
	}
	for _, id := range known {
		if !listed[id] {
			t.Errorf("the check %s has no row", id)
		}
	}
}

// The page of the wire names every verb of the door, and every page of the site with what opens it.
func TestTheWireNamesEachVerbAndPage(t *testing.T) {
	section := func(n string) string {
		_, text, found := strings.Cut(paper(t, "docs/wire.md"), "\n## "+n+". ")
		if !found {
			t.Fatalf("docs/wire.md has no section %s", n)
		}
		text, _, _ = strings.Cut(text, "\n## ")
		return text
	}
	door, pages, terminal := section("9"), section("3"), section("10")
	for _, v := range admin.Table() {
		_, path, _ := strings.Cut(v.Method+" "+v.Path, "/v1/")
		first, _, _ := strings.Cut(path, "/")
		if !strings.Contains(door, "`"+first) && !strings.Contains(door, "/v1/"+first) {
			t.Errorf("section 9 of docs/wire.md doesn't name %s %s", v.Method, v.Path)
		}
	}
	for _, p := range origin.Pages() {
		if !strings.Contains(pages, "`"+p.Path+"`") {
			t.Errorf("section 3 of docs/wire.md doesn't name %s", p.Path)
		}
	}
	if all := strings.Join(origin.PageNames(), "|"); !strings.Contains(terminal, "sting open "+all) {
		t.Errorf("section 10 of docs/wire.md opens other pages than %s", all)
	}
}

func paper(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// helpEntries returns the titles of the help by their code.
func helpEntries(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../app/help/entries/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	entries := make(map[string]string)
	for _, path := range paths {
		for _, m := range entryOfHelp.FindAllStringSubmatch(paper(t, path), -1) {
			entries[m[1]] = strings.Join(strings.Fields(m[2]), " ")
		}
	}
	return entries
}
