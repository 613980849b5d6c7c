package backend_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/httpapi"
	"sting/backend/kratos/idp"
	"sting/backend/labtest"
	"sting/backend/mail"
)

// victimAddress is in everything that a page of another origin would like to read.
const victimAddress = "victim-ann@example.org"

// listener is one address of the lab at which something answers.
type listener struct {
	base   string
	routes [][2]string
	links  bool // a person may come by a link from anywhere
	forms  bool // takes forms, and looks at their tokens itself
	token  string
}

// under returns routes below a prefix.
func under(prefix string, routes [][2]string) (out [][2]string) {
	for _, r := range routes {
		out = append(out, [2]string{r[0], prefix + r[1]})
	}
	return out
}

// listeners are all of a lab, the door over TCP among them, with every route
// taken from where the mux takes it.
func listeners(t *testing.T, lab *labtest.Lab) map[string]listener {
	t.Helper()
	var site [][2]string
	for _, r := range (&httpapi.Site{}).Routes() {
		site = append(site, [2]string{r.Method, r.Path})
	}
	site = append(site, [2]string{"GET", "/"}, [2]string{"GET", "/login"}, [2]string{"GET", "/dashboard"}, [2]string{"POST", "/login"})
	door := &httpapi.Door{Admin: lab.Door, Log: slog.New(slog.DiscardHandler), Token: "the door's token"}
	tcp := httptest.NewServer(door.Handler())
	t.Cleanup(tcp.Close)
	at := func(service string) string { return urlOf(t, lab, service) }
	admin := "http://localhost:" + portOf(t, lab, "kratos_admin")
	mailbox := (&mail.API{}).Routes()
	return map[string]listener{
		"the site":             {lab.Origin, site, true, false, ""},
		"Kratos on the site":   {lab.Origin, under("/.ory", idp.PublicRoutes()), true, true, ""},
		"Kratos' public port":  {at("kratos"), idp.PublicRoutes(), true, true, ""},
		"Kratos' admin port":   {admin, idp.AdminRoutes(), false, false, ""},
		"the mailbox":          {at("mail"), mailbox, true, false, ""},
		"the mailbox over TLS": {strings.Replace(at("mail"), "http:", "https:", 1), mailbox, true, false, ""},
		"the door over TCP":    {tcp.URL, door.Routes(), false, false, "the door's token"},
	}
}

func urlOf(t *testing.T, lab *labtest.Lab, service string) string {
	t.Helper()
	status, err := lab.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range status.Services {
		if s.Name == service {
			return s.URL
		}
	}
	t.Fatalf("no service is called %s", service)
	return ""
}

