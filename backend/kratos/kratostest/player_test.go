package kratostest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/kratos/idp"
	"sting/backend/kratos/kratostest"
	"sting/backend/session"
)

// step is what one client did, and what a real Kratos 1.3.1 answered.
type step struct {
	Name      string     `json:"name"`
	Side      string     `json:"side"`
	Exchanges []exchange `json:"exchanges"`
}

type exchange struct {
	Request struct {
		Method  string          `json:"method"`
		Path    string          `json:"path"`
		Query   string          `json:"query"`
		Headers http.Header     `json:"headers"`
		Body    json.RawMessage `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int         `json:"status"`
		Headers http.Header `json:"headers"`
		Body    any         `json:"body"`
	} `json:"response"`
}

// replay holds what stands in our answers where the recorded ones have
// something generated.
type replay struct {
	t      *testing.T
	lab    *kratostest.Lab
	public http.Handler
	admin  http.Handler
	ours   map[string]string // recorded -> ours
	cookie string            // the recorded name of the CSRF cookie
}

const recordedCSRF = "csrf_token_806060ca5bf70dff3caa0e5c860002aade9d470a5a4dce73bcfa7ba10778f481"

func newReplay(t *testing.T) *replay {
	t.Helper()
	l := kratostest.New(t)
	doc, err := os.ReadFile(filepath.Join("testdata", "identity.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := idp.ParseSchema("default", doc)
	if err != nil {
		t.Fatal(err)
	}
	l.Provider.Schema = func() *idp.Schema { return schema }
	l.Configure(func(c *idp.Config, _ *session.Policy) {
		c.BaseURL, c.AdminURL = "http://127.0.0.1:4433", "http://127.0.0.1:4434"
	})
	return &replay{t: t, lab: l, public: l.Provider.Public(), admin: l.Provider.Admin(), ours: map[string]string{}, cookie: recordedCSRF}
}

// play replays a step and returns the first thing that differs.
func (p *replay) play(name string) string {
	p.t.Helper()
	s := p.read(name)
	first := ""
	for i, e := range s.Exchanges {
		p.restore(name, &e)
		if diff := p.exchange(e); diff != "" && first == "" {
			first = fmt.Sprintf("request %d, %s %s: %s", i+1, e.Request.Method, e.Request.Path, diff)
		}
	}
	return first
}

func (p *replay) exchange(e exchange) string {
	w := p.send(e)
	diff := p.judged(e, w)
	if next, ok := bodyOf(w).(map[string]any); ok && w.Code == http.StatusGone && e.Response.Status == http.StatusOK {
		id, _ := next["use_flow_id"].(string) // go on as a client would, so that later steps find what they expect
		e.Request.Query = "flow=" + id
		again := p.send(e)
		p.learn(e.Response.Body, bodyOf(again))
	}
	return diff
}

func (p *replay) judged(e exchange, w *httptest.ResponseRecorder) string {
	var got any
	switch {
	case w.Body.Len() == 0:
	case strings.HasPrefix(w.Header().Get("Content-Type"), "application/json"):
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			return "not JSON: " + err.Error()
		}
	default:
		got = w.Body.String()
	}
	want := e.Response.Body
	if want == 404.0 { // the recorder read "404 page not found" as a number
		want = "404 page not found\n"
	}
	want, got = masked(want), masked(got)
	if _, list := want.([]any); !list || !strings.HasPrefix(e.Request.Path, "/admin/identities") &&
		!strings.HasPrefix(e.Request.Path, "/admin/sessions") {
		p.learn(e.Response.Body, bodyOf(w)) // whom a list begins with is each server's own affair
	}
	p.learnCookies(e.Response.Headers, w.Header())
	return compare(e, w, want, got)
}

func bodyOf(w *httptest.ResponseRecorder) any {
	var v any
	if json.Unmarshal(w.Body.Bytes(), &v) != nil {
		return nil
	}
	return v
}

// restore puts back the headers that the recording lost: it kept neither
// Authorization nor the cookie of GET /self-service/logout/browser.
func (p *replay) restore(name string, e *exchange) {
	if name == "043-whoami-bearer" {
		e.Request.Headers = http.Header{"Authorization": {"Bearer ory_st_XwNyt9jOZcPz2NC6MLJDL0GDRo7rMz4N"}}
	}
	if e.Request.Path != "/self-service/logout/browser" || e.Response.Status != http.StatusOK {
		return
	}
	from, at := "106-browser-logout-wrong-token", 0
	if name == "115-browser-logout-redirect" {
		from, at = name, 1
	}
	e.Request.Headers = e.Request.Headers.Clone()
	e.Request.Headers.Set("Cookie", p.read(from).Exchanges[at].Request.Headers.Get("Cookie"))
}

// skip passes over a step, and notes which of our sessions its cookies stand
// for: changing the settings hands out a session's cookie anew. Before a second
// factor an app signs in with its password, and later steps show that token.
func (p *replay) skip(name string) {
	if name == "079-native-login-aal2-totp" {
		for _, e := range p.read(name).Exchanges[:2] {
			p.exchange(e)
		}
	}
	for _, e := range p.read(name).Exchanges {
		_, sent, ok := strings.Cut(e.Request.Headers.Get("Cookie"), "ory_kratos_session=")
		if !ok || p.ours[sent] == "" {
			continue
		}
		for _, line := range e.Response.Headers.Values("Set-Cookie") {
			if c, err := http.ParseSetCookie(line); err == nil && c.Name == "ory_kratos_session" {
				p.ours[c.Value] = p.ours[sent]
			}
		}
	}
}

func (p *replay) read(name string) step {
	p.t.Helper()
	doc, err := os.ReadFile(filepath.Join("testdata", "golden", name+".json"))
	if err != nil {
		p.t.Fatal(err)
	}
	var s step
	if err := json.Unmarshal(doc, &s); err != nil {
		p.t.Fatalf("%s: %v", name, err)
	}
	return s
}

// crowd makes the people whom the recorded server knew before.
func (p *replay) crowd() {
	for _, email := range []string{"golden338938865@lab.local", "golden338938866@lab.local", "golden338938867@lab.local"} {
		var e exchange
		e.Request.Method, e.Request.Path, e.Request.Headers = "POST", "/admin/identities", http.Header{"Content-Type": {"application/json"}}
		e.Request.Body = json.RawMessage(`{"traits":{"email":"` + email + `"}}`)
		if w := p.send(e); w.Code != http.StatusCreated {
			p.t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}

// send asks us what Kratos was asked.
func (p *replay) send(e exchange) *httptest.ResponseRecorder {
	p.t.Helper()
	target := e.Request.Path
	if e.Request.Query != "" {
		target += "?" + e.Request.Query
	}
	var body []byte
	if len(e.Request.Body) > 0 {
		body = e.Request.Body
		var form string
		if json.Unmarshal(body, &form) == nil {
			body = []byte(form)
		}
	}
	r := httptest.NewRequest(e.Request.Method, p.translate(target), bytes.NewReader([]byte(p.translate(p.withCode(string(body))))))
	for name, values := range e.Request.Headers {
		for _, v := range values {
			r.Header.Set(name, p.translate(v))
		}
	}
	r.Header.Set("User-Agent", "passkeylab-golden")
	r.RemoteAddr = "127.0.0.1:60828"
	w := httptest.NewRecorder()
	if strings.HasPrefix(e.Request.Path, "/admin") || strings.HasPrefix(e.Response.Headers.Get("Location"), "/admin") {
		p.admin.ServeHTTP(w, r)
	} else {
		p.public.ServeHTTP(w, r)
	}
	return w
}

var (
	codeInBody = regexp.MustCompile(`"code"\s*:\s*"(\d{6})"`)
	sixDigits  = regexp.MustCompile(`\b\d{6}\b`)
)

// withCode puts the code of our latest mail where the recorded one stands.
func (p *replay) withCode(body string) string {
	m := codeInBody.FindStringSubmatch(body)
	if m == nil || m[1] == "000000" {
		return body
	}
	latest, _, err := p.lab.Mails.Messages(p.t.Context(), "", 1, "", "")
	if err != nil || len(latest) == 0 {
		p.t.Fatalf("no mail with a code: %v", err)
	}
	return strings.Replace(body, m[1], sixDigits.FindString(latest[0].Body), 1)
}

// translate puts ours where something recorded stands, longest first.
func (p *replay) translate(s string) string {
	if s == "" {
		return s
	}
	keys := make([]string, 0, len(p.ours))
	for k := range p.ours {
		if strings.Contains(s, k) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(keys))
	for _, k := range keys {
		pairs = append(pairs, k, p.ours[k])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// learn notes what stands in our answer where the recorded one has something
// generated.
func (p *replay) learn(want, got any) {
	want, got = trimmed(want), trimmed(got)
	switch w := want.(type) {
	case string:
		if g, ok := got.(string); ok && w != g && generated(w) {
			p.pair(w, g)
		}
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			for name, v := range w {
				p.learn(v, g[name])
			}
		}
	case []any:
		if g, ok := got.([]any); ok {
			for i := range min(len(w), len(g)) {
				p.learn(w[i], g[i])
			}
		}
	}
}

// pair also notes the forms that a value takes in a posted form.
func (p *replay) pair(want, got string) {
	form := strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D")
	p.ours[want] = got
	if e := form.Replace(want); e != want {
		p.ours[e] = form.Replace(got)
	}
}

func (p *replay) learnCookies(want, got http.Header) {
	mine := map[string]string{}
	for _, line := range got.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil {
			mine[kindOf(c.Name)] = c.Value
			if strings.HasPrefix(c.Name, "csrf_token_") {
				p.ours[p.cookie] = c.Name
			}
		}
	}
	for _, line := range want.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil && c.Value != "" && mine[kindOf(c.Name)] != "" {
			p.ours[c.Value] = mine[kindOf(c.Name)]
		}
	}
}

func kindOf(name string) string {
	if strings.HasPrefix(name, "csrf_token_") {
		return "csrf_token"
	}
	return name
}

// prepareExpiry does what was done, and not recorded, before the steps about
// time: somebody registers, flows begin, and time passes.
func (p *replay) prepareExpiry() {
	p.t.Helper()
	p.lab.Configure(func(c *idp.Config, s *session.Policy) {
		c.Lifespan, c.LongLifespan, s.PrivilegedAge, s.Lifespan = time.Second, time.Second, time.Second, 6*time.Second
	})
	begin := func(recordedID, path string) map[string]any {
		var e exchange
		e.Request.Method, e.Request.Path, e.Request.Headers = "GET", path, http.Header{"Accept": {"application/json"}}
		w := p.send(e)
		body, _ := bodyOf(w).(map[string]any)
		id, _ := body["id"].(string)
		if id == "" {
			p.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		p.ours[recordedID] = id
		if c := w.Result().Cookies(); len(c) > 0 {
			p.ours[recordedCSRF] = c[0].Name
			p.ours[p.cookieIn("expired-005-browser-login-get")] = c[0].Value
		}
		return body
	}
	first := begin("unrecorded", "/self-service/registration/api")
	var e exchange
	e.Request.Method, e.Request.Path, e.Request.Query = "POST", "/self-service/registration", "flow="+first["id"].(string)
	e.Request.Headers = http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}}
	e.Request.Body = json.RawMessage(`{"method":"password","password":"Gd7-Correct-Horse-41","traits":{"email":"golden201709697@lab.local"}}`)
	body, _ := bodyOf(p.send(e)).(map[string]any)
	token, _ := body["session_token"].(string)
	if token == "" {
		p.t.Fatalf("no session: %v", body)
	}
	p.ours["ory_st_oxPO4M6XKAWjEgRq8W9Y6Xp1xYEOXS6a"] = token
	begin("e25c57ab-91f0-4384-a2e2-fc75a6a15b84", "/self-service/registration/api")
	begin("8f8be6cb-9f2d-4b2e-ba02-abbf142a0b45", "/self-service/login/api")
	flow := begin("38a99323-c0af-4192-beba-2f0f030d3713", "/self-service/login/browser")
	p.pair("Uir1oozBbwiLti88XFPS8I3rOt+nAvjz41m7M/kDz66Fwuw7tGmPuugRkdd2dOLbSn7wNv6yoCl3LiSfjiYv1Q==", tokenIn(flow))
	begin("e7a73e80-9a87-4f71-ab66-b7fb6ff0fd03", "/self-service/recovery/api")
	begin("fbf9bf56-50de-4a14-bb24-ec07861fd9dd", "/self-service/verification/api")
	p.lab.Clock.Move(2 * time.Second)
	p.lab.Configure(func(c *idp.Config, _ *session.Policy) { c.LongLifespan = time.Hour })
}

// cookieIn is the value of the CSRF cookie that a recorded request carries.
func (p *replay) cookieIn(name string) string {
	s := p.read(name)
	_, value, _ := strings.Cut(s.Exchanges[0].Request.Headers.Get("Cookie"), recordedCSRF+"=")
	value, _, _ = strings.Cut(value, ";")
	return value
}

func tokenIn(flow map[string]any) string {
	ui, _ := flow["ui"].(map[string]any)
	nodes, _ := ui["nodes"].([]any)
	for _, n := range nodes {
		n, _ := n.(map[string]any)
		a, _ := n["attributes"].(map[string]any)
		if a["name"] == "csrf_token" {
			v, _ := a["value"].(string)
			return v
		}
	}
	return ""
}
