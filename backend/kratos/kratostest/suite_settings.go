package kratostest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func (s *suite) settings(t *testing.T) {
	for _, a := range []*actor{s.app(t), s.browser(t)} {
		email := s.email("settings-app")
		if a.cookies != nil {
			email = s.email("settings-browser")
		}
		a.register(email)
		flow := a.begin("settings")
		if flow.value("traits.email") != email || flow.text("state") != "show_form" {
			t.Errorf("form: %.900s", flow.raw)
		}
		r := a.submit("settings", flow, map[string]any{"method": "password", "password": "short"})
		if r.status != http.StatusBadRequest || !slices.Contains(r.says("password"), 4000032) {
			t.Errorf("short: %d %.900s", r.status, r.raw)
		}
		r = a.submit("settings", flow, map[string]any{"method": "profile", "traits": map[string]any{"email": "bad"}})
		if r.status != http.StatusBadRequest || !slices.Contains(r.says("traits.email"), 4000001) {
			t.Errorf("bad address: %d %.900s", r.status, r.raw)
		}
		r = a.submit("settings", flow, map[string]any{"method": "profile",
			"traits": map[string]any{"email": email, "name": map[string]any{"first": "Grace"}}})
		a.want(r, http.StatusOK)
		if r.text("state") != "success" || !slices.Contains(r.says(""), 1050001) || a.whoami().text("identity.traits.name.first") != "Grace" {
			t.Errorf("profile: %.900s", r.raw)
		}
		a.want(a.submit("settings", flow, map[string]any{"method": "password", "password": otherPassword}), http.StatusOK)
		a.want(a.whoami(), http.StatusOK)
		b := s.app(t)
		b.want(b.login(email, password), http.StatusBadRequest)
		b.want(b.login(email, otherPassword), http.StatusOK)
	}
	a := s.app(t)
	a.want(a.ask("GET", "/self-service/settings/api", nil), http.StatusUnauthorized)
	a.want(a.ask("GET", "/self-service/settings/browser", nil), http.StatusUnauthorized)
}

func (s *suite) othersSettings(t *testing.T) {
	a, b := s.app(t), s.app(t)
	a.register(s.email("mine"))
	b.register(s.email("yours"))
	flow := a.begin("settings")
	for claim, r := range map[string]reply{
		"read":   b.ask("GET", "/self-service/settings/flows?id="+flow.text("id"), nil),
		"change": b.ask("POST", "/self-service/settings?flow="+flow.text("id"), map[string]any{"method": "password", "password": otherPassword}),
	} {
		if r.status != http.StatusForbidden || r.text("error.id") != "security_identity_mismatch" {
			t.Errorf("%s: %d %s", claim, r.status, r.raw)
		}
	}
	c := s.app(t)
	c.want(c.ask("GET", "/self-service/settings/flows?id="+flow.text("id"), nil), http.StatusUnauthorized)
}

func (s *suite) adminRecovery(t *testing.T) {
	email := s.email("lost")
	id := s.app(t).register(email).text("identity.id")
	a := s.browser(t)
	made := a.want(a.ask("POST", "/admin/recovery/code", map[string]any{"identity_id": id}), http.StatusCreated)
	link, err := url.Parse(made.text("recovery_link"))
	if err != nil || !strings.HasPrefix(link.String(), s.Site+"/recovery?flow=") {
		t.Fatalf("link: %v, %v", link, err)
	}
	flow := a.want(a.ask("GET", "/self-service/recovery/flows?id="+link.Query().Get("flow"), nil), http.StatusOK)
	r := a.submit("recovery", flow, map[string]any{"method": "code", "code": made.text("recovery_code")})
	a.want(r, http.StatusOK)
	if got := a.whoami().text("identity.id"); got != id {
		t.Fatalf("whoami: %q, recovered %.600s", got, r.raw)
	}
	s.setNewPassword(t, a, r, email)
	a.want(a.ask("POST", "/admin/recovery/code", map[string]any{"identity_id": "00000000-0000-4000-8000-000000000000"}), http.StatusNotFound)
}

// setNewPassword goes on where a recovery leads.
func (s *suite) setNewPassword(t *testing.T, a *actor, recovered reply, email string) {
	t.Helper()
	next, _ := recovered.body["continue_with"].([]any)
	at := slices.IndexFunc(next, func(v any) bool { return dig(v, "action") == "show_settings_ui" })
	if at < 0 {
		t.Fatalf("nothing leads to the settings: %v", next)
	}
	id, _ := dig(next[at], "flow.id").(string)
	settings := a.want(a.ask("GET", "/self-service/settings/flows?id="+id, nil), http.StatusOK)
	a.want(a.submit("settings", settings, map[string]any{"method": "password", "password": otherPassword}), http.StatusOK)
	b := s.app(t)
	b.want(b.login(email, otherPassword), http.StatusOK)
}

