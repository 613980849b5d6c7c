package passwords_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/kratos"
	"sting/backend/kratos/idp"
	"sting/backend/passwords"
	"sting/backend/session"
	"sting/backend/signin"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// room is the side of the passwords with a real store and configuration, and nothing
// else of a lab.
type room struct {
	*passwords.Side
	t      *testing.T
	store  *store.Store
	config config.Config
}

// open makes a room. Ports that the configuration doesn't name are off.
func open(t *testing.T, yaml string) *room {
	t.Helper()
	home := t.TempDir()
	if !strings.HasPrefix(yaml, "ports: {") {
		yaml = "ports: {kratos_public: off, kratos_admin: off}\n" + yaml
	}
	yaml = strings.Replace(yaml, "ports: {", "ports: {site: 0, smtp: off, smtp_plain: off, mail: off, ", 1)
	done(t, os.WriteFile(filepath.Join(home, "sting.yml"), []byte(yaml), 0o600))
	cfg, report, err := config.Load(home, config.Overrides{})
	done(t, err)
	cfg, _, err = config.DrawPorts(cfg, report)
	done(t, err)
	schema, err := idp.ParseSchema("default", cfg.Registration.Schema.JSON)
	done(t, err)
	r := &room{t: t, store: storetest.New(t), config: cfg}
	policy := func() session.Policy { return session.Policy{Lifespan: time.Hour, PrivilegedAge: time.Hour} }
	r.Side, err = passwords.Open(t.Context(), passwords.Needs{
		Config: func() config.Config { return cfg }, Origins: func() []string { return cfg.WebAuthn.RP.Origins },
		Schema: func() *idp.Schema { return schema }, Store: r.store,
		Sessions: &session.Sessions{Store: r.store, Now: time.Now, Policy: policy, Bus: &events.Bus{}},
		Courier:  nowhere{}, Outbox: nowhere{}, Bus: &events.Bus{}, Now: time.Now, Log: slog.New(slog.DiscardHandler), Cheap: true,
		Warn: func(...string) {},
	})
	done(t, err)
	return r
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nowhere is a courier whose mails nobody reads.
type nowhere struct{ idp.Outbox }

func (nowhere) Queue(context.Context, idp.Mail) error { return nil }

// elsewhere is a Kratos (an embedded one, behind a server) and a side that uses it.
func elsewhere(t *testing.T) (there, here *room) {
	t.Helper()
	there = open(t, "")
	server := httptest.NewServer(there.Handler)
	t.Cleanup(server.Close)
	return there, open(t, fmt.Sprintf("kratos: {mode: external, public_url: %q}\n", server.URL))
}

const password = "correct horse battery"

func (r *room) register(email string) signin.Accepted {
	r.t.Helper()
	traits := fmt.Appendf(nil, `{"email":%q}`, email)
	in, err := r.Passwords.Register(r.t.Context(), signin.Registration{Email: email, Password: password, Traits: traits})
	done(r.t, err)
	return in
}

// shown is a request of a browser with Kratos' cookie.
func shown(in signin.Accepted) *http.Request {
	r := httptest.NewRequest("GET", "https://localhost/", nil)
	for _, c := range in.Cookies {
		if c.Name == session.KratosCookie {
			r.AddCookie(c)
		}
	}
	return r
}

func (r *room) knows(id identity.ID) bool {
	_, err := r.store.Identity(r.t.Context(), id)
	return err == nil
}

func TestEachModeIsOneValue(t *testing.T) {
	there, here := elsewhere(t)
	for _, r := range []*room{there, here} {
		in := r.register(fmt.Sprintf("%t@example.org", r.OneRow))
		v, err := r.Source.Session(t.Context(), shown(in), session.Seen{})
		if err != nil || v.Person.ID != in.View.Person.ID {
			t.Errorf("one row %t: %+v, %v", r.OneRow, v, err)
		}
		if detail, _, err := r.Service(site{}).Probe(t.Context()); err != nil || !strings.HasPrefix(detail, r.config.Kratos.Mode) {
			t.Errorf("one row %t: the probe says %q, %v", r.OneRow, detail, err)
		}
	}
	if !there.OneRow || there.Secret == nil || here.OneRow || here.Secret != nil {
		t.Errorf("embedded %t, elsewhere %t", there.OneRow, here.OneRow)
	}
	if at := there.Service(site{}).URL(); at != there.config.Address()+"/.ory" {
		t.Errorf("the embedded one is at %s", at)
	}
}

func TestWhoIsSeenAtAKratosElsewhereGetsARowHere(t *testing.T) {
	there, here := elsewhere(t)
	for how, see := range map[string]func(signin.Accepted, string) error{
		"by a sign-in": func(_ signin.Accepted, email string) error {
			_, err := here.Passwords.Login(t.Context(), signin.Login{Email: email, Password: password})
			return err
		},
		"by their cookie": func(in signin.Accepted, _ string) error {
			_, err := here.Source.Session(t.Context(), shown(in), session.Seen{})
			return err
		},
	} {
		t.Run(how, func(t *testing.T) {
			email := strings.ReplaceAll(how, " ", ".") + "@example.org"
			in := there.register(email)
			if here.knows(in.View.Person.ID) {
				t.Fatal("there is a row before they were seen")
			}
			for range 2 { // the second time changes nothing
				done(t, see(in, email))
			}
			i, err := here.store.Identity(t.Context(), in.View.Person.ID)
			if err != nil || i.Password != nil || !slices.Contains(i.Identifiers, email) {
				t.Errorf("got %+v, %v", i, err)
			}
		})
	}
}

func TestAnAddressMovesToThePersonWhoHasItNow(t *testing.T) {
	there, here := elsewhere(t)
	first := here.register("ann@example.org")
	done(t, there.store.DeleteIdentity(t.Context(), first.View.Person.ID))
	second := here.register("ann@example.org")
	got, err := here.store.IdentityByIdentifier(t.Context(), "ann@example.org")
	if err != nil || got.ID != second.View.Person.ID || !here.knows(first.View.Person.ID) {
		t.Errorf("the address is %s's, %v; want %s's, and the row of %s", got.ID, err, second.View.Person.ID, first.View.Person.ID)
	}
}

func TestNoCookieOfTheLabReachesAKratosElsewhereAndItSetsNone(t *testing.T) {
	var sent string
	loose := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = r.Header.Get("Cookie")
		w.Header().Add("Set-Cookie", session.CookieName+"=theirs; Path=/")
		w.Header().Add("Set-Cookie", "csrf_token_x=1; Path=/")
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	t.Cleanup(loose.Close)
	r := open(t, fmt.Sprintf("kratos: {mode: external, public_url: %q}\n", loose.URL))
	ask, answer := httptest.NewRequest("GET", "/sessions/whoami", nil), httptest.NewRecorder()
	ask.Header.Set("Cookie", session.CookieName+"=secret; ory_kratos_session=k; __Host-sting_browser=secret")
	r.Handler.ServeHTTP(answer, ask)
	if sent != "ory_kratos_session=k" {
		t.Errorf("sent %q", sent)
	}
	if got := answer.Header()["Set-Cookie"]; len(got) != 1 || !strings.HasPrefix(got[0], "csrf_token_x=1") {
		t.Errorf("it set %q", got)
	}
	if got := answer.Header().Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("it opened itself to %q", got)
	}
}

