package mail

import (
	"net/url"
	"regexp"
	"strings"
)

// Code is what a person is to type or follow, recognised in a mail.
type Code struct {
	Kind  string // verification or recovery; "": a code of somebody else's, or none
	Value string // six digits; "": the mail holds none
	Flow  string // the flow that it belongs to, where the mail says so
	Link  string // the link of the mail that carries it, ""
}

// Page returns the address of the page of the site that takes the code, with
// it filled in; "" for a code that is none of ours.
func (c Code) Page(origin string) string {
	if c.Kind == "" || c.Value == "" || origin == "" {
		return ""
	}
	q := url.Values{"code": {c.Value}}
	if c.Flow != "" {
		q.Set("flow", c.Flow)
	}
	return origin + "/" + c.Kind + "?" + q.Encode()
}

var (
	links    = regexp.MustCompile(`https?://[^\s<>"'\x60\x00-\x20]+`)
	alone    = regexp.MustCompile(`(?m)^[ \t>*]*([0-9]{6})[ \t*]*\r?$`)
	said     = regexp.MustCompile(`(?i)\bcode\b[^0-9\n]{0,40}\b([0-9]{6})\b`)
	kindPath = regexp.MustCompile(`(?:/self-service)?/(verification|recovery)(?:/|$)`)
)

// recognise looks for a code: in a link first, then as a line of its own, then
// behind the word.
func recognise(subject, text string) Code {
	c := Code{}
	for _, link := range links.FindAllString(text, 50) {
		u, err := url.Parse(strings.TrimRight(link, ".,;:!?)"))
		if err != nil {
			continue
		}
		kind := kindPath.FindStringSubmatch(u.Path)
		if kind == nil {
			continue
		}
		c.Kind, c.Link, c.Flow, c.Value = kind[1], u.String(), u.Query().Get("flow"), digits(u.Query().Get("code"))
		break
	}
	if c.Value == "" {
		for _, re := range []*regexp.Regexp{alone, said} {
			if found := re.FindStringSubmatch(text); found != nil {
				c.Value = found[1]
				break
			}
		}
	}
	if c.Value == "" && c.Link == "" {
		return Code{}
	}
	if c.Kind == "" {
		c.Kind = kindOf(subject, text)
	}
	return c
}

// kindOf tells by the words what a code is for.
func kindOf(subject, text string) string {
	for _, s := range []string{subject, text} {
		s = strings.ToLower(s)
		switch recovers, verifies := strings.Contains(s, "recover"), strings.Contains(s, "verif"); {
		case recovers && !verifies:
			return "recovery"
		case verifies && !recovers:
			return "verification"
		}
	}
	return ""
}

// digits returns s if it is a code of six digits, else "".
func digits(s string) string {
	if len(s) != 6 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}
