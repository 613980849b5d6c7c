package identity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"sting/backend/display"
	"sting/backend/document"
	"sting/backend/fault"
)

// Bounds of what a person is made of.
const (
	MaxIdentifiers = 20        // with which one person signs in
	MaxIdentifier  = 320       // bytes of an identifier or an address: RFC 3696, errata 1690
	MaxMember      = 256 << 10 // bytes of the traits, or of one of the metadata
)

// Examine reports everything about i that nothing in this program would make.
// Whoever takes a person from outside, in whatever way, asks it. What the identity
// schema and the password's hash have to be is for those to say who know them.
func (i Identity) Examine() fault.Problems {
	var ps fault.Problems
	if !ValidID(string(i.ID)) {
		ps.Add("id", "Use the id that Kratos or the lab gave.", "%s is no UUID in lower case.", Quoted(string(i.ID)))
	}
	if !plainText(i.SchemaID, 100) || i.SchemaID == "" {
		ps.Add("schema_id", `Write the schema's id, such as "default".`, "%s is no id of a schema.", Quoted(i.SchemaID))
	}
	if i.State != Active && i.State != Inactive {
		ps.Add("state", `Write "active" or "inactive".`, "There is no state %s.", Quoted(string(i.State)))
	}
	if i.Role != "user" && i.Role != "admin" {
		ps.Add("role", `Write "user".`, "There is no role %s.", Quoted(i.Role))
	}
	if n := len(i.UserHandle); n < 1 || n > 64 { // Web Authentication Level 3, section 5.4.3
		ps.Add("user_handle", "Use 1 to 64 bytes in base64.", "The user handle has %d bytes.", n)
	}
	ps.Under("", i.ExamineContent())
	for n, a := range i.Addresses {
		ps.Under(fmt.Sprintf("addresses[%d]", n), a.examine())
	}
	if i.Password != nil {
		ps.Under("password", ExamineTime("set_at", i.Password.SetAt, true))
	}
	ps.Under("", ExamineTime("state_at", i.StateAt, false))
	ps.Under("", ExamineTime("created_at", i.CreatedAt, true))
	ps.Under("", ExamineTime("updated_at", i.UpdatedAt, true))
	return ps
}

// ExamineContent is the part of Examine that is about what the person was described
// with: the traits, the metadata and the identifiers.
func (i Identity) ExamineContent() fault.Problems {
	return append(i.examineMembers(), i.examineNames()...)
}

// examineMembers looks at the JSON that the person is described with.
func (i Identity) examineMembers() fault.Problems {
	var ps fault.Problems
	if b := bytes.TrimSpace(i.Traits); len(b) == 0 || b[0] != '{' {
		ps.Add("traits", `Write a JSON object, such as {"email": "ann@example.org"}.`, "The traits are no JSON object.")
	}
	for name, doc := range map[string][]byte{"traits": i.Traits, "metadata_public": i.MetadataPublic, "metadata_admin": i.MetadataAdmin} {
		switch {
		case len(doc) > MaxMember:
			ps.Add(name, "Keep less there.", "It has %d bytes; at most %d are kept.", len(doc), MaxMember)
		case len(doc) > 0:
			ps.Under(name, document.Examine(doc, ""))
		}
	}
	ps.Under("traits", examineShown(i.Traits))
	slices.SortStableFunc(ps, func(a, b fault.Problem) int { return strings.Compare(a.Where, b.Where) })
	return ps
}

// examineShown looks at every text of the traits, and at their names: people are
// shown both.
func examineShown(traits []byte) fault.Problems {
	var ps fault.Problems
	var v any
	if json.Unmarshal(traits, &v) != nil {
		return nil // said already
	}
	walkShown("", v, func(at, why string) {
		ps.Add(at, "Write it without that character.", "It can't be shown as it is. %s", why)
	})
	slices.SortStableFunc(ps, func(a, b fault.Problem) int { return strings.Compare(a.Where, b.Where) })
	return ps
}

