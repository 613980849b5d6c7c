package kratostest

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"testing"

	ory "github.com/ory/kratos-client-go"
)

// Run holds a Kratos against the suite. The target has the identity schema of
// the lab, the methods password, profile and code, two-step registration, the
// hook "session" after registration, and use_continue_with_transitions.
func Run(t *testing.T, tg Target) {
	s := newSuite(tg, strings.ToLower(rand.Text()[:10]))
	for _, c := range []struct {
		claim string
		test  func(*suite, *testing.T)
	}{
		{"it is alive, ready and says its version", (*suite).health},
		{"it shows its identity schema", (*suite).schemas},
		{"an SDK registers, looks, and signs out", (*suite).nativeWay},
		{"an SDK signs in in a browser's name", (*suite).browserWay},
		{"a form that is wrong says where", (*suite).wrongForms},
		{"registration takes two steps", (*suite).twoSteps},
		{"a wrong password and an unknown address are answered alike", (*suite).enumeration},
		{"who is signed in is told so, or asked again", (*suite).alreadyIn},
		{"a browser's flow needs its CSRF cookie and token", (*suite).csrf},
		{"a page is sent from redirect to redirect", (*suite).pages},
		{"nobody is sent to a foreign site", (*suite).returnTo},
		{"a browser signs out by a token", (*suite).logout},
		{"one's other sessions can be seen and ended", (*suite).sessions},
		{"a flow that is unknown is not found", (*suite).unknownFlows},
		{"methods that are off are not found, or no strategy", (*suite).disabledMethods},
		{"profile and password can be changed", (*suite).settings},
		{"another's settings stay closed", (*suite).othersSettings},
		{"an administrator's code recovers an account", (*suite).adminRecovery},
		{"a mailed code recovers an account, once", (*suite).mailedRecovery},
		{"a mailed code verifies an address", (*suite).mailedVerification},
		{"flows and proofs grow old", (*suite).expiry},
		{"an administrator keeps identities", (*suite).adminIdentities},
		{"lists go page by page", (*suite).adminPages},
		{"hashed passwords can be imported", (*suite).adminImport},
		{"an administrator keeps sessions", (*suite).adminSessions},
		{"a disabled person stays out", (*suite).adminDisable},
		{"many are created at once, each for itself", (*suite).adminBatch},
		{"mails can be listed", (*suite).adminMails},
	} {
		t.Run(c.claim, func(t *testing.T) { c.test(s, t) })
	}
}

func (s *suite) health(t *testing.T) {
	ctx := t.Context()
	for name, api := range map[string]*ory.APIClient{"public": s.front} {
		if _, _, err := api.MetadataAPI.IsAlive(ctx).Execute(); err != nil {
			t.Errorf("%s: alive: %v", name, err)
		}
		if _, _, err := api.MetadataAPI.IsReady(ctx).Execute(); err != nil {
			t.Errorf("%s: ready: %v", name, err)
		}
	}
	a := s.app(t)
	a.want(a.ask("GET", "/admin/health/ready", nil), http.StatusOK)
	if v := a.want(a.ask("GET", "/admin/version", nil), http.StatusOK).text("version"); v == "" {
		t.Error("no version")
	}
	if r := a.ask("GET", s.Admin+"/health/alive", nil); r.status != http.StatusTemporaryRedirect ||
		r.header.Get("Location") != "/admin/health/alive" {
		t.Errorf("without prefix: %d to %q", r.status, r.header.Get("Location"))
	}
	a.want(a.ask("GET", "/nope", nil), http.StatusNotFound)
}

func (s *suite) schemas(t *testing.T) {
	list, _, err := s.front.IdentityAPI.ListIdentitySchemas(t.Context()).Execute()
	if err != nil || len(list) == 0 {
		t.Fatalf("list: %v", err)
	}
	one, _, err := s.front.IdentityAPI.GetIdentitySchema(t.Context(), list[0].GetId()).Execute()
	if err != nil || dig(one, "properties.traits.properties.email") == nil {
		t.Errorf("schema: %v, %v", one, err)
	}
	a := s.app(t)
	a.want(a.ask("GET", "/schemas/nope", nil), http.StatusNotFound)
	by := a.register(s.email("schema")).text("identity.schema_url")
	a.want(a.ask("GET", by, nil), http.StatusOK)
}

