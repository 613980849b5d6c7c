package idp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sting/backend/kratos/idp"
	"sting/backend/session"
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

// What a client says of itself makes no other client of it: no header, no name of
// a browser, no cookie that it made up. A browser that signed in once keeps its
// form whenever it began.
func TestAFloodThatCallsItselfAnotherEachTimeLeavesTheOthersForms(t *testing.T) {
	l := newLab(t)
	l.app().register("ann@example.org")
	known := l.browser()
	known.login("ann@example.org", goodPassword)
	person, app := l.browser(), l.app()
	flows := map[string]reply{"a browser's": person.begin("login"), "an app's": app.begin("login")}
	var late reply
	for i := range 14_000 {
		if i == 12_000 {
			late = known.refresh()
		}
		r := httptest.NewRequest("GET", "/self-service/login/browser", nil)
		r.Header.Set("Accept", "application/json")
		switch i % 4 {
		case 0:
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
		case 1:
			r.Header.Set("User-Agent", fmt.Sprint("flood ", i))
			r.Header.Set("X-Real-IP", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
		case 2:
			token := sha256.Sum256([]byte(fmt.Sprint(i)))
			name := sha256.Sum256([]byte(l.cfg.BaseURL))
			r.Header.Set("Cookie", "csrf_token_"+hex.EncodeToString(name[:])+"="+base64.StdEncoding.EncodeToString(token[:]))
		case 3:
			r.RemoteAddr = fmt.Sprintf("127.0.%d.%d:1", i>>8&255, i&255)
		}
		w := httptest.NewRecorder()
		if l.public.ServeHTTP(w, r); w.Code != http.StatusOK {
			t.Fatalf("flow %d: %d %s", i, w.Code, w.Body)
		}
	}
	for whose, c := range map[string]struct {
		who  *client
		flow reply
	}{"a browser's": {person, flows["a browser's"]}, "an app's": {app, flows["an app's"]},
		"the late form of a browser that signed in": {known, late}} {
		r := c.who.submit("login", c.flow, map[string]any{"method": "password", "identifier": "ann@example.org", "password": goodPassword})
		if r.status != http.StatusOK {
			t.Errorf("%s: %d %s", whose, r.status, r.raw)
		}
	}
}

// refresh is a login flow of a browser whose session was lost, and whose CSRF
// cookie was not.
func (c *client) refresh() reply {
	c.t.Helper()
	delete(c.jar, session.KratosCookie)
	return c.begin("login")
}

// Nobody makes a token that says that its browser signed in.
func TestATokenOfABrowserThatSignedInIsMadeByUsAlone(t *testing.T) {
	l := newLab(t)
	l.app().register("ann@example.org")
	b := l.browser()
	b.login("ann@example.org", goodPassword)
	client := func(value string) string {
		fresh := l.browser()
		for name := range b.jar {
			if strings.HasPrefix(name, "csrf_token_") {
				fresh.jar[name] = value
			}
		}
		id := str(fresh.begin("login").body, "id")
		f, err := l.store.Flow(t.Context(), idp.LoginFlow, id)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(f.Proven)
	}
	for name, value := range b.jar {
		if !strings.HasPrefix(name, "csrf_token_") {
			continue
		}
		if client(value) != "true" {
			t.Error("the browser that signed in is not known again")
		}
		token, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			t.Fatal(err)
		}
		for i := range token {
			forged := slices.Clone(token)
			forged[i] ^= 1
			if client(base64.StdEncoding.EncodeToString(forged)) != "false" {
				t.Fatalf("a token with byte %d changed is believed", i)
			}
		}
	}
}
