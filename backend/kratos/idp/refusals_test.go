package idp_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/identity"
)

// lines is a log that can be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// taken returns what was written since it was asked last.
func (l *lines) taken() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := strings.TrimSpace(l.b.String())
	l.b.Reset()
	if all == "" {
		return nil
	}
	return strings.Split(all, "\n")
}

func withLog(t *testing.T) (*lab, *letters, *lines) {
	t.Helper()
	box, log := &letters{}, &lines{}
	return newLab(t, func(l *lab) {
		l.p.Courier, l.p.Log = box, slog.New(slog.NewTextHandler(log, nil))
	}), box, log
}

func TestARefusalIsOneLineOfTheLog(t *testing.T) {
	const secret, wrongCode = "Hunter2-Is-Wrong", "424242"
	l, box, log := withLog(t)
	l.app().register("kim@example.com")
	off := str(l.app().register("off@example.com").body, "identity", "id")
	if _, err := l.store.UpdateIdentity(t.Context(), identity.ID(off), func(i *identity.Identity) error {
		i.State = identity.Inactive
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	login := func(c *client, name, password string) {
		c.submit("login", c.begin("login"), map[string]any{"method": "password", "identifier": name, "password": password})
	}
	register := func(email, password string) {
		c := l.app()
		c.submit("registration", c.begin("registration"),
			map[string]any{"method": "password", "password": password, "traits": map[string]any{"email": email}})
	}
	for name, c := range map[string]struct {
		act  func()
		want []string
	}{
		"a wrong password": {func() {
			login(l.app(), "kim@example.com", secret)
		}, []string{"4000006", "kim@example.com", "kind=login"}},
		"of a browser": {func() {
			login(l.browser(), "kim@example.com", secret)
		}, []string{"4000006", "kim@example.com", "type=browser"}},
		"an unknown address": {func() {
			login(l.app(), "nobody@example.com", secret)
		}, []string{"4000006", "nobody here: n...@example.com"}},
		"a password typed as address": {func() { login(l.app(), secret, "x") }, []string{"4000006", "16 characters that are no address"}},
		"no password":                 {func() { login(l.app(), "kim@example.com", "") }, []string{"4000002", "password"}},
		"an account that is off": {func() {
			login(l.app(), "off@example.com", goodPassword)
		}, []string{"This account was disabled", "off@example.com"}},
		"an address that is taken": {func() {
			register("kim@example.com", goodPassword)
		}, []string{"4000007", "kim@example.com", "kind=registration"}},
		"a password that is too short": {func() { register("new@example.com", "Ab1-x") }, []string{"4000032"}},
		"an address that is none":      {func() { register(secret, goodPassword) }, []string{"4000001", "traits.email"}},
		"no method":                    {func() { c := l.app(); c.submit("login", c.begin("login"), map[string]any{}) }, []string{"4010002"}},
		"a form that can't be read": {func() {
			c := l.app()
			c.do("POST", "/self-service/login?flow="+str(c.begin("login").body, "id"), []int{1})
		}, []string{"4000001"}},
		"a method that is off": {func() {
			c := l.app()
			c.submit("login", c.begin("login"), map[string]any{"method": "oidc", "provider": "x"})
		}, []string{"status=404"}},
		"no CSRF token": {func() {
			c := l.browser()
			c.do("POST", "/self-service/login?flow="+str(c.begin("login").body, "id"), map[string]any{"password": secret})
		}, []string{"security_csrf_violation"}},
		"a token that never was": {func() {
			l.app().do("DELETE", "/self-service/logout/api", map[string]any{"session_token": "ory_st_" + secret})
		}, []string{"status=403", "Ory Session Token"}},
		"a flow that is unknown": {func() {
			l.app().do("POST", "/self-service/login?flow=00000000-0000-4000-8000-000000000000", map[string]any{})
		}, []string{"status=404"}},
		"a wrong recovery code": {func() {
			c := l.app()
			c.submit("recovery", c.recovery("kim@example.com"), map[string]any{"method": "code", "code": wrongCode})
		}, []string{"4060006", "kim@example.com"}},
		"a wrong verification code": {func() {
			c := l.app()
			c.submit("verification", c.submit("verification", c.begin("verification"),
				map[string]any{"method": "code", "email": "kim@example.com"}), map[string]any{"method": "code", "code": wrongCode})
		}, []string{"4070006", "kim@example.com"}},
		"a return to somewhere foreign": {func() {
			l.app().do("GET", "/self-service/login/browser?return_to=https://evil.example/", nil)
		}, []string{"self_service_flow_return_to_forbidden"}},
		"an expired flow": {func() {
			c := l.app()
			flow := c.begin("login")
			l.clock.Move(time.Hour)
			c.submit("login", flow, map[string]any{"method": "password", "identifier": "kim@example.com", "password": goodPassword})
		}, []string{"self_service_flow_expired", "status=410"}},
		"an expired flow of a page": {func() {
			c := l.browser()
			flow := c.begin("login")
			l.clock.Move(time.Hour)
			c.sendForm("login", flow, map[string]any{"method": "password", "identifier": "kim@example.com", "password": goodPassword}, true)
		}, []string{"The flow was over"}},
	} {
		t.Run(name, func(t *testing.T) {
			log.taken()
			c.act()
			got := log.taken()
			if len(got) != 1 || !strings.Contains(got[0], "level=INFO msg=refused") {
				t.Fatalf("want one line, got %q", got)
			}
			for _, want := range c.want {
				if !strings.Contains(got[0], want) {
					t.Errorf("the line doesn't say %q: %s", want, got[0])
				}
			}
			for _, hidden := range []string{secret, goodPassword, "Ab1-x", wrongCode, "ory_st_", box.code(t)} {
				if hidden != "" && strings.Contains(got[0], hidden) {
					t.Errorf("the line tells %q: %s", hidden, got[0])
				}
			}
		})
	}
}

func TestWhatIsNotRefusedIsNotLogged(t *testing.T) {
	l, _, log := withLog(t)
	c := l.browser()
	c.whoami()
	first := c.submit("registration", c.begin("registration"),
		map[string]any{"method": "profile", "traits": map[string]any{"email": "kim@example.com"}})
	c.submit("registration", first, map[string]any{"method": "password", "password": goodPassword,
		"traits": map[string]any{"email": "kim@example.com"}})
	if r := c.whoami(); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	if got := log.taken(); len(got) > 0 {
		t.Errorf("logged: %q", got)
	}
}

func TestAFloodOfRefusalsCostsFewLines(t *testing.T) {
	l, _, log := withLog(t)
	try := func() { l.app().do("POST", "/self-service/login?flow=nonsense", map[string]any{}) }
	for range 500 {
		try()
	}
	got := log.taken()
	if len(got) > 100 || !strings.Contains(got[len(got)-1], "counted, not written") {
		t.Errorf("%d lines, the last: %s", len(got), got[len(got)-1])
	}
	l.clock.Move(10 * time.Second)
	try()
	if got := log.taken(); len(got) != 1 || !strings.Contains(got[0], "not_logged_before=") {
		t.Errorf("afterwards: %q", got)
	}
}
