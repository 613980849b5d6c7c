package wire

import (
	"sting/backend/api"
	"sting/backend/mail"
)

// Mail is a caught mail as the panels and the terminal see it.
func (tr Translator) Mail(m mail.Mail) api.Mail {
	out := api.Mail{
		ID: m.ID, From: address(m.From), To: addresses(append(append([]mail.Address{}, m.To...), m.Bcc...)), Subject: m.Subject,
		ReceivedAt: tr.Time(m.Created), Read: m.Read, Size: m.Size, Attachments: m.Attachments, Snippet: m.Snippet,
	}
	if m.Code.Value != "" {
		out.Code = &m.Code.Value
	}
	return out
}

// MailText is a mail that was opened. origin is the site's.
func (tr Translator) MailText(m mail.Mail, c mail.Content, origin string) api.MailText {
	out := api.MailText{
		Mail: tr.Mail(m), Cc: addresses(m.Cc), Bcc: addresses(m.Bcc), MessageID: m.MessageID, Text: c.Readable(), Parts: []api.MailAttachment{},
	}
	if m.Code != (mail.Code{}) {
		found := tr.MailCode(m, origin)
		out.Found = &found
	}
	for _, p := range c.Parts {
		out.Parts = append(out.Parts, api.MailAttachment{Name: p.FileName, Type: p.ContentType, Size: p.Size})
	}
	return out
}

// MailCode is what was recognised in a mail. origin is the site's.
func (Translator) MailCode(m mail.Mail, origin string) api.MailCode {
	return api.MailCode{MailID: m.ID, Kind: m.Code.Kind, Code: m.Code.Value, Page: m.Code.Page(origin), Link: m.Code.Link}
}

func address(a mail.Address) string {
	if a.Name == "" || a.Address == "" {
		return a.Name + a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

func addresses(list []mail.Address) []string {
	out := []string{}
	for _, a := range list {
		out = append(out, address(a))
	}
	return out
}
