package api

// Mail is a line of GET /v1/mail.
type Mail struct {
	ID          string   `json:"id"`
	From        string   `json:"from"`
	To          []string `json:"to"`
	Subject     string   `json:"subject"`
	ReceivedAt  string   `json:"received_at"`
	Read        bool     `json:"read"`
	Size        int      `json:"size"` // bytes of the source
	Attachments int      `json:"attachments"`
	Snippet     string   `json:"snippet"`
	Code        *string  `json:"code"` // that was recognised in it
}

// MailText answers GET /v1/mail/{id}: a mail as text, never as HTML.
type MailText struct {
	Mail
	Cc        []string         `json:"cc"`
	Bcc       []string         `json:"bcc"`
	MessageID string           `json:"message_id"`
	Text      string           `json:"text"`
	Found     *MailCode        `json:"found"`
	Parts     []MailAttachment `json:"parts"`
}

// MailAttachment is a part of a mail that is not its text.
type MailAttachment struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int    `json:"size"`
}

// MailCode answers POST /v1/mail/{address}/code.
type MailCode struct {
	MailID string `json:"mail_id"`
	Kind   string `json:"kind"` // verification, recovery or ""
	Code   string `json:"code"`
	Page   string `json:"page"` // of the site, with the code filled in; "": none takes it
	Link   string `json:"link"` // as the mail has it, or ""
}

// MailFor is the body of POST /v1/mail/{address}/code and .../wait: how long to
// wait for the mail, at most 10 minutes. 0: not at all for a code, 30 seconds
// for a mail.
type MailFor struct {
	Address string `json:"address" path:"id"` // whom it is to
	Seconds int    `json:"seconds"`
}

// MailsCleared answers DELETE /v1/mail.
type MailsCleared struct {
	Deleted int `json:"deleted"`
}
