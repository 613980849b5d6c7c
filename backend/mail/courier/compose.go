package courier

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode"
)

var errAddress = errors.New("the recipient is not an address")

// compose writes a message in the format of RFC 5322, as Kratos' courier does:
// text and HTML as alternatives, quoted-printable. Nothing in an address or a
// subject can begin another line of the header.
func compose(from Address, m Message) ([]byte, error) {
	to, err := mail.ParseAddress("<" + m.To + ">")
	if err != nil || strings.ContainsFunc(m.To, unicode.IsControl) {
		return nil, errAddress
	}
	var b, body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, part := range []struct{ kind, text string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		if part.text == "" && part.kind == "text/html" {
			continue
		}
		if err := write(w, part.kind, part.text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("end the mail: %w", err)
	}
	oneLine := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, s)
	}
	for _, line := range [][2]string{
		{"Mime-Version", "1.0"},
		{"Date", m.CreatedAt.Format(time.RFC1123Z)},
		{"Message-Id", "<" + m.ID + "@localhost>"},
		{"From", (&mail.Address{Name: oneLine(from.Name), Address: oneLine(from.Address)}).String()},
		{"To", to.Address},
		{"Subject", mime.QEncoding.Encode("utf-8", oneLine(m.Subject))},
		{"Content-Type", "multipart/alternative;\r\n boundary=" + w.Boundary()},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", line[0], line[1])
	}
	b.WriteString("\r\n")
	b.Write(body.Bytes())
	return b.Bytes(), nil
}

func write(w *multipart.Writer, kind, text string) error {
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type": {kind + "; charset=UTF-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
	})
	if err != nil {
		return fmt.Errorf("begin %s: %w", kind, err)
	}
	q := quotedprintable.NewWriter(part)
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if _, err := io.WriteString(q, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	if err := q.Close(); err != nil {
		return fmt.Errorf("end %s: %w", kind, err)
	}
	return nil
}
