package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"sting/backend/fault"
)

// Catcher is an SMTP server (RFC 5321) that takes every mail and sends none on.
// Its limits bound what a client can cost: THREATS T07 and F24.
type Catcher struct {
	Box *Mailbox
	TLS *tls.Config // nil: no STARTTLS
	Log *slog.Logger
	Now func() time.Time // the machine's, for deadlines

	MaxBytes    int           // of a mail, announced with SIZE; 0: 10 MiB
	Connections int           // at once; 0: 50
	Recipients  int           // of a mail; 0: 100
	Idle        time.Duration // for a command, or for a whole mail; 0: a minute
	Life        time.Duration // of a connection; 0: 10 minutes

	Arriving int64  // bytes that all clients together may be sending, on disk; 0: 512 MiB, the largest mail of each of 50
	Spool    string // where large mails stand while they arrive; "": the system's temporary folder

	inFlight atomic.Int64 // bytes of mails that are being sent
	keeping  sync.Mutex
	ending   sync.RWMutex // held for reading while a mail is kept
	ended    bool
}

const (
	defaultMaxBytes = 10 << 20
	maxLine         = 8 << 10
	mostArriving    = 512 << 20
	graceTime       = 500 * time.Millisecond
)

// withDefaults fills in what is zero.
func (c *Catcher) withDefaults() {
	set := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	set(&c.MaxBytes, defaultMaxBytes)
	set(&c.Connections, 50)
	set(&c.Recipients, 100)
	if c.Arriving == 0 {
		c.Arriving = mostArriving
	}
	if c.Idle == 0 {
		c.Idle = time.Minute
	}
	if c.Life == 0 {
		c.Life = 10 * time.Minute
	}
}

// Serve answers on the listeners until ctx ends, and closes them. A mail that
// has arrived whole is kept before it returns.
func (c *Catcher) Serve(ctx context.Context, listeners []net.Listener) error {
	c.withDefaults()
	receive := func(e Envelope, body []byte) (Mail, error) {
		return c.Box.Receive(context.WithoutCancel(ctx), e, body)
	}
	srv := smtp.NewServer(smtp.BackendFunc(func(conn *smtp.Conn) (smtp.Session, error) {
		return &session{c: c, receive: receive, conn: conn}, nil
	}))
	srv.Domain = "localhost"
	srv.TLSConfig = c.TLS
	srv.MaxMessageBytes, srv.MaxRecipients, srv.MaxLineLength = int64(c.MaxBytes), c.Recipients, maxLine
	srv.ReadTimeout, srv.WriteTimeout = c.Idle, c.Idle
	srv.AllowInsecureAuth, srv.EnableSMTPUTF8 = true, true
	srv.ErrorLog = oneLine{c.Log}

	gate := &gate{c: c}
	failed := make(chan error, len(listeners))
	for _, ln := range listeners {
		go func() { failed <- srv.Serve(guardedListener{ln, gate}) }()
	}
	var err error
	waiting := len(listeners)
	select {
	case <-ctx.Done():
	case err = <-failed:
		waiting--
	}
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTime)
	defer cancel()
	if srv.Shutdown(bye) != nil {
		gate.closeAll() // whoever still talks has had its time
	}
	for _, ln := range listeners {
		_ = ln.Close() // the library closes those only that it had begun to serve
	}
	for range waiting {
		<-failed
	}
	c.ending.Lock() // waits for mails that are being kept
	defer c.ending.Unlock()
	c.ended = true
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// oneLine hands the library's complaints on, one line each.
type oneLine struct{ log *slog.Logger }

func (l oneLine) Printf(format string, v ...any) {
	text, _, _ := strings.Cut(fmt.Sprintf(format, v...), "\n")
	l.log.Info("smtp: a client misbehaved or went away", "what", text)
}

func (l oneLine) Println(v ...any) { l.Printf("%s", fmt.Sprint(v...)) }

// session is one client's conversation.
type session struct {
	c    *Catcher
	conn *smtp.Conn
	// receive hands a mail to the mailbox; go-smtp passes its sessions no context.
	receive func(e Envelope, body []byte) (Mail, error)

	username string
	envelope Envelope
}