func walkShown(at string, v any, say func(at, why string)) {
	switch v := v.(type) {
	case string:
		if why := display.Text(v); why != "" {
			say(at, why)
		}
	case []any:
		for n, e := range v {
			walkShown(fmt.Sprintf("%s[%d]", at, n), e, say)
		}
	case map[string]any:
		for name, e := range v {
			if why := display.Text(name); why != "" {
				say(at, why)
				continue
			}
			walkShown(strings.TrimPrefix(at+"."+name, "."), e, say)
		}
	}
}

func (i Identity) examineNames() fault.Problems {
	var ps fault.Problems
	if len(i.Identifiers) > MaxIdentifiers {
		ps.Add("identifiers", "Leave those that are used.", "There are %d; at most %d are kept.", len(i.Identifiers), MaxIdentifiers)
	}
	for n, s := range i.Identifiers {
		at := fmt.Sprintf("identifiers[%d]", n)
		switch {
		case !ValidIdentifier(s):
			ps.Add(at, "Write it as it is typed to sign in: trimmed, in lower case, without control characters.", "%s is no identifier.", Quoted(s))
		case slices.Contains(i.Identifiers[:n], s):
			ps.Add(at, "Leave one of them.", "%s comes twice.", Quoted(s))
		}
	}
	return ps
}

func (a Address) examine() fault.Problems {
	var ps fault.Problems
	if !ValidID(a.ID) {
		ps.Add("id", "Use a UUID in lower case.", "%s is no UUID.", Quoted(a.ID))
	}
	if !ValidIdentifier(a.Value) {
		ps.Add("value", "Write the address trimmed and in lower case.", "%s is no address.", Quoted(a.Value))
	}
	if a.Via != "email" {
		ps.Add("via", `Write "email".`, "Mails don't go by way of %s.", Quoted(a.Via))
	}
	if !slices.Contains([]string{"pending", "sent", "completed"}, a.Status) {
		ps.Add("status", `Write "pending", "sent" or "completed".`, "There is no status %s.", Quoted(a.Status))
	}
	if a.Verified != (a.Status == "completed") {
		ps.Add("verified", `Verified addresses have the status "completed", and no others.`, "It is %v with the status %s.", a.Verified,
			Quoted(a.Status))
	}
	ps.Under("", ExamineTime("verified_at", a.VerifiedAt, false))
	ps.Under("", ExamineTime("created_at", a.CreatedAt, true))
	ps.Under("", ExamineTime("updated_at", a.UpdatedAt, true))
	return ps
}

// ValidID reports whether s is a UUID as this program and Kratos write it: 36
// characters in lower case, and not the one that means none.
func ValidID(s string) bool {
	u, err := uuid.Parse(s)
	return err == nil && u != uuid.Nil && u.String() == s
}

// ValidIdentifier reports whether s is an identifier in the form in which it is
// compared.
func ValidIdentifier(s string) bool {
	return s != "" && s == Fold(s) && plainText(s, MaxIdentifier)
}

// plainText reports whether s has at most that many bytes, and none that people
// could not see.
func plainText(s string, most int) bool { return len(s) <= most && display.Name(s) == "" }

// earliest and latest are the years in which something of a lab can happen, also
// with a clock that was moved.
const earliest, latest = 1970, 2999

// ExamineTime reports a time that can't be: none where there has to be one, or a
// year that no clock shows.
func ExamineTime(name string, t time.Time, needed bool) fault.Problems {
	var ps fault.Problems
	switch y := t.UTC().Year(); {
	case t.IsZero() && needed:
		ps.Add(name, `Write a time such as "2026-01-31T12:00:00Z".`, "The time is missing.")
	case !t.IsZero() && (y < earliest || y > latest):
		ps.Add(name, `Write a time such as "2026-01-31T12:00:00Z".`, "The year %d can't be.", y)
	}
	return ps
}

// Quoted shows a value from outside in a sentence: quoted, and cut where it is
// long.
func Quoted(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
