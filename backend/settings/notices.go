package settings

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"sting/backend/config"
	"sting/backend/fault"
)

// Notices are what is not as the person of a lab would expect.
type Notices struct {
	Log *slog.Logger

	mu       sync.Mutex
	warnings []string
	judged   []string // what is wrong with sting.yml as it is now, and what of it waits for a restart
}

// Warn tells the person what is not as they would expect.
func (n *Notices) Warn(texts ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, text := range texts {
		if text == "" {
			continue
		}
		if !slices.Contains(n.warnings, text) { // each once, however often it is met
			n.Log.Warn(text)
			n.warnings = append(n.warnings, text)
		}
	}
}

// All are those that stand, those about sting.yml first.
func (n *Notices) All() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Concat(n.judged, n.warnings)
}

// mostSaid is how many problems of sting.yml are said one by one.
const mostSaid = 50

// judge replaces what is said of sting.yml: its problems, and the keys whose new
// value waits for a restart. Whether there is need of another authority the one that
// is served tells, which knows when that has been mended.
func (n *Notices) judge(problems []config.Problem, restart []string) {
	problems = withoutAuthority(problems)
	said := make([]string, 0, len(problems)+1)
	for i, problem := range problems {
		if i == mostSaid {
			said = append(said, fmt.Sprintf("sting.yml: and %s more problems. "+
				"`sting config check` lists the first of them; mend those and look again.", fault.Counted(len(problems)-i)))
			break
		}
		said = append(said, "sting.yml: "+problem.String())
	}
	if len(restart) > 0 {
		said = append(said, fmt.Sprintf("sting.yml: %s: the new value waits for the next start. Run `sting restart`.",
			strings.Join(restart, ", ")))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, text := range said {
		if !slices.Contains(n.judged, text) {
			n.Log.Warn(text)
		}
	}
	n.judged = said
}