var _ smtp.AuthSession = (*session)(nil)

func (s *session) Reset() { s.envelope = Envelope{} }

func (s *session) Logout() error { return nil }

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

// Auth implements smtp.AuthSession: any name and any password will do. The
// password is not looked at.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, username, _ string) error {
			s.username = username
			return nil
		}), nil
	case sasl.Login:
		return &loginServer{done: func(username string) { s.username = username }}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

// loginServer is AUTH LOGIN: a name and a password, each asked for. The name
// may come with the command.
type loginServer struct {
	done         func(username string)
	asked, named bool
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case l.named:
		return nil, true, nil
	case response == nil && !l.asked:
		l.asked = true
		return []byte("Username:"), false, nil
	}
	l.named = true
	l.done(string(response))
	return []byte("Password:"), false, nil
}

var errBadAddress = &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 1, 3}, Message: "That is no address"}

// sound reports whether an address can stand in a header: control characters
// would begin another line of it.
func sound(address string) bool { return len(address) <= 320 && clean(address) == address }

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !sound(from) {
		return errBadAddress
	}
	s.envelope = Envelope{From: from, Username: s.username, Client: s.conn.Hostname(), Protocol: "ESMTP"}
	if _, ok := s.conn.TLSConnectionState(); ok {
		s.envelope.Protocol = "ESMTPS"
	}
	if host, _, err := net.SplitHostPort(s.conn.Conn().RemoteAddr().String()); err == nil {
		s.envelope.Address = host
	}
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !sound(to) || to == "" {
		return errBadAddress
	}
	s.envelope.To = append(s.envelope.To, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	arriving := &spool{dir: s.c.Spool}
	defer arriving.close()
	held, err := s.read(r, arriving)
	defer func() { s.c.inFlight.Add(-held) }()
	if err != nil {
		return s.refused(err)
	}
	s.c.ending.RLock()
	defer s.c.ending.RUnlock()
	if s.c.ended {
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "The lab ends; try again later"}
	}
	m, err := s.keep(arriving)
	if err != nil {
		return s.refused(err)
	}
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "OK: queued as " + m.ID}
}

var errCrowded = &smtp.SMTPError{
	Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "Too many large mails at once; try again in a moment",
}

// keep hands a mail that has arrived to the mailbox: one after the other, since
// each is in memory for as long as that takes.
func (s *session) keep(arrived *spool) (Mail, error) {
	s.c.keeping.Lock()
	defer s.c.keeping.Unlock()
	body, err := arrived.bytes()
	if err != nil {
		return Mail{}, err
	}
	return s.receive(s.envelope, body)
}

// read collects a mail. What all clients together are sending is bounded.
func (s *session) read(r io.Reader, to *spool) (held int64, err error) {
	chunk := make([]byte, 32<<10)
	for {
		n, err := r.Read(chunk)
		held += int64(n)
		if s.c.inFlight.Add(int64(n)) > s.c.Arriving {
			return held, errCrowded
		}
		if _, err := to.Write(chunk[:n]); err != nil {
			return held, fault.ErrStoreUnavailable.Saying("The mail can't be kept while it arrives.").Because(err)
		}
		if errors.Is(err, io.EOF) {
			return held, nil
		}
		if err != nil {
			return held, err
		}
	}
}

// refused makes an answer of an error, and costs a line of the log.
func (s *session) refused(err error) error {
	s.c.Box.count(func(n *Counters) { n.Rejected++ })
	if g := guardOf(s.conn.Conn()); g != nil {
		g.complain("a mail was refused", "bytes_at_most", s.c.MaxBytes, "err", err)
	}
	if answer, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return answer
	}
	switch f := fault.From(err); {
	case errors.Is(err, smtp.ErrTooLongLine):
		return &smtp.SMTPError{Code: 500, EnhancedCode: smtp.EnhancedCode{5, 5, 2}, Message: "A line is too long"}
	case f.Kind == fault.TooLarge:
		return smtp.ErrDataTooLarge
	case f.Kind == fault.Unavailable:
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: f.Message}
	}
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The mail was not kept"}
}
