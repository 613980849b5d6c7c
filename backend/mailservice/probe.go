package mailservice

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"strings"
	"time"

	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/mail"
	"sting/backend/service"
)

// ErrMailProbe means that the catcher or the mailbox doesn't work.
var ErrMailProbe = fault.New(fault.Unavailable, "MAIL_UNHEALTHY", "A mail to ourselves did not arrive.",
	"Restart the mails: `sting status -v` shows what the probe saw.").Running("sting status -v")

// Probe does what a program and a person do: it sends a mail with STARTTLS,
// reads it in the mailbox, and deletes it. Nobody else sees that mail. Its error is
// ErrMailProbe, loopback.ErrPortTaken or the courier's.
func (m *Mails) Probe(ctx context.Context) (detail string, seen []service.Evidence, err error) {
	m.probing.Lock()
	defer m.probing.Unlock()
	saw := func(what, format string, args ...any) {
		seen = append(seen, service.Evidence{What: what, Seen: fmt.Sprintf(format, args...)})
	}
	if err := m.whyClosed(); err != nil {
		return "", seen, err
	}
	ports := m.needs.Config().Ports
	for range probeTries {
		var sent []service.Evidence
		if sent, err = m.sendAndRead(ctx, ports, rand.Text()); !errors.Is(err, errGone) {
			seen = append(seen, sent...)
			break
		}
	}
	if err != nil {
		return "", seen, err
	}
	if ports.Mail.Open() {
		saw("mailbox, port "+ports.Mail.String(), "showed it over https, deleted it over http")
	}
	if err := m.Courier.Health(); err != nil {
		return "", seen, err
	}
	saw("courier", "sends to %s", m.Server().Address)
	return "sent a mail to itself, read and deleted it", seen, nil
}

// sendAndRead sends a mail that is called word, and reads and deletes it. Its error is
// ErrMailProbe, because of errGone where somebody else deleted that mail meanwhile.
func (m *Mails) sendAndRead(ctx context.Context, ports config.Ports, word string) (seen []service.Evidence, err error) {
	saw := func(what, text string) { seen = append(seen, service.Evidence{What: what, Seen: text}) }
	switch {
	case ports.SMTP.Open():
		if err := m.mailOurselves(ctx, ports.SMTP, word, true); err != nil {
			return seen, ErrMailProbe.Saying("The mail catcher doesn't take a mail at port %s.", ports.SMTP).Because(err)
		}
		saw("SMTP, port "+ports.SMTP.String(), "took a mail after STARTTLS, certificate verified")
	case ports.SMTPPlain.Open():
		if err := m.mailOurselves(ctx, ports.SMTPPlain, word, false); err != nil {
			return seen, ErrMailProbe.Saying("The mail catcher doesn't take a mail at port %s.", ports.SMTPPlain).Because(err)
		}
		saw("SMTP, port "+ports.SMTPPlain.String(), "took a mail in clear")
	default:
		saw("SMTP", "both ports are off: nothing is caught")
	}
	caught := ports.SMTP.Open() || ports.SMTPPlain.Open()
	if err := m.readOurselves(ctx, ports.Mail, word, caught); err != nil {
		return seen, ErrMailProbe.Saying("The mailbox doesn't show a mail that was caught.").Because(err)
	}
	return seen, nil
}

func (m *Mails) mailOurselves(ctx context.Context, port config.Port, word string, withTLS bool) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port.String()))
	if err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(m.needs.Machine().Add(probeTime)); err != nil {
		return fmt.Errorf("set deadline: %w", err)
	}
	c, err := smtp.NewClient(conn, "localhost")
	if err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	if withTLS {
		if err := c.StartTLS(m.needs.Authority.Client().TLS("localhost")); err != nil {
			return fmt.Errorf("STARTTLS: %w", err)
		}
	}
	if err := errors.Join(c.Mail("probe@probe.invalid"), c.Rcpt(m.Box.Probe)); err != nil {
		return fmt.Errorf("address it: %w", err)
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("begin it: %w", err)
	}
	_, err = fmt.Fprintf(w, "From: probe@probe.invalid\r\nTo: %s\r\nSubject: %s\r\n\r\n"+
		"The lab looks whether mails arrive.\r\n", m.Box.Probe, word)
	if err := errors.Join(err, w.Close(), c.Quit()); err != nil {
		return fmt.Errorf("send it: %w", err)
	}
	return nil
}

const (
	probeTime  = 4 * time.Second
	probeTries = 3 // a reset deletes a mail of ours now and then
)

// errGone means that a mail was deleted between its being listed and its being read.
var errGone = errors.New("it was deleted before it was read")

// readOurselves finds the mail of the probe, reads it and deletes it, by the
// API where its port is open. Its error is errGone where somebody deleted one first.
func (m *Mails) readOurselves(ctx context.Context, port config.Port, word string, caught bool) error {
	if !port.Open() {
		if !caught {
			return nil
		}
		found, err := m.Box.Latest(ctx, mail.To(m.Box.Probe))
		if err != nil {
			return err
		}
		_, err = m.Box.Delete(ctx, []string{found.ID})
		return err
	}
	host := net.JoinHostPort("127.0.0.1", port.String())
	var list struct {
		Messages []struct{ ID, Subject string }
	}
	err := m.askBox(ctx, http.MethodGet, "http://"+host+"/api/v1/search?query="+url.QueryEscape("addressed:"+m.Box.Probe), "", &list)
	if err != nil || !caught {
		return err
	}
	for _, found := range list.Messages {
		var read struct{ Subject string }
		if err := m.askBox(ctx, http.MethodGet, "https://"+host+"/api/v1/message/"+found.ID, "", &read); err != nil {
			return err
		}
		if err := m.askBox(ctx, http.MethodDelete, "http://"+host+"/api/v1/messages", `{"IDs":["`+found.ID+`"]}`, nil); err != nil {
			return err
		}
		if read.Subject == word {
			return nil
		}
	}
	return fmt.Errorf("it is not among %d", len(list.Messages))
}

// askBox sends the mailbox a request as any program does, and trusts the lab's
// authority alone.
func (m *Mails) askBox(ctx context.Context, method, url, body string, v any) error {
	transport := m.needs.Authority.Client().Transport(nil)
	transport.DisableKeepAlives = true
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode == http.StatusNotFound {
		return fmt.Errorf("%s %s: %w", method, url, errGone)
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("%s %s: %s", method, url, resp.Status), err)
	}
	if v == nil {
		return nil
	}
	return json.Unmarshal(b, v)
}
