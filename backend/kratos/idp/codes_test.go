package idp_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/session"
)

// letters keeps what was queued.
type letters struct {
	mu    sync.Mutex
	mails []idp.Mail
}

func (l *letters) Queue(_ context.Context, m idp.Mail) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mails = append(l.mails, m)
	return nil
}

var digits = regexp.MustCompile(`\b\d{6}\b`)

// code is the one in the latest mail.
func (l *letters) code(t testing.TB) string {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.mails) == 0 {
		t.Fatal("no mail")
	}
	return digits.FindString(l.mails[len(l.mails)-1].Text)
}

func withMails(t testing.TB) (*lab, *letters) {
	t.Helper()
	box := &letters{}
	return newLab(t, func(l *lab) { l.p.Courier = box }), box
}

func (c *client) recovery(email string) reply {
	c.t.Helper()
	r := c.submit("recovery", c.begin("recovery"), map[string]any{"method": "code", "email": email})
	if r.status != http.StatusOK {
		c.t.Fatalf("recovery: %d %s", r.status, r.raw)
	}
	return r
}

func TestACodeIsTriedFiveTimes(t *testing.T) {
	l, box := withMails(t)
	l.app().register("ada@lab.local")
	app := l.app()
	flow := app.recovery("ada@lab.local")
	code := box.code(t)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for range idp.MaxCodeTries {
		if r := app.submit("recovery", flow, map[string]any{"method": "code", "code": wrong}); !cmp.Equal(r.said()[""], []int{4060006}) {
			t.Fatalf("wrong: %d %s", r.status, r.raw)
		}
	}
	r := app.submit("recovery", flow, map[string]any{"method": "code", "code": code})
	if r.status != http.StatusBadRequest || !strings.Contains(r.raw, "too often") {
		t.Errorf("the right one, too late: %d %s", r.status, r.raw)
	}
}

func TestOneOfManyUsesOfACodeCounts(t *testing.T) {
	l, box := withMails(t)
	l.app().register("ada@lab.local")
	flow := l.app().recovery("ada@lab.local")
	code := box.code(t)
	var wg sync.WaitGroup
	got := make(chan string, idp.MaxCodeTries)
	for range idp.MaxCodeTries {
		wg.Go(func() {
			got <- str(l.app().submit("recovery", flow, map[string]any{"method": "code", "code": code}).body, "state")
		})
	}
	wg.Wait()
	close(got)
	count := map[string]int{}
	for s := range got {
		count[s]++
	}
	if diff := cmp.Diff(map[string]int{"passed_challenge": 1, "": idp.MaxCodeTries - 1}, count); diff != "" {
		t.Error(diff)
	}
}

func TestACodeIsGoodForItsFlowAndItsTime(t *testing.T) {
	l, box := withMails(t)
	l.app().register("ada@lab.local")
	app := l.app()
	one := app.recovery("ada@lab.local")
	first := box.code(t)
	two := app.recovery("ada@lab.local")
	if first != box.code(t) {
		if r := app.submit("recovery", two, map[string]any{"method": "code", "code": first}); !cmp.Equal(r.said()[""], []int{4060006}) {
			t.Errorf("another flow's: %d %s", r.status, r.raw)
		}
	}
	app.submit("recovery", one, map[string]any{"method": "code", "email": "ada@lab.local"})
	if again := box.code(t); again != first {
		if r := app.submit("recovery", one, map[string]any{"method": "code", "code": first}); !cmp.Equal(r.said()[""], []int{4060006}) {
			t.Errorf("replaced by a new one: %d %s", r.status, r.raw)
		}
	}
	code := box.code(t)
	l.clock.Move(time.Hour)
	if r := app.submit("recovery", one, map[string]any{"method": "code", "code": code}); r.status != http.StatusGone {
		t.Errorf("an hour later: %d %s", r.status, r.raw)
	}
}

