package mail_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/events"
	"sting/backend/mail"
)

const simple = "From: A <a@lab.local>\r\nTo: b@lab.local\r\nSubject: hello\r\n\r\nhi\r\n"

func TestAMailIsKeptWholeAndUnchanged(t *testing.T) {
	d := newDesk(t).catch(t, nil)
	news := events.Subscribe[mail.Changed](t.Context(), d.bus)
	body := "From: A <a@lab.local>\r\nTo: b@lab.local\r\nSubject: dots\r\n\r\n..two dots\r\nÿ \x01 bare\rcr\r\n"
	k := d.dial(t).deliver(strings.Replace(body, "\r\n..two", "\r\n...two", 1)+"end", "b@lab.local", "blind@lab.local")
	answer := k.answer()
	if e := <-news.C; e.What != "received" || !strings.Contains(answer, e.ID) {
		t.Errorf("got %+v after %q", e, answer)
	}
	m := d.all(t)[0]
	source, err := d.Source(t.Context(), m.ID)
	if err != nil || !strings.HasSuffix(string(source), "\r\n"+body+"end\r\n") ||
		!strings.HasPrefix(string(source), "Return-Path: <a@lab.local>\r\nReceived: from ") {
		t.Errorf("got %q, %v", source, err)
	}
	if len(m.ID) != 22 || m.Size != len(source) || m.Subject != "dots" || m.From.Name != "A" || m.ReturnPath != "a@lab.local" {
		t.Errorf("got %+v", m)
	}
	if len(m.Bcc) != 1 || m.Bcc[0].Address != "blind@lab.local" {
		t.Errorf("a recipient that no header names is lost: %+v", m.Bcc)
	}
}

func TestAnyoneMaySignInOrNot(t *testing.T) {
	d := newDesk(t).catch(t, nil)
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, say := range map[string][]string{
		"plain":                   {"AUTH PLAIN " + b64("\x00test\x00test") + "|235"},
		"plain in two steps":      {"AUTH PLAIN|334", b64("\x00test\x00anything") + "|235"},
		"login":                   {"AUTH LOGIN|334 VXNlcm5hbWU6", b64("test") + "|334 UGFzc3dvcmQ6", b64("x") + "|235"},
		"login with a first word": {"AUTH LOGIN " + b64("test") + "|334 UGFzc3dvcmQ6", b64("") + "|235"},
	} {
		t.Run(name, func(t *testing.T) {
			k := d.dial(t).expect("220").send("EHLO x\r\n").expect("250")
			for _, step := range say {
				line, code, _ := strings.Cut(step, "|")
				k.send(line + "\r\n").expect(code)
			}
			k.send("MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n").expect("250").expect("250").expect("354").send(simple + ".\r\n").expect("250")
			if m := d.all(t)[0]; m.Username != "test" {
				t.Errorf("signed in as %q", m.Username)
			}
		})
	}
	d.dial(t).deliver(simple, "d@e.f").expect("250")
	if m := d.all(t)[0]; m.Username != "" {
		t.Errorf("nobody signed in as %q", m.Username)
	}
	d.dial(t).expect("220").send("EHLO x\r\n").expect("250").send("AUTH CRAM-MD5\r\n").expect("504")
}

func TestTheFirstPortSpeaksTLSAndTheOtherDoesNot(t *testing.T) {
	for _, with := range []bool{true, false} {
		d := newDesk(t).catch(t, func(c *mail.Catcher) {
			if !with {
				c.TLS = nil
			}
		})
		k := d.dial(t).expect("220").send("EHLO x\r\n")
		caps := k.answer()
		if strings.Contains(caps, "STARTTLS") != with || !strings.Contains(caps, "SIZE 10485760") || !strings.Contains(caps, "AUTH PLAIN LOGIN") {
			t.Errorf("with TLS %v: %q", with, caps)
		}
		if !with {
			k.send("STARTTLS\r\n").expect("502")
			continue
		}
		// What was sent in clear behind STARTTLS must not count as sent inside TLS.
		k.send("STARTTLS\r\nMAIL FROM:<injected@x.y>\r\n").expect("220")
		conn := tls.Client(k.Conn, &tls.Config{InsecureSkipVerify: true})
		inside := &talk{conn, t, bufio.NewReader(conn)}
		if err := conn.Handshake(); err == nil {
			inside.send("EHLO x\r\n").expect("250").send("RCPT TO:<b@lab.local>\r\n").expect("502")
		}
		k = d.dial(t).expect("220").send("EHLO x\r\n").expect("250").send("STARTTLS\r\n").expect("220")
		conn = tls.Client(k.Conn, &tls.Config{InsecureSkipVerify: true})
		inside = &talk{conn, t, bufio.NewReader(conn)}
		inside.send("EHLO x\r\n").expect("250").send("MAIL FROM:<a@b.c>\r\n").expect("250").send("RCPT TO:<d@e.f>\r\n").expect("250").
			send("DATA\r\n").expect("354").send(simple + "GET / HTTP/1.1\r\n.\r\n").expect("250")
		if n := len(d.all(t)); n != 1 {
			t.Errorf("%d mails arrived", n)
		}
	}
}

