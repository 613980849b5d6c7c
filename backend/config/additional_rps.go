package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sting/backend/origin"
)

const additionalKey = "webauthn.additional_rps"

// writtenRP is a further relying party as the file has it, with the places of what
// it says.
type writtenRP struct {
	rp      RelyingParty
	item    *yaml.Node
	id      *yaml.Node
	origins []*yaml.Node // beside rp.Origins
	at      string       // "[1]"
}

// readAdditional reads [{id: shop.localhost, display_name: Shop, origins: [...]}].
func readAdditional(n *yaml.Node, say sink) ([]RelyingParty, bool) {
	list, ok := writtenRPs(n, say)
	rps := make([]RelyingParty, 0, len(list))
	for _, w := range list {
		rps = append(rps, w.rp)
	}
	return rps, ok
}

// writtenRPs reads the entries of the list; one that can't be read is left out and
// said.
func writtenRPs(n *yaml.Node, say sink) ([]writtenRP, bool) {
	const shape = "Write a list of relying parties: [{id: shop.localhost, display_name: Shop}]."
	r := resolve(n)
	if r.Kind == yaml.ScalarNode && r.ShortTag() == "!!null" {
		return nil, true
	}
	if r.Kind != yaml.SequenceNode {
		say(n, "", Error, "A list belongs here.", shape)
		return nil, false
	}
	var list []writtenRP
	for i, item := range r.Content {
		w := writtenRP{item: item, id: item, at: fmt.Sprintf("[%d]", i)}
		if resolve(item).Kind != yaml.MappingNode {
			say(item, w.at, Error, "A relying party belongs here, with an id.", shape)
			continue
		}
		if w.read(say) {
			list = append(list, w)
		}
	}
	return list, true
}

// read takes an entry apart; every problem of it is said.
func (w *writtenRP) read(say sink) bool {
	good := true
	members := resolve(w.item).Content
	w.rp.Line = resolve(w.item).Line
	for i := 0; i+1 < len(members); i += 2 {
		name, value := members[i].Value, members[i+1]
		inside := func(n *yaml.Node, sub string, s Severity, meaning, fix string) {
			good = good && s != Error
			say(n, w.at+"."+name+sub, s, meaning, fix)
		}
		switch name {
		case "id":
			w.id = value
			w.rp.ID, _ = scalar(value, inside, "a text")
		case "display_name":
			w.rp.DisplayName, _ = scalar(value, inside, "a text")
		case "origins":
			w.rp.Origins, w.origins, _ = items(value, inside)
			w.rp.Line = resolve(value).Line
		default:
			known := []string{"id", "display_name", "origins"}
			fix := "Write id, display_name or origins."
			if best, ok := nearest(name, known); ok {
				fix = fmt.Sprintf("Did you mean %s?", best)
			}
			inside(members[i], "", Error, "Unknown key of a relying party.", fix)
		}
	}
	return good
}

// additional examines the further relying parties, which stand beside the first: an
// entry that no ceremony could be held for is left out.
func (x *examiner) additional() {
	if !x.given[additionalKey] {
		return
	}
	said := x.r.at(additionalKey, x.r.input.doc.leaves[additionalKey])
	x.c.WebAuthn.Additional = nil
	for _, w := range x.r.furtherRPs() {
		say := func(n *yaml.Node, sub string, s Severity, meaning, fix string) { said(n, w.at+sub, s, meaning, fix) }
		if rp, ok := x.oneMore(w, say); ok {
			x.c.WebAuthn.Additional = append(x.c.WebAuthn.Additional, rp)
		}
	}
}

// furtherRPs are those of the file that can be read.
func (r Report) furtherRPs() []writtenRP {
	l, ok := r.input.doc.leaves[additionalKey]
	if !ok {
		return nil
	}
	list, _ := writtenRPs(l.node, func(*yaml.Node, string, Severity, string, string) {})
	return list
}

// oneMore returns an entry as it can be used beside those before it.
func (x *examiner) oneMore(w writtenRP, say sink) (RelyingParty, bool) {
	rp := w.rp
	if lower := strings.ToLower(rp.ID); lower != rp.ID && origin.ValidRPID(lower) == nil {
		say(w.id, ".id", Warning, fmt.Sprintf("Browsers compare in lower case, so %s is used.", lower), fmt.Sprintf("Write %s.", lower))
		rp.ID = lower
	}
	if why := reason(origin.ValidRPID(rp.ID)); why != nil {
		say(w.id, ".id", Error, why.Meaning+" The relying party is left out.", why.Fix)
		return rp, false
	}
	before := x.c.RelyingParties()
	if slices.ContainsFunc(before, func(other RelyingParty) bool { return other.ID == rp.ID }) {
		say(w.id, ".id", Error, fmt.Sprintf("There is a relying party %s already, and this one is left out.", rp.ID),
			"Write an ID that stands nowhere else, or add its origins there.")
		return rp, false
	}
	if strings.TrimSpace(rp.DisplayName) == "" {
		rp.DisplayName = x.c.WebAuthn.RP.DisplayName
	}
	rp.Origins = nil
	for i, raw := range w.rp.Origins {
		at := func(s Severity, meaning, fix string) {
			say(w.origins[i], fmt.Sprintf(".origins[%d]", i), s, meaning, fix)
		}
		if o, ok := x.origin(rp, raw, at); ok && !x.taken(o, at) {
			rp.Origins = append(rp.Origins, o)
		}
	}
	if rp.Origins = unique(rp.Origins); len(rp.Origins) > 0 {
		if x.c.Ports.Site.Open() && !x.c.ours(rp) {
			say(w.origins[0], ".origins", Warning, x.notListed(rp), x.c.missing(rp))
		}
		return rp, true
	}
	// Its own origin follows from its ID, unless a page there belongs to another one.
	return rp, !x.taken(x.c.at(rp.ID), func(s Severity, meaning, fix string) { say(w.id, ".id", Error, meaning, fix) })
}

// taken says where an origin belongs to a relying party before this one.
func (x *examiner) taken(page string, say func(Severity, string, string)) bool {
	for _, other := range x.c.RelyingParties() {
		if slices.Contains(other.Origins, page) || (len(other.Origins) == 0 && x.c.at(other.ID) == page) {
			say(Error, fmt.Sprintf("%s is an origin of the relying party %s, and a page belongs to one; here it is left out.", page, other.ID),
				"List it in one of the two places.")
			return true
		}
	}
	return false
}

// showAdditional shows what readAdditional reads.
func showAdditional(list []RelyingParty) any {
	out := make([]any, len(list))
	for i, rp := range list {
		out[i] = map[string]any{"id": rp.ID, "display_name": rp.DisplayName, "origins": anys(rp.Origins)}
	}
	return out
}

// RelyingParties returns the first one and the further ones, in order.
func (c Config) RelyingParties() []RelyingParty {
	return slices.Concat([]RelyingParty{c.WebAuthn.RP}, c.WebAuthn.Additional)
}

// AcceptedOrigins returns those of all relying parties.
func (c Config) AcceptedOrigins() []string {
	var all []string
	for _, rp := range c.RelyingParties() {
		all = append(all, rp.Origins...)
	}
	return all
}
