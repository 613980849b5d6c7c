package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"
)

// Server is where mails go: a connection URI of Kratos' kind, taken apart.
type Server struct {
	Address         string // host:port to dial
	Name            string // of the host, for its certificate
	User, Password  string
	Implicit        bool   // TLS from the first byte
	SkipVerify      bool   // any certificate will do
	DisableStartTLS bool   // don't insist on it
	Ours            bool   // the lab's own catcher
	Problem         string // why nothing can be sent there; "": nothing is known
	Fix             string
}

// How long a server may take.
const (
	dialTime = 10 * time.Second
	talkTime = 30 * time.Second
)

// refusal is an answer of a server that isn't a yes.
type refusal struct {
	code int
	text string
	mail bool // it is about the mail, not about us
}

func (r *refusal) Error() string { return fmt.Sprintf("the server answered %d %s", r.code, r.text) }

func refused(err error, mail bool) error {
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		return &refusal{answer.Code, answer.Msg, mail}
	}
	return err
}

// send speaks SMTP as Kratos' courier does: STARTTLS unless it is switched off,
// then a sign-in where the URI names somebody and the server asks.
func (c *Courier) send(ctx context.Context, m Message) error {
	s := c.Server()
	if s.Problem != "" {
		return ErrNotSent.Saying("%s", s.Problem).Hinting("%s", s.Fix)
	}
	from := c.From()
	data, err := compose(from, m)
	if err != nil {
		return &refusal{554, err.Error(), true}
	}
	conn, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return ErrNotSent.Saying("No mail server answers at %s.", s.Address).
			Hinting("Start it, or correct courier.smtp.connection_uri in sting.yml; the host mailpit means the lab's own catcher.").Because(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := conn.SetDeadline(c.Machine().Add(talkTime)); err != nil {
		return fmt.Errorf("set deadline: %w", err)
	}
	return s.talk(conn, from.Address, m.To, data)
}

func (s Server) talk(conn net.Conn, from, to string, data []byte) error {
	if s.Implicit {
		conn = tls.Client(conn, s.tls(s.SkipVerify))
	}
	client, err := smtp.NewClient(conn, s.Name)
	if err != nil {
		return s.explain("greet", refused(err, false))
	}
	defer client.Close()
	if err := s.secure(client); err != nil {
		return err
	}
	if err := s.signIn(client); err != nil {
		return err
	}
	if err := client.Mail(from); err != nil {
		return refused(err, true)
	}
	if err := client.Rcpt(to); err != nil {
		return refused(err, true)
	}
	w, err := client.Data()
	if err != nil {
		return refused(err, true)
	}
	if _, err := w.Write(data); err != nil {
		return s.explain("send the mail", err)
	}
	if err := w.Close(); err != nil {
		return refused(err, true)
	}
	_ = client.Quit() // the mail is taken: a server that forgets its manners changes nothing
	return nil
}

func (s Server) tls(skip bool) *tls.Config {
	return &tls.Config{ServerName: s.Name, InsecureSkipVerify: skip, MinVersion: tls.VersionTLS12} // the person wrote skip_ssl_verify=true
}

// secure is STARTTLS by the rules of Kratos' courier: required, unless
// disable_starttls is set; then it is used where it is offered, and
// skip_ssl_verify doesn't count.
func (s Server) secure(client *smtp.Client) error {
	if err := client.Hello("localhost"); err != nil {
		return s.explain("greet", refused(err, false))
	}
	if s.Implicit {
		return nil
	}
	offered, _ := client.Extension("STARTTLS")
	switch {
	case !offered && s.DisableStartTLS:
		return nil
	case !offered:
		return ErrNotSent.Saying("The mail server at %s doesn't offer STARTTLS, and the courier insists on it.", s.Address).
			Hinting("Use a server that does (the lab's catcher at ports.smtp), or add disable_starttls=true to courier.smtp.connection_uri.").
			Because(errors.New("gomail: MandatoryStartTLS required, but SMTP server does not support STARTTLS"))
	}
	if err := client.StartTLS(s.tls(s.SkipVerify && !s.DisableStartTLS)); err != nil {
		f := ErrNotSent.Saying("The TLS of the mail server at %s is refused.", s.Address).Because(err)
		if s.DisableStartTLS {
			return f.Hinting("disable_starttls=true counts only where a server offers no STARTTLS, and skip_ssl_verify is ignored beside it: " +
				"take disable_starttls out, or use the port without STARTTLS (ports.smtp_plain).")
		}
		return f.Hinting("Add skip_ssl_verify=true to courier.smtp.connection_uri, if you know whose certificate it is.")
	}
	return nil
}

func (s Server) signIn(client *smtp.Client) error {
	if s.User == "" {
		return nil
	}
	offered, mechanisms := client.Extension("AUTH")
	if !offered {
		return nil
	}
	var auth smtp.Auth = smtp.PlainAuth("", s.User, s.Password, s.Name)
	has := func(name string) bool { return strings.Contains(" "+mechanisms+" ", " "+name+" ") }
	switch {
	case has("CRAM-MD5"):
		auth = smtp.CRAMMD5Auth(s.User, s.Password)
	case has("LOGIN") && !has("PLAIN"):
		auth = &login{s.User, s.Password}
	}
	if s.Ours {
		auth = anywhere{auth}
	}
	if err := client.Auth(auth); err != nil {
		return ErrNotSent.Saying("The mail server at %s refuses the sign-in of %s.", s.Address, s.User).
			Hinting("Correct the name and the password in courier.smtp.connection_uri. A password is never sent without TLS, but to this machine.").
			Because(refused(err, false))
	}
	return nil
}

func (s Server) explain(doing string, err error) error {
	return ErrNotSent.Saying("The mail server at %s doesn't answer as one.", s.Address).
		Hinting("Check the port in courier.smtp.connection_uri: smtps:// speaks TLS from the first byte, smtp:// doesn't.").
		Because(fmt.Errorf("%s: %w", doing, err))
}

// anywhere lets a name and password go to the lab's own catcher, whose name in
// the URI is not this machine's.
type anywhere struct{ smtp.Auth }

func (a anywhere) Start(info *smtp.ServerInfo) (string, []byte, error) {
	own := *info
	own.TLS = true
	return a.Auth.Start(&own)
}

// login is AUTH LOGIN, by the same rule as PLAIN of net/smtp: not without TLS,
// but to this machine.
type login struct{ user, password string }

func (l *login) Start(info *smtp.ServerInfo) (string, []byte, error) {
	if !info.TLS && info.Name != "localhost" && info.Name != "127.0.0.1" && info.Name != "::1" {
		return "", nil, errors.New("unencrypted connection")
	}
	return "LOGIN", nil, nil
}

func (l *login) Next(fromServer []byte, more bool) ([]byte, error) {
	switch asked := strings.ToLower(string(fromServer)); {
	case !more:
		return nil, nil
	case strings.HasPrefix(asked, "user"):
		return []byte(l.user), nil
	case strings.HasPrefix(asked, "pass"):
		return []byte(l.password), nil
	}
	return nil, fmt.Errorf("unexpected question %q", fromServer)
}
