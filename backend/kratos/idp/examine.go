package idp

import (
	"fmt"
	"slices"

	"sting/backend/fault"
	"sting/backend/identity"
)

// ExamineHash reports why a password hash that comes from outside, or that is kept,
// can't be compared here.
func ExamineHash(p *identity.Password) fault.Problems {
	var ps fault.Problems
	if p == nil {
		return ps
	}
	if why := hashProblem(p.Hash); why != "" {
		ps.Add("password.hash", "Hash the password anew with argon2id (m=19456,t=2,p=1), or leave it out: /recovery sets a new one.",
			"The hash can't be compared here: %s.", why)
	}
	return ps
}

// Examine reports what no registration under this schema would make of a person:
// traits that it refuses, and identifiers and addresses that are not in them.
func (s *Schema) Examine(i identity.Identity) fault.Problems {
	var ps fault.Problems
	if i.SchemaID != s.ID {
		ps.Add("schema_id", fmt.Sprintf("Write %q, if the traits fit that schema.", s.ID), "The schema %s is not known here.",
			identity.Quoted(i.SchemaID))
	}
	traits := decoded(i.Traits)
	for _, v := range s.judge(traits) {
		ps.Add(v.name, "The identity schema wants it otherwise: `sting config` names its file.", "%s.", v.text.Text)
	}
	known := s.identifiers(traits)
	for n, name := range i.Identifiers {
		if !slices.Contains(known, name) {
			ps.Add(fmt.Sprintf("identifiers[%d]", n), "Take it out, or write it into the traits.", "%s is in no trait that people sign in with.",
				identity.Quoted(name))
		}
	}
	for _, name := range known { // without it the same address could be registered again
		if !slices.Contains(i.Identifiers, name) {
			ps.Add("identifiers", "Write it there too, as it is typed to sign in.", "%s is in a trait that people sign in with, and not here.",
				identity.Quoted(name))
		}
	}
	verify, recover := s.addresses(traits)
	for _, name := range slices.Concat(verify, recover) {
		if !slices.ContainsFunc(i.Addresses, func(a identity.Address) bool { return a.Value == name }) {
			ps.Add("addresses", "Add it, as `sting export` writes one.", "%s is in a trait that mails are sent to, and not here.",
				identity.Quoted(name))
		}
	}
	for n, a := range i.Addresses {
		if a.Verify && !slices.Contains(verify, a.Value) || a.Recover && !slices.Contains(recover, a.Value) {
			ps.Add(fmt.Sprintf("addresses[%d].value", n), "Take it out, or write it into the traits.", "%s is in no trait that mails are sent to.",
				identity.Quoted(a.Value))
		}
	}
	return ps
}
