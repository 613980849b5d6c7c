package session

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"time"
	"unicode/utf8"

	"sting/backend/fault"
	"sting/backend/identity"
)

// Bounds of a session from outside.
const (
	// LongestLifespan is the longest that the configuration allows.
	LongestLifespan = 366 * 24 * time.Hour
	maxMethods      = 1000
	maxUserAgent    = 1024 // bytes
)

// Examine reports everything about s that no sign-in would make. Whoever takes a
// session from outside asks it.
func (s Session) Examine() fault.Problems {
	var ps fault.Problems
	if !identity.ValidID(string(s.ID)) {
		ps.Add("id", "Use the id that the lab gave.", "%s is no UUID in lower case.", identity.Quoted(string(s.ID)))
	}
	if !identity.ValidID(string(s.IdentityID)) {
		ps.Add("identity_id", "Write the id of the person.", "%s is no UUID in lower case.", identity.Quoted(string(s.IdentityID)))
	}
	if s.AAL != "aal1" {
		ps.Add("aal", `Write "aal1".`, "There is no level %s here.", identity.Quoted(s.AAL))
	}
	for name, hash := range map[string][]byte{
		"kratos_token": s.KratosToken, "passkey_token": s.PasskeyToken, "ended_token": s.EndedToken,
	} {
		if n := len(hash); n != 0 && n != sha256.Size {
			ps.Add(name, "Write the SHA-256 of the token in base64, or leave it out.", "It has %d bytes, not %d.", n, sha256.Size)
		}
	}
	if n := len(s.Methods); n == 0 || n > maxMethods {
		ps.Add("methods", "Say how the person signed in.", "There are %d proofs, 1 to %d are allowed.", n, maxMethods)
	}
	for n, p := range s.Methods {
		ps.Under(fmt.Sprintf("methods[%d]", n), p.examine())
	}
	ps.Under("device", s.Device.examine())
	ps.Under("", s.examineTimes())
	return ps
}

func (p Proof) examine() fault.Problems {
	var ps fault.Problems
	if !slices.Contains([]Method{Passkey, Password, Code}, p.Method) {
		ps.Add("method", `Write "passkey", "password" or "code".`, "Nobody signs in by %s.", identity.Quoted(string(p.Method)))
	}
	if p.AAL != "aal1" {
		ps.Add("aal", `Write "aal1".`, "There is no level %s here.", identity.Quoted(p.AAL))
	}
	if p.CredentialID != "" && !identity.ValidID(p.CredentialID) {
		ps.Add("credential_id", "Write the lab's id of the passkey.", "%s is no UUID in lower case.", identity.Quoted(p.CredentialID))
	}
	ps.Under("", identity.ExamineTime("at", p.At, true))
	return ps
}

func (d Device) examine() fault.Problems {
	var ps fault.Problems
	if len(d.UserAgent) > maxUserAgent || !utf8.ValidString(d.UserAgent) {
		ps.Add("user_agent", "Shorten it.", "It has %d bytes, at most %d are kept.", len(d.UserAgent), maxUserAgent)
	}
	if _, err := netip.ParseAddr(d.Address); err != nil && d.Address != "" {
		ps.Add("address", `Write an IP address, or "".`, "%s is none.", identity.Quoted(d.Address))
	}
	return ps
}

// examineTimes also sees to it that nothing lives longer than anybody promised.
func (s Session) examineTimes() fault.Problems {
	var ps fault.Problems
	for _, one := range []fault.Problems{
		identity.ExamineTime("issued_at", s.IssuedAt, true), identity.ExamineTime("authenticated_at", s.AuthenticatedAt, true),
		identity.ExamineTime("expires_at", s.ExpiresAt, true), identity.ExamineTime("seen_at", s.SeenAt, true),
		identity.ExamineTime("ended_at", s.EndedAt, false),
	} {
		ps.Under("", one)
	}
	last := slices.MaxFunc([]time.Time{s.IssuedAt, s.AuthenticatedAt, s.SeenAt}, time.Time.Compare)
	if life := s.ExpiresAt.Sub(last); len(ps) == 0 && life > LongestLifespan {
		ps.Add("expires_at", "Write a time within a year of issued_at.", "The session would live for %d days.", int(life/(24*time.Hour)))
	}
	return ps
}
