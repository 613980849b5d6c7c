package idp_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"sting/backend/kratos/idp"
	"sting/backend/session"
)

func TestSomebodyRegistersAndSignsInAgain(t *testing.T) {
	for _, door := range []string{"an app", "a browser"} {
		t.Run(door, func(t *testing.T) {
			l := newLab(t)
			c := l.app()
			if door == "a browser" {
				c = l.browser()
			}
			r := c.register("Ada@lab.local")
			if got := str(c.whoami().body, "identity", "id"); got == "" || got != str(r.body, "identity", "id") {
				t.Fatalf("whoami after registering: got %q", got)
			}
			other := l.app()
			if r := other.login("ada@LAB.local ", goodPassword); r.status != http.StatusOK {
				t.Fatalf("login: %d %s", r.status, r.raw)
			}
			if got := str(other.whoami().body, "authentication_methods", 0, "method"); got != "password" {
				t.Errorf("method: got %q", got)
			}
		})
	}
}

func TestABrowserGetsKratosCookies(t *testing.T) {
	l := newLab(t)
	r := l.browser().register("ada@lab.local")
	for _, c := range r.set {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s: %s", c.Name, c.Raw)
		}
	}
	if len(r.set) != 2 || !strings.HasPrefix(r.set[0].Name, "csrf_token_") || r.set[1].Name != "ory_kratos_session" {
		t.Errorf("cookies: got %v", r.header["Set-Cookie"])
	}
	if _, ok := r.body["session_token"]; ok {
		t.Error("a browser was told its session token")
	}
}

func TestAWrongPasswordAndAnUnknownAddressAreAnsweredAlike(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	flow := l.app().begin("login")
	var seen []string
	for _, who := range []string{"ada@lab.local", "bob@lab.local"} {
		r := l.app().submit("login", flow, map[string]any{"method": "password", "identifier": who, "password": "wrong-password-1"})
		if r.status != http.StatusBadRequest || !cmp.Equal(r.said()[""], []int{4000006}) {
			t.Errorf("%s: %d %v", who, r.status, r.said())
		}
		seen = append(seen, strings.ReplaceAll(strings.ReplaceAll(r.raw, who, "?"), str(r.body, "updated_at"), "now"))
	}
	if diff := cmp.Diff(seen[0], seen[1]); diff != "" {
		t.Error(diff)
	}
}

// together lets nobody who read a flow go on before all have read it.
type together struct {
	idp.Store
	all *sync.WaitGroup
}

func (s together) Flow(ctx context.Context, k idp.Kind, id string) (idp.Flow, error) {
	f, err := s.Store.Flow(ctx, k, id)
	s.all.Done()
	s.all.Wait()
	return f, err
}

func TestAFinishedFlowIsNotSubmittedAgain(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	flow := l.app().begin("login")
	var readers sync.WaitGroup
	readers.Add(8)
	l.p.Store = together{l.store, &readers}
	form := map[string]any{"method": "password", "identifier": "ada@lab.local", "password": goodPassword}
	var wg sync.WaitGroup
	got := make(chan int, 8)
	for range 8 {
		wg.Go(func() { got <- l.app().submit("login", flow, form).status })
	}
	wg.Wait()
	close(got)
	l.p.Store = l.store
	count := map[int]int{}
	for s := range got {
		count[s]++
	}
	if diff := cmp.Diff(map[int]int{http.StatusOK: 1, http.StatusGone: 7}, count); diff != "" {
		t.Error(diff)
	}
	if r := l.app().submit("login", flow, form); r.status != http.StatusGone || uuid.Validate(str(r.body, "use_flow_id")) != nil {
		t.Errorf("later: %d %s", r.status, r.raw)
	}
}

