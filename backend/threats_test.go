package backend_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	entryOfThreat = regexp.MustCompile(`(?m)^### ([TF]\d\d(?:, [TF]\d\d)*) \S.*$`)
	threatID      = regexp.MustCompile(`[TF]\d\d`)
	citedThreats  = regexp.MustCompile(`THREATS ((?:[TF]?\d\d?)(?:(?:,| and| to)? [TF]\d\d)*)`)
	rangeOf       = regexp.MustCompile(`([TF])(\d\d) to [TF](\d\d)`)
	goTest        = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	otherTest     = regexp.MustCompile("`([\\w.]+\\.spec\\.ts|build/\\w+)`:\\s+\"([^\"]+)\"")
	declaredTest  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// The list of threats is worth what its tests are: each one that it names is
// there, each entry names one, and what code cites stands in it.
func TestTheThreatsNameTheirTests(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("docs/threats.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, cited := testsAndCitations(t)
	listed := make(map[string]bool)
	heads := entryOfThreat.FindAllStringSubmatchIndex(string(raw), -1)
	for i, at := range heads {
		end := len(raw)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		ids, body := string(raw[at[2]:at[3]]), string(raw[at[0]:end])
		for _, id := range threatID.FindAllString(ids, -1) {
			if listed[id] {
				t.Errorf("%s is listed twice", id)
			}
			listed[id] = true
		}
		judgeThreat(t, ids, body, tests)
	}
	if len(listed) < 60 {
		t.Errorf("only %d threats and faults are listed", len(listed))
	}
	for id, where := range cited {
		if !listed[id] {
			t.Errorf("%s cites THREATS %s, which docs/threats.md does not have", where, id)
		}
	}
}

func judgeThreat(t *testing.T, ids, body string, tests map[string]bool) {
	t.Helper()
	named := 0
	for _, m := range goTest.FindAllStringSubmatch(body, -1) {
		if named++; !tests[m[1]] {
			t.Errorf("%s names the test %s, which there is none", ids, m[1])
		}
	}
	for _, m := range otherTest.FindAllStringSubmatch(strings.Join(strings.Fields(body), " "), -1) {
		named++
		path := filepath.Join("..", m[1])
		if strings.HasSuffix(m[1], ".ts") {
			path = filepath.Join("../frontend/e2e", m[1])
		}
		if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), m[2]) {
			t.Errorf("%s names %q of %s, which is not there: %v", ids, m[2], m[1], err)
		}
	}
	if named == 0 {
		t.Errorf("%s names no test that decides it", ids)
	}
}

// testsAndCitations reads all source: which tests there are, and where a threat
// is cited.
func testsAndCitations(t *testing.T) (tests map[string]bool, cited map[string]string) {
	t.Helper()
	tests, cited = make(map[string]bool), make(map[string]string)
	for path, raw := range sources(t) {
		text := strings.ReplaceAll(raw, "\n// ", " ") // a citation may go over the end of a line
		for _, m := range citedThreats.FindAllStringSubmatch(text, -1) {
			for _, id := range idsOf(m[1]) {
				cited[id] = path
			}
		}
		for _, m := range declaredTest.FindAllStringSubmatch(raw, -1) {
			tests[m[1]] = true
		}
	}
	if len(cited) == 0 {
		t.Fatal("nothing is cited")
	}
	return tests, cited
}

// sources returns the text of all Go and TypeScript by its path.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "dist" || name == "cache" || len(name) > 2 && name[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		switch filepath.Ext(path) {
		case ".go", ".ts", ".tsx":
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all[path] = string(raw)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// idsOf spells a citation out: "F21 to F23" is three.
func idsOf(text string) []string {
	ids := threatID.FindAllString(text, -1)
	if m := rangeOf.FindStringSubmatch(text); m != nil {
		for n := m[2]; n < m[3]; {
			n = string([]byte{n[0] + (n[1]-'0'+1)/10, '0' + (n[1]-'0'+1)%10})
			ids = append(ids, m[1]+n)
		}
	}
	if len(ids) == 0 {
		return []string{text} // a number without its letter is in no list
	}
	return ids
}
