package kratostest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"sting/backend/kratos/kratostest"
	"sting/backend/kratos/managed"
)

// TestARealKratosIsCompatible holds a real Kratos against the suite, where
// somebody gives one: STING_KRATOS_BIN names a binary to run, or
// STING_KRATOS_PUBLIC_URL and STING_KRATOS_ADMIN_URL one that runs already.
func TestARealKratosIsCompatible(t *testing.T) {
	bin := os.Getenv("STING_KRATOS_BIN")
	running, given := atURLs(os.Getenv)
	switch {
	case bin != "":
		kratostest.Run(t, start(t, bin))
	case given:
		kratostest.Run(t, running)
	default:
		t.Log("the half of the suite that needs a real Kratos was not run: set STING_KRATOS_BIN, or STING_KRATOS_PUBLIC_URL and " +
			"STING_KRATOS_ADMIN_URL")
	}
}

const realConfig = `version: v1.3.1
dsn: %[5]s
serve:
  public: {host: 127.0.0.1, port: %[1]d, base_url: "http://127.0.0.1:%[1]d/"}
  admin: {host: 127.0.0.1, port: %[2]d, base_url: "http://127.0.0.1:%[2]d/"}
selfservice:
  default_browser_return_url: https://localhost:8443/
  allowed_return_urls: ["https://localhost:8443"]
  methods:
    password: {enabled: true, config: {haveibeenpwned_enabled: false, min_password_length: 8, identifier_similarity_check_enabled: true}}
    profile: {enabled: true}
    link: {enabled: true}
    code: {enabled: true}
  flows:
    error: {ui_url: "https://localhost:8443/error"}
    settings: {ui_url: "https://localhost:8443/settings", privileged_session_max_age: 15m}
    recovery: {enabled: true, ui_url: "https://localhost:8443/recovery", use: code}
    verification: {enabled: true, ui_url: "https://localhost:8443/verification", use: code, after: {default_browser_return_url: ` +
	`"https://localhost:8443/"}}
    logout: {after: {default_browser_return_url: "https://localhost:8443/login"}}
    login: {ui_url: "https://localhost:8443/login", lifespan: 10m}
    registration: {ui_url: "https://localhost:8443/register", lifespan: 10m, after: {password: {hooks: [{hook: session}]}}}
session: {lifespan: 24h}
secrets: {cookie: [a-secret-for-this-test-alone], cipher: [32-letters-for-this-test-only---]}
hashers: {algorithm: bcrypt, bcrypt: {cost: 4}}
identity: {default_schema_id: default, schemas: [{id: default, url: "file://%[3]s"}]}
courier: {smtp: {connection_uri: "smtp://test:test@127.0.0.1:%[4]d/?disable_starttls=true", from_address: no-reply@lab.local}}
feature_flags: {use_continue_with_transitions: true}
`

// start runs a Kratos on SQLite, whose mails come here, until the test ends. It runs
// without --dev, so that its cookies are Secure, as they are recorded.
func start(t *testing.T, bin string) kratostest.Target {
	t.Helper()
	dir := t.TempDir()
	box := &mailbox{}
	smtpPort := box.listen(t)
	public, admin := freePort(t), freePort(t)
	schema, err := filepath.Abs(filepath.Join("testdata", "identity.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	dsn := fmt.Sprintf("sqlite://%s?_fk=true&mode=rwc", filepath.Join(dir, "k.db"))
	file := filepath.Join(dir, "kratos.yml")
	if err := os.WriteFile(file, fmt.Appendf(nil, realConfig, public, admin, schema, smtpPort, dsn), 0o600); err != nil {
		t.Fatal(err)
	}
	tg := kratostest.Target{
		Public: fmt.Sprintf("http://127.0.0.1:%d", public), Admin: fmt.Sprintf("http://127.0.0.1:%d", admin),
		Site: "https://localhost:8443", Code: box.code,
	}
	stop, err := launch(t.Context(), bin, file, append(os.Environ(), "DSN="+dsn), tg.Admin+"/admin/health/ready")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if log := stop(); t.Failed() {
			t.Logf("the log of kratos:\n%s", log)
		}
	})
	return tg
}