func (s *suite) nativeWay(t *testing.T) {
	ctx, email := t.Context(), s.email("native")
	flow, _, err := s.front.FrontendAPI.CreateNativeRegistrationFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	form := ory.UpdateRegistrationFlowWithPasswordMethod{Method: "password", Password: password,
		Traits: map[string]any{"email": email, "name": map[string]any{"first": "Ada"}}}
	done, _, err := s.front.FrontendAPI.UpdateRegistrationFlow(ctx).Flow(flow.Id).
		UpdateRegistrationFlowBody(ory.UpdateRegistrationFlowWithPasswordMethodAsUpdateRegistrationFlowBody(&form)).Execute()
	if err != nil || done.Session == nil || done.SessionToken == nil {
		t.Fatalf("register: %v", err)
	}
	me, _, err := s.front.FrontendAPI.ToSession(ctx).XSessionToken(*done.SessionToken).Execute()
	if err != nil || me.Id != done.Session.Id || me.Identity.Id != done.Identity.Id || len(me.Devices) != 1 || !me.GetActive() {
		t.Fatalf("whoami: %+v, %v", me, err)
	}
	a := s.app(t)
	if r := a.ask("GET", "/sessions/whoami", nil); r.status != http.StatusUnauthorized {
		t.Errorf("nobody: %d", r.status)
	}
	if _, err := s.front.FrontendAPI.PerformNativeLogout(ctx).PerformNativeLogoutBody(*ory.NewPerformNativeLogoutBody(*done.SessionToken)).
		Execute(); err != nil {
		t.Errorf("logout: %v", err)
	}
	if _, resp, err := s.front.FrontendAPI.ToSession(ctx).XSessionToken(*done.SessionToken).Execute(); err == nil ||
		resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("after logout: %v", err)
	}
	s.nativeLogouts(t, *done.SessionToken)
}

// nativeLogouts signs out what was signed out already, and what never was.
func (s *suite) nativeLogouts(t *testing.T, over string) {
	for name, c := range map[string]struct {
		token  string
		status int
		reason string
	}{
		"signed out already": {over, http.StatusNoContent, ""},
		"never was": {"ory_st_unknown", http.StatusForbidden,
			"The provided Ory Session Token could not be found, is invalid, or otherwise malformed."},
	} {
		r := s.app(t).ask("DELETE", "/self-service/logout/api", map[string]any{"session_token": c.token})
		if r.status != c.status || r.text("error.reason") != c.reason {
			t.Errorf("logout of a token that %s: %d %s", name, r.status, r.raw)
		}
	}
}

func (s *suite) browserWay(t *testing.T) {
	ctx, email := t.Context(), s.email("browser")
	s.browser(t).register(email)
	flow, resp, err := s.front.FrontendAPI.CreateBrowserLoginFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	var cookies []string
	for _, c := range resp.Cookies() {
		if c.Secure == s.DevCookies || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie: %s", c.Raw)
		}
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	token := ""
	for _, n := range flow.Ui.Nodes {
		if in := n.Attributes.UiNodeInputAttributes; in != nil && in.Name == "csrf_token" {
			token, _ = in.Value.(string)
		}
	}
	form := ory.UpdateLoginFlowWithPasswordMethod{Method: "password", Identifier: email, Password: password, CsrfToken: &token}
	done, resp, err := s.front.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow.Id).Cookie(strings.Join(cookies, "; ")).
		UpdateLoginFlowBody(ory.UpdateLoginFlowWithPasswordMethodAsUpdateLoginFlowBody(&form)).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if done.SessionToken != nil {
		t.Error("a browser was told its session token")
	}
	at := slices.IndexFunc(resp.Cookies(), func(c *http.Cookie) bool { return c.Name == "ory_kratos_session" })
	if at < 0 {
		t.Fatal("no session cookie")
	}
	me, _, err := s.front.FrontendAPI.ToSession(ctx).Cookie("ory_kratos_session=" + resp.Cookies()[at].Value).Execute()
	if err != nil || me.Id != done.Session.Id || me.AuthenticationMethods[0].GetMethod() != "password" {
		t.Errorf("whoami: %+v, %v", me, err)
	}
}