func TestAKratosThatAnswersNonsenseIsNotASignOut(t *testing.T) {
	nonsense := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "<html>welcome to the router</html>")
	}))
	t.Cleanup(nonsense.Close)
	r := open(t, fmt.Sprintf("kratos: {mode: external, public_url: %q}\n", nonsense.URL))
	ask := httptest.NewRequest("GET", "/", nil)
	ask.Header.Set("Cookie", "ory_kratos_session=x")
	_, err := r.Source.Session(t.Context(), ask, session.Seen{})
	_, in := r.Passwords.Login(t.Context(), signin.Login{Email: "ann@example.org", Password: password})
	_, _, probed := r.Service(site{}).Probe(t.Context())
	for what, err := range map[string]error{"a session": err, "a password": in, "the probe": probed} {
		if !errors.Is(err, kratos.ErrUnavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// site is one that blames nobody and lets everybody in.
type site struct{}

func (site) Blame(_ *http.Request, why *fault.Error) *fault.Error { return why }

func (site) Here(_ func(*http.Request) string, _ bool, kratos http.Handler) http.Handler {
	return kratos
}

// run runs the service and returns how it ended.
func (r *room) run(ctx context.Context) (ended <-chan error) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	ready, end := make(chan struct{}), make(chan error, 1)
	var wg sync.WaitGroup
	wg.Go(func() { end <- r.Service(site{}).Run(ctx, func() { close(ready) }) })
	r.t.Cleanup(func() { cancel(); wg.Wait() })
	<-ready
	return end
}

func fetch(t *testing.T, url, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	done(t, err)
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	done(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	done(t, err)
	return resp.StatusCode, string(body)
}

// Kratos' own ports answer other programs, and no other host's name.
func TestKratosOwnPortsAnswer(t *testing.T) {
	r := open(t, "ports: {kratos_public: 0, kratos_admin: 0}\n")
	r.run(t.Context())
	r.register("ann@example.org")
	public, admin := r.config.Ports.KratosPublic.String(), r.config.Ports.KratosAdmin.String()
	for url, want := range map[string]string{
		"http://localhost:" + public + "/health/ready":      `"ok"`,
		"http://localhost:" + admin + "/admin/identities":   "ann@example.org",
		"http://127.0.0.1:" + admin + "/admin/health/ready": `"ok"`,
	} {
		if status, body := fetch(t, url, ""); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", url, status, body)
		}
		status, body := fetch(t, url, "evil.example")
		if status != 421 || strings.Contains(body, "ann@") || !strings.Contains(body, `"reason"`) {
			t.Errorf("%s for another host: %d %s", url, status, body)
		}
	}
}

func TestATakenAdminPortLeavesKratosPublicPortOpen(t *testing.T) {
	t.Parallel()
	holder, err := net.Listen("tcp", "127.0.0.1:0")
	done(t, err)
	defer holder.Close()
	r := open(t, fmt.Sprintf("ports: {kratos_public: 0, kratos_admin: %d}\n", holder.Addr().(*net.TCPAddr).Port))
	ended := r.run(t.Context())
	if status, body := fetch(t, "http://localhost:"+r.config.Ports.KratosPublic.String()+"/health/alive", ""); status != http.StatusOK {
		t.Errorf("the public port: %d %s", status, body)
	}
	if _, _, err := r.Service(site{}).Probe(t.Context()); fault.From(err).Code != "PORT_TAKEN" {
		t.Errorf("the probe says %v", err)
	}
	done(t, holder.Close())
	if f := fault.From(<-ended); f.Code != "PORT_TAKEN" { // the service begins again, with every port
		t.Errorf("it ended with %v", f)
	}
	if _, _, err := r.Service(site{}).Probe(t.Context()); err != nil {
		t.Errorf("once it is free: %v", err)
	}
}
