package mail_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/events"
	"sting/backend/mail"
	"sting/backend/store/storetest"
)

// desk is a mailbox on a real store, and a catcher in front of it.
type desk struct {
	*mail.Mailbox
	bus    *events.Bus
	log    *lines
	addr   string
	bounds mail.Bounds
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{bus: &events.Bus{}, log: &lines{}, bounds: mail.Bounds{Count: 100, Bytes: 32 << 20}}
	d.Mailbox = &mail.Mailbox{
		Store: storetest.New(t), Bounds: func() mail.Bounds { return d.bounds }, Bus: d.bus,
		Now: func() time.Time { return time.Date(2026, 11, 22, 11, 29, 51, 0, time.UTC) },
	}
	return d
}

// catch starts the catcher as change leaves it, until the test ends.
func (d *desk) catch(t testing.TB, change func(*mail.Catcher)) *desk {
	t.Helper()
	c := &mail.Catcher{Box: d.Mailbox, TLS: selfSigned(t), Log: slog.New(slog.NewTextHandler(d.log, nil)), Now: time.Now}
	if change != nil {
		change(c)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.addr = ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Serve(ctx, []net.Listener{ln}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the catcher ended with %v", err)
		}
	})
	return d
}

func (d *desk) all(t testing.TB) []mail.Mail {
	t.Helper()
	p, err := d.List(t.Context(), nil, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return p.Mails
}

// lines collects the log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), "\n")
}

func (l *lines) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// talk is a conversation, line by line.
type talk struct {
	net.Conn
	t testing.TB
	r *bufio.Reader
}

func (d *desk) dial(t testing.TB) *talk {
	t.Helper()
	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &talk{conn, t, bufio.NewReader(conn)}
}

func (k *talk) send(text string) *talk {
	k.t.Helper()
	if _, err := k.Write([]byte(text)); err != nil {
		k.t.Fatalf("send %.40q: %v", text, err)
	}
	return k
}

// answer reads one answer, all its lines.
func (k *talk) answer() string {
	k.t.Helper()
	var all strings.Builder
	for {
		line, err := k.r.ReadString('\n')
		all.WriteString(line)
		if err != nil {
			k.t.Fatalf("after %q: %v", all.String(), err)
		}
		if len(line) > 3 && line[3] == ' ' {
			return all.String()
		}
	}
}

// expect reads an answer that begins with code.
func (k *talk) expect(code string) *talk {
	k.t.Helper()
	if got := k.answer(); !strings.HasPrefix(got[strings.LastIndex("\n"+strings.TrimSuffix(got, "\n"), "\n"):], code) {
		k.t.Fatalf("got %q, want %s", got, code)
	}
	return k
}

// closed reports whether the other side has hung up, after what it still says.
func (k *talk) closed() (rest string, hungUp bool) {
	var all strings.Builder
	for {
		line, err := k.r.ReadString('\n')
		all.WriteString(line)
		if err != nil {
			netErr, ok := err.(net.Error)
			return all.String(), !ok || !netErr.Timeout()
		}
	}
}

// deliver sends a mail as a plain client does.
func (k *talk) deliver(body string, to ...string) *talk {
	k.t.Helper()
	k.expect("220").send("EHLO test.example\r\n").expect("250").send("MAIL FROM:<a@lab.local>\r\n").expect("250")
	for _, address := range to {
		k.send("RCPT TO:<" + address + ">\r\n").expect("250")
	}
	return k.send("DATA\r\n").expect("354").send(body + "\r\n.\r\n")
}

func selfSigned(t testing.TB) *tls.Config {
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

func insecure() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }
