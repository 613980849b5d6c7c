package cli

import (
	"fmt"
	"strings"

	"sting/backend/api"
)

// showWatched shows what a ceremony of somebody else's page has of its own. What the
// verdicts mean together is the cause, which is shown with every ceremony.
func (c *commands) showWatched(source string, w api.Watched) {
	for _, f := range [][2]string{
		{"source", source}, {"address", w.Page}, {"inside of", w.TopOrigin}, {"mediation", w.Mediation},
		{"begin", exchanged(w.Begin)}, {"complete", exchanged(w.Complete)}, {"answered", saidBy(w.Complete)},
		{"ours", strings.TrimSpace(w.Verdict.Ours + " " + w.Verdict.Step)}, {"its server", w.Verdict.Server}, {"attacker", w.Verdict.Gains},
	} {
		c.fact(f[0], f[1])
	}
	for _, n := range w.Options {
		c.fact("options", fmt.Sprintf("%s (%s): %s Write: %s", n.Option, n.Level, n.Why, n.Write))
	}
}

func exchanged(x *api.Exchange) string {
	if x == nil {
		return ""
	}
	return fmt.Sprintf("%s %s %d", x.Method, x.URL, x.Status)
}

func saidBy(x *api.Exchange) string {
	if x == nil {
		return ""
	}
	return x.Body
}
