package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/emersion/go-message/mail"
)

// outgoing is a mail as Mailpit's send API takes it.
type outgoing struct {
	From        outAddress
	To, Cc      []outAddress
	Bcc         []string
	ReplyTo     []outAddress
	Subject     string
	Text, HTML  string
	Headers     map[string]string
	Tags        []string
	Attachments []struct{ Content, Filename, ContentType, ContentID string }
}

type outAddress struct{ Email, Name string }

func (o outgoing) recipients() (out []string) {
	for _, a := range append(append([]outAddress{}, o.To...), o.Cc...) {
		out = append(out, a.Email)
	}
	return append(out, o.Bcc...)
}

var (
	errNoFrom = errors.New("from not set")
	errNoTo   = errors.New("no recipients set")
)

// compose writes the mail in the format of RFC 5322.
func (o outgoing) compose(now time.Time) ([]byte, error) {
	if o.From.Email == "" {
		return nil, errNoFrom
	}
	if len(o.recipients()) == 0 {
		return nil, errNoTo
	}
	h, err := o.header(now)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := gomail.CreateWriter(&b, h)
	if err != nil {
		return nil, fmt.Errorf("write header: %w", err)
	}
	if err := errors.Join(o.texts(w), o.attach(w), w.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (o outgoing) header(now time.Time) (h gomail.Header, err error) {
	for key, value := range o.Headers {
		if strings.ContainsAny(key, " :\t") || clean(key) != key || clean(value) != value || key == "" {
			return h, fmt.Errorf("header %q can't be used", clean(key))
		}
		h.SetText(key, value)
	}
	h.SetDate(now)
	h.SetSubject(clean(o.Subject))
	for _, list := range []struct {
		key string
		all []outAddress
	}{{"From", []outAddress{o.From}}, {"To", o.To}, {"Cc", o.Cc}, {"Reply-To", o.ReplyTo}} {
		var parsed []*gomail.Address
		for _, a := range list.all {
			if _, err := netmail.ParseAddress("<" + a.Email + ">"); err != nil || clean(a.Email) != a.Email {
				return h, fmt.Errorf("%q is not an address", clean(a.Email))
			}
			parsed = append(parsed, &gomail.Address{Name: clean(a.Name), Address: a.Email})
		}
		if len(parsed) > 0 {
			h.SetAddressList(list.key, parsed)
		}
	}
	if !h.Has("Message-Id") {
		if err := h.GenerateMessageIDWithHostname("localhost"); err != nil {
			return h, fmt.Errorf("draw a message id: %w", err)
		}
	}
	return h, nil
}

func (o outgoing) texts(w *gomail.Writer) error {
	in, err := w.CreateInline()
	if err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	for _, t := range []struct{ kind, text string }{{"text/plain", o.Text}, {"text/html", o.HTML}} {
		if t.text == "" && (t.kind == "text/html" || o.HTML != "") {
			continue
		}
		var h gomail.InlineHeader
		h.SetContentType(t.kind, map[string]string{"charset": "utf-8"})
		part, err := in.CreatePart(h)
		if err != nil {
			return fmt.Errorf("write text: %w", err)
		}
		if _, err := io.WriteString(part, t.text); err != nil {
			return fmt.Errorf("write text: %w", err)
		}
		if err := part.Close(); err != nil {
			return fmt.Errorf("write text: %w", err)
		}
	}
	return in.Close()
}

func (o outgoing) attach(w *gomail.Writer) error {
	for _, a := range o.Attachments {
		data, err := base64.StdEncoding.DecodeString(a.Content)
		if err != nil {
			return fmt.Errorf("attachment %q: %w", clean(a.Filename), err)
		}
		var h gomail.AttachmentHeader
		kind := clean(a.ContentType)
		if kind == "" {
			kind = "application/octet-stream"
		}
		h.SetContentType(kind, nil)
		h.SetFilename(fileName(a.Filename))
		if id := clean(a.ContentID); id != "" {
			h.Set("Content-Id", "<"+id+">")
			h.SetContentDisposition("inline", map[string]string{"filename": fileName(a.Filename)})
		}
		part, err := w.CreateAttachment(h)
		if err != nil {
			return fmt.Errorf("write attachment: %w", err)
		}
		if _, err := part.Write(data); err != nil {
			return fmt.Errorf("write attachment: %w", err)
		}
		if err := part.Close(); err != nil {
			return fmt.Errorf("write attachment: %w", err)
		}
	}
	return nil
}
