package mail

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// The types of this file are Mailpit's JSON, member by member.

type wireAddress struct{ Name, Address string }

func wireAddresses(none []wireAddress, from []Address) []wireAddress {
	if len(from) == 0 {
		return none
	}
	list := make([]wireAddress, 0, len(from))
	for _, a := range from {
		list = append(list, wireAddress(a))
	}
	return list
}

type wireHead struct {
	ID, MessageID string
	Read          bool
	From          wireAddress
	To            []wireAddress
	Cc            []wireAddress
	Bcc           []wireAddress
	ReplyTo       []wireAddress
	Subject       string
	Created       time.Time
	Username      string
	Tags          []string
	Size          int
	Attachments   int
	Snippet       string
}

type wirePage struct {
	Total    int        `json:"total"`
	Unread   int        `json:"unread"`
	Count    int        `json:"count"`
	Found    int        `json:"messages_count"`
	FoundNew int        `json:"messages_unread"`
	Start    int        `json:"start"`
	Tags     []string   `json:"tags"`
	Messages []wireHead `json:"messages"`
}

func wirePageOf(p Page, start int, noReplyTo []wireAddress) wirePage {
	out := wirePage{
		Total: p.Total, Unread: p.Unread, Count: len(p.Mails), Found: p.Found, FoundNew: p.FoundNew, Start: start,
		Tags: p.Tags, Messages: []wireHead{},
	}
	for _, m := range p.Mails {
		out.Messages = append(out.Messages, wireHead{
			ID: m.ID, MessageID: m.MessageID, Read: m.Read, From: wireAddress(m.From), To: wireAddresses([]wireAddress{}, m.To),
			Cc: wireAddresses(nil, m.Cc), Bcc: wireAddresses(nil, m.Bcc), ReplyTo: wireAddresses(noReplyTo, m.ReplyTo),
			Subject: m.Subject, Created: m.Created.Truncate(time.Millisecond), Username: m.Username, Tags: m.Tags, Size: m.Size,
			Attachments: m.Attachments, Snippet: m.Snippet,
		})
	}
	return out
}

type wireMessage struct {
	ID, MessageID   string
	From            wireAddress
	To              []wireAddress
	Cc              []wireAddress
	Bcc             []wireAddress
	ReplyTo         []wireAddress
	ReturnPath      string
	Subject         string
	ListUnsubscribe wireUnsubscribe
	Date            time.Time
	Tags            []string
	Username        string
	Text, HTML      string
	Size            int
	Inline          []wirePart
	Attachments     []wirePart
}

type wireUnsubscribe struct {
	Header     string
	Links      []string
	Errors     string
	HeaderPost string
}

type wirePart struct {
	PartID, FileName, ContentType, ContentID string
	Size                                     int
	Checksums                                Sums
}

func wireMessageOf(m Mail, c Content) wireMessage {
	out := wireMessage{
		ID: m.ID, MessageID: m.MessageID, From: wireAddress(m.From), ReturnPath: m.ReturnPath, Subject: m.Subject, Date: m.Date,
		Tags: m.Tags, Username: m.Username, Text: c.Text, HTML: c.HTML, Size: m.Size, Inline: []wirePart{}, Attachments: []wirePart{},
		ListUnsubscribe: unsubscribe(c),
	}
	none := []wireAddress{}
	out.To, out.Cc = wireAddresses(none, m.To), wireAddresses(none, m.Cc)
	out.Bcc, out.ReplyTo = wireAddresses(none, m.Bcc), wireAddresses(none, m.ReplyTo)
	if out.Date.IsZero() {
		out.Date = m.Created.Truncate(time.Second)
	}
	if out.Text == "" {
		out.Text = c.Readable()
	}
	for _, p := range c.Parts {
		w := wirePart{PartID: p.ID, FileName: p.FileName, ContentType: p.ContentType, ContentID: p.ContentID, Size: p.Size}
		w.Checksums = p.Sums
		if p.Inline {
			out.Inline = append(out.Inline, w)
		} else {
			out.Attachments = append(out.Attachments, w)
		}
	}
	return out
}

var bracketed = regexp.MustCompile(`<([^<>]+)>`)

// unsubscribe reads the header of RFC 2369.
func unsubscribe(c Content) wireUnsubscribe {
	out := wireUnsubscribe{Links: []string{}, Header: c.text("List-Unsubscribe"), HeaderPost: c.text("List-Unsubscribe-Post")}
	for _, m := range bracketed.FindAllStringSubmatch(out.Header, 10) {
		u, err := url.Parse(strings.TrimSpace(m[1]))
		if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "mailto" {
			out.Errors = "only http, https and mailto links are allowed"
			continue
		}
		out.Links = append(out.Links, u.String())
	}
	if out.Header != "" && len(out.Links) == 0 && out.Errors == "" {
		out.Errors = "no links found"
	}
	return out
}

type wireInfo struct {
	Version, LatestVersion, Database string
	DatabaseSize                     int64
	Messages, Unread                 int
	Tags                             map[string]int
	RuntimeStats                     wireStats
}

type wireStats struct {
	Uptime                         int
	Memory                         uint64
	MessagesDeleted                int
	SMTPAccepted, SMTPAcceptedSize int
	SMTPRejected, SMTPIgnored      int
}

// wireCode is our own, not Mailpit's.
type wireCode struct {
	ID   string `json:"id"`
	Kind string `json:"kind"` // verification, recovery or ""
	Code string `json:"code"`
	Link string `json:"link"` // as the mail has it
	Page string `json:"page"` // of the site, with the code filled in
}
