package mail_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/loopback"
	"sting/backend/mail"
)

// exchange is a recorded request to a Mailpit and what it answered.
type exchange struct {
	Name    string
	Request struct {
		Method, Path string
		Body         json.RawMessage
	}
	Response struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
	}
}

// web is the mailbox over HTTP.
type web struct {
	*desk
	base string
}

func newWeb(t testing.TB) *web {
	t.Helper()
	d := newDesk(t)
	a := &mail.API{
		Box: d.Mailbox, Bus: d.bus, Log: slog.New(slog.NewTextHandler(d.log, nil)), Version: "test", StartedAt: time.Now(), Now: time.Now,
		Pages:  fstest.MapFS{"mail.html": {Data: []byte("<!doctype html><title>Mailbox</title>")}, "assets/mail-1.js": {Data: []byte("1")}},
		Origin: func() string { return "https://localhost:8443" },
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: loopback.Both([]net.Listener{ln}, selfSigned(t))[0], Config: &http.Server{Handler: a.Handler()}}
	srv.Start()
	t.Cleanup(srv.Close)
	return &web{d, "http://" + ln.Addr().String()}
}

// ask sends a request; headers come in pairs.
func (w *web) ask(t testing.TB, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func (w *web) receive(t testing.TB, source string, to ...string) mail.Mail {
	t.Helper()
	m, err := w.Receive(t.Context(), mail.Envelope{From: "no-reply@lab.local", To: to, Username: "test", Protocol: "SMTP",
		Client: "[127.0.0.1]", Address: "127.0.0.1"},
		[]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// recorded are the three mails that the Mailpit of the recordings held.
func recorded(n int) string {
	head := fmt.Sprintf("MIME-Version: 1.0\r\nFrom: Lab <no-reply@lab.local>\r\nTo: Ada <ada%d@lab.local>\r\nSubject: Your code %[1]d\r\n"+
		"Message-ID: <m%[1]d@lab.local>\r\nDate: Sun, 22 Nov 2026 10:00:0%[1]d +0000\r\n", n)
	alternative := fmt.Sprintf("--inner\r\nContent-Type: text/plain; charset=\"us-ascii\"\r\nMIME-Version: 1.0\r\n"+
		"Content-Transfer-Encoding: 7bit\r\n\r\ncode: 12345%d\r\n\r\n--inner\r\n"+
		"Content-Type: text/html; charset=\"us-ascii\"\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"+
		"<p>code: <b>12345%[1]d</b></p>\r\n--inner--\r\n", n)
	if n < 2 {
		return "Content-Type: multipart/alternative; boundary=\"inner\"\r\n" + head + "\r\n" + alternative
	}
	return "" // the third is read from its recorded source
}

func TestItAnswersAsAMailpitDoes(t *testing.T) {
	w := newWeb(t)
	exchanges := readExchanges(t)
	var third string
	for _, x := range exchanges {
		if x.Name == "message-raw" {
			var raw string
			if err := json.Unmarshal(x.Response.Body, &raw); err != nil {
				t.Fatal(err)
			}
			third = raw[strings.Index(raw, "Content-Type:"):]
		}
	}
	ids := strings.NewReplacer(
		"4DxyGe6ZjU425xafBMKS7P", w.receive(t, recorded(0), "ada0@lab.local").ID,
		"2E8lNKYeLaFwpNIqOxsYzk", w.receive(t, recorded(1), "ada1@lab.local").ID,
		"2JsBIdXGEpp4wJakedjKX0", w.receive(t, third, "ada2@lab.local").ID)
	for _, x := range exchanges {
		body := ""
		if len(x.Request.Body) > 0 && string(x.Request.Body) != "null" {
			body = ids.Replace(string(x.Request.Body))
		}
		resp, got := w.ask(t, x.Request.Method, ids.Replace(x.Request.Path), body)
		if resp.StatusCode != x.Response.Status {
			t.Errorf("%s: status %d, want %d: %s", x.Name, resp.StatusCode, x.Response.Status, got)
		}
		if want := x.Response.Headers["Content-Type"]; resp.Header.Get("Content-Type") != want {
			t.Errorf("%s: type %q, want %q", x.Name, resp.Header.Get("Content-Type"), want)
		}
		if diff := cmp.Diff(masked(t, x.Name, []byte(ids.Replace(string(x.Response.Body)))),
			masked(t, x.Name, asJSON(t, resp, got))); diff != "" {
			t.Errorf("%s (want, got):\n%s", x.Name, diff)
		}
	}
}

func readExchanges(t *testing.T) (all []exchange) {
	t.Helper()
	files, err := filepath.Glob("testdata/mailpit/*.json")
	if err != nil || len(files) != 30 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var x exchange
		if err := json.Unmarshal(b, &x); err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	return all
}

// asJSON makes of an answer what the recordings hold: JSON, or a string.
func asJSON(t *testing.T, resp *http.Response, body string) []byte {
	t.Helper()
	if resp.Header.Get("Content-Type") == "application/json" {
		return []byte(body)
	}
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var traced = regexp.MustCompile(`(?s)from \[127\.0\.0\.1\] \(localhost \[127\.0\.0\.1\]\)\s+by .*? with SMTP\s+for <ada2@lab\.local>; ` +
	`[^\r\n"]*`)

// masked leaves out what differs between two Mailpits: ids of new mails, times,
// sizes, names and what the process needs.
func masked(t *testing.T, name string, b []byte) any {
	t.Helper()
	var v any
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&v); err != nil {
		t.Fatalf("%s: %v in %q", name, err, b)
	}
	return mask(name, "", v)
}

func mask(name, key string, v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k := range x {
			x[k] = mask(name, k, x[k])
		}
		if _, message := x["Snippet"]; message || x["HTML"] != nil {
			x["Size"] = "masked"
		}
		return x
	case []any:
		for i := range x {
			x[i] = mask(name, key, x[i])
		}
		return x
	case string:
		if name == "send" && key == "ID" && len(x) == 22 || key == "Created" || key == "Version" || key == "Database" {
			return "masked"
		}
		return traced.ReplaceAllString(x, "masked")
	case float64:
		switch key {
		case "DatabaseSize", "Memory", "SMTPAcceptedSize", "Uptime":
			return "masked"
		}
	}
	return v
}
