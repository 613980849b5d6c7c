package localca_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sting/backend/localca"
	"sting/backend/localca/localcatest"
)

const greeting = "the page of the lab"

// serveTLS serves greeting over TLS on a free port of 127.0.0.1.
func serveTLS(t *testing.T, conf *tls.Config) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, greeting) }),
		TLSConfig: conf,
		ErrorLog:  log.New(io.Discard, "", 0), // handshakes that the test wants to fail
	}
	done := make(chan error, 1)
	go func() { done <- srv.ServeTLS(l, "", "") }()
	t.Cleanup(func() {
		_ = srv.Close()
		<-done
	})
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// chromiumShows reports whether the person's Chromium shows the page at host,
// which leads to this machine, without a warning.
func (p *person) chromiumShows(chromium, host, port string) bool {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
		"--user-data-dir="+p.t.TempDir(), "--host-resolver-rules=MAP * 127.0.0.1", "https://"+host+":"+port+"/")
	cmd.Env = append(os.Environ(), "HOME="+p.home, "XDG_DATA_HOME=", "XDG_CONFIG_HOME=")
	cmd.WaitDelay = time.Second
	page, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("chromium: %v", err)
	}
	if !strings.Contains(string(page), greeting) {
		p.t.Logf("%s: %.300s", host, page)
		return false
	}
	return true
}

// THREATS.md, T05, in a real browser, with Trust as a person runs it.
func TestChromiumBelievesOurNamesAfterTrustAndNoOthersEver(t *testing.T) {
	chromium := os.Getenv("STING_CHROMIUM")
	if chromium == "" {
		t.Skip("STING_CHROMIUM names no browser")
	}
	p := newPerson(t)
	p.o.Now = time.Now
	p.o.Dir = p.path("ca")
	p.ca = open(t, p.o)
	ours := serveTLS(t, p.ca.TLSConfig())

	if p.chromiumShows(chromium, "localhost", ours) {
		t.Error("Chromium shows our page before anybody trusted the authority")
	}
	if s := p.trust(browsers).Stores[0]; s.After != localca.Trusted {
		t.Fatalf("Trust: %+v", s)
	}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		if !p.chromiumShows(chromium, host, ours) {
			t.Errorf("Chromium does not show our page at %s after trust", host)
		}
	}

	stolen, err := localcatest.Steal(p.o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{"lab.localhost": true, "example.com": false} {
		forged, err := stolen.Forge(time.Now(), host, false, host)
		if err != nil {
			t.Fatal(err)
		}
		port := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{forged.TLS()}})
		if got := p.chromiumShows(chromium, host, port); got != want {
			t.Errorf("Chromium shows a page of %s signed with the stolen key: %v, want %v", host, got, want)
		}
	}

	p.untrust()
	if p.chromiumShows(chromium, "localhost", ours) {
		t.Error("Chromium shows our page after untrust")
	}
}