// launch migrates and serves, and waits until Kratos is ready. What keeps it from
// that is told at once: a refused configuration with its key and the fix, any other
// end with what the program said.
func launch(ctx context.Context, bin, file string, env []string, ready string) (stop func() string, err error) {
	migrate := exec.CommandContext(ctx, bin, "migrate", "sql", "-e", "--yes", "-c", file)
	migrate.Env = env
	if out, err := migrate.CombinedOutput(); err != nil {
		return nil, notStarted("migrate", file, string(out), err)
	}
	log := &output{}
	serve := exec.Command(bin, "serve", "-c", file, "--sqa-opt-out", "--watch-courier")
	serve.Env, serve.Stdout, serve.Stderr = env, log, log
	if err := serve.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	alive, over := context.WithCancel(ctx)
	go func() { ended <- serve.Wait(); over() }()
	stop = func() string {
		if err := serve.Process.Signal(syscall.SIGTERM); err == nil {
			<-alive.Done()
		}
		return log.String()
	}
	if awaitOK(alive, ready) {
		return stop, nil
	}
	select {
	case err = <-ended:
	default:
		err = fmt.Errorf("%s did not become ready within %v", ready, patience)
		stop()
	}
	return nil, notStarted("serve", file, log.String(), err)
}

// notStarted says why a Kratos doesn't run: what it refuses in the configuration
// that it was given, and what to do, or all that it said.
func notStarted(what, file, said string, err error) error {
	list := managed.Refusals(said)
	if len(list) == 0 {
		return fmt.Errorf("kratos %s: %w; it said:\n%s", what, err, said)
	}
	var keys []string
	for _, r := range list {
		keys = append(keys, r.String())
	}
	return fmt.Errorf("kratos %s refuses the configuration of the suite: %s. Mend that key of realConfig in real_test.go (it was written to "+
		"%s), "+
		"or give a Kratos 1.3 with STING_KRATOS_BIN; it said:\n%s", what, strings.Join(keys, "; "), file, said)
}

// patience is how long a Kratos that lives may take to become ready.
const patience = 30 * time.Second

// output is what a process says, while it lives.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := ln.Close(); err != nil {
			t.Error(err)
		}
	}()
	return ln.Addr().(*net.TCPAddr).Port
}

// awaitOK waits until a URL answers 200. It gives up when ctx or its patience ends.
func awaitOK(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if resp, err := http.Get(url); err == nil && resp.Body.Close() == nil && resp.StatusCode == http.StatusOK {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// mailbox takes mails by SMTP.
type mailbox struct {
	mu    sync.Mutex
	mails map[string][]string // of an address, the latest last
	came  chan struct{}
}

func (b *mailbox) listen(t *testing.T) int {
	t.Helper()
	b.mails, b.came = map[string][]string{}, make(chan struct{}, 1024)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &letter{box: b}, nil }))
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	return ln.Addr().(*net.TCPAddr).Port
}

var codeLine = regexp.MustCompile(`(?m)^(\d{6})\s*$`)

// code waits for a mail with a code and a word to an address; the latest counts.
func (b *mailbox) code(t testing.TB, address, word string) string {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		mails := b.mails[address]
		b.mu.Unlock()
		for _, mail := range slices.Backward(mails) {
			if m := codeLine.FindStringSubmatch(mail); m != nil && strings.Contains(mail, word) {
				return m[1]
			}
		}
		select {
		case <-b.came:
		case <-late:
			t.Fatalf("no mail with a code to %s, to %s", address, word)
		}
	}
}

// letter is one mail on its way in.
type letter struct {
	box *mailbox
	to  []string
}

func (l *letter) Mail(string, *smtp.MailOptions) error { return nil }

func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error { l.to = append(l.to, to); return nil }

func (l *letter) Data(r io.Reader) error {
	doc, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l.box.mu.Lock()
	defer l.box.mu.Unlock()
	for _, to := range l.to {
		l.box.mails[to] = append(l.box.mails[to], string(doc))
	}
	l.box.came <- struct{}{}
	return nil
}

func (l *letter) Reset() { l.to = nil }

func (l *letter) Logout() error { return nil }
