// Package mail catches the mails that the lab and the programs around it send:
// an SMTP catcher, a mailbox, and the mailbox as a page and as an API with the
// wire of Mailpit.
//
// Its one invariant: a mail that was accepted can be read, whole and unchanged,
// and nothing that stands in it leaves the machine, runs, or names a file.
package mail

import (
	"context"
	"time"

	"sting/backend/fault"
)

// The faults of this package.
var (
	ErrNotFound = fault.New(fault.NotFound, "MAIL_NOT_FOUND", "There is no such mail.",
		"It may have been deleted, or made room for newer ones: `sting mail list` shows what is there.").Running("sting mail list")
	ErrNoCode = fault.New(fault.NotFound, "NO_CODE", "That mail holds no code.",
		"Read it: `sting mail show ID`. Codes are recognised in the mails of verification and recovery.")
	ErrTooLarge = fault.New(fault.TooLarge, "MAIL_TOO_LARGE", "The mail is larger than the catcher takes.",
		"Send less, or raise tape.bytes in sting.yml: a mail may be a quarter of it, and 10 MiB at most.")
)

// Mail is what is known of a mail without opening it.
type Mail struct {
	ID          string // 22 letters and digits
	MessageID   string // as its header says, without brackets
	From        Address
	To          []Address
	Cc          []Address
	Bcc         []Address // recipients that no header names
	ReplyTo     []Address
	ReturnPath  string // the sender that the client gave over SMTP
	Subject     string
	Date        time.Time // as its header says; zero: it doesn't
	Created     time.Time // when it was caught
	Username    string    // whom the client called itself, ""
	Tags        []string
	Read        bool
	Size        int // bytes of the source
	Attachments int
	Snippet     string // the beginning of the text
	Code        Code   // the zero value: none was recognised
	Hidden      bool   // the probe's own: in no list
}

// Address is a mailbox as a header names it.
type Address struct{ Name, Address string }

// Envelope is what a client says about a mail before it sends it.
type Envelope struct {
	From     string
	To       []string
	Client   string // the name it gave itself
	Address  string // the IP address that it came from
	Username string
	Protocol string // SMTP, ESMTP, ESMTPS
}

// Bounds limit the mailbox: the oldest mails go first.
type Bounds struct {
	Count int
	Bytes int64
}

// Store keeps mails.
type Store interface {
	// AddMail keeps a mail with its source and the text that searches look at,
	// and drops the oldest ones until the bounds hold. It returns the ids of
	// those.
	AddMail(ctx context.Context, m Mail, source []byte, text string, b Bounds) (dropped []string, err error)
	// Mail returns ErrNotFound if there is none.
	Mail(ctx context.Context, id string) (Mail, error)
	// MailSource returns ErrNotFound if there is none.
	MailSource(ctx context.Context, id string) ([]byte, error)
	// MailPiece returns the piece numbered n of the source, io.EOF behind the last,
	// ErrNotFound if there is no such mail (any more).
	MailPiece(ctx context.Context, id string, n int) ([]byte, error)
	// EachMail calls f with every mail, newest first, until it returns false.
	// All of it is one moment; f must not call the store.
	EachMail(ctx context.Context, f func(m Mail, text func() string) bool) error
	// ChangeMails changes those of the ids that there are and returns how many.
	ChangeMails(ctx context.Context, ids []string, change func(*Mail)) (int, error)
	// DeleteMails deletes those of the ids that there are and returns how many.
	DeleteMails(ctx context.Context, ids []string) (int, error)
}

// Changed is published when a mail came, was read, tagged or deleted.
type Changed struct {
	ID   string // "": several
	What string // received, read, unread, tagged, deleted
}
