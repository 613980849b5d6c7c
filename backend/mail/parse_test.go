package mail_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"sting/backend/mail"
)

func TestParsing(t *testing.T) {
	for name, c := range map[string]struct {
		source, text, html string
		parts              []string
	}{
		"plain":               {"Subject: x\r\n\r\nhello\r\n", "hello\r\n", "", nil},
		"no header at all":    {"hello there, this is no header\r\n\r\nworld", "world", "", nil},
		"a broken line in it": {"Subject: x\r\nbroken\r\n folded\r\nTo: a@b.c\r\n\r\nhello", "hello", "", nil},
		"bare line feeds":     {"Subject: x\n\nhello\n", "hello\n", "", nil},
		"nothing":             {"", "", "", nil},
		"latin-1": {"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
			"Pr=FCfung", "Prüfung", "", nil},
		"a charset nobody knows":   {"Content-Type: text/plain; charset=x-none\r\n\r\nhi \xff", "hi \uFFFD", "", nil},
		"an encoding nobody knows": {"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-none\r\n\r\nhi", "hi", "", nil},
		"base64 that breaks off": {"Content-Type: application/x-y; name=\"f.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs*bG8=",
			"", "", []string{"0 f.bin application/x-y"}},
		"only HTML": {"Content-Type: text/html\r\n\r\n<p>hi</p>", "", "<p>hi</p>", nil},
		"a name that is a path": {multi("Content-Disposition: attachment; filename=\"../../etc/passwd\"\r\nContent-Type: text/plain\r\n" +
			"\r\nx"), "", "", []string{"1 passwd text/plain"}},
		"a name that is a Windows path": {multi("Content-Disposition: attachment; filename=\"C:\\\\a\\\\b.exe\"\r\n\r\nx"), "", "",
			[]string{"1 b.exe text/plain"}},
		"a name of dots": {multi("Content-Disposition: attachment; filename=\"..\"\r\n\r\nx"), "", "", []string{"1  text/plain"}},
		"a name that turns around": {multi("Content-Disposition: attachment; filename=\"a\u202egpj.exe\"\r\n\r\nx"), "", "",
			[]string{"1 agpj.exe text/plain"}},
		"inline": {multi("Content-Type: image/png\r\nContent-Id: <pic@x>\r\nContent-Disposition: inline\r\n\r\nx"), "", "",
			[]string{"1 inline image/png"}},
		"lines that end in CR CR LF":   {"To: a@b.c\r\r\nSubject: x\r\r\n\r\r\nhello\r\r\nthere\r\r\n", "hello\r\nthere\r\n", "", nil},
		"the same behind a trace":      {"Return-Path: <a@b.c>\r\nTo: a@b.c\r\r\nSubject: x\r\r\n\r\r\nhello\r\r\n", "hello\r\n", "", nil},
		"the same in parts":            {strings.ReplaceAll(multi("Content-Type: text/plain\r\n\r\nhello"), "\r\n", "\r\r\n"), "hello", "", nil},
		"latin-1 that nobody declared": {"Subject: x\r\n\r\nPr\xfcfung", "Prüfung", "", nil},
		"a latin-1 name of a file": {multi("Content-Disposition: attachment; filename=\"Gr\xfc\xdfe.txt\"\r\n\r\nx"), "", "",
			[]string{"1 Grüße.txt text/plain"}},
		"without an end": {"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi", "hi", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := mail.Parse([]byte(c.source))
			var parts []string
			for _, p := range got.Parts {
				n := p.FileName
				if p.Inline {
					n = "inline"
				}
				parts = append(parts, p.ID+" "+n+" "+p.ContentType)
			}
			if got.Text != c.text || got.HTML != c.html || fmt.Sprint(parts) != fmt.Sprint(c.parts) {
				t.Errorf("text %q, html %q, parts %q, problem %q", got.Text, got.HTML, parts, got.Problem)
			}
		})
	}
}

func multi(part string) string {
	return "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + part + "\r\n--b--\r\n"
}

