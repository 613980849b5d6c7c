// Package relyingparty keeps the relying parties of the lab and says which one a
// request belongs to. The door asks it once a request, and hands the answer to
// everything below.
//
// Its one invariant: a request belongs to exactly one relying party, and with one
// in the configuration always to that.
package relyingparty

import (
	"slices"
	"strings"

	"sting/backend/origin"
	"sting/backend/passkey"
)

// Registry is the relying parties of a configuration, never none: the first is the
// default, whose pages people are sent to and whom verbs without a page mean. An
// origin is listed by one of them at most. It is a value: another configuration is
// another Registry.
type Registry []passkey.RelyingParty

// Default returns the one that is meant where nothing names another.
func (r Registry) Default() passkey.RelyingParty { return r[0] }

// ByID returns the one with an RP ID, and whether there is one. A passkey whose RP
// ID has none is left behind: no page of the lab can use it.
func (r Registry) ByID(id string) (passkey.RelyingParty, bool) {
	n := slices.IndexFunc(r, func(rp passkey.RelyingParty) bool { return rp.ID == id })
	if n < 0 {
		return passkey.RelyingParty{}, false
	}
	return r[n], true
}

// Of returns the one that a request belongs to. from is its header Origin, "" where
// it has none, and asked is the origin that it was sent to. Who lists the page's
// origin has it, else the page that was asked for decides: who lists that, else the
// longest RP ID that its host is or lies under, else the default.
func (r Registry) Of(from string, asked origin.Origin) passkey.RelyingParty {
	for _, page := range []string{from, asked.String()} {
		for _, rp := range r {
			if slices.Contains(rp.Origins, page) {
				return rp
			}
		}
	}
	found := r.Default()
	longest := 0
	for _, rp := range r {
		if n := len(rp.ID); n > longest && (asked.Host == rp.ID || strings.HasSuffix(asked.Host, "."+rp.ID)) {
			found, longest = rp, n
		}
	}
	return found
}

// Origins are those at which ceremonies of any of them are accepted, those of the
// default first.
func (r Registry) Origins() []string {
	var all []string
	for _, rp := range r {
		all = append(all, rp.Origins...)
	}
	return all
}

// IDs are all RP IDs, that of the default first.
func (r Registry) IDs() []string {
	var all []string
	for _, rp := range r {
		all = append(all, rp.ID)
	}
	return all
}
