package backend_test

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/labtest"
)

// mailbox is the mailbox of a lab, asked as a test helper for Mailpit asks.
type mailbox struct {
	lab  *labtest.Lab
	base string
}

func mailboxOf(t *testing.T, lab *labtest.Lab) mailbox {
	t.Helper()
	return mailbox{lab, serviceOf(t, lab, "mail").URL}
}

func (m mailbox) ask(t *testing.T, path string, v any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.base+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := m.lab.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if v != nil && resp.StatusCode == http.StatusOK {
		if err := json.Unmarshal(b, v); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
	}
	return resp.StatusCode
}

// code waits for the newest mail to an address and returns what it recognised.
func (m mailbox) code(t *testing.T, address string) (c struct{ Kind, Code, Link, Page string }) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if m.ask(t, "/code/latest?query="+url.QueryEscape("to:"+address), &c) == http.StatusOK {
			return c
		}
		<-tick.C
	}
	t.Fatalf("no code for %s arrived", address)
	return c
}

func TestARegistrationIsVerifiedThroughTheMailbox(t *testing.T) {
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	box := mailboxOf(t, lab)
	c := box.code(t, "ann@example.org")
	if c.Kind != "verification" || len(c.Code) != 6 || !strings.HasPrefix(c.Page, lab.Origin+"/verification?code="+c.Code+"&flow=") {
		t.Fatalf("got %+v", c)
	}
	flow := strings.TrimPrefix(c.Page, lab.Origin+"/verification?code="+c.Code+"&flow=")
	var shown struct {
		UI struct {
			Nodes []struct{ Attributes struct{ Name, Value string } }
		}
	}
	b.Must("GET", "/.ory/self-service/verification/flows?id="+flow, nil).Into(t, &shown)
	answer := map[string]any{"method": "code", "code": c.Code}
	for _, n := range shown.UI.Nodes {
		if n.Attributes.Name == "csrf_token" {
			answer["csrf_token"] = n.Attributes.Value
		}
	}
	a := b.Do("POST", "/.ory/self-service/verification?flow="+flow, answer, "Accept", "application/json")
	if a.Status != 200 || a.Text("state") != "passed_challenge" {
		t.Errorf("the code of the mail is refused: %d %s", a.Status, a.Body)
	}
	var list struct{ Total int }
	secure := mailbox{lab, strings.Replace(box.base, "http://", "https://", 1)}
	if status := secure.ask(t, "/api/v1/messages", &list); status != 200 || list.Total != 1 {
		t.Errorf("over https: %d, %d mails: the probe's own may not be among them", status, list.Total)
	}
}

func TestTheMailServiceIsHealthyAfterTheRealThing(t *testing.T) {
	lab := labtest.Start(t, "")
	s := serviceOf(t, lab, "mail")
	if s.State != api.Healthy || len(s.Evidence) != 3 || !strings.Contains(s.Evidence[0].Seen, "STARTTLS") {
		t.Errorf("got %+v", s)
	}
	done(t, lab.RestartService(t.Context(), "mail"))
	if s := serviceOf(t, lab, "mail"); s.State != api.Healthy {
		t.Errorf("after a restart: %+v", s)
	}
}

func TestATakenMailPortIsNamedAndTheRestGoesOn(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	taken := ln.Addr().(*net.TCPAddr).Port
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: %d, smtp_plain: 0, mail: 0}\n", taken))
	s := serviceOf(t, lab, "mail")
	if s.State != api.Unhealthy || s.Error == nil || s.Error.ErrorCode != "PORT_TAKEN" || !strings.Contains(s.Error.Error, fmt.Sprint(taken)) {
		t.Errorf("got %+v, %+v", s, s.Error)
	}
	lab.Browser().Register("ann@example.org")
	if status := mailboxOf(t, lab).ask(t, "/readyz", nil); status != 200 {
		t.Errorf("the mailbox answers %d", status)
	}
}

func TestPortsThatAreOffAreNoComplaint(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "ports: {site: 0, kratos_public: off, kratos_admin: off, smtp: off, smtp_plain: off, mail: off}\n")
	if s := serviceOf(t, lab, "mail"); s.State != api.Healthy || s.URL != "" {
		t.Errorf("got %+v, %+v", s, s.Error)
	}
	b := lab.Browser()
	b.Register("ann@example.org") // its mail can't leave, and that stops nobody
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 150 {
		if s := serviceOf(t, lab, "mail"); s.State == api.Unhealthy {
			if s.Error.ErrorCode != "MAIL_NOT_SENT" || !strings.Contains(s.Error.Error, "off") || s.Error.Hint == "" {
				t.Errorf("got %+v", s.Error)
			}
			return
		}
		<-tick.C
	}
	t.Error("a mail that can't leave is not said")
}

