package idp_test

import (
	"net/http"
	"testing"
)

// One client that begins flow after flow takes nobody's form away: neither that of
// a browser, nor that of an app that looks just as the flood does.
func TestAFloodOfFlowsLeavesAnotherClientsLoginUsable(t *testing.T) {
	l := newLab(t)
	l.app().register("ann@example.org")
	person, app := l.browser(), l.app()
	inBrowser, inApp := person.begin("login"), app.begin("login")
	flood := l.app()
	for i := range 10_000 {
		door := "/self-service/login/api"
		if i%2 == 0 {
			door = "/self-service/login/browser" // without a cookie: a new browser each time
		}
		if r := flood.do("GET", door, nil); r.status != http.StatusOK {
			t.Fatalf("flow %d: %d %s", i, r.status, r.raw)
		}
	}
	if r := person.do("GET", "/self-service/login/flows?id="+str(inBrowser.body, "id"), nil); r.status != http.StatusOK {
		t.Errorf("the browser's flow can't be read: %d %s", r.status, r.raw)
	}
	for claim, c := range map[string]struct {
		who  *client
		flow reply
	}{"the browser's": {person, inBrowser}, "the app's": {app, inApp}} {
		r := c.who.submit("login", c.flow, map[string]any{"method": "password", "identifier": "ann@example.org", "password": goodPassword})
		if r.status != http.StatusOK {
			t.Errorf("%s login: %d %s", claim, r.status, r.raw)
		}
	}
	if r := l.app().login("ann@example.org", goodPassword); r.status != http.StatusOK {
		t.Errorf("a login that begins now: %d %s", r.status, r.raw)
	}
}
