package orydocstest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	ory "github.com/ory/kratos-client-go"
)

func appSettings(t *testing.T, s script) {
	ctx, client, email := t.Context(), s.app(), "settings@example.org"
	token := *register(t, client, email).SessionToken
	flow, _, err := client.FrontendAPI.CreateNativeSettingsFlow(ctx).XSessionToken(token).Execute()
	if err != nil {
		t.Fatalf("create: %v %s", err, said(err))
	}
	read, _, err := client.FrontendAPI.GetSettingsFlow(ctx).Id(flow.Id).XSessionToken(token).Execute()
	if err != nil || read.Identity.Traits.(map[string]any)["email"] != email {
		t.Fatalf("read: %v", err)
	}
	profile, _, err := client.FrontendAPI.UpdateSettingsFlow(ctx).Flow(flow.Id).XSessionToken(token).
		UpdateSettingsFlowBody(ory.UpdateSettingsFlowBody{
			UpdateSettingsFlowWithProfileMethod: &ory.UpdateSettingsFlowWithProfileMethod{
				Method: "profile", Traits: map[string]any{"email": email, "name": map[string]any{"first": "Grace", "last": "Hopper"}},
			},
		}).Execute()
	if err != nil || profile.State != "success" || !slices.Contains(messages(profile.Ui), 1050001) {
		t.Fatalf("profile: %v %s", err, said(err))
	}
	_, response, err := client.FrontendAPI.UpdateSettingsFlow(ctx).Flow(flow.Id).XSessionToken(token).
		UpdateSettingsFlowBody(ory.UpdateSettingsFlowBody{
			UpdateSettingsFlowWithPasswordMethod: &ory.UpdateSettingsFlowWithPasswordMethod{Method: "password", Password: "abc"},
		}).Execute()
	if err == nil || response.StatusCode != http.StatusBadRequest || !slices.Contains(messages(model[ory.SettingsFlow](t, err).Ui), 4000032) {
		t.Errorf("short password: %v", err)
	}
	if _, _, err := client.FrontendAPI.UpdateSettingsFlow(ctx).Flow(flow.Id).XSessionToken(token).
		UpdateSettingsFlowBody(ory.UpdateSettingsFlowBody{
			UpdateSettingsFlowWithPasswordMethod: &ory.UpdateSettingsFlowWithPasswordMethod{Method: "password", Password: newPassword},
		}).Execute(); err != nil {
		t.Fatalf("password: %v %s", err, said(err))
	}
	if _, _, err := login(ctx, client, email, newPassword); err != nil {
		t.Errorf("login with the new password: %v", err)
	}
	if _, _, err := login(ctx, client, email, password); err == nil {
		t.Error("the old password still opens")
	}
}

func flowsExpire(t *testing.T, s script) {
	ctx, client := t.Context(), s.app()
	token := *register(t, client, "late@example.org").SessionToken
	settings, _, err := client.FrontendAPI.CreateNativeSettingsFlow(ctx).XSessionToken(token).Execute()
	if err != nil {
		t.Fatal(err)
	}
	flow, _, err := client.FrontendAPI.CreateNativeLoginFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	s.wait(16 * time.Minute)
	_, response, err := client.FrontendAPI.GetLoginFlow(ctx).Id(flow.Id).Execute()
	if err == nil || response.StatusCode != http.StatusGone {
		t.Fatalf("reading an old flow: %v", err)
	}
	if id := errorID(t, err); id != "self_service_flow_expired" {
		t.Errorf("reading an old flow: %q", id)
	}
	body := ory.UpdateLoginFlowBody{UpdateLoginFlowWithPasswordMethod: &ory.UpdateLoginFlowWithPasswordMethod{Method: "password",
		Identifier: "late@example.org", Password: password}}
	_, response, err = client.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow.Id).UpdateLoginFlowBody(body).Execute()
	if err == nil || response.StatusCode != http.StatusGone {
		t.Fatalf("submitting an old flow: %v", err)
	}
	var expired struct {
		ID string `json:"use_flow_id"`
	}
	decode(t, []byte(said(err)), &expired)
	if _, _, err := client.FrontendAPI.UpdateLoginFlow(ctx).Flow(expired.ID).UpdateLoginFlowBody(body).Execute(); err != nil {
		t.Errorf("the flow that takes its place: %v %s", err, said(err))
	}
	_, response, err = client.FrontendAPI.UpdateSettingsFlow(ctx).Flow(settings.Id).XSessionToken(token).
		UpdateSettingsFlowBody(ory.UpdateSettingsFlowBody{
			UpdateSettingsFlowWithPasswordMethod: &ory.UpdateSettingsFlowWithPasswordMethod{Method: "password", Password: newPassword},
		}).Execute()
	if err == nil || response.StatusCode != http.StatusForbidden {
		t.Fatalf("a new password with an old proof: %v", err)
	}
	if id := errorID(t, err); id != "session_refresh_required" {
		t.Errorf("a new password with an old proof: %q", id)
	}
}
