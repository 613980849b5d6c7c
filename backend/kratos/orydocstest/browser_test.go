package orydocstest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	ory "github.com/ory/kratos-client-go"
)

// csrf is the value of a form's CSRF token.
func csrf(ui ory.UiContainer) *string {
	for _, node := range ui.Nodes {
		if input := node.Attributes.UiNodeInputAttributes; input != nil && input.Name == "csrf_token" {
			token, _ := input.Value.(string)
			return &token
		}
	}
	return nil
}

// signUp registers in a browser, on one page, and stays signed in.
func signUp(t *testing.T, browser *ory.APIClient, email string) *ory.SuccessfulNativeRegistration {
	t.Helper()
	flow, _, err := browser.FrontendAPI.CreateBrowserRegistrationFlow(t.Context()).Execute()
	if err != nil {
		t.Fatalf("create registration flow: %v", err)
	}
	done, _, err := browser.FrontendAPI.UpdateRegistrationFlow(t.Context()).Flow(flow.Id).
		UpdateRegistrationFlowBody(ory.UpdateRegistrationFlowBody{
			UpdateRegistrationFlowWithPasswordMethod: &ory.UpdateRegistrationFlowWithPasswordMethod{
				Method: "password", Password: password, Traits: map[string]any{"email": email}, CsrfToken: csrf(flow.Ui),
			},
		}).Execute()
	if err != nil {
		t.Fatalf("register: %v %s", err, said(err))
	}
	return done
}

// signOut signs a browser out by its link.
func signOut(t *testing.T, browser *ory.APIClient) {
	t.Helper()
	link, _, err := browser.FrontendAPI.CreateBrowserLogoutFlow(t.Context()).Execute()
	if err != nil || !strings.Contains(link.LogoutUrl, link.LogoutToken) {
		t.Fatalf("logout flow: %+v, %v", link, err)
	}
	if _, err := browser.FrontendAPI.UpdateLogoutFlow(t.Context()).Token(link.LogoutToken).Execute(); err != nil {
		t.Fatalf("logout: %v %s", err, said(err))
	}
}

func browserSignsUp(t *testing.T, s script) {
	ctx, browser, email := t.Context(), s.browser(t), "browser@example.org"
	flow, _, err := browser.FrontendAPI.CreateBrowserRegistrationFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	_, response, err := browser.FrontendAPI.UpdateRegistrationFlow(ctx).Flow(flow.Id).
		UpdateRegistrationFlowBody(ory.UpdateRegistrationFlowBody{
			UpdateRegistrationFlowWithProfileMethod: &ory.UpdateRegistrationFlowWithProfileMethod{
				Method: "profile", Traits: map[string]any{"email": email}, CsrfToken: csrf(flow.Ui),
			},
		}).Execute()
	if err == nil || response.StatusCode != http.StatusBadRequest {
		t.Fatalf("first step: %v", err)
	}
	second := model[ory.RegistrationFlow](t, err)
	if !slices.Contains(messages(second.Ui), 1040009) {
		t.Errorf("second step: %v", messages(second.Ui))
	}
	done, response, err := browser.FrontendAPI.UpdateRegistrationFlow(ctx).Flow(flow.Id).
		UpdateRegistrationFlowBody(ory.UpdateRegistrationFlowBody{
			UpdateRegistrationFlowWithPasswordMethod: &ory.UpdateRegistrationFlowWithPasswordMethod{
				Method: "password", Password: password, Traits: map[string]any{"email": email}, CsrfToken: csrf(second.Ui),
			},
		}).Execute()
	if err != nil {
		t.Fatalf("second step: %v %s", err, said(err))
	}
	if done.SessionToken != nil {
		t.Error("a browser was told its session token")
	}
	for _, cookie := range response.Cookies() {
		if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie: %s", cookie.Raw)
		}
	}
	session, _, err := browser.FrontendAPI.ToSession(ctx).Execute()
	if err != nil || session.Identity.Traits.(map[string]any)["email"] != email {
		t.Fatalf("whoami: %v", err)
	}
	if _, response, err := browser.FrontendAPI.CreateBrowserLoginFlow(ctx).Execute(); err == nil ||
		response.StatusCode != http.StatusBadRequest || errorID(t, err) != "session_already_available" {
		t.Errorf("a login flow while signed in: %v", err)
	}
	signOut(t, browser)
	if _, response, err := browser.FrontendAPI.ToSession(ctx).Execute(); err == nil || response.StatusCode != http.StatusUnauthorized {
		t.Errorf("whoami after the logout: %v", err)
	}
}