func TestALineBreakOfAnotherKindNeverEndsAMail(t *testing.T) {
	d := newDesk(t).catch(t, nil)
	hidden := "MAIL FROM:<evil@x.y>\r\nRCPT TO:<b@lab.local>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
	for name, end := range map[string]string{
		"LF . LF": "\n.\n", "LF . CRLF": "\n.\r\n", "CR . CR": "\r.\r", "CRLF . LF": "\r\n.\n", "CRLF . CR": "\r\n.\r",
		"CR CRLF . CRLF": "\r\r\n.\r\n",
		"NUL":            "\r\n.\x00\r\n", "LF . CR": "\n.\r", "a dot and more": "\r\n.x\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			before := len(d.all(t))
			k := d.dial(t).deliver("Subject: one\r\n\r\nhi"+end+hidden, "b@lab.local").expect("250")
			k.send("QUIT\r\n").expect("221")
			after := d.all(t)
			if len(after) != before+1 || after[0].Subject != "one" {
				t.Errorf("%d mails, the newest %q", len(after)-before, after[0].Subject)
			}
		})
	}
}

func TestALargeMailIsRefusedBothWays(t *testing.T) {
	d := newDesk(t).catch(t, func(c *mail.Catcher) { c.MaxBytes = 10_000 })
	d.dial(t).expect("220").send("EHLO x\r\n").expect("250").send("MAIL FROM:<a@b.c> SIZE=10001\r\n").expect("552")
	big := strings.Repeat(strings.Repeat("x", 98)+"\r\n", 200)
	d.dial(t).deliver(big, "b@lab.local").expect("552").send("QUIT\r\n").expect("221")
	k := d.dial(t).expect("220").send("EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\n").expect("250").expect("250").expect("250")
	k.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(big), big)).expect("552")
	if n := len(d.all(t)); n != 0 {
		t.Errorf("%d mails were kept", n)
	}
	d.dial(t).deliver(simple, "b@lab.local").expect("250")
}

func TestAMailInChunksIsKept(t *testing.T) {
	d := newDesk(t).catch(t, nil)
	k := d.dial(t).expect("220").send("EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\n").expect("250").expect("250").expect("250")
	rest := "POST / HTTP/1.1 stands in a mail\r\n.\r\nand so does a dot\r\n"
	k.send(fmt.Sprintf("BDAT %d\r\n%s", len(simple), simple)).expect("250").send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(rest),
		rest)).expect("250")
	c, err := d.Content(t.Context(), d.all(t)[0].ID)
	if err != nil || c.Text != "hi\r\n"+rest {
		t.Errorf("got %q, %v", c.Text, err)
	}
}

func TestMoreThanFiftyConnectionsAreSentAway(t *testing.T) {
	d := newDesk(t).catch(t, nil)
	var open []*talk
	for range 50 {
		open = append(open, d.dial(t).expect("220"))
	}
	for range 20 {
		k := d.dial(t).expect("421")
		if rest, hungUp := k.closed(); !hungUp {
			t.Errorf("still there after %q", rest)
		}
	}
	if n := d.log.count(); n != 1 {
		t.Errorf("%d lines in the log", n)
	}
	open[0].send("QUIT\r\n").expect("221")
	if _, hungUp := open[0].closed(); !hungUp {
		t.Error("QUIT leaves the connection open")
	}
	for again := true; again; { // the place is given back a moment after the goodbye
		again = strings.HasPrefix(d.dial(t).answer(), "421")
	}
}

