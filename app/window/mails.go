package window

import (
	"context"

	"sting/backend/admin"
	"sting/backend/api"
)

// Mails is the panel of what the catcher holds. A mail comes as text only: this
// page can do more than a browser's, so nothing that a mail brings is ever drawn
// in it.
type Mails struct{ w *Window }

// MailList is one stretch of the mailbox.
type MailList struct {
	Items []api.Mail `json:"items"`
	Next  string     `json:"next"`
}

// List returns the mails that q selects, newest first; q.Q is a search in
// Mailpit's words.
func (m *Mails) List(q api.Query) (MailList, error) {
	page, err := ask(m.w, func(ctx context.Context, d admin.Door) (api.Page[api.Mail], error) { return d.Mails(ctx, q) })
	return MailList{listed(page.Items), page.Next}, err
}

// Open returns a mail as text and marks it as read.
func (m *Mails) Open(id string) (api.MailText, error) {
	mail, err := ask(m.w, func(ctx context.Context, d admin.Door) (api.MailText, error) { return d.Mail(ctx, id) })
	mail.To, mail.Cc, mail.Bcc, mail.Parts = listed(mail.To), listed(mail.Cc), listed(mail.Bcc), listed(mail.Parts)
	return mail, err
}

// Remove deletes a mail.
func (m *Mails) Remove(id string) error {
	return tell(m.w, func(ctx context.Context, d admin.Door) error { return d.RemoveMail(ctx, id) })
}

// Clear deletes every mail.
func (m *Mails) Clear() (api.MailsCleared, error) {
	return ask(m.w, func(ctx context.Context, d admin.Door) (api.MailsCleared, error) { return d.ClearMails(ctx) })
}