func browserSignsIn(t *testing.T, s script) {
	ctx, browser, email := t.Context(), s.browser(t), "again@example.org"
	signUp(t, browser, email)
	signOut(t, browser)
	flow, _, err := browser.FrontendAPI.CreateBrowserLoginFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	body := func(secret string, token *string) ory.UpdateLoginFlowBody {
		return ory.UpdateLoginFlowBody{UpdateLoginFlowWithPasswordMethod: &ory.UpdateLoginFlowWithPasswordMethod{
			Method: "password", Identifier: email, Password: secret, CsrfToken: token,
		}}
	}
	if _, response, err := browser.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow.Id).UpdateLoginFlowBody(body(password,
		nil)).Execute(); err == nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("without the CSRF token: %v", err)
	}
	_, _, err = browser.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow.Id).UpdateLoginFlowBody(body("wrong", csrf(flow.Ui))).Execute()
	if err == nil || !slices.Contains(messages(model[ory.LoginFlow](t, err).Ui), 4000006) {
		t.Errorf("wrong password: %v", err)
	}
	read, _, err := browser.FrontendAPI.GetLoginFlow(ctx).Id(flow.Id).Execute()
	if err != nil {
		t.Fatal(err)
	}
	done, _, err := browser.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow.Id).UpdateLoginFlowBody(body(password, csrf(read.Ui))).Execute()
	if err != nil {
		t.Fatalf("login: %v %s", err, said(err))
	}
	refresh, _, err := browser.FrontendAPI.CreateBrowserLoginFlow(ctx).Refresh(true).Execute()
	if err != nil || !slices.Contains(messages(refresh.Ui), 1010003) {
		t.Fatalf("refresh: %v", err)
	}
	if _, _, err := browser.FrontendAPI.UpdateLoginFlow(ctx).Flow(refresh.Id).UpdateLoginFlowBody(body(password,
		csrf(refresh.Ui))).Execute(); err != nil {
		t.Errorf("refresh: %v %s", err, said(err))
	}
	session, _, err := browser.FrontendAPI.ToSession(ctx).Execute()
	if err != nil || session.Identity.Id != done.Session.Identity.Id ||
		session.GetAuthenticatedAt().Before(done.Session.GetAuthenticatedAt()) {
		t.Errorf("after the refresh: %v", err)
	}
}

func browserSettings(t *testing.T, s script) {
	ctx, browser, email := t.Context(), s.browser(t), "profile@example.org"
	signUp(t, browser, email)
	flow, _, err := browser.FrontendAPI.CreateBrowserSettingsFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	profile, _, err := browser.FrontendAPI.UpdateSettingsFlow(ctx).Flow(flow.Id).UpdateSettingsFlowBody(ory.UpdateSettingsFlowBody{
		UpdateSettingsFlowWithProfileMethod: &ory.UpdateSettingsFlowWithProfileMethod{
			Method: "profile", Traits: map[string]any{"email": email, "name": map[string]any{"first": "Ada"}}, CsrfToken: csrf(flow.Ui),
		},
	}).Execute()
	if err != nil || profile.State != "success" {
		t.Fatalf("profile: %v %s", err, said(err))
	}
	changed, _, err := browser.FrontendAPI.UpdateSettingsFlow(ctx).Flow(flow.Id).UpdateSettingsFlowBody(ory.UpdateSettingsFlowBody{
		UpdateSettingsFlowWithPasswordMethod: &ory.UpdateSettingsFlowWithPasswordMethod{Method: "password", Password: newPassword,
			CsrfToken: csrf(profile.Ui)},
	}).Execute()
	if err != nil || changed.State != "success" {
		t.Fatalf("password: %v %s", err, said(err))
	}
	if _, _, err := browser.FrontendAPI.ToSession(ctx).Execute(); err != nil {
		t.Errorf("a new password signed its owner out: %v", err)
	}
	if _, _, err := login(ctx, s.app(), email, newPassword); err != nil {
		t.Errorf("login with the new password: %v", err)
	}
}