func TestWhoSaysNothingIsSentAway(t *testing.T) {
	for name, say := range map[string]string{
		"from the start":      "",
		"in a command":        "EHL",
		"in a mail":           "EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: slow",
		"in a sign-in":        "EHLO x\r\nAUTH LOGIN\r\n",
		"in a handshake":      "EHLO x\r\nSTARTTLS\r\n\x16\x03\x01",
		"in a chunk":          "EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nBDAT 100 LAST\r\nSubject",
		"in half of a HELO":   "H",
		"between two letters": "EHLO x\r\nNO",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t).catch(t, func(c *mail.Catcher) { c.Idle = 150 * time.Millisecond })
			k := d.dial(t).send(say)
			if rest, hungUp := k.closed(); !hungUp {
				t.Errorf("still there after %q", rest)
			}
			if n := d.log.count(); n > 1 {
				t.Errorf("%d lines in the log: %s", n, d.log.text.String())
			}
			if n := len(d.all(t)); n != 0 {
				t.Error("half a mail was kept")
			}
		})
	}
}

func TestWhoKeepsTalkingIsSentAwayInTheEnd(t *testing.T) {
	d := newDesk(t).catch(t, func(c *mail.Catcher) { c.Life = 200 * time.Millisecond })
	k := d.dial(t).expect("220").send("EHLO x\r\n").expect("250")
	for {
		if _, err := k.Write([]byte("NOOP\r\n")); err != nil {
			return
		}
		if line, err := k.r.ReadString('\n'); err != nil || strings.HasPrefix(line, "421") {
			return
		}
	}
}

func TestALongLineEndsTheConversation(t *testing.T) {
	d := newDesk(t).catch(t, nil)
	k := d.dial(t).expect("220")
	_, _ = k.Write([]byte("EHLO " + strings.Repeat("x", 1<<20) + "\r\n")) // it may hang up before it has read all
	rest, hungUp := k.closed()
	if !hungUp || (rest != "" && !strings.HasPrefix(rest, "5")) {
		t.Errorf("got %q, hung up %v", rest, hungUp)
	}
	k = d.dial(t).expect("220").send("EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n").expect("250").expect("250").expect("250").
		expect(
			"354")
	_, _ = k.Write([]byte("Subject: x\r\n\r\n" + strings.Repeat("y", 20<<10) + "\r\n.\r\n"))
	if rest, hungUp := k.closed(); !hungUp || strings.Contains(rest, "250") {
		t.Errorf("got %q, hung up %v", rest, hungUp)
	}
	if n := len(d.all(t)); n != 0 {
		t.Errorf("%d mails were kept", n)
	}
}

func TestRecipientsAreCountedAndLookedAt(t *testing.T) {
	d := newDesk(t).catch(t, func(c *mail.Catcher) { c.Recipients = 3 })
	k := d.dial(t).expect("220").send("EHLO x\r\n").expect("250").send("MAIL FROM:<a@b.c>\r\n").expect("250")
	for range 3 {
		k.send("RCPT TO:<d@e.f>\r\n").expect("250")
	}
	k.send("RCPT TO:<g@h.i>\r\n").expect("452")
	for _, bad := range []string{"RCPT TO:<a\rBcc: evil@x.y>", "RCPT TO:<>", "RCPT TO:<" + strings.Repeat("a", 400) + "@b.c>",
		"MAIL FROM:<a\x00b@c.d>"} {
		k := d.dial(t).expect("220").send("EHLO x\r\n").expect("250")
		if strings.HasPrefix(bad, "RCPT") {
			k.send("MAIL FROM:<a@b.c>\r\n").expect("250")
		}
		k.send(bad + "\r\n").expect("5")
	}
}

