package mail_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"sting/backend/mail"
)

func TestReadingMarksAsReadUnlessAnotherSiteMadeTheBrowserAsk(t *testing.T) {
	for name, c := range map[string]struct {
		path string
		site string
		want bool
	}{
		"a test helper":          {"/api/v1/message/%s", "", true},
		"our own page":           {"/api/v1/message/%s", "same-origin", true},
		"a person's address bar": {"/view/%s.html", "none", true},
		"another site":           {"/api/v1/message/%s", "cross-site", false},
		"another port":           {"/view/%s.txt", "same-site", false},
		"the source":             {"/api/v1/message/%s/raw", "", false},
		"the headers":            {"/api/v1/message/%s/headers", "", false},
		"the code":               {"/code/%s", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			m := w.receive(t, recorded(0), "ada0@lab.local")
			headers := []string{}
			if c.site != "" {
				headers = []string{"Sec-Fetch-Site", c.site}
			}
			if strings.HasSuffix(c.site, "-site") { // a link: anything else of such a page is refused
				headers = append(headers, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
			}
			if resp, body := w.ask(t, "GET", fmt.Sprintf(c.path, m.ID), "", headers...); resp.StatusCode != 200 {
				t.Fatalf("%d %s", resp.StatusCode, body)
			}
			if got := w.all(t)[0].Read; got != c.want {
				t.Errorf("read %v, want %v", got, c.want)
			}
		})
	}
}

func TestAStrangersFileIsNeverRun(t *testing.T) {
	w := newWeb(t)
	m := w.receive(t, "Content-Type: multipart/mixed; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: text/html; name=\"x.html\"\r\n\r\n<script>alert(1)</script>\r\n"+
		"--b\r\nContent-Type: image/svg+xml; name=\"x.svg\"\r\n\r\n<svg onload=alert(1)>\r\n"+
		"--b\r\nContent-Type: image/png; name=\"x\\\".png\"\r\n\r\npng\r\n"+
		"--b\r\nContent-Type: image/png; name=\"x\r\n.png\"\r\n\r\nits header can't be read\r\n"+
		"--b\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script><IFRAME src=//x><img src=\"cid:p@x\">\r\n"+
		"--b\r\nContent-Type: image/gif\r\nContent-Id: <p@x>\r\n\r\nGIF\r\n--b--\r\n", "a@b.c")
	for part, disposition := range map[string]string{"1": "attachment", "2": "attachment", "3": "inline"} {
		resp, _ := w.ask(t, "GET", "/api/v1/message/"+m.ID+"/part/"+part, "")
		policy := resp.Header.Get("Content-Security-Policy")
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), disposition) ||
			!strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") ||
			resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("part %s: %d %v", part, resp.StatusCode, resp.Header)
		}
	}
	resp, html := w.ask(t, "GET", "/view/"+m.ID+".html", "")
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy,
		"default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'") || !strings.HasSuffix(policy, "; sandbox") {
		t.Errorf("the mail's own policy is %q", policy)
	}
	if strings.Contains(strings.ToLower(html), "<iframe") || !strings.Contains(html, "data:image/gif;base64,R0lG") {
		t.Errorf("drawn as %q", html)
	}
	resp, _ = w.ask(t, "GET", "/", "")
	if policy := resp.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") ||
		!strings.Contains(policy, "script-src 'self'") {
		t.Errorf("the page's policy is %q", policy)
	}
}

