// Package labtest runs a whole lab for a test: fresh home, free ports, its own
// clock, and browsers without a window that reach it over HTTPS.
package labtest

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sting/backend"
	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/internal/knobs"
	"sting/backend/loopback"
)

// Lab is a running lab.
type Lab struct {
	admin.Door
	Home   string
	Origin string // https://localhost:PORT
	Clock  *clock.Clock
	CA     *x509.CertPool

	t      testing.TB
	cancel context.CancelFunc
	done   chan error
	config string
	change func(*Options)
}

// Options are those of a lab, and what tests alone may change about it.
type Options struct {
	backend.Options
	knobs.Knobs
}

// Cheap returns options whose passwords cost little to check.
func Cheap(o backend.Options) backend.Options { return o.Tuned(knobs.Knobs{CheapPasswords: true}) }

// Pages is a frontend of two files.
func Pages() fstest.MapFS {
	return fstest.MapFS{
		"browser.html":     {Data: []byte("<!doctype html><title>pages</title>")},
		"index.html":       {Data: []byte("<!doctype html><title>window</title>")},
		"assets/app-1.css": {Data: []byte("body{}")},
	}
}

// Start runs a lab until the test ends. config is the content of sting.yml; the
// ports are drawn, but for those that its first line names: "ports: {site: 1}".
func Start(t testing.TB, config string) *Lab {
	t.Helper()
	return StartWith(t, config, func(*Options) {})
}

// StartWith is Start with options that change has changed.
func StartWith(t testing.TB, config string, change func(*Options)) *Lab {
	t.Helper()
	l := &Lab{t: t, Home: filepath.Join(t.TempDir(), "home"), Clock: clock.New(nil), config: config, change: change}
	if err := os.MkdirAll(l.Home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.Home, "sting.yml"), []byte(drawn(config)), 0o600); err != nil {
		t.Fatal(err)
	}
	keepPorts(t, l.Home)
	l.run()
	t.Cleanup(l.Stop)
	return l
}

// drawn lets every port be drawn that a configuration does not name: the usual
// ones may be those of a lab that somebody works with.
func drawn(config string) string {
	ports, rest, named := strings.Cut(config, "}\n")
	if !named || !strings.HasPrefix(config, "ports: {") {
		ports, rest = "ports: {site: 0", config
	}
	for _, name := range portNames {
		if !strings.Contains(ports, name+": ") {
			ports += ", " + name + ": 0"
		}
	}
	return ports + "}\n" + rest
}

func (l *Lab) run() {
	l.t.Helper()
	o := Options{Knobs: knobs.Knobs{
		CheapPasswords: true, Patience: time.Minute, HiddenChromium: true,
		Lookup: func(context.Context, string) ([]netip.Addr, error) { // no test asks a network
			return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}, nil
		},
	}, Options: backend.Options{
		Home: l.Home, Pages: Pages(), Version: "test", Clock: l.Clock, Chromium: os.Getenv("STING_CHROMIUM"),
		Log: slog.New(slog.NewTextHandler(l.t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Help: func(code string) (api.HelpEntry, bool) {
			return api.HelpEntry{Code: code, Title: "t", Cause: "c", Fix: "f"}, code != "NO_SUCH_CODE"
		},
	}}
	l.change(&o)
	l.Clock = o.Clock
	lab := backend.New(o.Tuned(o.Knobs))
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel, l.done = cancel, make(chan error, 1)
	go func() { l.done <- lab.Run(ctx) }()
	select {
	case err := <-l.done:
		cancel()
		l.cancel = nil
		l.t.Fatalf("the lab did not start: %v", err)
	case <-lab.Ready():
	}
	l.Door = lab.Door()
	status, err := l.Status(ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	l.Origin = status.Origin
	pem, err := os.ReadFile(filepath.Join(l.Home, "ca", "ca.pem"))
	if err != nil {
		l.t.Fatal(err)
	}
	l.CA = x509.NewCertPool()
	l.CA.AppendCertsFromPEM(pem)
}

// Stop ends the lab and waits for it. It may be called twice.
func (l *Lab) Stop() {
	l.t.Helper()
	if l.cancel == nil {
		return
	}
	l.cancel()
	l.cancel = nil
	if err := <-l.done; err != nil {
		l.t.Errorf("the lab ended with: %v", err)
	}
}

// Restart ends the lab and runs it again with the same home. Its ports stay the
// same.
func (l *Lab) Restart() {
	l.t.Helper()
	l.Stop()
	l.run()
}

// Client returns an HTTP client that trusts the lab's authority and follows no
// redirect.
func (l *Lab) Client() *http.Client {
	transport := loopback.Client{Roots: l.CA}.Transport(asBrowser)
	transport.MaxIdleConnsPerHost = 64
	l.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// asBrowser takes names under localhost for this machine, as browsers do and
// resolvers may not: RFC 6761, section 6.3.
func asBrowser(address string) string {
	if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// Raw sends a request with any Host header to the site's IPv4 address.
func (l *Lab) Raw(t testing.TB, method, path, host string, header map[string]string) Answer {
	t.Helper()
	at := "https://127.0.0.1" + l.Origin[strings.LastIndex(l.Origin, ":"):]
	req, err := http.NewRequestWithContext(t.Context(), method, at+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := l.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Answer{resp.StatusCode, resp.Header, body}
}

// Dump returns everything that the durable database holds, as the door tells
// it.
func (l *Lab) Dump(t testing.TB) string {
	t.Helper()
	var out strings.Builder
	e := json.NewEncoder(&out)
	q := api.Query{Limit: 1000}
	users, err1 := l.Users(t.Context(), q)
	passkeys, err2 := l.Passkeys(t.Context(), q)
	sessions, err3 := l.Sessions(t.Context(), q)
	if err := errors.Join(err1, err2, err3, e.Encode(users), e.Encode(passkeys), e.Encode(sessions)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// RawWrite sends {} as JSON and no header that a browser adds, but those of
// header.
func (l *Lab) RawWrite(t testing.TB, method, path string, header http.Header) Answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, l.Origin+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := l.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Answer{resp.StatusCode, resp.Header, body}
}
