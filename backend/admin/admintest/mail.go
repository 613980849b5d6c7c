package admintest

import (
	"context"
	"strconv"

	"sting/backend/api"
)

// Mails implements admin.Post, as all of these do.
func (d *Door) Mails(_ context.Context, q api.Query) (api.Page[api.Mail], error) {
	return stretch(d.Post, q, func(m api.Mail) string { return m.Subject }), d.called("Mails", q.Q)
}

func (d *Door) Mail(_ context.Context, id string) (api.MailText, error) {
	m, err := find(d.Post, func(m api.Mail) bool { return m.ID == id }, d.called("Mail", id))
	return api.MailText{Mail: m, Cc: []string{}, Bcc: []string{}, Parts: []api.MailAttachment{}, Text: m.Snippet}, err
}

func (d *Door) RemoveMail(_ context.Context, id string) error { return d.called("RemoveMail", id) }

func (d *Door) MailCode(_ context.Context, f api.MailFor) (api.MailCode, error) {
	m, err := find(d.Post, func(m api.Mail) bool { return m.Code != nil }, d.called("MailCode", f.Address, strconv.Itoa(f.Seconds)))
	if err != nil {
		return api.MailCode{}, err
	}
	return api.MailCode{MailID: m.ID, Kind: "verification", Code: *m.Code, Page: d.Lab.Origin + "/verification?code=" + *m.Code}, nil
}

func (d *Door) WaitMail(_ context.Context, f api.MailFor) (api.Mail, error) {
	return find(d.Post, func(m api.Mail) bool { return !m.Read }, d.called("WaitMail", f.Address, strconv.Itoa(f.Seconds)))
}

func (d *Door) ClearMails(context.Context) (api.MailsCleared, error) {
	return api.MailsCleared{Deleted: len(d.Post)}, d.called("ClearMails")
}