func TestAMailOfManyLayersOrPartsIsReadOnlySoFar(t *testing.T) {
	var deep strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	if c := mail.Parse([]byte(deep.String())); len(c.Parts) > 1 {
		t.Errorf("%d parts", len(c.Parts))
	}
	wide := "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: x/y\r\n\r\nz\r\n", 5000)
	if c := mail.Parse([]byte(wide)); len(c.Parts) > 201 {
		t.Errorf("%d parts", len(c.Parts))
	}
	bomb := "Content-Type: text/plain; charset=utf-16\r\n\r\n" + strings.Repeat("\xd8\x00", 100_000)
	if c := mail.Parse([]byte(bomb)); len(c.Text) > 4*len(bomb)+1<<20 {
		t.Errorf("%d bytes of %d", len(c.Text), len(bomb))
	}
}

func TestTheCodeOfAMailIsRecognised(t *testing.T) {
	const origin = "https://localhost:8443"
	const flow = "74849884-d323-49d5-b1d1-177a155f7cec"
	kratos := func(name string) string {
		b, err := os.ReadFile("testdata/kratos/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for name, c := range map[string]struct{ source, kind, code, page string }{
		"a real Kratos' verification": {kratos("mail-verification.eml"), "verification", "249583",
			origin + "/verification?code=249583&flow=" + flow},
		"a real Kratos' recovery": {kratos("mail-recovery.eml"), "recovery", "550503", origin + "/recovery?code=550503"},
		"HTML alone": {"Subject: Verify\r\nContent-Type: text/html\r\n\r\n<p>Your code</p><p><b>123456</b></p><a href=\"" + origin +
			"/.ory/self-service/verification?code=123456&amp;flow=f1\">go</a>",
			"verification", "123456", origin + "/verification?code=123456&flow=f1"},
		"a sentence": {"Subject: Hello\r\n\r\nYour verification code is 654321.", "verification", "654321",
			origin + "/verification?code=654321"},
		"somebody else's":       {"Subject: Login\r\n\r\nYour code: 111222", "", "111222", ""},
		"a number that is none": {"Subject: Invoice 123456\r\n\r\nYou owe 123456 euros. Call 555123456.", "", "", ""},
		"seven digits":          {"Subject: Verify\r\n\r\n1234567", "", "", ""},
		"a link of another host": {"Subject: x\r\n\r\nhttps://evil.example/recovery?code=123456&flow=a%26b", "recovery", "123456",
			origin + "/recovery?code=123456&flow=a%26b"},
		"a link with a wrong one": {"Subject: x\r\n\r\nhttps://x.y/verification?code=<script>", "verification", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newDesk(t)
			m, err := w.Receive(t.Context(), mail.Envelope{From: "a@b.c", To: []string{"d@e.f"}}, []byte(c.source))
			if err != nil {
				t.Fatal(err)
			}
			if m.Code.Kind != c.kind || m.Code.Value != c.code || m.Code.Page(origin) != c.page {
				t.Errorf("got %+v, page %q", m.Code, m.Code.Page(origin))
			}
		})
	}
}

func TestSearching(t *testing.T) {
	d := newDesk(t)
	for i, source := range []string{
		"From: Ada <ada@lab.local>\r\nTo: b@lab.local\r\nSubject: Your code\r\n\r\nthe quick fox",
		"From: Bob <bob@lab.local>\r\nTo: c@lab.local\r\nCc: ada@lab.local\r\nSubject: code Your\r\n\r\n" + strings.Repeat("long ", 5000),
		multiTo("x@lab.local"),
	} {
		if _, err := d.Receive(t.Context(), mail.Envelope{From: "a@b.c", To: []string{"d@e.f"}}, []byte(source)); err != nil {
			t.Fatal(i, err)
		}
	}
	all := d.all(t)
	if err := d.SetRead(t.Context(), []string{all[0].ID}, true); err != nil {
		t.Fatal(err)
	}
	if err := d.Tag(t.Context(), []string{all[1].ID}, []string{"One two", "<bad>", "x"}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		"": 3, "from:ada": 1, "from:Ada": 1, "to:b@lab.local": 1, "to:d@e.f": 0, "bcc:d@e.f": 3, "cc:ada": 1, "addressed:ada": 2,
		"subject:code":        2,
		`subject:"your code"`: 1, `"quick fox"`: 1, "quick fox": 1, "fox quick": 1, "nothing": 0, "is:unread": 2, "is:read": 1, "-is:read": 2,
		"!from:ada": 2, "has:attachment": 1, "-has:attachments": 2, "tag:x": 1, `tag:"one two"`: 1, "tag:bad": 0, "is:tagged": 1, "larger:10k": 1,
		"smaller:10k": 2, "before:2026-11-23": 3, "after:2026-11-23": 0, "after:2026-11-22 before:2026-11-23": 3, "a.bin": 1, "message-id:m9": 1,
		"http://x": 0, "to:": 0, `"`: 3, "larger:many": 0,
	} {
		p, err := d.List(t.Context(), mail.ParseQuery(query), 0, 10)
		if err != nil || p.Found != want {
			t.Errorf("%q finds %d, want %d, %v", query, p.Found, want, err)
		}
	}
}

