package client

import (
	"context"
	"net/http"
	"time"

	"sting/backend/api"
)

// Mails lists caught mails, newest first.
func (c *Client) Mails(ctx context.Context, q api.Query) (api.Page[api.Mail], error) {
	return ask[api.Page[api.Mail]](ctx, c, http.MethodGet, list("mail", q), nil)
}

// Mail opens a mail, which marks it as read. "latest" is the newest one.
func (c *Client) Mail(ctx context.Context, id string) (api.MailText, error) {
	return ask[api.MailText](ctx, c, http.MethodGet, one("mail", id), nil)
}

// RemoveMail deletes a mail.
func (c *Client) RemoveMail(ctx context.Context, id string) error {
	_, err := ask[api.Done](ctx, c, http.MethodDelete, one("mail", id), nil)
	return err
}

// MailCode returns the code of the newest mail to an address.
func (c *Client) MailCode(ctx context.Context, f api.MailFor) (api.MailCode, error) {
	return askWithin[api.MailCode](ctx, c, waiting(f), http.MethodPost, one("mail", f.Address)+"/code", map[string]int{"seconds": f.Seconds})
}

// WaitMail returns the newest unread mail to an address, and waits for one where
// there is none.
func (c *Client) WaitMail(ctx context.Context, f api.MailFor) (api.Mail, error) {
	return askWithin[api.Mail](ctx, c, waiting(f), http.MethodPost, one("mail", f.Address)+"/wait", map[string]int{"seconds": f.Seconds})
}

// ClearMails deletes every mail.
func (c *Client) ClearMails(ctx context.Context) (api.MailsCleared, error) {
	return ask[api.MailsCleared](ctx, c, http.MethodDelete, "mail", nil)
}

// waiting is how long an answer may take that waits for a mail.
func waiting(f api.MailFor) time.Duration {
	return 2*answerTime + 30*time.Second + time.Duration(max(0, f.Seconds))*time.Second
}
