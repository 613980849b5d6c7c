package mailservice

import (
	"context"
	"errors"

	"sting/backend/kratos/idp"
	"sting/backend/mail/courier"
)

// Outbox is the courier in the words of the identity provider.
type Outbox struct{ *courier.Courier }

var (
	_ idp.Courier = Outbox{}
	_ idp.Outbox  = Outbox{}
)

// Queue implements idp.Courier.
func (o Outbox) Queue(ctx context.Context, m idp.Mail) error {
	return o.Courier.Queue(ctx, courier.Mail{To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Template: m.Template, At: m.At})
}

// Messages implements idp.Outbox.
func (o Outbox) Messages(ctx context.Context, after string, limit int, status, recipient string) ([]idp.Message, int, error) {
	list, total, err := o.Courier.Messages(ctx, after, limit, status, recipient)
	out := make([]idp.Message, 0, len(list))
	for _, m := range list {
		out = append(out, outboxMessage(m))
	}
	return out, total, noMessage(err)
}

// Message implements idp.Outbox.
func (o Outbox) Message(ctx context.Context, id string) (idp.Message, error) {
	m, err := o.Courier.Message(ctx, id)
	return outboxMessage(m), noMessage(err)
}

func outboxMessage(m courier.Message) idp.Message {
	out := idp.Message{
		ID: m.ID, Status: m.Status, Recipient: m.To, Subject: m.Subject, Body: m.Text, Template: m.Template,
		SendCount: m.SendCount, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
	for _, t := range m.Tries {
		out.Tries = append(out.Tries, idp.Try{ID: t.ID, At: t.At, Error: t.Error})
	}
	return out
}

// noMessage says in the provider's words that a message isn't there.
func noMessage(err error) error {
	if errors.Is(err, courier.ErrNoMessage) {
		return idp.ErrNoMessage
	}
	return err
}
