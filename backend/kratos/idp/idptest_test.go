package idp_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"testing"
	"time"

	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/kratos/idp"
	"sting/backend/session"
	"sting/backend/store"
)

// lab is a provider on a real store, with a clock that can be moved.
type lab struct {
	t      testing.TB
	p      *idp.Provider
	store  *store.Store
	clock  *clock.Clock
	cfg    idp.Config
	policy session.Policy
	public http.Handler
	admin  http.Handler
}

func newLab(t testing.TB, change ...func(*lab)) *lab {
	t.Helper()
	st, err := store.Open(t.TempDir(), store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Check(); err != nil {
			t.Errorf("store is inconsistent: %v", err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	schema, err := idp.ParseSchema("default", config.DefaultSchema())
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{
		t: t, store: st, clock: clock.New(nil),
		cfg:    idp.Config{Site: "https://localhost:8443", BaseURL: "https://localhost:8443/.ory"},
		policy: session.Policy{Lifespan: 24 * time.Hour, PrivilegedAge: 15 * time.Minute},
	}
	bus := &events.Bus{}
	l.p = &idp.Provider{
		Store: st, Identities: st, Bus: bus, Now: l.clock.Now, Secret: []byte("0123456789abcdef0123456789abcdef"),
		Sessions: &session.Sessions{Store: st, Now: l.clock.Now, Policy: func() session.Policy { return l.policy }, Bus: bus},
		Hasher:   idp.NewHasher(idp.TestCost()), Schema: func() *idp.Schema { return schema }, Config: func() idp.Config { return l.cfg },
	}
	for _, f := range change {
		f(l)
	}
	l.public = l.p.Public()
	return l
}

// client is a browser, or an app: it keeps cookies if it has a jar.
type client struct {
	*lab
	jar   map[string]string
	token string
	html  bool
}

func (l *lab) app() *client     { return &client{lab: l} }
func (l *lab) browser() *client { return &client{lab: l, jar: map[string]string{}} }

type reply struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
	set    []*http.Cookie
}

func (c *client) do(method, path string, body any) reply {
	c.t.Helper()
	var in io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		in, kind = strings.NewReader(b), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	r := httptest.NewRequest(method, path, in)
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept", "application/json")
	if c.html {
		r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	}
	var sent []string
	for name, value := range c.jar {
		sent = append(sent, name+"="+value)
	}
	if len(sent) > 0 {
		r.Header.Set("Cookie", strings.Join(sent, "; "))
	}
	if c.token != "" {
		r.Header.Set("X-Session-Token", c.token)
	}
	w := httptest.NewRecorder()
	handler := c.public
	if strings.HasPrefix(path, "/admin") {
		handler = c.admin
	}
	handler.ServeHTTP(w, r)
	out := reply{status: w.Code, header: w.Header(), raw: w.Body.String(), set: w.Result().Cookies()}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && strings.HasPrefix(out.raw, "{") {
		if err := json.Unmarshal(w.Body.Bytes(), &out.body); err != nil {
			c.t.Fatalf("%s %s: %v in %s", method, path, err, out.raw)
		}
	}
	for _, k := range out.set {
		if c.jar == nil {
			continue
		}
		if k.MaxAge < 0 {
			delete(c.jar, k.Name)
			continue
		}
		c.jar[k.Name] = k.Value
	}
	return out
}

// at digs in a JSON value: at(body, "ui", "nodes", 0).
func at(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			list, _ := v.([]any)
			if s >= len(list) {
				return nil
			}
			v = list[s]
		}
	}
	return v
}

func str(v any, path ...any) string { s, _ := at(v, path...).(string); return s }

// node finds a node of a flow by its name.
func (r reply) node(name string) map[string]any {
	nodes, _ := at(r.body, "ui", "nodes").([]any)
	for _, n := range nodes {
		if str(n, "attributes", "name") == name {
			return n.(map[string]any)
		}
	}
	return nil
}

// said are the numbers of all messages of a flow, by the name of their node.
func (r reply) said() map[string][]int {
	out := map[string][]int{}
	add := func(name string, v any) {
		list, _ := v.([]any)
		for _, m := range list {
			id, _ := at(m, "id").(float64)
			out[name] = append(out[name], int(id))
		}
	}
	add("", at(r.body, "ui", "messages"))
	nodes, _ := at(r.body, "ui", "nodes").([]any)
	for _, n := range nodes {
		add(str(n, "attributes", "name"), at(n, "messages"))
	}
	return out
}

func (c *client) begin(kind string) reply {
	c.t.Helper()
	door := "api"
	if c.jar != nil {
		door = "browser"
	}
	r := c.do("GET", "/self-service/"+kind+"/"+door, nil)
	if r.status != http.StatusOK {
		c.t.Fatalf("begin %s: %d %s", kind, r.status, r.raw)
	}
	return r
}

func (c *client) submit(kind string, flow reply, form map[string]any) reply {
	c.t.Helper()
	if n := flow.node("csrf_token"); n != nil && c.jar != nil {
		form["csrf_token"] = str(n, "attributes", "value")
	}
	return c.do("POST", "/self-service/"+kind+"?flow="+str(flow.body, "id"), form)
}

const goodPassword = "Gd7-Correct-Horse-41"

func (c *client) register(email string) reply {
	c.t.Helper()
	r := c.submit("registration", c.begin("registration"), map[string]any{
		"method": "password", "password": goodPassword, "traits": map[string]any{"email": email},
	})
	if r.status != http.StatusOK {
		c.t.Fatalf("register: %d %s", r.status, r.raw)
	}
	if c.jar == nil {
		c.token = str(r.body, "session_token")
	}
	return r
}

func (c *client) login(email, password string) reply {
	c.t.Helper()
	r := c.submit("login", c.begin("login"), map[string]any{"method": "password", "identifier": email, "password": password})
	if r.status == http.StatusOK && c.jar == nil {
		c.token = str(r.body, "session_token")
	}
	return r
}

func (c *client) whoami() reply { c.t.Helper(); return c.do("GET", "/sessions/whoami", nil) }