func TestWhoGotAMailIsFoundByAddressHoweverItNamesThem(t *testing.T) {
	d := newDesk(t)
	source := "To: open@lab.local\r\nCc: copy@lab.local\r\nSubject: x\r\n\r\nhi"
	if _, err := d.Receive(t.Context(), mail.Envelope{From: "a@b.c", To: []string{"open@lab.local", "copy@lab.local", "blind@lab.local"}},
		[]byte(source)); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"open@lab.local", "copy@lab.local", "blind@lab.local"} {
		if p, err := d.List(t.Context(), mail.To(address), 0, 10); err != nil || p.Found != 1 {
			t.Errorf("%s got %d mails, %v", address, p.Found, err)
		}
	}
	for query, want := range map[string]int{"to:blind": 0, "to:copy": 0, "to:open": 1, "bcc:blind": 1, "received by:blind": 0} {
		if p, err := d.List(t.Context(), mail.ParseQuery(query), 0, 10); err != nil || p.Found != want {
			t.Errorf("%q finds %d, want %d, %v", query, p.Found, want, err)
		}
	}
}

func TestTheLettersOfAHeaderAreKept(t *testing.T) {
	d := newDesk(t)
	for source, want := range map[string]string{
		"Subject: Gr\xfc\xdfe\r\nFrom: J\xfcrgen <a@b.c>\r\n\r\nx":                                 "Grüße from Jürgen",
		"Subject: Grüße\r\nFrom: Jürgen <a@b.c>\r\n\r\nx":                                          "Grüße from Jürgen",
		"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: =?iso-8859-1?q?J=FCrgen?= <a@b.c>\r\n\r\nx": "Grüße from Jürgen",
		"Subject: Gr\xfc\xdfe\r\r\nFrom: \"J\xfcrgen\" <a@b.c>\r\r\n\r\r\nx":                       "Grüße from Jürgen",
		"Subject: 5 \x80 \x93now\x94\r\nFrom: Jürgen <a@b.c>\r\n\r\nx":                             "5 € “now” from Jürgen",
		"Subject: Gr\xfc\xdfe\r\n twice \xe4\r\nFrom: a@b.c\r\n\r\nx":                              "Grüße twice ä from ",
	} {
		m, err := d.Receive(t.Context(), mail.Envelope{From: "a@b.c", To: []string{"d@e.f"}}, []byte(source))
		if got := m.Subject + " from " + m.From.Name; err != nil || got != want {
			t.Errorf("%q is shown as %q, want %q, %v", source, got, want, err)
		}
	}
}

func multiTo(to string) string {
	return "To: " + to + "\r\nMessage-ID: <m9@x>\r\n" + multi("Content-Disposition: attachment; filename=a.bin\r\n\r\nx")
}

