package backend_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sting/backend/labtest"
)

// largest is what the lab may have in memory: THREATS F25.
const largest = 200 << 20

// memory returns a line of /proc/PID/status in bytes.
func memory(t *testing.T, pid int, name string) (n int64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			if _, err := fmt.Sscan(rest, &n); err != nil {
				t.Fatal(err)
			}
		}
	}
	return n << 10
}

// large is a mail of just under 10 MiB: a text and an attachment.
func large(n int, attachment []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: a@example.org\r\nTo: b@example.org\r\nSubject: Large %d\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n", n)
	fmt.Fprintf(&b, "--B\r\nContent-Type: text/plain\r\n\r\nword%d\r\n--B\r\nContent-Type: application/octet-stream\r\n", n)
	b.WriteString("Content-Disposition: attachment; filename=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	b.Write(attachment)
	return b.Bytes()
}

// attachment is one in base64, and the end of the mail.
func attachment() []byte {
	var b bytes.Buffer
	raw := make([]byte, 7_200_000)
	_, _ = rand.NewChaCha8([32]byte{}).Read(raw)
	text := base64.StdEncoding.EncodeToString(raw)
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n--B--\r\n")
	return b.Bytes()
}

// Thirty of the largest mails, one after the other and at once, leave the lab
// under its bound, and so does everything that people do to them afterwards.
func TestThirtyLargeMailsStayUnderTheBound(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	plain, box := labtest.FreePort(t), labtest.FreePort(t)
	config := fmt.Sprintf("ports: {site: 0, kratos_public: off, kratos_admin: off, smtp: 0, smtp_plain: %d, mail: %d}\n", plain, box)
	if err := os.WriteFile(filepath.Join(home, "sting.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	lab := process(t, home)
	pid := lab.Process.Pid
	at := func(when string) {
		high, anon, file := memory(t, pid, "VmHWM"), memory(t, pid, "RssAnon"), memory(t, pid, "RssFile")
		t.Logf("%s: at most %d MiB; now %d anonymous, %d of files", when, high>>20, anon>>20, file>>20)
		if high > largest {
			t.Errorf("%s: %d MiB were in memory, %d are the bound", when, high>>20, largest>>20)
		}
	}
	at("idle")
	attached := attachment()
	send := func(n int) error {
		mail := large(n, attached)
		return smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", plain), nil, "a@example.org", []string{"b@example.org"}, mail)
	}
	for n := range 10 {
		if err := send(n); err != nil {
			t.Fatal(err)
		}
	}
	at("after ten")
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() {
			until(t, "a mail is taken", func() bool { return send(10+n) == nil }) // too many at once are told to come again
		})
	}
	wg.Wait()
	at("after twenty at once")

	base := fmt.Sprintf("http://127.0.0.1:%d", box)
	fetch := func(path string) []byte {
		t.Helper()
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, resp.Status, err)
		}
		return body
	}
	var list struct{ Messages []struct{ ID string } }
	if err := json.Unmarshal(fetch("/api/v1/messages?limit=100"), &list); err != nil {
		t.Fatal(err)
	}
	fetch("/api/v1/search?query=word7")
	at("listed and searched")
	if len(list.Messages) < 5 { // tape.bytes bounds them
		t.Fatalf("%d mails are kept", len(list.Messages))
	}
	if raw := string(fetch("/api/v1/message/" + list.Messages[0].ID + "/raw")); !strings.HasSuffix(raw, "\r\n--B--\r\n") ||
		len(raw) < 9_000_000 {
		t.Errorf("a mail is read back with %d bytes", len(raw))
	}
	for _, m := range list.Messages {
		wg.Go(func() {
			id := m.ID
			for _, path := range []string{"/api/v1/message/" + id, "/view/" + id + ".txt", "/api/v1/message/" + id + "/part/2",
				"/api/v1/message/" + id + "/raw"} {
				resp, err := http.Get(base + path)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil {
					t.Error(err)
				}
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
	at("viewed and downloaded")
}
