package kratostest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	ory "github.com/ory/kratos-client-go"
)

// Target is a Kratos to hold against the suite.
type Target struct {
	Public string // URL of the public API
	Admin  string // URL of the admin API
	Site   string // origin of the pages it sends people to: "https://localhost:8443"

	// DevCookies says that it was started with --dev: its cookies aren't Secure then.
	DevCookies bool

	// Code returns the code in the latest mail to an address whose text has a
	// word in it ("verify", "recover"), and waits for one. nil: mails can't be
	// read, and what needs them is left out.
	Code func(t testing.TB, address, word string) string
	// Advance moves the target's clock. nil: it can't be moved, and what needs
	// that is left out.
	Advance func(d time.Duration)
}

// suite is one run against a target.
type suite struct {
	Target
	http  *http.Client
	front *ory.APIClient
	admin *ory.APIClient
	run   string // makes the addresses of this run its own
}

func newSuite(tg Target, run string) *suite {
	s := &suite{Target: tg, run: run, http: &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	client := func(url string) *ory.APIClient {
		cfg := ory.NewConfiguration()
		cfg.Servers, cfg.HTTPClient = ory.ServerConfigurations{{URL: url}}, s.http
		return ory.NewAPIClient(cfg)
	}
	s.front, s.admin = client(tg.Public), client(tg.Admin)
	return s
}

func (s *suite) email(name string) string { return name + "-" + s.run + "@lab.local" }

// actor is a browser, or an app, that talks plain HTTP.
type actor struct {
	*suite
	t       testing.TB
	cookies map[string]string // nil: an app
	token   string
	html    bool
}

func (s *suite) app(t testing.TB) *actor { return &actor{suite: s, t: t} }

func (s *suite) browser(t testing.TB) *actor {
	return &actor{suite: s, t: t, cookies: map[string]string{}}
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	set    []*http.Cookie
	body   map[string]any
	list   []any
	raw    string
}

// ask sends a request: to the admin API if the path begins so. body is nil, a
// string with the fields of a form, or a value to send as JSON.
func (a *actor) ask(method, path string, body any) reply {
	a.t.Helper()
	url := a.Public + path
	if strings.HasPrefix(path, "/admin") {
		url = a.Admin + path
	}
	if strings.HasPrefix(path, "http") {
		url = path
	}
	var in io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		in, kind = strings.NewReader(b), "application/x-www-form-urlencoded"
	default:
		doc, err := json.Marshal(b)
		if err != nil {
			a.t.Fatal(err)
		}
		in = bytes.NewReader(doc)
	}
	r, err := http.NewRequestWithContext(a.t.Context(), method, url, in)
	if err != nil {
		a.t.Fatal(err)
	}
	a.dress(r, body != nil, kind)
	resp, err := a.http.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.read(resp)
}

func (a *actor) dress(r *http.Request, withBody bool, kind string) {
	if withBody {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept", "application/json")
	if a.html {
		r.Header.Set("Accept", "text/html")
	}
	var sent []string
	for name, value := range a.cookies {
		sent = append(sent, name+"="+value)
	}
	if len(sent) > 0 {
		r.Header.Set("Cookie", strings.Join(sent, "; "))
	}
	if a.token != "" {
		r.Header.Set("X-Session-Token", a.token)
	}
}

func (a *actor) read(resp *http.Response) reply {
	a.t.Helper()
	doc, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		a.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, set: resp.Cookies(), raw: string(doc)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") && len(doc) > 0 {
		var v any
		if err := json.Unmarshal(doc, &v); err != nil {
			a.t.Fatalf("%v in %s", err, doc)
		}
		out.body, _ = v.(map[string]any)
		out.list, _ = v.([]any)
	}
	for _, c := range out.set {
		switch {
		case a.cookies == nil:
		case c.MaxAge < 0 || c.Value == "":
			delete(a.cookies, c.Name)
		default:
			a.cookies[c.Name] = c.Value
		}
	}
	return out
}

// text digs for a text in a body: "ui.nodes.0.group".
func (r reply) text(path string) string {
	s, _ := dig(r.body, path).(string)
	return s
}

func dig(v any, path string) any {
	if path == "" {
		return v
	}
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			n := 0
			if _, err := fmt.Sscan(name, &n); err != nil || n >= len(x) {
				return nil
			}
			v = x[n]
		default:
			return nil
		}
	}
	return v
}

// value is what stands in a field of a flow's form.
func (r reply) value(field string) string {
	nodes, _ := dig(r.body, "ui.nodes").([]any)
	for _, n := range nodes {
		if dig(n, "attributes.name") == field {
			s, _ := dig(n, "attributes.value").(string)
			return s
		}
	}
	return ""
}

// says lists the numbers of the messages at a field, "" for the form's own.
func (r reply) says(field string) []int {
	var out []int
	add := func(v any) {
		list, _ := v.([]any)
		for _, m := range list {
			if id, ok := dig(m, "id").(float64); ok {
				out = append(out, int(id))
			}
		}
	}
	if field == "" {
		add(dig(r.body, "ui.messages"))
		return out
	}
	nodes, _ := dig(r.body, "ui.nodes").([]any)
	for _, n := range nodes {
		if dig(n, "attributes.name") == field {
			add(dig(n, "messages"))
		}
	}
	return out
}

// want ends the test if an answer hasn't the status.
func (a *actor) want(r reply, status int) reply {
	a.t.Helper()
	if r.status != status {
		a.t.Fatalf("want status %d, got %d %.600s", status, r.status, r.raw)
	}
	return r
}

// begin begins a flow of a kind.
func (a *actor) begin(kind string) reply {
	a.t.Helper()
	door := "api"
	if a.cookies != nil {
		door = "browser"
	}
	return a.want(a.ask("GET", "/self-service/"+kind+"/"+door, nil), http.StatusOK)
}

// submit sends the form of a flow.
func (a *actor) submit(kind string, flow reply, form map[string]any) reply {
	a.t.Helper()
	if a.cookies != nil {
		form["csrf_token"] = flow.value("csrf_token")
	}
	return a.ask("POST", "/self-service/"+kind+"?flow="+flow.text("id"), form)
}

// The passwords of the suite's people.
const (
	password      = "Gd7-Correct-Horse-41"
	otherPassword = "Zx9-Battery-Staple-77"
	wrongPassword = "wrong-password-1"
)

// register makes a person, and stays signed in.
func (a *actor) register(email string) reply {
	a.t.Helper()
	r := a.submit("registration", a.begin("registration"), map[string]any{
		"method": "password", "password": password, "traits": map[string]any{"email": email},
	})
	a.want(r, http.StatusOK)
	a.token = r.text("session_token")
	return r
}

func (a *actor) login(email, password string) reply {
	a.t.Helper()
	r := a.submit("login", a.begin("login"), map[string]any{"method": "password", "identifier": email, "password": password})
	if r.status == http.StatusOK {
		a.token = r.text("session_token")
	}
	return r
}

func (a *actor) whoami() reply { a.t.Helper(); return a.ask("GET", "/sessions/whoami", nil) }
