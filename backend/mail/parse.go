package mail

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // teaches go-message the charsets that are not UTF-8
	gomail "github.com/emersion/go-message/mail"
	"golang.org/x/text/encoding/charmap"
)

// Content is a mail taken apart.
type Content struct {
	Text, HTML string
	Parts      []Part // attachments and inline parts, in order
	Problem    string // why it could not be read to its end; "" for most mails

	header gomail.Header
}

// Part is a piece of a mail that is not its text.
type Part struct {
	ID          string // the place in the tree: "2", "1.3"; RFC 3501, section 6.4.5
	FileName    string // never a path
	ContentType string // without parameters
	ContentID   string // without brackets
	Inline      bool
	Size        int // of the whole
	Sums        Sums
	Body        []byte // nil where it is large and nobody wanted it
}

// What a mail may make us do. A mail that goes further is read as far as this.
const (
	maxDepth    = 16
	maxParts    = 200
	maxBoundary = 200
)

// Parse takes a mail apart. It never fails: what can't be understood is left
// out, and Problem says so.
func Parse(source []byte) Content { return parse(source, func(Part) bool { return true }) }

// parse is Parse that keeps the bytes of those large parts only that are wanted.
func parse(source []byte, keep func(Part) bool) Content {
	source = readable(source)
	e, err := message.Read(bytes.NewReader(source))
	if e == nil {
		head, body := tidyHeader(source)
		e, _ = message.Read(io.MultiReader(bytes.NewReader(head), bytes.NewReader(body)))
	}
	if e == nil {
		return Content{Text: string(decoded(source)), Problem: "The header can't be read."}
	}
	r := reader{left: int64(2*len(source)) + 1<<20, keep: keep}
	r.note(err)
	r.walk(e, "", 0)
	r.c.header = gomail.Header{Header: e.Header}
	return r.c
}

// reader collects the parts of a mail.
type reader struct {
	c     Content
	parts int
	left  int64 // bytes that may still be decoded
	keep  func(Part) bool
}

func (r *reader) note(err error) {
	if err != nil && r.c.Problem == "" {
		r.c.Problem = "A part of it can't be read: " + err.Error()
	}
}

func (r *reader) walk(e *message.Entity, id string, depth int) {
	kind, params, _ := e.Header.ContentType()
	kind = strings.ToLower(kind)
	if !strings.HasPrefix(kind, "multipart/") || params["boundary"] == "" || len(params["boundary"]) > maxBoundary || depth >= maxDepth {
		r.leaf(e, kind, id)
		return
	}
	parts := e.MultipartReader()
	for n := 1; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return
		}
		r.note(err)
		if r.parts++; r.parts > maxParts {
			return
		}
		if part == nil {
			continue // a header or a line that can't be read; the next one may be sound
		}
		child := strconv.Itoa(n)
		if id != "" {
			child = id + "." + child
		}
		r.walk(part, child, depth+1)
	}
}

func (r *reader) leaf(e *message.Entity, kind, id string) {
	if kind == "" {
		kind = "text/plain"
	}
	if id == "" {
		id = "0"
	}
	disposition, params, _ := e.Header.ContentDisposition()
	_, typeParams, _ := e.Header.ContentType()
	name := fileName(params["filename"])
	if name == "" {
		name = fileName(typeParams["name"])
	}
	contentID := strings.Trim(strings.TrimSpace(e.Header.Get("Content-Id")), "<>")
	p := Part{
		ID: id, FileName: name, ContentType: kind, ContentID: contentID,
		Inline: contentID != "" && !strings.EqualFold(disposition, "attachment"),
	}
	from := io.LimitReader(e.Body, r.left)
	if !strings.HasPrefix(kind, "text/") {
		r.note(r.body(&p, from))
		r.c.Parts = append(r.c.Parts, p)
		return
	}
	body, err := io.ReadAll(from)
	r.left -= int64(len(body))
	r.note(err)
	if typeParams["charset"] == "" {
		body = decoded(body)
	}
	attached := strings.EqualFold(disposition, "attachment") || name != ""
	switch {
	case kind == "text/plain" && !attached:
		r.c.Text = joined(r.c.Text, body)
	case kind == "text/html" && !attached:
		r.c.HTML = joined(r.c.HTML, body)
	default:
		p.Body = body
		p.summed()
		if len(body) > smallPart && !r.keep(p) {
			p.Body = nil
		}
		r.c.Parts = append(r.c.Parts, p)
	}
}

