package courier_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/mail"
	"sting/backend/mail/courier"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// post is a courier with its store, and a clock that a test moves.
type post struct {
	*courier.Courier
	store  *store.Store
	bus    *events.Bus
	server atomic.Pointer[courier.Server]
	ahead  atomic.Int64 // of the machine's clock
	news   *events.Subscription[courier.Changed]
}

func newPost(t *testing.T, s courier.Server) *post {
	t.Helper()
	p := &post{store: storetest.New(t), bus: &events.Bus{}}
	p.server.Store(&s)
	p.Courier = &courier.Courier{
		Store: p.store, Server: func() courier.Server { return *p.server.Load() }, Keep: func() int { return 100 }, Bus: p.bus,
		From: func() courier.Address { return courier.Address{Name: "Lab", Address: "no-reply@lab.local"} },
		Now:  time.Now, Machine: func() time.Time { return time.Now().Add(time.Duration(p.ahead.Load())) },
		Log: slog.New(slog.DiscardHandler),
	}
	p.news = events.Subscribe[courier.Changed](t.Context(), p.bus)
	return p
}

// run runs the courier until the test ends.
func (p *post) run(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); p.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func (p *post) queue(t *testing.T, to string) {
	t.Helper()
	err := p.Queue(t.Context(), courier.Mail{To: to, Subject: "Prüfung", Text: "Your code:\n\n123456\n.\nend", HTML: "<p>123456</p>",
		Template: "verification_code_valid"})
	if err != nil {
		t.Fatal(err)
	}
}

// until waits for a message to reach a status.
func (p *post) until(t *testing.T, status string) courier.Message {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case e := <-p.news.C:
			if e.Status != status {
				continue
			}
			m, err := p.Message(t.Context(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			if status == courier.Queued && len(m.Tries) == 0 {
				continue
			}
			return m
		case <-timeout:
			t.Fatalf("no message became %s", status)
		}
	}
}

// catcher starts our own catcher.
func catcher(t *testing.T, withTLS bool) (addr string, box *mail.Mailbox) {
	t.Helper()
	box = &mail.Mailbox{Store: storetest.New(t), Bounds: func() mail.Bounds {
		return mail.Bounds{Count: 10, Bytes: 1 << 20}
	}, Bus: &events.Bus{}, Now: time.Now}
	c := &mail.Catcher{Box: box, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	if withTLS {
		c.TLS = selfSigned(t)
	}
	ln := listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Serve(ctx, []net.Listener{ln}) }()
	t.Cleanup(func() { cancel(); <-done })
	return ln.Addr().String(), box
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}

func TestTheGuidesURIDeliversToTheCatcher(t *testing.T) {
	addr, box := catcher(t, true)
	p := newPost(t, courier.Server{Address: addr, Name: "mailpit", User: "test", Password: "test", SkipVerify: true, Ours: true})
	p.run(t)
	p.queue(t, "ada@example.org")
	m := p.until(t, courier.Sent)
	if m.SendCount != 1 || len(m.Tries) != 1 || m.Tries[0].Error != "" || p.Health() != nil {
		t.Errorf("got %+v, health %v", m, p.Health())
	}
	list, err := box.List(t.Context(), mail.To("ada@example.org"), 0, 10)
	if err != nil || len(list.Mails) != 1 {
		t.Fatalf("%d mails arrived, %v", len(list.Mails), err)
	}
	got := list.Mails[0]
	if got.Subject != "Prüfung" || got.From != (mail.Address{Name: "Lab", Address: "no-reply@lab.local"}) || got.Username != "test" ||
		got.Code.Value != "123456" {
		t.Errorf("got %+v", got)
	}
	c, err := box.Content(t.Context(), got.ID)
	if err != nil || c.Text != "Your code:\r\n\r\n123456\r\n.\r\nend" || c.HTML != "<p>123456</p>" {
		t.Errorf("got %q and %q, %v", c.Text, c.HTML, err)
	}
	source, err := box.Source(t.Context(), got.ID)
	if err != nil || !strings.Contains(string(source), "with ESMTPS") {
		t.Errorf("it did not come through TLS: %s", source)
	}
}