func TestAnIDIsNoPath(t *testing.T) {
	w := newWeb(t)
	w.receive(t, recorded(0), "a@b.c")
	for _, path := range []string{
		"/api/v1/message/..%2f..%2fsting.db", "/api/v1/message/%2e%2e/raw", "/view/..%2fmail.html", "/assets/..%2fmail.html", "/assets/%2e%2e",
		"/assets/none.js",
		"/api/v1/message/x/part/..", "/code/..", "/view/x", "/mail.html",
	} {
		if resp, body := w.ask(t, "GET", path, ""); resp.StatusCode != 404 && resp.StatusCode != 307 {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	if resp, _ := w.ask(t, "GET", "/assets/mail-1.js", ""); resp.StatusCode != 200 {
		t.Errorf("an asset: %d", resp.StatusCode)
	}
}

func TestChangesFromElsewhereAreRefusedByEveryRoute(t *testing.T) {
	w := newWeb(t)
	w.receive(t, recorded(0), "a@b.c")
	for _, route := range []string{
		"DELETE /api/v1/messages", "PUT /api/v1/messages", "DELETE /api/v1/search?query=code", "POST /api/v1/send", "PUT /api/v1/tags",
		"PUT /api/v1/tags/x", "DELETE /api/v1/tags/x",
	} {
		method, path, _ := strings.Cut(route, " ")
		for _, headers := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
			{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"},
		} {
			if resp, _ := w.ask(t, method, path, `{"Read":true}`, headers...); resp.StatusCode != 403 {
				t.Errorf("%s with %v: %d", route, headers, resp.StatusCode)
			}
		}
		for _, host := range []string{"evil.example", "localhost.evil.example:80", "localhost:1"} {
			if resp, _ := w.ask(t, method, path, "{}", "Host", host); resp.StatusCode != 421 {
				t.Errorf("%s at %s: %d", route, host, resp.StatusCode)
			}
		}
	}
	if all := w.all(t); len(all) != 1 || all[0].Read {
		t.Error("something was changed")
	}
}

func TestSendingByTheAPI(t *testing.T) {
	w := newWeb(t)
	for body, want := range map[string]string{
		`{"From":{"Email":"a@b.c","Name":"Ä"},"To":[{"Email":"d@e.f"}],"Bcc":["g@h.i"],"Subject":"Grüße\r\nX: y","Text":"hi","HTML":"<p>hi",` +
			`"Tags":["t1"],"Headers":{"X-A":"b"},"Attachments":[{"Content":"aGVsbG8=","Filename":"../a.txt","ContentType":"text/plain"}]}`: `"ID"`,
		`{"From":{"Email":"a@b.c"}}`:                                                          "no recipients",
		`{"From":{"Email":"a\r\nBcc: x@y.z"},"To":[{"Email":"d@e.f"}]}`:                       "is not an address",
		`{"From":{"Email":"a@b.c"},"To":[{"Email":"d@e.f>, <x@y.z"}]}`:                        "is not an address",
		`{"From":{"Email":"a@b.c"},"To":[{"Email":"d@e.f"}],"Headers":{"X":"a\nBcc: x@y.z"}}`: "can't be used",
		`{"From":{"Email":"a@b.c"},"To":[{"Email":"d@e.f"}],"Attachments":[{"Content":"*"}]}`: "illegal base64",
		`[`: "Error",
	} {
		if _, got := w.ask(t, "POST", "/api/v1/send", body); !strings.Contains(got, want) {
			t.Errorf("%.60s: %s", body, got)
		}
	}
	all := w.all(t)
	if len(all) != 1 {
		t.Fatalf("%d mails", len(all))
	}
	if m := all[0]; m.Subject != "GrüßeX: y" || m.From.Name != "Ä" || len(m.Bcc) != 1 || m.Attachments != 1 || fmt.Sprint(m.Tags) != "[t1]" {
		t.Errorf("got %+v", m)
	}
	c, err := w.Content(t.Context(), all[0].ID)
	if err != nil || c.Text != "hi" || c.HTML != "<p>hi" || c.Parts[0].FileName != "a.txt" || string(c.Parts[0].Body) != "hello" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestTagsAreRenamedAndRemoved(t *testing.T) {
	w := newWeb(t)
	m := w.receive(t, recorded(0), "a@b.c")
	w.ask(t, "PUT", "/api/v1/tags", `{"IDs":["`+m.ID+`"],"Tags":["one","two"]}`)
	w.ask(t, "PUT", "/api/v1/tags/One", `{"Name":"three"}`)
	if _, got := w.ask(t, "GET", "/api/v1/tags", ""); got != `["three","two"]` {
		t.Errorf("renamed: %s", got)
	}
	if resp, got := w.ask(t, "PUT", "/api/v1/tags/two", `{"Name":"<"}`); resp.StatusCode != 400 {
		t.Errorf("a bad name: %d %s", resp.StatusCode, got)
	}
	w.ask(t, "DELETE", "/api/v1/tags/two", "")
	if _, got := w.ask(t, "GET", "/api/v1/tags", ""); got != `["three"]` {
		t.Errorf("removed: %s", got)
	}
	var info struct{ Tags map[string]int }
	if _, got := w.ask(t, "GET", "/api/v1/info", ""); json.Unmarshal([]byte(got), &info) != nil || info.Tags["three"] != 1 {
		t.Errorf("info: %s", got)
	}
}

func TestThePageHearsWhatChanges(t *testing.T) {
	w := newWeb(t)
	req, err := http.NewRequestWithContext(t.Context(), "GET", w.base+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Scan() // the stream stands
	m := w.receive(t, recorded(0), "a@b.c")
	w.ask(t, "GET", "/api/v1/message/"+m.ID, "")
	w.ask(t, "DELETE", "/api/v1/messages", `{"IDs":["`+m.ID+`"]}`)
	for _, want := range []string{"received", "read", "deleted"} {
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") {
		}
		if got := lines.Text(); got != `data: {"id":"`+m.ID+`","what":"`+want+`"}` {
			t.Errorf("heard %s, want %s", got, want)
		}
	}
}

func TestAConnectionThatSaysNothingStopsNobody(t *testing.T) {
	w := newWeb(t)
	addr := strings.TrimPrefix(w.base, "http://")
	for range 200 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if resp, _ := w.ask(t, "GET", "/livez", ""); resp.StatusCode != 200 {
		t.Errorf("got %d", resp.StatusCode)
	}
	secure := &http.Transport{TLSClientConfig: insecure(), DisableKeepAlives: true}
	req, err := http.NewRequestWithContext(t.Context(), "GET", "https://"+addr+"/livez", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := secure.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 || resp.TLS == nil {
		t.Errorf("over https: %d", resp.StatusCode)
	}
}

func TestWhatAllClientsSendTogetherIsBounded(t *testing.T) {
	d := newDesk(t).catch(t, func(c *mail.Catcher) { c.Arriving = 48 << 20 })
	chunk := strings.Repeat(strings.Repeat("x", 98)+"\r\n", 80_000) // 8 MB
	var open []*talk
	for range 8 {
		k := d.dial(t).expect("220").send("EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n").expect("250").expect("250").
			expect("250").expect(
			"354")
		if err := k.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		k.send(chunk)
		open = append(open, k)
	}
	kept, refused := 0, 0
	for _, k := range open {
		if answer := k.send(".\r\n").answer(); strings.HasPrefix(answer, "250") {
			kept++
		} else if strings.HasPrefix(answer, "452") {
			refused++
		}
	}
	if kept == 0 || refused == 0 || kept+refused != 8 {
		t.Errorf("%d kept, %d refused", kept, refused)
	}
	d.dial(t).deliver(simple, "b@lab.local").expect("250")
}