func TestAFlowBelongsToTheBrowserThatBeganIt(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	mine, other := l.browser(), l.browser()
	flow := mine.begin("login")
	form := func() map[string]any {
		return map[string]any{"method": "password", "identifier": "ada@lab.local", "password": goodPassword}
	}
	other.begin("login")
	id := str(flow.body, "id")
	for name, r := range map[string]reply{
		"another browser's cookie": other.submit("login", flow, form()),
		"another browser's own token": other.do("POST", "/self-service/login?flow="+id,
			map[string]any{"csrf_token": str(other.begin("login").node("csrf_token"), "attributes", "value"), "method": "password",
				"identifier": "ada@lab.local", "password": goodPassword}),
		"no cookie":                    (&client{lab: l, jar: map[string]string{}}).submit("login", flow, form()),
		"no token":                     mine.do("POST", "/self-service/login?flow="+id, form()),
		"a read without the cookie":    l.app().do("GET", "/self-service/login/flows?id="+id, nil),
		"a read with another's cookie": other.do("GET", "/self-service/login/flows?id="+id, nil),
	} {
		if r.status != http.StatusForbidden || str(r.body, "error", "id") != "security_csrf_violation" {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	if r := mine.submit("login", flow, form()); r.status != http.StatusOK {
		t.Errorf("the browser's own: %d %s", r.status, r.raw)
	}
}

func TestTheTokenInAFormNeverLooksTheSameTwice(t *testing.T) {
	c := newLab(t).browser()
	flow := c.begin("login")
	again := c.do("GET", "/self-service/login/flows?id="+str(flow.body, "id"), nil)
	a, b := str(flow.node("csrf_token"), "attributes", "value"), str(again.node("csrf_token"), "attributes", "value")
	if a == "" || a == b {
		t.Errorf("got %q twice", a)
	}
}

func TestAnAppsFlowRefusesABrowser(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	b := l.browser()
	b.begin("login")
	flow := l.app().begin("login")
	if r := b.do("POST", "/self-service/login?flow="+str(flow.body, "id"),
		map[string]any{"method": "password", "identifier": "ada@lab.local", "password": goodPassword}); r.status != http.StatusBadRequest ||
		len(r.set) > 0 {
		t.Errorf("got %d %s %v", r.status, r.raw, r.set)
	}
}

func TestASessionEndsWithItsTimeAndWithItsPerson(t *testing.T) {
	l := newLab(t)
	c := l.app()
	r := c.register("ada@lab.local")
	l.clock.Move(24*time.Hour - time.Minute)
	if got := c.whoami().status; got != http.StatusOK {
		t.Errorf("before its end: %d", got)
	}
	l.clock.Move(time.Minute)
	if got := c.whoami().status; got != http.StatusUnauthorized {
		t.Errorf("after its end: %d", got)
	}
	l.clock.Move(-time.Hour)
	if err := l.p.Sessions.End(t.Context(), session.ID(str(r.body, "session", "id"))); err != nil {
		t.Fatal(err)
	}
	if got := c.whoami().status; got != http.StatusUnauthorized {
		t.Errorf("ended elsewhere: %d", got)
	}
}

func TestTwoSessionCookiesAreBothRefused(t *testing.T) {
	l := newLab(t)
	c := l.browser()
	c.register("ada@lab.local")
	value := c.jar["ory_kratos_session"]
	c.jar["ory_kratos_session"] = value + "; ory_kratos_session=" + value
	if r := c.whoami(); r.status != http.StatusBadRequest || str(r.body, "error", "id") != "cookie_ambiguous" {
		t.Errorf("got %d %s", r.status, r.raw)
	}
}

func TestExpiredFlowsLeadToNewOnes(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	app, b := l.app(), l.browser()
	native, flow := app.begin("login"), b.begin("login")
	l.clock.Move(11 * time.Minute)
	form := map[string]any{"method": "password", "identifier": "ada@lab.local", "password": goodPassword}
	r := app.submit("login", native, form)
	if r.status != http.StatusGone || str(r.body, "error", "id") != "self_service_flow_expired" {
		t.Fatalf("submit: %d %s", r.status, r.raw)
	}
	next := app.do("GET", "/self-service/login/flows?id="+str(r.body, "use_flow_id"), nil)
	if !cmp.Equal(next.said()[""], []int{4010001}) {
		t.Errorf("new flow says %v", next.said())
	}
	if r := app.submit("login", next, form); r.status != http.StatusOK {
		t.Errorf("new flow: %d %s", r.status, r.raw)
	}
	b.html = true
	if r := b.do("POST", "/self-service/login?flow="+str(flow.body, "id"), "method=password"); r.status != http.StatusSeeOther ||
		!strings.HasPrefix(r.header.Get("Location"), "https://localhost:8443/login?flow=") {
		t.Errorf("page: %d %s", r.status, r.header.Get("Location"))
	}
}

func TestAFreshProofReplacesTheSession(t *testing.T) {
	l := newLab(t)
	c := l.app()
	c.register("ada@lab.local")
	old := c.token
	flow := c.do("GET", "/self-service/login/api?refresh=true", nil)
	r := c.submit("login", flow, map[string]any{"method": "password", "identifier": "ada@lab.local", "password": goodPassword})
	if r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	if got := c.whoami().status; got != http.StatusUnauthorized {
		t.Errorf("the old token still works: %d", got)
	}
	c.token = str(r.body, "session_token")
	if c.token == old || c.whoami().status != http.StatusOK {
		t.Error("the new token does not work")
	}
}

func TestAFreshProofIsTheSamePersons(t *testing.T) {
	l := newLab(t)
	l.app().register("bob@lab.local")
	c := l.app()
	c.register("ada@lab.local")
	flow := c.do("GET", "/self-service/login/api?refresh=true", nil)
	r := c.submit("login", flow, map[string]any{"method": "password", "identifier": "bob@lab.local", "password": goodPassword})
	if r.status != http.StatusBadRequest || !cmp.Equal(r.said()[""], []int{4000006}) {
		t.Errorf("got %d %s", r.status, r.raw)
	}
}

func TestReturnAddressesElsewhereAreRefused(t *testing.T) {
	c := newLab(t).browser()
	for _, to := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "https://localhost:8443@evil.example/",
		"javascript:alert(1)"} {
		r := c.do("GET", "/self-service/login/browser?return_to="+
			strings.NewReplacer(":", "%3A", "/", "%2F", `\`, "%5C", "@", "%40").Replace(to), nil)
		if r.status != http.StatusBadRequest || str(r.body, "error", "id") != "self_service_flow_return_to_forbidden" {
			t.Errorf("%s: %d %s", to, r.status, r.raw)
		}
	}
	if r := c.do("GET", "/self-service/login/browser?return_to=https%3A%2F%2Flocalhost%3A8443%2Fafter", nil); str(r.body,
		"return_to") != "https://localhost:8443/after" {
		t.Errorf("our own: %d %s", r.status, r.raw)
	}
}

func TestSigningOutIsForTheHolderOfTheToken(t *testing.T) {
	l := newLab(t)
	c := l.browser()
	c.register("ada@lab.local")
	link := c.do("GET", "/self-service/logout/browser", nil)
	if r := c.do("GET", "/self-service/logout?token=wrong", nil); r.status != http.StatusForbidden {
		t.Errorf("wrong token: %d", r.status)
	}
	if got := c.whoami().status; got != http.StatusOK {
		t.Fatalf("a wrong token signed out: %d", got)
	}
	value := c.jar["ory_kratos_session"]
	if r := c.do("GET", "/self-service/logout?token="+str(link.body, "logout_token"), nil); r.status != http.StatusNoContent {
		t.Errorf("right token: %d %s", r.status, r.raw)
	}
	if c.jar["ory_kratos_session"] != "" {
		t.Error("the cookie stayed")
	}
	c.jar["ory_kratos_session"] = value
	if got := c.whoami().status; got != http.StatusUnauthorized {
		t.Errorf("the old cookie still works: %d", got)
	}
}