func TestARequestOfHTTPIsRefusedAndClosed(t *testing.T) {
	smuggled := "\r\nHost: localhost:1025\r\n\r\nEHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n" +
		".\r\nQUIT\r\n"
	for _, first := range []string{
		"GET / HTTP/1.1", "POST /x HTTP/1.1", "PUT / HTTP/1.1", "HEAD / HTTP/1.0", "DELETE / HTTP/1.1", "OPTIONS * HTTP/1.1", "PATCH / HTTP/1.1",
		"CONNECT localhost:1025 HTTP/1.1", "TRACE / HTTP/1.1", "PRI * HTTP/2.0", "get / HTTP/1.1", "\x16\x03\x01\x02\x00\x01",
	} {
		t.Run(first, func(t *testing.T) {
			d := newDesk(t).catch(t, nil)
			k := d.dial(t).expect("220").send(first + smuggled)
			rest, hungUp := k.closed()
			if !hungUp || rest != "" && !strings.HasPrefix(rest, "554 ") || strings.Contains(rest, "250") {
				t.Errorf("got %q, hung up %v", rest, hungUp)
			}
			if n := len(d.all(t)); n != 0 {
				t.Error("a mail was made of a request")
			}
			if n := d.log.count(); n != 1 {
				t.Errorf("%d lines in the log", n)
			}
		})
	}
	d := newDesk(t).catch(t, nil)
	k := d.dial(t).expect("220").send("EHLO x\r\n").expect("250").send("GET / HTTP/1.1\r\n").expect("554")
	if _, hungUp := k.closed(); !hungUp {
		t.Error("a verb in the middle of a conversation is no reason to hang up")
	}
}

func TestAClientThatMisbehavesCostsOneLine(t *testing.T) {
	d := newDesk(t).catch(t, func(c *mail.Catcher) { c.MaxBytes = 1000 })
	k := d.dial(t).expect("220").send("EHLO x\r\n").expect("250")
	big := strings.Repeat(strings.Repeat("x", 98)+"\r\n", 20)
	for range 5 {
		k.send("MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n").expect("250").expect("250").expect("354").send(big + ".\r\n").expect("552")
	}
	_, _ = k.Write([]byte(strings.Repeat("\xff\x00rubbish\r\n", 50)))
	if rest, hungUp := k.closed(); !hungUp {
		t.Errorf("still there after %q", rest)
	}
	if n := d.log.count(); n != 1 {
		t.Errorf("%d lines in the log: %s", n, d.log.text.String())
	}
}

func TestWhoGivesUpAtStartTLSLeavesALine(t *testing.T) {
	for name, giveUp := range map[string]func(net.Conn){
		"it does not trust the certificate": func(c net.Conn) { _ = tls.Client(c, &tls.Config{ServerName: "localhost"}).Handshake() },
		"it hangs up":                       func(c net.Conn) { _ = c.Close() },
		"it speaks no TLS of ours": func(c net.Conn) {
			_ = tls.Client(c, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS10, MinVersion: tls.VersionTLS10}).Handshake()
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t).catch(t, nil)
			k := d.dial(t).expect("220").send("EHLO x\r\n").expect("250").send("STARTTLS\r\n").expect("220")
			giveUp(k.Conn)
			_ = k.Close()
			for d.log.count() == 0 {
				select {
				case <-t.Context().Done():
					t.Fatal("the log says nothing")
				case <-time.After(5 * time.Millisecond):
				}
			}
			if text := d.log.all(); !strings.Contains(text, "gave up at STARTTLS") || !strings.Contains(text, "skip_ssl_verify") {
				t.Errorf("the log says %s", text)
			}
		})
	}
}

func TestACatcherThatEndsAsItBeginsEnds(t *testing.T) {
	d := newDesk(t)
	for range 300 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c := &mail.Catcher{Box: d.Mailbox, Log: slog.New(slog.DiscardHandler), Now: time.Now}
		if err := c.Serve(ctx, []net.Listener{ln}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	d := newDesk(t).catch(t, nil)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			k := d.dial(t)
			k.deliver(fmt.Sprintf("Subject: n%d\r\n\r\nx", i), "b@lab.local")
			if answer := k.answer(); !strings.HasPrefix(answer, "250") {
				t.Errorf("%d: %q", i, answer)
			}
		})
	}
	wg.Wait()
	if n := len(d.all(t)); n != 20 {
		t.Errorf("%d of 20 mails arrived", n)
	}
}