func browserRecovers(t *testing.T, s script) {
	ctx, browser, email := t.Context(), s.browser(t), "lost@example.org"
	register(t, s.app(), email)
	flow, _, err := browser.FrontendAPI.CreateBrowserRecoveryFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	sent, _, err := browser.FrontendAPI.UpdateRecoveryFlow(ctx).Flow(flow.Id).UpdateRecoveryFlowBody(ory.UpdateRecoveryFlowBody{
		UpdateRecoveryFlowWithCodeMethod: &ory.UpdateRecoveryFlowWithCodeMethod{Method: "code", Email: &email, CsrfToken: csrf(flow.Ui)},
	}).Execute()
	if err != nil || sent.State != "sent_email" {
		t.Fatalf("send: %v %s", err, said(err))
	}
	code := s.code(t, email, "recover")
	done, _, err := browser.FrontendAPI.UpdateRecoveryFlow(ctx).Flow(flow.Id).UpdateRecoveryFlowBody(ory.UpdateRecoveryFlowBody{
		UpdateRecoveryFlowWithCodeMethod: &ory.UpdateRecoveryFlowWithCodeMethod{Method: "code", Code: &code, CsrfToken: csrf(sent.Ui)},
	}).Execute()
	if err != nil {
		t.Fatalf("code: %v %s", err, said(err))
	}
	at := slices.IndexFunc(done.ContinueWith, func(c ory.ContinueWith) bool { return c.ContinueWithSettingsUi != nil })
	if at < 0 {
		t.Fatalf("nothing leads to the settings: %+v", done.ContinueWith)
	}
	settings, _, err := browser.FrontendAPI.GetSettingsFlow(ctx).Id(done.ContinueWith[at].ContinueWithSettingsUi.Flow.Id).Execute()
	if err != nil {
		t.Fatalf("settings: %v %s", err, said(err))
	}
	if _, _, err := browser.FrontendAPI.UpdateSettingsFlow(ctx).Flow(settings.Id).UpdateSettingsFlowBody(ory.UpdateSettingsFlowBody{
		UpdateSettingsFlowWithPasswordMethod: &ory.UpdateSettingsFlowWithPasswordMethod{Method: "password", Password: newPassword,
			CsrfToken: csrf(settings.Ui)},
	}).Execute(); err != nil {
		t.Fatalf("new password: %v %s", err, said(err))
	}
	if _, _, err := login(ctx, s.app(), email, newPassword); err != nil {
		t.Errorf("login with the new password: %v", err)
	}
}

func errorIDs(t *testing.T, s script) {
	ctx, app, browser := t.Context(), s.app(), s.browser(t)
	const nothing = "00000000-0000-4000-8000-000000000000"
	check := func(claim string, response *http.Response, err error, status int, id string) {
		t.Helper()
		if err == nil || response == nil || response.StatusCode != status {
			t.Errorf("%s: %v %s", claim, err, said(err))
			return
		}
		if got := errorID(t, err); got != id {
			t.Errorf("%s: id %q, want %q", claim, got, id)
		}
	}
	_, response, err := app.FrontendAPI.ToSession(ctx).Execute()
	check("whoami of nobody", response, err, http.StatusUnauthorized, "")
	_, response, err = browser.FrontendAPI.CreateBrowserLogoutFlow(ctx).Execute()
	check("logout of nobody", response, err, http.StatusUnauthorized, "session_inactive")
	_, response, err = app.FrontendAPI.CreateNativeSettingsFlow(ctx).Execute()
	check("settings of nobody", response, err, http.StatusUnauthorized, "session_inactive")
	_, response, err = app.FrontendAPI.CreateNativeLoginFlow(ctx).Aal("aal2").Execute()
	check("a second factor of nobody", response, err, http.StatusUnauthorized, "session_aal1_required")
	_, response, err = app.FrontendAPI.GetLoginFlow(ctx).Id(nothing).Execute()
	check("a login flow that isn't", response, err, http.StatusNotFound, "")
	_, response, err = app.FrontendAPI.GetFlowError(ctx).Id(nothing).Execute()
	check("an error that isn't", response, err, http.StatusNotFound, "")
	_, response, err = browser.FrontendAPI.CreateBrowserLoginFlow(ctx).ReturnTo("https://evil.example/").Execute()
	check("a foreign return_to", response, err, http.StatusBadRequest, "self_service_flow_return_to_forbidden")
	begun, _, err := browser.FrontendAPI.CreateBrowserLoginFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	_, response, err = app.FrontendAPI.GetLoginFlow(ctx).Id(begun.Id).Execute()
	check("another browser's flow", response, err, http.StatusForbidden, "security_csrf_violation")
	owner := register(t, app, "owner@example.org")
	settings, _, err := app.FrontendAPI.CreateNativeSettingsFlow(ctx).XSessionToken(*owner.SessionToken).Execute()
	if err != nil {
		t.Fatal(err)
	}
	other := register(t, app, "other@example.org")
	_, response, err = app.FrontendAPI.GetSettingsFlow(ctx).Id(settings.Id).XSessionToken(*other.SessionToken).Execute()
	check("another person's settings", response, err, http.StatusForbidden, "security_identity_mismatch")
}
