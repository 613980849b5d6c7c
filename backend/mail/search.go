package mail

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Query is a search in the words of Mailpit: every term has to match. The zero
// value matches everything.
type Query []term

// term is one condition: `to:ada`, `-is:read`, `"two words"`.
type term struct {
	field string // "": anywhere
	value string // lower case
	not   bool
}

// fields are what a term may name before a colon.
var fields = []string{
	"to", "from", "cc", "bcc", "reply-to", "addressed", "subject", "message-id", "tag", "is", "has", "before", "after", "larger", "smaller",
}

// ParseQuery reads a search. A word with a colon that names no field is a word.
func ParseQuery(s string) Query {
	var q Query
	for _, word := range split(s) {
		t := term{value: word}
		if len(t.value) > 1 && (t.value[0] == '-' || t.value[0] == '!') {
			t.not, t.value = true, t.value[1:]
		}
		if name, value, ok := strings.Cut(t.value, ":"); ok && value != "" && slices.Contains(fields, strings.ToLower(name)) {
			t.field, t.value = strings.ToLower(name), value
		}
		if t.value = strings.ToLower(strings.Trim(t.value, `"`)); t.value != "" {
			q = append(q, t)
		}
	}
	return q
}

// received is the field of a search by To: whoever got the mail, named in its
// header or not. No word that is typed names it, `to:` means the header's To.
const received = "received by"

// To matches mails that an address got, or one that contains it.
func To(address string) Query {
	return Query{{field: received, value: strings.ToLower(strings.TrimSpace(address))}}
}

// split cuts at spaces outside of quotes.
func split(s string) []string {
	quoted := false
	return strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && unicode.IsSpace(r)
	})
}

// Match reports whether a mail is searched for. text returns what its body
// says.
func (q Query) Match(m Mail, text func() string) bool {
	for _, t := range q {
		if t.match(m, text) == t.not {
			return false
		}
	}
	return true
}

// asksFor reports whether a search names exactly that recipient.
func (q Query) asksFor(address string) bool {
	return address != "" && slices.ContainsFunc(q, func(t term) bool {
		return (t.field == "addressed" || t.field == received) && t.value == address && !t.not
	})
}

func (t term) match(m Mail, text func() string) bool {
	switch t.field {
	case received:
		return t.among(m.To) || t.among(m.Cc) || t.among(m.Bcc)
	case "to":
		return t.among(m.To)
	case "from":
		return t.among([]Address{m.From})
	case "cc":
		return t.among(m.Cc)
	case "bcc":
		return t.among(m.Bcc)
	case "reply-to":
		return t.among(m.ReplyTo)
	case "addressed":
		return t.among(append(slices.Concat(m.To, m.Cc, m.Bcc, m.ReplyTo), m.From))
	case "subject":
		return contains(m.Subject, t.value)
	case "message-id":
		return contains(m.MessageID, t.value)
	case "tag":
		return slices.ContainsFunc(m.Tags, func(tag string) bool { return strings.EqualFold(tag, t.value) })
	case "is":
		return t.value == "read" && m.Read || t.value == "unread" && !m.Read || t.value == "tagged" && len(m.Tags) > 0
	case "has":
		return strings.HasPrefix(t.value, "attachment") && m.Attachments > 0
	case "before", "after":
		at, err := parseDay(t.value)
		return err == nil && (t.field == "before" && m.Created.Before(at) || t.field == "after" && !m.Created.Before(at))
	case "larger", "smaller":
		n, ok := parseSize(t.value)
		return ok && (t.field == "larger" && m.Size > n || t.field == "smaller" && m.Size < n)
	}
	return contains(m.Subject, t.value) || t.among(append(slices.Concat(m.To, m.Cc, m.Bcc, m.ReplyTo), m.From)) || contains(text(), t.value)
}

func (t term) among(list []Address) bool {
	return slices.ContainsFunc(list, func(a Address) bool { return contains(a.Address, t.value) || contains(a.Name, t.value) })
}

func contains(s, lower string) bool { return strings.Contains(strings.ToLower(s), lower) }

func parseDay(s string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, strings.ToUpper(s)); err == nil {
		return at, nil
	}
	return time.Parse(time.DateOnly, s)
}

// parseSize reads 10, 10k or 2m, in bytes.
func parseSize(s string) (int, bool) {
	s = strings.TrimSuffix(s, "b")
	unit := 1
	switch {
	case strings.HasSuffix(s, "k"):
		unit = 1 << 10
	case strings.HasSuffix(s, "m"):
		unit = 1 << 20
	}
	n, err := strconv.Atoi(strings.TrimRight(s, "km"))
	if err != nil || n < 0 || n > 1<<40 {
		return 0, false
	}
	return n * unit, true
}