func (s *suite) mailedRecovery(t *testing.T) {
	if s.Code == nil {
		t.Log("not run: the mails of this target can't be read")
		return
	}
	for _, a := range []*actor{s.app(t), s.browser(t)} {
		email := s.email("forgot-app")
		if a.cookies != nil {
			email = s.email("forgot-browser")
		}
		s.app(t).register(email)
		flow := a.begin("recovery")
		sent := a.want(a.submit("recovery", flow, map[string]any{"method": "code", "email": email}), http.StatusOK)
		unknown := s.app(t)
		other := unknown.want(unknown.submit("recovery", unknown.begin("recovery"),
			map[string]any{"method": "code", "email": s.email("nobody")}), http.StatusOK)
		if sent.text("state") != "sent_email" || other.text("state") != "sent_email" || !slices.Equal(sent.says(""), other.says("")) {
			t.Errorf("an unknown address is told apart: %v, %v", sent.says(""), other.says(""))
		}
		wrong := a.want(a.submit("recovery", sent, map[string]any{"method": "code", "code": "000000"}), http.StatusOK)
		if !slices.Contains(wrong.says(""), 4060006) {
			t.Errorf("wrong code: %.900s", wrong.raw)
		}
		form := map[string]any{"method": "code", "code": s.Code(t, email, "recover")}
		r := a.want(a.submit("recovery", sent, form), http.StatusOK)
		if next, _ := r.body["continue_with"].([]any); a.cookies == nil && len(next) > 0 {
			a.token, _ = dig(next[0], "ory_session_token").(string)
		}
		if m, _ := dig(a.whoami().body, "authentication_methods.0.method").(string); m != "code_recovery" {
			t.Errorf("method: %q", m)
		}
		s.setNewPassword(t, a, r, email)
		again := s.app(t)
		if a.cookies == nil {
			again.want(again.ask("POST", "/self-service/recovery?flow="+flow.text("id"), form), http.StatusBadRequest)
		}
	}
}

func (s *suite) mailedVerification(t *testing.T) {
	if s.Code == nil {
		t.Log("not run: the mails of this target can't be read")
		return
	}
	a, email := s.app(t), s.email("verify")
	r := a.register(email)
	next, _ := r.body["continue_with"].([]any)
	at := slices.IndexFunc(next, func(v any) bool { return dig(v, "action") == "show_verification_ui" })
	if at < 0 || dig(next[at], "flow.verifiable_address") != email {
		t.Fatalf("registration leads to no verification: %v", next)
	}
	id, _ := dig(next[at], "flow.id").(string)
	flow := a.want(a.ask("GET", "/self-service/verification/flows?id="+id, nil), http.StatusOK)
	wrong := a.want(a.submit("verification", flow, map[string]any{"method": "code", "code": "000000"}), http.StatusOK)
	if !slices.Contains(wrong.says(""), 4070006) {
		t.Errorf("wrong code: %.900s", wrong.raw)
	}
	done := a.want(a.submit("verification", flow, map[string]any{"method": "code", "code": s.Code(t, email, "verify")}), http.StatusOK)
	if done.text("state") != "passed_challenge" || !slices.Contains(done.says(""), 1080002) {
		t.Errorf("right code: %.900s", done.raw)
	}
	if verified, _ := dig(a.whoami().body, "identity.verifiable_addresses.0.verified").(bool); !verified {
		t.Error("the address isn't verified")
	}
	fresh := a.begin("verification")
	sent := a.want(a.submit("verification", fresh, map[string]any{"method": "code", "email": s.email("nobody")}), http.StatusOK)
	if sent.text("state") != "sent_email" || !slices.Contains(sent.says(""), 1080003) {
		t.Errorf("an unknown address: %.900s", sent.raw)
	}
}

func (s *suite) expiry(t *testing.T) {
	if s.Advance == nil {
		t.Log("not run: the clock of this target can't be moved")
		return
	}
	email := s.email("late")
	a := s.app(t)
	a.register(email)
	settings := a.begin("settings")
	b := s.app(t)
	login := b.begin("login")
	s.Advance(16 * time.Minute)
	if r := b.ask("GET", "/self-service/login/flows?id="+login.text("id"), nil); r.status != http.StatusGone ||
		r.text("error.id") != "self_service_flow_expired" {
		t.Errorf("read: %d %s", r.status, r.raw)
	}
	r := b.submit("login", login, map[string]any{"method": "password", "identifier": email, "password": password})
	if r.status != http.StatusGone || r.text("use_flow_id") == "" {
		t.Fatalf("submit: %d %s", r.status, r.raw)
	}
	next := b.want(b.ask("GET", "/self-service/login/flows?id="+r.text("use_flow_id"), nil), http.StatusOK)
	b.want(b.submit("login", next, map[string]any{"method": "password", "identifier": email, "password": password}), http.StatusOK)
	r = a.submit("settings", settings, map[string]any{"method": "password", "password": otherPassword})
	if r.status != http.StatusForbidden || r.text("error.id") != "session_refresh_required" || r.text("redirect_browser_to") == "" {
		t.Errorf("an old proof: %d %s", r.status, r.raw)
	}
	a.want(a.submit("settings", settings, map[string]any{"method": "profile",
		"traits": map[string]any{"email": email, "name": map[string]any{"first": "Ada"}}}), http.StatusOK)
	if r := a.submit("settings", settings, map[string]any{"method": "profile",
		"traits": map[string]any{"email": s.email("moved")}}); r.status != http.StatusForbidden {
		t.Errorf("another address with an old proof: %d %s", r.status, r.raw)
	}
	s.Advance(24 * time.Hour)
	a.want(a.whoami(), http.StatusUnauthorized)
}
