package admin

import (
	"context"
	"errors"
	"strings"
	"time"

	"sting/backend/api"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/mail"
	"sting/backend/wire"
)

// Mailbox is what the verbs about caught mails ask of the lab.
type Mailbox interface {
	// Mails lists mails, newest first; q.Q is a search in Mailpit's words.
	Mails(ctx context.Context, q api.Query) (api.Page[api.Mail], error)
	// Mail opens a mail, which marks it as read. "latest" is the newest one.
	Mail(ctx context.Context, id string) (api.MailText, error)
	RemoveMail(ctx context.Context, id string) error
	// MailCode returns the code of the newest mail to an address that holds one,
	// and waits for it where that is asked for.
	MailCode(ctx context.Context, f api.MailFor) (api.MailCode, error)
	// WaitMail returns the newest unread mail to an address, and waits for one
	// where there is none. What it returns is read from then on.
	WaitMail(ctx context.Context, f api.MailFor) (api.Mail, error)
	ClearMails(ctx context.Context) (api.MailsCleared, error)
}

// ErrNoMail means that nobody wrote in time.
var ErrNoMail = fault.New(fault.NotFound, "NO_MAIL", "No such mail came.",
	"`sting mail list` shows what arrived; `sting status -v` says whether mails leave the lab.").Running("sting mail list")

// CaughtMails answers the verbs about mails. All fields are required.
type CaughtMails struct {
	Box    *mail.Mailbox
	Bus    *events.Bus
	Wire   wire.Translator
	Origin func() string // the site's
}

var _ Mailbox = (*CaughtMails)(nil)

// How long is waited for a mail, in seconds.
const (
	defaultWait = 30
	longestWait = 600
)

// Mails implements Mailbox.
func (d *CaughtMails) Mails(ctx context.Context, q api.Query) (api.Page[api.Mail], error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	found, more, err := d.Box.Behind(ctx, mail.ParseQuery(q.Q), q.After, limit)
	out := api.Page[api.Mail]{Items: []api.Mail{}}
	for _, m := range found {
		out.Items = append(out.Items, d.Wire.Mail(m))
	}
	if more {
		out.Next = found[len(found)-1].ID
	}
	return out, err
}

// Mail implements Mailbox.
func (d *CaughtMails) Mail(ctx context.Context, id string) (api.MailText, error) {
	var m mail.Mail
	var err error
	if id == "latest" {
		m, err = d.Box.Latest(ctx, nil)
	} else {
		m, err = d.Box.Mail(ctx, id)
	}
	if err != nil {
		return api.MailText{}, err
	}
	c, err := d.Box.Content(ctx, m.ID)
	if err != nil {
		return api.MailText{}, err
	}
	if !m.Read {
		if err := d.Box.SetRead(ctx, []string{m.ID}, true); err != nil {
			return api.MailText{}, err
		}
		m.Read = true
	}
	return d.Wire.MailText(m, c, d.Origin()), nil
}

// RemoveMail implements Mailbox.
func (d *CaughtMails) RemoveMail(ctx context.Context, id string) error {
	n, err := d.Box.Delete(ctx, []string{id})
	if err == nil && n == 0 {
		err = mail.ErrNotFound
	}
	return err
}

// MailCode implements Mailbox.
func (d *CaughtMails) MailCode(ctx context.Context, f api.MailFor) (api.MailCode, error) {
	m, err := d.await(ctx, f, 0, func(m mail.Mail) bool { return m.Code.Value != "" })
	if errors.Is(err, ErrNoMail) {
		if _, there := d.Box.Latest(ctx, mail.To(f.Address)); there == nil {
			return api.MailCode{}, mail.ErrNoCode.Saying("No mail to %s holds a code.", f.Address)
		}
	}
	if err != nil {
		return api.MailCode{}, err
	}
	return d.Wire.MailCode(m, d.Origin()), nil
}

// WaitMail implements Mailbox.
func (d *CaughtMails) WaitMail(ctx context.Context, f api.MailFor) (api.Mail, error) {
	m, err := d.await(ctx, f, defaultWait, func(m mail.Mail) bool { return !m.Read })
	if err != nil {
		return api.Mail{}, err
	}
	if err := d.Box.SetRead(ctx, []string{m.ID}, true); err != nil {
		return api.Mail{}, err
	}
	m.Read = true
	return d.Wire.Mail(m), nil
}

// ClearMails implements Mailbox.
func (d *CaughtMails) ClearMails(ctx context.Context) (api.MailsCleared, error) {
	n, err := d.Box.DeleteAll(ctx, nil)
	return api.MailsCleared{Deleted: n}, err
}

// await returns the newest mail to an address that is wanted, waiting for it
// while there is none. The subscription stands before the first look, so that
// nothing comes between the two.
func (d *CaughtMails) await(ctx context.Context, f api.MailFor, otherwise int, wanted func(mail.Mail) bool) (mail.Mail, error) {
	address := strings.TrimSpace(f.Address)
	switch {
	case address == "":
		return mail.Mail{}, fault.ErrInvalidField.In("address").Saying("The address that mails are to is missing.")
	case f.Seconds < 0 || f.Seconds > longestWait:
		return mail.Mail{}, fault.ErrInvalidField.In("seconds").Saying("The lab waits for a mail for 0 to %d seconds.", longestWait)
	case f.Seconds == 0:
		f.Seconds = otherwise
	}
	within, cancel := context.WithTimeout(ctx, time.Duration(f.Seconds)*time.Second)
	defer cancel()
	news := events.Subscribe[mail.Changed](within, d.Bus)
	for {
		m, err := d.Box.Newest(ctx, mail.To(address), wanted)
		if err == nil || !errors.Is(err, mail.ErrNotFound) {
			return m, err
		}
		if _, open := <-news.C; !open {
			if ctx.Err() != nil {
				return m, ctx.Err()
			}
			if f.Seconds == 0 {
				return m, ErrNoMail.Saying("There is no such mail to %s.", address)
			}
			return m, ErrNoMail.Saying("No such mail to %s came within %d seconds.", address, f.Seconds)
		}
	}
}