// portOf reads a port from the configuration that counts.
func portOf(t *testing.T, lab *labtest.Lab, name string) string {
	t.Helper()
	c, err := lab.Config(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\s+` + name + `: (\d+)`).FindStringSubmatch(c.Effective)
	if found == nil {
		t.Fatalf("the configuration has no port called %s", name)
	}
	return found[1]
}

// attack is what a browser sends for a page of another origin.
type attack struct {
	header []string
	link   bool // it opens the address at the top of a window
	form   bool // urlencoded, from another port of the host
}

const somePage = "https://evil.example"

func attacks(lab *labtest.Lab) map[string]attack {
	text := []string{"Content-Type", "text/plain"}
	with := func(header ...string) attack { return attack{header: header} }
	navigation := []string{"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
	multipart := "multipart/form-data; boundary=x"
	return map[string]attack{
		"a top-level form of text": with(append(text, "Origin", somePage, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode",
			"navigate")...),
		"a top-level form of parts": with("Content-Type", multipart, "Origin", somePage, "Sec-Fetch-Site", "cross-site",
			"Sec-Fetch-Mode", "navigate"),
		"a top-level form": with("Content-Type", "application/x-www-form-urlencoded", "Origin", somePage,
			"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"),
		"a form of text from another port": with(append(text, "Origin", "http://localhost:9", "Sec-Fetch-Site", "same-site",
			"Sec-Fetch-Mode", "navigate")...),
		"a form of parts from another port": with("Content-Type", multipart, "Origin", "http://localhost:9", "Sec-Fetch-Site",
			"same-site", "Sec-Fetch-Mode", "navigate"),
		"a form from another port": {[]string{"Content-Type", "application/x-www-form-urlencoded", "Origin",
			"http://localhost:9", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate"}, false, true},
		"a fetch without CORS": with(append(text, "Origin", somePage, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode",
			"no-cors")...),
		"a fetch of another port": with("Content-Type", "application/json", "Origin", "http://localhost:9", "Sec-Fetch-Site",
			"same-site", "Sec-Fetch-Mode", "cors"),
		"a fetch of another port, over TLS": with("Content-Type", "application/json", "Origin", "https://localhost:9", "Sec-Fetch-Site",
			"same-site"),
		"an origin of null":                        with("Content-Type", "application/json", "Origin", "null", "Sec-Fetch-Site", "cross-site"),
		"an origin of null alone":                  with("Content-Type", "application/json", "Origin", "null"),
		"an origin of null that says it is ours":   with("Content-Type", "application/json", "Origin", "null", "Sec-Fetch-Site", "same-origin"),
		"a foreign origin alone":                   with("Content-Type", "application/json", "Origin", somePage),
		"an older browser's form":                  with(append(text, "Origin", somePage)...),
		"an origin that begins like ours":          with("Content-Type", "application/json", "Origin", lab.Origin+".evil.example"),
		"an origin with our host and another port": with("Content-Type", "application/json", "Origin", lab.Origin+"1"),
		"an image":                 with("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"),
		"a script of another port": with("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"),
		"a frame":                  with("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"),
		"an event stream": with("Accept", "text/event-stream", "Origin", somePage, "Sec-Fetch-Site", "cross-site",
			"Sec-Fetch-Mode", "cors"),
		"an event stream of another port": with("Accept", "text/event-stream", "Origin", "http://localhost:9", "Sec-Fetch-Site", "same-site"),
		"a web socket": with("Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13",
			"Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==", "Origin", somePage),
		"a web socket of another port": with("Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key",
			"AAAAAAAAAAAAAAAAAAAAAA==", "Origin", "http://localhost:9", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "websocket"),
		"a link":                 {append([]string{"Sec-Fetch-Site", "cross-site"}, navigation...), true, false},
		"a link of another port": {append([]string{"Sec-Fetch-Site", "same-site"}, navigation...), true, false},
	}
}

// victim is a lab in which somebody is signed in and has everything that can be
// taken away: the cookies, and what stands for {id} in a path.
func victim(t *testing.T, lab *labtest.Lab) (cookies string, ids *strings.Replacer) {
	t.Helper()
	b := lab.Browser()
	b.Register(victimAddress)
	b.AddPasskey()
	b.SignIn()
	var sent []string
	for name, value := range b.Cookies() {
		sent = append(sent, name+"="+value)
	}
	page := must(lab.Users(t.Context(), api.Query{}))(t)
	var mails api.Page[api.Mail]
	until(t, "the mail of the registration has come", func() bool {
		mails = must(lab.Mails(t.Context(), api.Query{}))(t)
		return len(mails.Items) > 0
	})
	if len(page.Items) != 1 {
		t.Fatalf("%d people", len(page.Items))
	}
	return strings.Join(sent, "; "), strings.NewReplacer("{$}", "", "{id}", page.Items[0].ID, "{file}", mails.Items[0].ID+".txt", "{part}",
		"0",
		"{name}", "site", "{code}", "HOST", "{type}", "password", "{tag}", "x")
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// everything is what the lab holds, in words: people, passkeys, sessions, mails.
func everything(t *testing.T, lab *labtest.Lab) string {
	t.Helper()
	mails := must(json.Marshal(must(lab.Mails(t.Context(), api.Query{}))(t)))(t)
	return lab.Dump(t) + string(mails)
}

// payload makes an account, wherever accounts are made of JSON.
const payload = `{"schema_id":"default","traits":{"email":"planted@example.org"},"credentials":{"password":{"config":{"password":"a ` +
	`password of mine"}}},` +
	`"verifiable_addresses":[{"value":"planted@example.org","verified":true,"via":"email"}],"email":"planted@example.org","password":"a ` +
	`password of mine","Read":true,"x":"="}`

// THREATS T02, T04, T19, T27: no page of another origin changes or reads anything,
// at whichever listener, route and way to ask.
func TestPagesOfOtherOriginsChangeNothingAndReadNothing(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	cookies, ids := victim(t, lab)
	before, tried := everything(t, lab), 0
	for where, l := range listeners(t, lab) {
		client := lab.Client()
		for how, a := range attacks(lab) {
			for _, route := range l.routes {
				path := ids.Replace(route[1])
				req := must(http.NewRequestWithContext(t.Context(), route[0], l.base+path, strings.NewReader(payload)))(t)
				req.Header.Set("Cookie", cookies)
				if l.token != "" {
					req.Header.Set("Authorization", "Bearer "+l.token)
				}
				for i := 0; i+1 < len(a.header); i += 2 {
					req.Header.Set(a.header[i], a.header[i+1])
				}
				resp := must(client.Do(req))(t)
				body := readSome(resp)
				tried++
				reads := route[0] == "GET" || route[0] == "HEAD"
				let := a.link && reads && l.links || a.form && !reads && l.forms // Kratos looks at the form's token
				if refused := resp.StatusCode == 403 || resp.StatusCode == 415; !let && !refused {
					t.Errorf("%s, %s %s by %s: %d %.200s", where, route[0], path, how, resp.StatusCode, body)
				}
				if !let && strings.Contains(body, "victim-ann") {
					t.Errorf("%s, %s %s by %s tells: %.200s", where, route[0], path, how, body)
				}
				if got := opened(resp.Header); got != nil {
					t.Errorf("%s, %s %s by %s opens %v", where, route[0], path, how, got)
				}
				if resp.StatusCode < 300 && !strings.Contains(resp.Header.Get("Content-Security-Policy"), "frame-ancestors") {
					t.Errorf("%s, %s %s may be framed by anybody", where, route[0], path)
				}
			}
		}
	}
	if after := everything(t, lab); after != before {
		t.Errorf("the lab holds something else than before:\n%s\n%s", before, after)
	}
	if tried < 4000 {
		t.Errorf("only %d requests were tried", tried)
	}
}

// readSome returns the beginning of an answer; a stream that began after all is
// not waited for.
func readSome(resp *http.Response) string {
	defer resp.Body.Close()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		line, _ := bufio.NewReader(resp.Body).ReadString('\n')
		return line
	}
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20)) // what came counts
	return string(raw)
}

// A person who types, and a program that is no browser, change something only in
// words that no form can say.
func TestAChangeWantsItsContentTypeWhoeverAsks(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	_, ids := victim(t, lab)
	before := everything(t, lab)
	for where, l := range listeners(t, lab) {
		client := lab.Client()
		for how, header := range map[string][]string{
			"typed, text":              {"Sec-Fetch-Site", "none", "Content-Type", "text/plain"},
			"typed, JSON":              {"Sec-Fetch-Site", "none", "Content-Type", "application/json"},
			"nobody's text":            {"Content-Type", "text/plain"},
			"nobody's text that lies":  {"Content-Type", "text/plain; x=application/json"},
			"nobody's parts":           {"Content-Type", "multipart/form-data; boundary=x"},
			"nobody's nonsense":        {"Content-Type", "application/json; ="},
			"our own page's text":      {"Origin", l.base, "Sec-Fetch-Site", "same-origin", "Content-Type", "text/plain"},
			"two origins, one of them": {"Origin", l.base, "Origin", somePage, "Content-Type", "application/json"},
		} {
			for _, route := range l.routes {
				if route[0] == "GET" || route[0] == "HEAD" {
					continue
				}
				req := must(http.NewRequestWithContext(t.Context(), route[0], l.base+ids.Replace(route[1]), strings.NewReader(payload)))(t)
				req.Header.Set("Authorization", "Bearer "+l.token)
				for i := 0; i+1 < len(header); i += 2 {
					req.Header.Add(header[i], header[i+1])
				}
				resp := must(client.Do(req))(t)
				if body := readSome(resp); resp.StatusCode != 403 && resp.StatusCode != 415 {
					t.Errorf("%s, %s %s, %s: %d %.200s", where, route[0], route[1], how, resp.StatusCode, body)
				}
			}
		}
	}
	if after := everything(t, lab); after != before {
		t.Error("the lab holds something else than before")
	}
}

// THREATS T27: a request of a page to the mail catcher is no mail.
func TestAPageSendsTheCatcherNoMail(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	before := everything(t, lab)
	smtp := "RCPT TO:<a@example.org>\r\nDATA\r\nSubject: planted\r\n\r\nx\r\n.\r\nQUIT\r\n"
	for _, port := range []string{"smtp", "smtp_plain"} {
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded"} {
			req := must(http.NewRequestWithContext(t.Context(), "POST", "http://localhost:"+portOf(t, lab, port),
				strings.NewReader("MAIL FROM:<x@example.org>\r\n"+smtp)))(t)
			req.Header.Set("Content-Type", kind)
			req.Header.Set("Origin", somePage)
			if resp, err := lab.Client().Do(req); err == nil {
				t.Errorf("%s answers HTTP: %d", port, resp.StatusCode)
				_ = resp.Body.Close()
			}
		}
	}
	if after := everything(t, lab); after != before {
		t.Error("a mail was made")
	}
}

// Programs that are no browsers are let alone: what SDKs, curl and scripts send.
func TestProgramsThatAreNoBrowsersComeIn(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	all := listeners(t, lab)
	admin, public, box := all["Kratos' admin port"].base, all["Kratos' public port"].base, all["the mailbox"].base
	create := func(n int) string {
		return fmt.Sprintf(`{"schema_id":"default","traits":{"email":"sdk%d@example.org"}}`, n)
	}
	for name, c := range map[string]struct {
		method, url, body string
		header            []string
		want              int
	}{
		"the Go SDK": {"POST", admin + "/admin/identities", create(1), []string{"Content-Type", "application/json"}, 201},
		"a charset": {"POST", admin + "/admin/identities", create(2),
			[]string{"Content-Type", "application/json; charset=utf-8"}, 201},
		"curl without a type": {"POST", admin + "/admin/identities", create(3),
			[]string{"Content-Type", "application/x-www-form-urlencoded"}, 201},
		"no type at all": {"POST", admin + "/admin/identities", create(4), nil, 201},
		"fetch of Node": {"POST", admin + "/admin/identities", create(5),
			[]string{"Content-Type", "application/json", "Sec-Fetch-Mode", "cors"}, 201},
		"an address bar": {"GET", admin + "/admin/identities", "",
			[]string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		"a native flow": {"GET", public + "/self-service/login/api", "", nil, 200},
		"a form of another port": {"POST", public + "/self-service/login?flow=00000000-0000-4000-8000-000000000000", "method=password",
			[]string{"Content-Type", "application/x-www-form-urlencoded", "Origin", "http://localhost:4455", "Sec-Fetch-Site", "same-site",
				"Accept", "application/json"}, 404},
		"a page behind a dev proxy": {"POST", public + "/self-service/login?flow=00000000-0000-4000-8000-000000000000", "{}",
			[]string{"Content-Type", "application/json", "Origin", "http://localhost:5173", "Sec-Fetch-Site", "same-origin", "Accept",
				"application/json"}, 404},
		"a test helper":            {"PUT", box + "/api/v1/messages", `{"Read":true}`, nil, 200},
		"a removal without a body": {"DELETE", box + "/api/v1/messages", "", nil, 200},
		"the mailbox's own page": {"PUT", box + "/api/v1/messages", `{"Read":true}`,
			[]string{"Origin", box, "Sec-Fetch-Site", "same-origin", "Content-Type", "application/json"}, 200},
	} {
		req := must(http.NewRequestWithContext(t.Context(), c.method, c.url, strings.NewReader(c.body)))(t)
		for i := 0; i+1 < len(c.header); i += 2 {
			req.Header.Set(c.header[i], c.header[i+1])
		}
		resp := must(lab.Client().Do(req))(t)
		if body := readSome(resp); resp.StatusCode != c.want {
			t.Errorf("%s: %d, want %d: %.300s", name, resp.StatusCode, c.want, body)
		}
	}
}

// Whatever stands as the target of a request leads nowhere else.
func TestAnOddTargetRedirectsNowhere(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	for where, l := range listeners(t, lab) {
		at := must(url.Parse(l.base))(t)
		for _, target := range []string{
			"x:@evil.example/", "x:@evil.example/identities", "http://x@evil.example/", "http://" + at.Host + "@evil.example/identities",
			"//evil.example/identities",
			`/\evil.example/identities`, "/%5cevil.example/identities", "/%2f%2fevil.example", "https://evil.example/identities",
			"http://user@" + at.Host + "/identities",
			"javascript:alert(1)", "/identities?next=//evil.example", "/.//evil.example", "/..//evil.example", "x://" + at.Host + "/identities", "*",
		} {
			for _, host := range []string{at.Host, "127.0.0.1:" + at.Port()} {
				status, to := rawTarget(t, lab, at, target, host)
				if u, err := url.Parse(to); to != "" &&
					(err != nil || u.User != nil || u.Host != "" && u.Host != at.Host && "https://"+u.Host != lab.Origin || strings.HasPrefix(to, "//") ||
						strings.Contains(to, `\`)) {
					t.Errorf("%s, GET %s for %s: %d to %q", where, target, host, status, to)
				}
				if status == 0 || status == 500 {
					t.Errorf("%s, GET %s for %s: status %d", where, target, host, status)
				}
			}
		}
	}
}
