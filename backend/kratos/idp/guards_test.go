package idp_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
)

func ada() map[string]any {
	return map[string]any{"method": "password", "identifier": "ada@lab.local", "password": goodPassword}
}

func (c *client) csrfCookie() string {
	c.t.Helper()
	for name := range c.jar {
		if strings.HasPrefix(name, "csrf_token_") {
			return name
		}
	}
	c.t.Fatal("there is no CSRF cookie")
	return ""
}

// THREATS T02: the cookie and the flow are ours, and the token alone is wrong.
func TestAFormProvesItselfWithTheTokenOfItsOwnCookie(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	mine, other := l.browser(), l.browser()
	flow := mine.begin("login")
	token := str(flow.node("csrf_token"), "attributes", "value")
	theirs := str(other.begin("login").node("csrf_token"), "attributes", "value")
	short := base64.StdEncoding.EncodeToString([]byte("short"))
	for claim, sent := range map[string]any{
		"another browser's": theirs, "none": nil, "an empty one": "", "a short one": short,
		"one that is no text": 7, "ours and more": token + "!", "ours cut": token[:len(token)-4],
	} {
		form := ada()
		form["csrf_token"] = sent
		r := mine.do("POST", "/self-service/login?flow="+str(flow.body, "id"), form)
		if r.status != http.StatusForbidden || str(r.body, "error", "id") != "security_csrf_violation" {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
	r := mine.with("X-CSRF-Token", token).do("POST", "/self-service/login?flow="+str(flow.body, "id"), ada())
	if r.status != http.StatusOK {
		t.Errorf("ours, in the header: %d %s", r.status, r.raw)
	}
}

// A recovery that an administrator began belongs to whoever has its code; every
// other flow of a browser to that browser.
func TestOnlyAnAdministratorsRecoveryBelongsToNoBrowser(t *testing.T) {
	l, box := withMails(t)
	l.admin = l.p.Admin()
	id := str(l.app().register("ada@lab.local").body, "identity", "id")
	b := l.browser()
	begun := b.recovery("ada@lab.local")
	at := "/self-service/recovery?flow=" + str(begun.body, "id")
	code := map[string]any{"method": "code", "code": box.code(t)}
	for claim, r := range map[string]reply{
		"without a token":          b.do("POST", at, code),
		"from another browser":     l.browser().submit("recovery", begun, map[string]any{"method": "code", "code": box.code(t)}),
		"by a link":                b.do("GET", at+"&token="+box.code(t), nil),
		"by a link, without a jar": l.browser().do("GET", at+"&token="+box.code(t), nil),
	} {
		if r.status != http.StatusForbidden {
			t.Errorf("a browser's recovery %s: %d %s", claim, r.status, r.raw)
		}
	}
	kept := idp.Flow{
		ID: uuid.NewString(), Kind: idp.LoginFlow, Type: "browser", Base: "https://localhost:8443/.ory",
		IssuedAt: l.clock.Now(), ExpiresAt: l.clock.Now().Add(time.Hour),
	}
	if err := l.store.CreateFlow(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	if r := b.do("POST", "/self-service/login?flow="+kept.ID, ada()); r.status != http.StatusForbidden {
		t.Errorf("a login without a browser: %d %s", r.status, r.raw)
	}
	made := l.app().do("POST", "/admin/recovery/code", map[string]any{"identity_id": id, "expires_in": "5h"})
	_, flow, _ := strings.Cut(str(made.body, "recovery_link"), "?flow=")
	l.clock.Move(4 * time.Hour)
	reader := l.browser()
	if r := reader.do("GET", "/self-service/recovery/flows?id="+flow, nil); r.status != http.StatusOK {
		t.Errorf("an administrator's, read: %d %s", r.status, r.raw)
	}
	r := reader.do("POST", "/self-service/recovery?flow="+flow, map[string]any{"method": "code", "code": str(made.body, "recovery_code")})
	if r.status != http.StatusOK || str(reader.whoami().body, "identity", "id") != id {
		t.Errorf("an administrator's, with its code: %d %s", r.status, r.raw)
	}
}

// with is the same client with one more header at its next requests.
func (c *client) with(name, value string) *client {
	next := *c
	lab := *c.lab
	lab.public = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set(name, value)
		c.lab.public.ServeHTTP(w, r)
	})
	next.lab = &lab
	return &next
}

func TestACookieThatIsNoTokenIsReplaced(t *testing.T) {
	l := newLab(t)
	name, whole := "", base64.StdEncoding.EncodeToString(make([]byte, 32))
	for claim, value := range map[string]string{
		"too short": "AAAA", "empty": "", "too long": base64.StdEncoding.EncodeToString(make([]byte, 33)), "more behind it": whole + "!",
		"no base64": "%%%",
	} {
		b := l.browser()
		b.begin("login")
		name = b.csrfCookie()
		b.jar[name] = value
		if b.begin("login"); b.jar[name] == value {
			t.Errorf("%s: the browser keeps it", claim)
		}
	}
	b := l.browser()
	b.jar[name] = whole
	if b.begin("login"); b.jar[name] != whole {
		t.Error("a whole one is replaced")
	}
}

func TestEveryBrowserThatSignsInGetsATokenOfItsOwnAndOneCookieOfAName(t *testing.T) {
	l := newLab(t)
	l.app().register("ada@lab.local")
	seen := make(map[string]bool)
	for range 3 {
		b := l.browser()
		if r := b.login("ada@lab.local", goodPassword); r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.raw)
		}
		seen[b.jar[b.csrfCookie()]] = true
		link := b.do("GET", "/self-service/logout/browser", nil)
		delete(b.jar, b.csrfCookie())
		r := b.do("GET", "/self-service/logout?token="+str(link.body, "logout_token"), nil)
		var names []string
		for _, k := range r.set {
			names = append(names, k.Name)
		}
		slices.Sort(names)
		if len(names) != 2 || len(slices.Compact(names)) != 2 {
			t.Errorf("signing out sets %q", names)
		}
	}
	if len(seen) != 3 {
		t.Errorf("three browsers have %d tokens", len(seen))
	}
}

// capturing keeps the last code that is stored.
type capturing struct {
	idp.Store
	last idp.Code
}

func (c *capturing) CreateCode(ctx context.Context, v idp.Code) error {
	c.last = v
	return c.Store.CreateCode(ctx, v)
}

// THREATS T10: what is kept for an address that nobody has is no code at all.
// Whoever hit one would learn that from another answer.
func TestNoCodeMatchesWhereNobodyHasTheAddress(t *testing.T) {
	l, box := withMails(t)
	kept := &capturing{Store: l.store}
	l.p.Store = kept
	l.app().register("ada@lab.local")
	matches := func(code string) bool {
		h := hmac.New(sha256.New, l.p.Secret)
		h.Write([]byte("recovery\x00" + kept.last.FlowID + "\x00" + code + "\x00"))
		return hmac.Equal(h.Sum(nil), kept.last.MAC)
	}
	l.app().recovery("ada@lab.local")
	if !matches(box.code(t)) || kept.last.IdentityID == "" {
		t.Fatal("a code that was sent doesn't match: nothing is shown")
	}
	l.app().recovery("bob@lab.local")
	if kept.last.IdentityID != identity.ID("") || kept.last.Address != "bob@lab.local" {
		t.Fatalf("kept for nobody: %+v", kept.last)
	}
	for n := range 1_000_000 {
		if code := fmt.Sprintf("%06d", n); matches(code) {
			t.Fatalf("%s matches, and nobody has it", code)
		}
	}
}
