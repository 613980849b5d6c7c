package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"strings"
	"time"

	"sting/backend/config"
	"sting/backend/health"
	"sting/backend/identity"
)

// mailChecks look whether a mail that the lab sends can be read.
func (e *examination) mailChecks() []health.Check {
	return []health.Check{
		{ID: "ML-01", Title: "The mail catcher and the mailbox answer", Needs: []string{"RP-12", "SV-04", "TLS-04", "SV-03"},
			Run: e.checkCatcher,
			Fix: func(ctx context.Context) (string, error) {
				return "Started the mail service.", e.lab.Services.Restart(ctx, "mail")
			}},
		{ID: "ML-02", Title: "The courier's server can be reached", Needs: []string{"ML-01"}, Run: e.checkCourier},
		{ID: "ML-05", Title: "The courier's server offers the encryption that the courier wants", Needs: []string{"ML-02"},
			Run: e.checkStartTLS},
		{ID: "ML-11", Title: "A mail that is sent is received", Needs: []string{"ML-05"}, Run: e.checkDelivery},
		{ID: "ML-08", Title: "A new person has an address to verify", Needs: []string{"LG-12"}, Run: e.checkAddressToVerify},
	}
}

func (e *examination) checkCatcher(ctx context.Context) health.Result {
	p, seen := e.config.Ports, []string(nil)
	for name, port := range map[string]config.Port{"smtp": p.SMTP, "smtp_plain": p.SMTPPlain} {
		if !port.Open() {
			seen = append(seen, "ports."+name+" is off")
			continue
		}
		greeting, err := greet(ctx, net.JoinHostPort("localhost", port.String()))
		if err != nil {
			return e.noCatcher(fmt.Sprintf("The mail catcher doesn't answer at port %s.", port), append(seen, err.Error()))
		}
		seen = append(seen, fmt.Sprintf("port %s: %s", port, greeting))
	}
	if u := e.config.MailURL(); u != "" {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u+"/api/v1/info", nil)
		if err != nil {
			return health.Blame(err)
		}
		transport := &http.Transport{DisableKeepAlives: true}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return e.noCatcher("The mailbox doesn't answer at "+u+".", append(seen, err.Error()))
		}
		seen = append(seen, fmt.Sprintf("GET %s/api/v1/info: %d", u, resp.StatusCode))
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			return e.noCatcher("The mailbox fails at "+u+".", seen)
		}
	}
	return health.Pass(seen...)
}

func (e *examination) noCatcher(cause string, seen []string) health.Result {
	for _, st := range e.lab.Services.Status() {
		if st.Name == "mail" {
			seen = append(seen, "the service mail is "+string(st.State))
		}
	}
	return health.Fail(cause, "Start the mail service again.", "sting restart mail", seen...)
}

// greet reads the first line of a mail server.
func greet(ctx context.Context, address string) (string, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	line := make([]byte, 256)
	n, err := conn.Read(line)
	if err != nil && n == 0 {
		return "", err
	}
	greeting := strings.TrimSpace(string(line[:n]))
	if !strings.HasPrefix(greeting, "220") {
		return greeting, fmt.Errorf("the greeting is %q", greeting)
	}
	return greeting, leave(conn)
}

// goodbye is how long a server may take to greet somebody who only leaves again.
const goodbye = time.Second

// leave ends a conversation as a mail client does: one that is cut off stands in the
// log of the server.
func leave(conn net.Conn) error {
	if _, err := io.WriteString(conn, "QUIT\r\n"); err != nil {
		return err
	}
	_, _ = conn.Read(make([]byte, 256)) // its goodbye
	return nil
}

// uriKey is the setting that these checks are about.
const uriKey = "courier.smtp.connection_uri"

