package origin

import (
	"fmt"
	"slices"
	"strings"
)

// Whole says how the list of accepted origins has to stand in sting.yml so that it
// has add too: an entry that is added by itself takes the place of the others where
// the list followed from the port. line is where the list stands, 0 where the file
// has none.
func Whole(line int, list []string, add ...string) string {
	text := Listed(list, add...)
	if line > 0 {
		return fmt.Sprintf("Let the list in line %d of sting.yml read `%s`.", line, text)
	}
	return fmt.Sprintf("Write `%s` under webauthn.config.rp in sting.yml.", text)
}

// Listed is a list of accepted origins with others, as YAML has it.
func Listed(list []string, add ...string) string {
	var all []string
	for _, raw := range slices.Concat(list, add) {
		if !slices.Contains(all, raw) {
			all = append(all, raw)
		}
	}
	return "origins: [" + strings.Join(quoted(all), ", ") + "]"
}

// quoted puts quotes around what YAML would read as something else in a list.
func quoted(list []string) []string {
	out := make([]string, 0, len(list))
	for _, raw := range list {
		if strings.ContainsAny(raw, "[]{},#\"'& ") {
			raw = fmt.Sprintf("%q", raw)
		}
		out = append(out, raw)
	}
	return out
}