func TestAnyProgramCanMailTheCatcher(t *testing.T) {
	lab := labtest.Start(t, "")
	box := mailboxOf(t, lab)
	var ports struct{ SMTP, SMTPPlain string }
	for _, e := range serviceOf(t, lab, "mail").Evidence {
		if port, ok := strings.CutPrefix(e.What, "SMTP, port "); ok {
			ports.SMTP = port
		}
	}
	c, err := smtp.Dial("127.0.0.1:" + ports.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	done(t, c.StartTLS(&tls.Config{RootCAs: lab.CA, ServerName: "localhost"}))
	done(t, c.Auth(smtp.PlainAuth("", "test", "test", "127.0.0.1")))
	done(t, c.Mail("app@example.org"))
	done(t, c.Rcpt("ann@example.org"))
	w, err := c.Data()
	done(t, err)
	_, err = io.WriteString(w, "To: ann@example.org\r\nSubject: from an app\r\n\r\nhello\r\n")
	done(t, err)
	done(t, w.Close())
	done(t, c.Quit())
	lab.Restart() // the tape outlives it
	var list struct {
		Messages []struct{ Subject, Username string }
	}
	if status := box.ask(t, "/api/v1/search?query=to:ann@example.org", &list); status != 200 || len(list.Messages) != 1 ||
		list.Messages[0].Subject != "from an app" || list.Messages[0].Username != "test" {
		t.Errorf("%d %+v", status, list)
	}
}

func TestTheMailboxIsNobodyElses(t *testing.T) {
	lab := labtest.Start(t, "")
	box := mailboxOf(t, lab)
	_, port, _ := strings.Cut(strings.TrimPrefix(box.base, "http://"), ":")
	for name, c := range map[string]struct {
		method, host string
		header       map[string]string
		want         int
	}{
		"another host":               {"GET", "evil.example:" + port, nil, 421},
		"a name that points here":    {"GET", "localhost.evil.example:" + port, nil, 421},
		"another port":               {"GET", "localhost:1", nil, 421},
		"no port":                    {"GET", "localhost", nil, 421},
		"our own page":               {"DELETE", "localhost:" + port, map[string]string{"Origin": "http://localhost:" + port, "Sec-Fetch-Site": "same-origin"}, 200},
		"a page of another site":     {"DELETE", "localhost:" + port, map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403},
		"a page of another port":     {"DELETE", "localhost:" + port, map[string]string{"Origin": lab.Origin, "Sec-Fetch-Site": "same-site"}, 403},
		"an old browser's other one": {"DELETE", "localhost:" + port, map[string]string{"Origin": "https://evil.example"}, 403},
		"a page without an origin":   {"DELETE", "localhost:" + port, map[string]string{"Origin": "null"}, 403},
		"no browser":                 {"DELETE", "[::1]:" + port, nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), c.method, "http://127.0.0.1:"+port+"/api/v1/messages", nil)
			done(t, err)
			req.Host = c.host
			for k, v := range c.header {
				req.Header.Set(k, v)
			}
			resp, err := lab.Client().Do(req)
			done(t, err)
			resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("got %d, want %d", resp.StatusCode, c.want)
			}
		})
	}
}

func TestKratosTellsWhatBecameOfAMail(t *testing.T) {
	admin := labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: 0, kratos_public: off, kratos_admin: %d, smtp: 0, smtp_plain: 0, mail: 0}\n", admin))
	lab.Browser().Register("ann@example.org")
	mailboxOf(t, lab).code(t, "ann@example.org")
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		_, body := fetch(t, fmt.Sprintf("http://localhost:%d/admin/courier/messages?status=sent&recipient=ann@example.org", admin), "")
		var list []struct {
			ID, Subject, Body string
			TemplateType      string `json:"template_type"`
			SendCount         int    `json:"send_count"`
		}
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if len(list) == 0 {
			<-tick.C // the server's yes is noted a moment after the mail is there
			continue
		}
		if m := list[0]; m.TemplateType != "verification_code_valid" || m.SendCount != 1 || strings.ContainsAny(m.Body, "0123456789") {
			t.Errorf("got %+v", m)
		}
		if status, body := fetch(t, fmt.Sprintf("http://localhost:%d/admin/courier/messages/%s", admin, list[0].ID), ""); status != 200 || !strings.Contains(body, `"status":"success"`) {
			t.Errorf("the message alone: %d %s", status, body)
		}
		return
	}
	t.Error("no message was sent")
}
