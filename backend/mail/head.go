package mail

import (
	"bytes"
	"fmt"
	"html"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"
)

// What is kept of a stranger's words in lists.
const (
	maxWords     = 1000 // characters of a subject, a name, an address
	maxAddresses = 200
	snippetSize  = 250
	searchedSize = 256 << 10
)

// head is what lists show of a mail.
func (c Content) head(e Envelope, now time.Time) Mail {
	m := Mail{
		From: first(c.addresses("From")), To: c.addresses("To"), Cc: c.addresses("Cc"), Bcc: c.addresses("Bcc"),
		ReplyTo: c.addresses("Reply-To"), ReturnPath: short(clean(e.From)), Subject: c.text("Subject"),
		Created: now.UTC(), Username: short(clean(e.Username)), Tags: []string{}, Attachments: len(c.Parts), Snippet: c.snippet(),
	}
	if m.From.Address == "" {
		m.From.Address = m.ReturnPath
	}
	m.MessageID = short(strings.Trim(clean(c.header.Get("Message-Id")), "<> "))
	if at, err := c.header.Date(); err == nil {
		m.Date = at.UTC()
	}
	m.Code = recognise(m.Subject, c.Readable())
	return m
}

func (c Content) text(key string) string {
	s, err := c.header.Text(key)
	if err != nil {
		s = c.header.Get(key)
	}
	return short(clean(strings.ToValidUTF8(s, "\uFFFD")))
}

func (c Content) addresses(key string) []Address { return addressesOf(c.header, key) }

func addressesOf(h gomail.Header, key string) (out []Address) {
	list, err := h.AddressList(key)
	for _, a := range list {
		if len(out) < maxAddresses {
			out = append(out, Address{Name: short(clean(a.Name)), Address: short(clean(a.Address))})
		}
	}
	if raw := h.Get(key); err != nil && len(out) == 0 && strings.TrimSpace(raw) != "" {
		out = append(out, Address{Address: short(clean(strings.TrimSpace(raw)))}) // shown as it stands: a list is no place to lose it
	}
	return out
}

func first(list []Address) Address {
	if len(list) == 0 {
		return Address{}
	}
	return list[0]
}

// short cuts a text to maxWords bytes, at a character.
func short(s string) string { return cutAt(s, maxWords) }

func cutAt(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// Readable is the text of a mail, made of the HTML where there is no other.
func (c Content) Readable() string {
	if strings.TrimSpace(c.Text) != "" {
		return c.Text
	}
	return stripped(c.HTML)
}

func (c Content) snippet() string {
	return cutAt(strings.Join(strings.Fields(clean(strings.ReplaceAll(cutAt(c.Readable(), 8*snippetSize), "\n", " "))), " "), snippetSize)
}

// searched is what a search for words looks at besides the header.
func (c Content) searched() string {
	s := c.Readable()
	for _, p := range c.Parts {
		s += "\n" + p.FileName
	}
	return strings.ToLower(cutAt(s, searchedSize))
}

var (
	unseen = regexp.MustCompile(`(?is)<(script|style|head|title)\b.*?</(?:script|style|head|title)\s*>|<!--.*?-->`)
	breaks = regexp.MustCompile(`(?i)<(?:br|/p|/div|/tr|/h[1-6]|/li)\b[^>]*>`)
	anchor = regexp.MustCompile(`(?is)<a\b[^>]*\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>`)
	tags   = regexp.MustCompile(`(?s)<[a-zA-Z/!][^>]*>`)
)

// stripped is what a person reads of HTML, and the addresses of its links.
func stripped(s string) string {
	s = unseen.ReplaceAllString(s, " ")
	s = anchor.ReplaceAllString(s, " $1$2 ")
	s = breaks.ReplaceAllString(s, "\n")
	s = html.UnescapeString(tags.ReplaceAllString(s, " "))
	var out []string
	for line := range strings.Lines(s) {
		if words := strings.Fields(line); len(words) > 0 {
			out = append(out, strings.Join(words, " "))
		}
	}
	return strings.Join(out, "\n")
}

// stamped puts the lines of trace in front of a mail (RFC 5321, section 4.4),
// and names the recipients that no header names.
func stamped(e Envelope, data []byte, now time.Time) []byte {
	h := headerOf(data)
	var b bytes.Buffer
	b.Grow(len(data) + 2<<10)
	fmt.Fprintf(&b, "Return-Path: <%s>\r\n", clean(e.From))
	if e.Protocol != "" {
		client := token(e.Client)
		if ip := net.ParseIP(e.Address); ip != nil {
			client = fmt.Sprintf("%s (localhost [%s])", client, ip)
		}
		fmt.Fprintf(&b, "Received: from %s\r\n        by localhost (STING Companion) with %s\r\n", client, e.Protocol)
		if len(e.To) > 0 {
			fmt.Fprintf(&b, "        for <%s>", clean(e.To[0]))
		}
		fmt.Fprintf(&b, "; %s\r\n", now.UTC().Format(time.RFC1123Z))
	}
	if blind := unnamed(h, e.To); len(blind) > 0 {
		fmt.Fprintf(&b, "Bcc: %s\r\n", strings.Join(blind, ",\r\n "))
	}
	b.Write(data)
	return b.Bytes()
}

func headerOf(data []byte) gomail.Header {
	data = readable(data)
	e, _ := message.Read(bytes.NewReader(data))
	if e == nil {
		head, _ := tidyHeader(data)
		e, _ = message.Read(bytes.NewReader(head))
	}
	if e == nil {
		return gomail.Header{}
	}
	return gomail.Header{Header: e.Header}
}

// unnamed are the recipients that stand in no header, as <address>.
func unnamed(h gomail.Header, recipients []string) (out []string) {
	var named []string
	for _, key := range []string{"To", "Cc", "Bcc"} {
		for _, a := range addressesOf(h, key) {
			named = append(named, strings.ToLower(a.Address))
		}
	}
	for _, to := range recipients {
		if to = clean(to); !slices.Contains(named, strings.ToLower(to)) && strings.Contains(to, "@") && !strings.ContainsAny(to, "<>\", ") {
			out = append(out, "<"+to+">")
		}
	}
	return out
}

// token is a client's name for itself, safe inside a header.
func token(s string) string {
	s = cutAt(clean(s), 200)
	if s == "" || strings.ContainsAny(s, " ;()<>\"\\") {
		return "unknown"
	}
	return s
}