func TestTheMailboxKeepsToItsBounds(t *testing.T) {
	d := newDesk(t)
	d.bounds = mail.Bounds{Count: 3, Bytes: 10_000}
	put := func(subject string, size int) error {
		_, err := d.Receive(t.Context(), mail.Envelope{From: "a@b.c", To: []string{"d@e.f"}},
			[]byte("Subject: "+subject+"\r\n\r\n"+strings.Repeat("x", size)))
		return err
	}
	for i := range 5 {
		if err := put(fmt.Sprint(i), 10); err != nil {
			t.Fatal(err)
		}
	}
	if all := d.all(t); len(all) != 3 || all[2].Subject != "2" {
		t.Errorf("%d are kept, the oldest %q", len(all), all[2].Subject)
	}
	if err := put("large", 4_000); err != nil {
		t.Fatal(err)
	}
	if err := put("larger", 4_500); err != nil {
		t.Fatal(err)
	}
	if all := d.all(t); len(all) != 1 || all[0].Subject != "larger" {
		t.Errorf("%d are kept within the bytes", len(all))
	}
	if err := put("too large", 20_000); err == nil {
		t.Error("a mail larger than the mailbox is kept")
	}
	if n, err := d.DeleteAll(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("%d deleted, %v", n, err)
	}
	for i := range 3 { // what was deleted takes no place
		if err := put(fmt.Sprint(i), 1_000); err != nil {
			t.Fatal(err)
		}
	}
	if all := d.all(t); len(all) != 3 {
		t.Errorf("%d are kept after a clearing", len(all))
	}
}

func TestTheProbesMailIsSeenByTheProbeAlone(t *testing.T) {
	d := newDesk(t)
	d.Probe = "secret@probe.invalid"
	d.bounds.Count = 2
	for _, to := range []string{"a@b.c", "a@b.c", "secret@probe.invalid"} {
		if _, err := d.Receive(t.Context(), mail.Envelope{From: "x@y.z", To: []string{to}}, []byte("Subject: "+to+"\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	if all := d.all(t); len(all) != 2 || all[0].Hidden || all[1].Hidden {
		t.Errorf("%d mails are listed", len(all))
	}
	p, err := d.List(t.Context(), mail.ParseQuery("addressed:secret@probe.invalid"), 0, 10)
	if err != nil || p.Found != 1 || !p.Mails[0].Hidden {
		t.Errorf("the probe finds %d, %v", p.Found, err)
	}
	if m, err := d.Latest(t.Context(), nil); err != nil || m.Hidden {
		t.Errorf("the latest is the probe's, %v", err)
	}
	for _, query := range []string{"to:probe", "secret", "-to:secret@probe.invalid", "-addressed:secret@probe.invalid"} {
		p, err := d.List(t.Context(), mail.ParseQuery(query), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Mails {
			if m.Hidden {
				t.Errorf("%q finds it", query)
			}
		}
	}
}

// FuzzParse: no mail makes the reader panic, hang, or hand out what is no text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"Subject: x\r\n\r\nhello", multi("Content-Type: text/html\r\n\r\n<p>x"), "\r\n", " \r\n\r\n", "a:b\r\n c",
		recorded(0)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		c := mail.Parse(source)
		if !utf8.ValidString(c.Text) || !utf8.ValidString(c.HTML) || !utf8.ValidString(c.Readable()) {
			t.Error("no text")
		}
		for _, p := range c.Parts {
			if strings.ContainsAny(p.FileName, "/\\\x00\r\n") || p.FileName == ".." || p.FileName == "." {
				t.Errorf("a file is called %q", p.FileName)
			}
		}
	})
}

// FuzzReceive: whatever comes is kept to the byte behind what we add.
func FuzzReceive(f *testing.F) {
	f.Add("a@b.c", "d@e.f", []byte("Subject: x\r\n\r\nhello"))
	f.Add("a\r\nX: y", "<d>\n", []byte(""))
	d := newDesk(f)
	f.Fuzz(func(t *testing.T, from, to string, source []byte) {
		m, err := d.Receive(t.Context(), mail.Envelope{From: from, To: []string{to}, Client: to, Address: "::1", Username: from,
			Protocol: "ESMTP"}, source)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Source(t.Context(), m.ID)
		if err != nil || !bytes.HasSuffix(got, source) {
			t.Fatalf("the source differs, %v", err)
		}
		added := strings.TrimSuffix(string(got), string(source))
		for line := range strings.Lines(added) {
			known := strings.HasPrefix(line, "Return-Path: <") || strings.HasPrefix(line, "Received: from ") ||
				strings.HasPrefix(line, "        ") ||
				strings.HasPrefix(line, "Bcc: <") || strings.HasPrefix(line, " <")
			if !known || !strings.HasSuffix(line, "\r\n") || strings.Count(line, "\r") != 1 {
				t.Errorf("a stranger began a line: %q", line)
			}
		}
		if _, err := d.DeleteAll(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	})
}
