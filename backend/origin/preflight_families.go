package origin

import "slices"

// What a page gets that may not hold a ceremony.
const (
	noAPI         = "no API" // navigator.credentials and PublicKeyCredential are undefined
	securityError = "SecurityError"
)

// family is a family of browsers, which differ in little but the little.
type family struct {
	id     string
	covers []string
	tried  bool
	source string
}

// families are those that are known here. Only Chromium was asked whether it
// does what stands here.
var families = [...]family{
	{"chromium", []string{"Chrome", "Edge", "Brave", "Opera"}, true,
		"Tried: a test asks a real Chromium (156) about the same pages and compares its answers with these rules."},
	{"firefox", []string{"Firefox"}, false,
		"From the specifications and Firefox' release notes (84: localhost and names under it); not tried here. Related origins were seen to " +
			"work in Firefox 153."},
	{"safari", []string{"Safari"}, false,
		"From the specifications and Safari's release notes (18: related origins); not tried here."},
}

// judge returns what the family does: the first rule that refuses decides, else
// the first that depends.
func (f family) judge(rules []Rule) Family {
	out := Family{ID: f.id, Covers: slices.Clone(f.covers), Outcome: Works, Says: "It holds the ceremony.", Tried: f.tried, Source: f.source}
	for _, r := range rules {
		if r.ID == "lab" || r.ID == "port" || r.ID == "cookies" { // the server's, whatever the browser
			continue
		}
		outcome, says, gets := r.Outcome, r.Says, r.gets
		if x, ok := r.except[f.id]; ok {
			outcome, says, gets = x.outcome, x.says, ""
		}
		if outcome == OK || outcome == Depends && out.Outcome == Depends {
			continue
		}
		out.Outcome, out.Says, out.Rule, out.Section, out.Gets = outcome, says, r.ID, r.Section, gets
		if outcome == Refused {
			break
		}
	}
	return out
}