func (e *examination) checkCourier(ctx context.Context) health.Result {
	s := e.lab.Mails.Server()
	const usual = "smtp://test:test@mailpit:1025/?skip_ssl_verify=true, which is the lab's own catcher"
	if s.Problem != "" {
		return health.Fail(s.Problem, s.Fix, "sting config check", uriKey)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return health.Fail(fmt.Sprintf("%s leads to %s, where no mail server answers.", uriKey, s.Address),
			fmt.Sprintf("Start that server, or write %s in %s.", usual, e.config.File()), "sting config check", err.Error())
	}
	if s.Implicit { // it waits for a hello of TLS
		return health.Pass("mails go to " + s.Address + ", which answers").Seeing(closing(conn)...)
	}
	soon, cancel := context.WithTimeout(ctx, goodbye)
	defer cancel()
	defer context.AfterFunc(soon, func() { _ = conn.Close() })()
	line := make([]byte, 256)
	if n, err := conn.Read(line); err == nil && strings.HasPrefix(string(line[:n]), "220") {
		_ = leave(conn) // what it says is ML-05's
	}
	_ = conn.Close() // soon may have done so
	return health.Pass("mails go to " + s.Address + ", which answers")
}

func closing(c io.Closer) []string {
	if err := c.Close(); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// checkStartTLS greets the server and looks for STARTTLS, on which the courier
// insists unless the URI says otherwise.
func (e *examination) checkStartTLS(ctx context.Context) health.Result {
	s := e.lab.Mails.Server()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return health.Fail("The mail server doesn't answer.", "Start it.", "", err.Error())
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if s.Implicit {
		conn = tls.Client(conn, &tls.Config{ServerName: s.Name, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}) // the courier verifies
	}
	client, err := smtp.NewClient(conn, s.Name)
	if err == nil {
		err = client.Hello("localhost")
	}
	if err != nil {
		return health.Fail(fmt.Sprintf("The server at %s doesn't speak SMTP as the URI says.", s.Address),
			"Use smtps:// for a server that speaks TLS from the first byte, smtp:// for another.", "sting config check", err.Error())
	}
	offered, _ := client.Extension("STARTTLS")
	_ = client.Quit() // it has said what was asked
	seen := fmt.Sprintf("EHLO to %s: STARTTLS offered %t, disable_starttls %t, smtps %t", s.Address, offered, s.DisableStartTLS, s.Implicit)
	_ = client.Quit() // what it says now changes nothing
	if !offered && !s.DisableStartTLS && !s.Implicit {
		return health.Fail("The courier insists on STARTTLS and the server doesn't offer it (gomail: MandatoryStartTLS required).",
			"Use a server that does, such as the lab's catcher (the host mailpit), or add disable_starttls=true to "+uriKey+".",
			"sting config check", seen)
	}
	return health.Pass(seen)
}

// checkDelivery sends a mail to the lab's own catcher, reads it in the mailbox and
// deletes it, and asks the courier how its last mail went.
func (e *examination) checkDelivery(ctx context.Context) health.Result {
	detail, evidence, err := e.lab.Mails.Probe(ctx)
	var seen []string
	for _, v := range evidence {
		seen = append(seen, v.What+": "+v.Seen)
	}
	if err != nil {
		return health.Blame(err, seen...)
	}
	return health.Pass(append(seen, detail)...)
}

func (e *examination) checkAddressToVerify(ctx context.Context) health.Result {
	if why := e.self.possible(); why != "" {
		return health.Skip("%s", why)
	}
	i, err := e.lab.Store.IdentityByIdentifier(ctx, identity.Fold(e.self.email))
	if err != nil {
		return health.Blame(err)
	}
	for _, a := range i.Addresses {
		if a.Verify {
			return health.Pass("a person who registers gets the verifiable address " + a.Via)
		}
	}
	return health.Fail("A person who registers has no address to verify, so no mail is ever sent: the identity schema marks none.",
		`Add "verification": {"via": "email"} to the "ory.sh/kratos" of the trait email in `+e.config.Registration.Schema.Name+".",
		"sting config check",
		fmt.Sprintf("%d addresses, none to verify", len(i.Addresses)))
}