func TestStartTLSIsRequiredUnlessItIsSwitchedOff(t *testing.T) {
	secure, _ := catcher(t, true)
	plain, box := catcher(t, false)
	for name, c := range map[string]struct {
		server courier.Server
		sent   bool
		cause  string
	}{
		"a server without STARTTLS": {courier.Server{Address: plain, Name: "localhost", SkipVerify: true}, false,
			"MandatoryStartTLS required"},
		"a certificate that nobody knows": {courier.Server{Address: secure, Name: "localhost"}, false, "certificate"},
		"switched off, and not offered":   {courier.Server{Address: plain, Name: "localhost", DisableStartTLS: true}, true, ""},
		"switched off, offered, skip doesn't count": {courier.Server{Address: secure, Name: "localhost", DisableStartTLS: true,
			SkipVerify: true}, false, "certificate"},
		"TLS from the first byte to one without": {courier.Server{Address: plain, Name: "localhost", Implicit: true, SkipVerify: true},
			false, "tls"},
		"our own catcher by another name, in clear": {courier.Server{Address: plain, Name: "mailpit", User: "u", Password: "p",
			DisableStartTLS: true, Ours: true}, true, ""},
		"a password in clear to another machine": {courier.Server{Address: plain, Name: "mail.example.org", User: "u", Password: "p",
			DisableStartTLS: true}, false, "unencrypted"},
		"a problem that is known before it is dialled": {courier.Server{Problem: "The catcher is off.", Fix: "Open it."}, false,
			"The catcher is off"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, c.server)
			p.run(t)
			p.queue(t, "ada@example.org")
			if c.sent {
				p.until(t, courier.Sent)
				return
			}
			m := p.until(t, courier.Queued)
			if got := m.Tries[0].Error; !strings.Contains(got, c.cause) {
				t.Errorf("got %q, want %q in it", got, c.cause)
			}
			f := fault.From(p.Health())
			if !errors.Is(f, courier.ErrNotSent) || f.Hint == "" {
				t.Errorf("got %v", f)
			}
		})
	}
	if list, err := box.List(t.Context(), nil, 0, 10); err != nil || len(list.Mails) != 2 {
		t.Errorf("%d mails came in clear, %v", len(list.Mails), err)
	}
}

// stage answers every client with the lines of a script.
func stage(t *testing.T, script ...string) (addr string, met *atomic.Int64) {
	t.Helper()
	ln := listen(t)
	met = &atomic.Int64{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			met.Add(1)
			r := bufio.NewReader(conn)
			for i, line := range script {
				if i > 0 {
					if _, err := r.ReadString('\n'); err != nil {
						break
					}
				}
				if _, err := fmt.Fprint(conn, line); err != nil {
					break
				}
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	return ln.Addr().String(), met
}

func TestARefusedMailIsAbandonedAndADeferredOneTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		script []string
		want   string
		well   bool
	}{
		"no such person":      {[]string{"220 x\r\n", "250 x\r\n", "250 ok\r\n", "550 5.1.1 no such person\r\n"}, courier.Abandoned, true},
		"come back later":     {[]string{"220 x\r\n", "250 x\r\n", "250 ok\r\n", "451 4.3.0 later\r\n"}, courier.Queued, true},
		"too busy to greet":   {[]string{"421 busy\r\n"}, courier.Queued, false},
		"no server of mail":   {[]string{"HTTP/1.1 400 Bad Request\r\n\r\n"}, courier.Queued, false},
		"silence and then no": {[]string{""}, courier.Queued, false},
	} {
		t.Run(name, func(t *testing.T) {
			addr, _ := stage(t, c.script...)
			p := newPost(t, courier.Server{Address: addr, Name: "localhost", DisableStartTLS: true})
			p.run(t)
			p.queue(t, "ada@example.org")
			m := p.until(t, c.want)
			if m.SendCount != 1 || m.Tries[0].Error == "" {
				t.Errorf("got %+v", m)
			}
			if (p.Health() == nil) != c.well {
				t.Errorf("health %v", p.Health())
			}
		})
	}
}