func joined(text string, more []byte) string {
	s := string(bytes.ToValidUTF8(more, []byte("\uFFFD")))
	if text == "" || s == "" {
		return text + s
	}
	return strings.TrimRight(text, "\r\n") + "\r\n" + s
}

// fileName makes a name of what a stranger called a file: its last element,
// decoded, without what moves a cursor or ends a header.
func fileName(s string) string {
	if d, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		s = d
	}
	s = string(decoded([]byte(s)))
	s = path.Base(strings.ReplaceAll(clean(s), `\`, "/"))
	if s == "." || s == "/" || s == ".." {
		return ""
	}
	for len(s) > 200 || !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}

// clean leaves out control characters, line breaks among them.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
}

// readable mends what strict parsers stumble over in mails of careless programs,
// where the header shows it: lines that end in CR CR LF, as text mode makes them
// on Windows, and letters of a header that are no UTF-8. A sound mail comes back
// as it is.
func readable(source []byte) []byte {
	doubled, odd, end := false, false, 0
	for line := range bytes.Lines(source) {
		end += len(line)
		doubled = doubled || bytes.HasSuffix(line, []byte("\r\r\n"))
		odd = odd || !utf8.Valid(line)
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
	}
	if !doubled && !odd {
		return source
	}
	head, body := source[:end], source[end:]
	if odd {
		head = decoded(head)
	}
	source = slices.Concat(head, body)
	if doubled {
		source = doubledEnd.ReplaceAll(source, []byte("\r\n"))
	}
	return source
}

var doubledEnd = regexp.MustCompile("\r+\n")

// decoded takes bytes that are no UTF-8 for the letters of Windows-1252, of which
// ISO 8859-1 is a part: what mail programs do with a header that names no charset.
// UTF-8 with a broken byte among its letters stays UTF-8.
func decoded(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	var out []byte
	for line := range bytes.Lines(b) {
		if !utf8.Valid(line) && !hasLetters(line) {
			if latin, err := charmap.Windows1252.NewDecoder().Bytes(line); err == nil {
				line = latin
			}
		}
		out = append(out, bytes.ToValidUTF8(line, []byte("\uFFFD"))...)
	}
	return out
}

// hasLetters reports whether UTF-8 of more than one byte stands in b.
func hasLetters(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r != utf8.RuneError && size > 1 {
			return true
		}
		b = b[size:]
	}
	return false
}

// tidyHeader leaves out of a header the lines that are none.
func tidyHeader(source []byte) (head, body []byte) {
	sep, length := bytes.Index(source, []byte("\r\n\r\n")), 4
	if i := bytes.Index(source, []byte("\n\n")); sep < 0 || i >= 0 && i < sep {
		sep, length = i, 2
	}
	if sep >= 0 {
		source, body = source[:sep], source[sep+length:]
	}
	var out bytes.Buffer
	kept := false
	for line := range bytes.Lines(source) {
		line = bytes.TrimRight(line, "\r\n")
		switch folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t'); {
		case folded && !kept:
			continue
		case !folded:
			key, _, ok := bytes.Cut(line, []byte(":"))
			kept = ok && len(key) > 0 && !bytes.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f })
		}
		if kept && out.Len() < 512<<10 {
			out.Write(line)
			out.WriteString("\r\n")
		}
	}
	out.WriteString("\r\n")
	return out.Bytes(), body
}

// headers returns the fields of a mail's header, unfolded.
func (c Content) headers() map[string][]string {
	out := make(map[string][]string)
	for f := c.header.Fields(); f.Next(); {
		out[f.Key()] = append(out[f.Key()], strings.Join(strings.Fields(f.Value()), " "))
	}
	return out
}
