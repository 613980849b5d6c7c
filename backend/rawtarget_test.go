package backend_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sting/backend/labtest"
)

// rawTarget sends a request line by hand, which no client would, and returns the
// status and where it sends to.
func rawTarget(t *testing.T, lab *labtest.Lab, at *url.URL, target, host string) (status int, location string) {
	t.Helper()
	var conn net.Conn
	var err error
	address := "127.0.0.1:" + at.Port()
	if at.Scheme == "https" {
		conn, err = tls.Dial("tcp", address, &tls.Config{RootCAs: lab.CA, ServerName: "localhost", MinVersion: tls.VersionTLS12})
	} else {
		conn, err = net.Dial("tcp", address)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", target, host); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("GET %s: %v", target, err)
	}
	defer resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Location")
}

// THREATS T01: each listener answers to the names of this machine, with its port,
// in the form in which browsers send them.
func TestEveryListenerAnswersToItsOwnHostAlone(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	for where, l := range listeners(t, lab) {
		at, err := url.Parse(l.base)
		if err != nil {
			t.Fatal(err)
		}
		port := ":" + at.Port()
		for _, host := range []string{"localhost" + port, "LOCALHOST" + port, "Localhost" + port} {
			if status, _ := rawTarget(t, lab, at, "/", host); status == 421 || status == 400 {
				t.Errorf("%s for its own %s: %d", where, host, status)
			}
		}
		for _, host := range []string{
			"", "localhost", "127.0.0.1", "localhost:1", "localhost:0" + at.Port() + "0", "localhost." + port, "localhost.." + port,
			"127.0.0.1." + port, "[::1]", "::1" + port,
			"[::1%25lo]" + port, "[::ffff:127.0.0.1]" + port, "127.1" + port, "0.0.0.0" + port, "2130706433" + port, "0x7f.0.0.1" + port,
			"evil.example", "evil.example" + port,
			"localhost.evil.example" + port, "127.0.0.1.nip.io" + port, "user@localhost" + port, "localhost" + port + "@evil.example",
			"evil.example@localhost" + port,
			"localhost" + port + "/x", "localhost" + port + "?x", "localhost:", "localhost" + port + port, "ｌocalhost" + port, "localhost\t" + port,
			"sting", "169.254.169.254",
		} {
			if status, to := rawTarget(t, lab, at, "/", host); status != 421 && status != 400 || to != "" {
				t.Errorf("%s for the host %q: %d to %q", where, host, status, to)
			}
		}
		for _, host := range []string{"127.0.0.1" + port, "[::1]" + port} {
			if status, to := rawTarget(t, lab, at, "/", host); status == 421 || status == 400 || to != "" &&
				!strings.HasPrefix(to, lab.Origin+"/#moved-from=") {
				t.Errorf("%s for %s: %d to %q", where, host, status, to)
			}
		}
	}
}