func TestACodeIsKeptAsAKeyedHash(t *testing.T) {
	l, box := withMails(t)
	l.app().register("ada@lab.local")
	flow := l.app().recovery("ada@lab.local")
	code := box.code(t)
	kept, err := l.store.Flow(t.Context(), idp.RecoveryFlow, str(flow.body, "id"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{str(flow.body, "ui"), kept.Address} {
		if strings.Contains(n, code) {
			t.Errorf("the code is in %q", n)
		}
	}
	if strings.Contains(flow.raw, code) {
		t.Error("the code is in the answer")
	}
}

func TestRecoveryTellsNobodyWhoHasAnAccount(t *testing.T) {
	l, box := withMails(t)
	l.app().register("ada@lab.local")
	before := len(box.mails)
	var shown []any
	for _, email := range []string{"ada@lab.local", "bob@lab.local"} {
		app := l.app()
		r := app.recovery(email)
		wrong := app.submit("recovery", r, map[string]any{"method": "code", "code": "abcdef"})
		shown = append(shown, []any{r.status, r.said(), str(r.body, "state"), wrong.status, wrong.said()})
	}
	if diff := cmp.Diff(shown[0], shown[1]); diff != "" {
		t.Error(diff)
	}
	if got := len(box.mails) - before; got != 1 || box.mails[before].To != "ada@lab.local" {
		t.Errorf("%d mails", got)
	}
}

func TestARecoveredBrowserSetsANewPassword(t *testing.T) {
	l, box := withMails(t)
	l.app().register("ada@lab.local")
	l.clock.Move(time.Hour)
	b := l.browser()
	flow := b.recovery("ada@lab.local")
	r := b.submit("recovery", flow, map[string]any{"method": "code", "code": box.code(t)})
	if r.status != http.StatusOK || str(r.body, "continue_with", 0, "action") != "show_settings_ui" {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	me := b.whoami()
	if str(me.body, "authentication_methods", 0, "method") != "code_recovery" ||
		at(me.body, "identity", "verifiable_addresses", 0, "verified") != true {
		t.Errorf("whoami: %s", me.raw)
	}
	settings := b.do("GET", "/self-service/settings/flows?id="+str(r.body, "continue_with", 0, "flow", "id"), nil)
	if !cmp.Equal(settings.said()[""], []int{1060001, 1059001}) { // the app that registered was signed out
		t.Errorf("settings say %v", settings.said())
	}
	if r := b.submit("settings", settings, map[string]any{"method": "password",
		"password": "Zx9-Battery-Staple-77"}); r.status != http.StatusOK {
		t.Fatalf("settings: %d %s", r.status, r.raw)
	}
	if r := l.app().login("ada@lab.local", "Zx9-Battery-Staple-77"); r.status != http.StatusOK {
		t.Errorf("login: %d %s", r.status, r.raw)
	}
}

func TestARecoveryLinkWorksOnce(t *testing.T) {
	l := newLab(t)
	l.admin = l.p.Admin()
	id := str(l.app().register("ada@lab.local").body, "identity", "id")
	made := l.app().do("POST", "/admin/recovery/link", map[string]any{"identity_id": id})
	link, ok := strings.CutPrefix(str(made.body, "recovery_link"), "https://localhost:8443/.ory")
	if !ok {
		t.Fatalf("%d %s", made.status, made.raw)
	}
	b := l.browser()
	b.html = true
	if r := b.do("GET", link, nil); r.status != http.StatusSeeOther ||
		!strings.HasPrefix(r.header.Get("Location"), "https://localhost:8443/settings?flow=") {
		t.Fatalf("%d %s", r.status, r.header.Get("Location"))
	}
	if got := str(b.whoami().body, "identity", "id"); got != id {
		t.Errorf("whoami: %q", got)
	}
	other := l.browser()
	other.html = true
	if r := other.do("GET", link, nil); !strings.HasPrefix(r.header.Get("Location"), "https://localhost:8443/recovery?flow=") ||
		other.jar["ory_kratos_session"] != "" {
		t.Errorf("again: %d %s", r.status, r.header.Get("Location"))
	}
}

func TestANewAddressIsVerifiedAnew(t *testing.T) {
	l, box := withMails(t)
	app := l.app()
	app.register("ada@lab.local")
	flow := app.begin("settings")
	r := app.submit("settings", flow, map[string]any{"method": "profile", "traits": map[string]any{"email": "grace@lab.local"}})
	if r.status != http.StatusOK || str(r.body, "continue_with", 0, "action") != "show_verification_ui" {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	if got := box.mails[len(box.mails)-1].To; got != "grace@lab.local" {
		t.Errorf("mail to %s", got)
	}
	if r := l.app().login("grace@lab.local", goodPassword); r.status != http.StatusOK {
		t.Errorf("by the new address: %d", r.status)
	}
	if r := l.app().login("ada@lab.local", goodPassword); r.status != http.StatusBadRequest {
		t.Errorf("by the old address: %d", r.status)
	}
	other := l.app()
	other.register("ada@lab.local")
	other.token = ""
	r = app.submit("settings", app.begin("settings"), map[string]any{"method": "profile", "traits": map[string]any{"email": "ada@lab.local"}})
	if r.status != http.StatusBadRequest || !cmp.Equal(r.said()[""], []int{4000007}) {
		t.Errorf("an address that is somebody's: %d %s", r.status, r.raw)
	}
}

func TestAPasskeySignInIsAKratosSessionToo(t *testing.T) {
	l := newLab(t)
	id := identity.ID(str(l.app().register("ada@lab.local").body, "identity", "id"))
	s := session.New(l.clock.Now(), l.policy, id, session.Proof{Method: session.Passkey},
		session.Device{UserAgent: "a browser", Address: "192.0.2.7"})
	token, hash := session.NewToken()
	s.KratosToken = hash
	if err := l.store.CreateSession(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	b := l.browser()
	b.jar["ory_kratos_session"] = token
	me := b.whoami()
	if str(me.body, "authentication_methods", 0, "method") != "passkey" || str(me.body, "authenticator_assurance_level") != "aal1" ||
		str(me.body, "devices", 0, "ip_address") != "192.0.2.7" {
		t.Errorf("whoami: %s", me.raw)
	}
	if r := b.submit("settings", b.begin("settings"),
		map[string]any{"method": "password", "password": "Zx9-Battery-Staple-77"}); r.status != http.StatusOK {
		t.Errorf("settings: %d %s", r.status, r.raw)
	}
}

// THREATS T30: who recovers may have lost the account to somebody.
func TestARecoveryEndsEveryOtherSession(t *testing.T) {
	l, box := withMails(t)
	first := l.app()
	first.register("ada@lab.local")
	second, eve := l.browser(), l.app()
	second.login("ada@lab.local", goodPassword)
	eve.register("eve@lab.local")
	for claim, c := range map[string]*client{"an app": l.app(), "a browser": l.browser()} {
		flow := c.recovery("ada@lab.local")
		r := c.submit("recovery", flow, map[string]any{"method": "code", "code": box.code(t)})
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d %s", claim, r.status, r.raw)
		}
		if c.jar == nil {
			c.token = str(r.body, "continue_with", 0, "ory_session_token")
		}
		if got := c.whoami().status; got != http.StatusOK {
			t.Errorf("%s that recovered: %d", claim, got)
		}
		if first.whoami().status != http.StatusUnauthorized || second.whoami().status != http.StatusUnauthorized {
			t.Errorf("%s recovered, and an older session lives on", claim)
		}
		if eve.whoami().status != http.StatusOK {
			t.Errorf("%s recovered, and somebody else was signed out", claim)
		}
		first, second = l.app(), l.browser()
		first.login("ada@lab.local", goodPassword)
		second.login("ada@lab.local", goodPassword)
	}
}