func TestAMailWaitsForItsServerAndIsAbandonedInTheEnd(t *testing.T) {
	ln := listen(t)
	closed := ln.Addr().String()
	ln.Close()
	p := newPost(t, courier.Server{Address: closed, Name: "localhost", SkipVerify: true})
	p.run(t)
	p.queue(t, "ada@example.org")
	if m := p.until(t, courier.Queued); !strings.Contains(m.Tries[0].Error, "No mail server answers") {
		t.Errorf("got %+v", m)
	}
	addr, _ := catcher(t, true)
	p.server.Store(&courier.Server{Address: addr, Name: "localhost", SkipVerify: true})
	p.ahead.Add(int64(time.Minute))
	p.queue(t, "grace@example.org") // looks at the queue
	for range 2 {
		p.until(t, courier.Sent)
	}
	list, total, err := p.Messages(t.Context(), "", 10, courier.Sent, "")
	if err != nil || total != 2 || list[0].To != "grace@example.org" || list[1].SendCount != 2 || p.Health() != nil {
		t.Fatalf("got %d of %+v, %v, health %v", total, list, err, p.Health())
	}

	p.server.Store(&courier.Server{Address: closed, Name: "localhost"})
	p.queue(t, "never@example.org")
	for {
		list, _, err := p.Messages(t.Context(), "", 10, courier.Abandoned, "never@example.org")
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 1 {
			if len(list[0].Tries) != 6 {
				t.Errorf("abandoned after %d tries", len(list[0].Tries))
			}
			return
		}
		p.ahead.Add(int64(10 * time.Minute))
		p.queue(t, "x\r\nBcc: evil@example.org") // looks at the queue, and is no address itself
		p.until(t, courier.Abandoned)
	}
}

func TestTheQueueOutlivesARestart(t *testing.T) {
	addr, box := catcher(t, true)
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	p := newPost(t, courier.Server{Address: addr, Name: "localhost", SkipVerify: true})
	p.Store = s
	p.queue(t, "ada@example.org")
	list, _, err := s.Messages(t.Context(), "", 1, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.UpdateMessage(t.Context(), list[0].ID, func(m *courier.Message) error {
		m.Status = courier.Processing
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	done() // the lab died in the middle of it
	p.Store, _ = storetest.Open(t, dir)
	p.run(t)
	p.until(t, courier.Sent)
	if list, err := box.List(t.Context(), nil, 0, 10); err != nil || len(list.Mails) != 1 {
		t.Errorf("%d mails arrived, %v", len(list.Mails), err)
	}
}

func TestTheQueueIsBoundedAndKeepsWhatWaits(t *testing.T) {
	p := newPost(t, courier.Server{Problem: "off"})
	p.Keep = func() int { return 3 }
	p.queue(t, "waits@example.org")
	for i := range 6 {
		p.queue(t, fmt.Sprintf("n%d@example.org", i))
		list, _, err := p.Messages(t.Context(), "", 1, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.store.UpdateMessage(t.Context(), list[0].ID, func(m *courier.Message) error {
			m.Status = courier.Sent
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	list, total, err := p.Messages(t.Context(), "", 10, "", "")
	if err != nil || total != 3 || list[2].To != "waits@example.org" || list[0].To != "n5@example.org" {
		t.Fatalf("got %d: %+v, %v", total, list, err)
	}
	rest, _, err := p.Messages(t.Context(), list[0].ID, 1, "", "")
	if err != nil || len(rest) != 1 || rest[0].ID != list[1].ID {
		t.Errorf("behind the first stands %+v, %v", rest, err)
	}
	if _, _, err := p.Messages(t.Context(), "none", 1, "", ""); !errors.Is(err, courier.ErrNoMessage) {
		t.Errorf("behind one that isn't there: %v", err)
	}
}

func TestTheCourierEndsInTheMiddleOfATalk(t *testing.T) {
	addr, met := stage(t, "220 x\r\n", "250 x\r\n", "") // says nothing to MAIL, reads on
	p := newPost(t, courier.Server{Address: addr, Name: "localhost", DisableStartTLS: true})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); p.Run(ctx) }()
	p.queue(t, "ada@example.org")
	p.until(t, courier.Processing)
	cancel()
	<-done
	list, err := p.store.WaitingMessages(t.Context())
	if err != nil || len(list) != 1 || met.Load() > 2 {
		t.Errorf("%d wait, %d met, %v", len(list), met.Load(), err)
	}
}

func TestAMailThatIsForgottenWhileItIsSentIsStillKnownByItsAddress(t *testing.T) {
	addr, _ := catcher(t, false)
	p := newPost(t, courier.Server{Address: addr, Name: "localhost", DisableStartTLS: true})
	from, asked := p.From, make(chan string, 1)
	p.From = func() courier.Address {
		if err := p.store.ForgetMessages(context.Background(), "ann@example.org"); err != nil {
			t.Error(err)
		}
		return from()
	}
	p.Quiet = func(to string) bool {
		select {
		case asked <- to:
		default:
		}
		return true
	}
	p.run(t)
	p.queue(t, "ann@example.org")
	if to := <-asked; to != "ann@example.org" {
		t.Errorf("the log is asked to be quiet about %q", to)
	}
}
