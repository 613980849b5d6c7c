package orydocstest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	ory "github.com/ory/kratos-client-go"
)

const password, newPassword = "Gd7-Correct-Horse-41", "Zx9-Battery-Staple-77"

func metadata(t *testing.T, s script) {
	ctx := t.Context()
	for name, client := range map[string]*ory.APIClient{"public": s.app(), "admin": s.administrator()} {
		if alive, _, err := client.MetadataAPI.IsAlive(ctx).Execute(); err != nil || alive.Status != "ok" {
			t.Errorf("%s: alive: %v", name, err)
		}
		if ready, _, err := client.MetadataAPI.IsReady(ctx).Execute(); err != nil || ready.Status != "ok" {
			t.Errorf("%s: ready: %v", name, err)
		}
	}
	if version, _, err := s.administrator().MetadataAPI.GetVersion(ctx).Execute(); err != nil || version.Version == "" {
		t.Errorf("version: %v, %v", version, err)
	}
	for name, client := range map[string]*ory.APIClient{"public": s.app(), "admin": s.administrator()} {
		schemas, _, err := client.IdentityAPI.ListIdentitySchemas(ctx).Execute()
		if err != nil || len(schemas) == 0 {
			t.Fatalf("%s: schemas: %v", name, err)
		}
		if one, _, err := client.IdentityAPI.GetIdentitySchema(ctx, schemas[0].GetId()).Execute(); err != nil || one["properties"] == nil {
			t.Errorf("%s: schema: %v, %v", name, one, err)
		}
	}
}

// register makes a person as an app does and returns their session token.
func register(t *testing.T, client *ory.APIClient, email string) *ory.SuccessfulNativeRegistration {
	t.Helper()
	ctx := t.Context()
	flow, _, err := client.FrontendAPI.CreateNativeRegistrationFlow(ctx).Execute()
	if err != nil {
		t.Fatalf("create registration flow: %v", err)
	}
	done, _, err := client.FrontendAPI.UpdateRegistrationFlow(ctx).Flow(flow.Id).UpdateRegistrationFlowBody(ory.UpdateRegistrationFlowBody{
		UpdateRegistrationFlowWithPasswordMethod: &ory.UpdateRegistrationFlowWithPasswordMethod{
			Method: "password", Password: password, Traits: map[string]any{"email": email},
		},
	}).Execute()
	if err != nil {
		t.Fatalf("register %s: %v %s", email, err, said(err))
	}
	return done
}

// login signs an app in.
func login(ctx context.Context, client *ory.APIClient, email, password string) (*ory.SuccessfulNativeLogin, *http.Response, error) {
	flow, _, err := client.FrontendAPI.CreateNativeLoginFlow(ctx).Execute()
	if err != nil {
		return nil, nil, fmt.Errorf("create login flow: %w", err)
	}
	return client.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow.Id).UpdateLoginFlowBody(ory.UpdateLoginFlowBody{
		UpdateLoginFlowWithPasswordMethod: &ory.UpdateLoginFlowWithPasswordMethod{Method: "password", Identifier: email, Password: password},
	}).Execute()
}

// said is the body of an error, for messages.
func said(err error) string {
	if api, ok := errors.AsType[*ory.GenericOpenAPIError](err); ok {
		return string(api.Body())
	}
	return ""
}

func appSignsUp(t *testing.T, s script) {
	ctx, client, email := t.Context(), s.app(), "app@example.org"
	done := register(t, client, email)
	if done.Session == nil || done.SessionToken == nil || done.Identity.SchemaId == "" {
		t.Fatalf("registration without a session: %+v", done)
	}
	actions := []string{}
	for _, next := range done.ContinueWith {
		switch {
		case next.ContinueWithVerificationUi != nil:
			actions = append(actions, next.ContinueWithVerificationUi.Action)
		case next.ContinueWithSetOrySessionToken != nil:
			actions = append(actions, next.ContinueWithSetOrySessionToken.Action)
			if next.ContinueWithSetOrySessionToken.OrySessionToken != *done.SessionToken {
				t.Error("continue_with names another session token")
			}
		}
	}
	if !slices.Contains(actions, "show_verification_ui") || !slices.Contains(actions, "set_ory_session_token") {
		t.Errorf("continue_with: %v", actions)
	}
	session, response, err := client.FrontendAPI.ToSession(ctx).XSessionToken(*done.SessionToken).Execute()
	if err != nil || session.Identity.Id != done.Identity.Id || !session.GetActive() || session.GetAuthenticatorAssuranceLevel() != "aal1" {
		t.Fatalf("whoami: %+v, %v", session, err)
	}
	if response.Header.Get("X-Kratos-Authenticated-Identity-Id") != done.Identity.Id {
		t.Error("whoami names no identity in its header")
	}
	bearer := s.app()
	bearer.GetConfig().AddDefaultHeader("Authorization", "Bearer "+*done.SessionToken)
	if session, _, err := bearer.FrontendAPI.ToSession(ctx).Execute(); err != nil || session.Id != done.Session.Id {
		t.Errorf("whoami by bearer: %v", err)
	}
	if _, err := client.FrontendAPI.PerformNativeLogout(ctx).
		PerformNativeLogoutBody(ory.PerformNativeLogoutBody{SessionToken: *done.SessionToken}).Execute(); err != nil {
		t.Fatalf("logout: %v", err)
	}
	if _, response, err := client.FrontendAPI.ToSession(ctx).XSessionToken(*done.SessionToken).Execute(); err == nil ||
		response.StatusCode != http.StatusUnauthorized {
		t.Errorf("whoami after the logout: %v", err)
	}
	signedIn, _, err := login(ctx, client, email, password)
	if err != nil || signedIn.SessionToken == nil || signedIn.Session.Identity.Id != done.Identity.Id {
		t.Fatalf("login: %v %s", err, said(err))
	}
	if len(signedIn.Session.AuthenticationMethods) != 1 || signedIn.Session.AuthenticationMethods[0].GetMethod() != "password" {
		t.Errorf("methods: %+v", signedIn.Session.AuthenticationMethods)
	}
}

// messages lists the numbers of all messages of a form.
func messages(ui ory.UiContainer) []int64 {
	var out []int64
	for _, m := range ui.Messages {
		out = append(out, m.Id)
	}
	for _, node := range ui.Nodes {
		for _, m := range node.Messages {
			out = append(out, m.Id)
		}
	}
	return out
}

// model is what the SDK made of the body of an error.
func model[T any](t *testing.T, err error) T {
	t.Helper()
	api, ok := errors.AsType[*ory.GenericOpenAPIError](err)
	if !ok {
		t.Fatalf("no error of the SDK: %v", err)
	}
	m, ok := api.Model().(T)
	if !ok {
		t.Fatalf("the SDK could not read the error (%T, %v): %s", api.Model(), err, api.Body())
	}
	return m
}

// errorID is the id of an error, as the SDK read it.
func errorID(t *testing.T, err error) string {
	t.Helper()
	generic := model[ory.ErrorGeneric](t, err)
	return generic.Error.GetId()
}

func appMistakes(t *testing.T, s script) {
	ctx, client := t.Context(), s.app()
	register(t, client, "taken@example.org")
	for claim, c := range map[string]struct {
		email, password string
		want            int64
	}{
		"not an address":   {"nobody", password, 4000001},
		"short password":   {"fresh@example.org", "abc", 4000032},
		"similar password": {"similar-person@example.org", "similar-person@example.org", 4000031},
		"taken address":    {"taken@example.org", password, 4000007},
	} {
		flow, _, err := client.FrontendAPI.CreateNativeRegistrationFlow(ctx).Execute()
		if err != nil {
			t.Fatal(err)
		}
		_, response, err := client.FrontendAPI.UpdateRegistrationFlow(ctx).Flow(flow.Id).
			UpdateRegistrationFlowBody(ory.UpdateRegistrationFlowBody{
				UpdateRegistrationFlowWithPasswordMethod: &ory.UpdateRegistrationFlowWithPasswordMethod{
					Method: "password", Password: c.password, Traits: map[string]any{"email": c.email},
				},
			}).Execute()
		if err == nil || response.StatusCode != http.StatusBadRequest {
			t.Fatalf("%s: %v", claim, err)
		}
		if got := messages(model[ory.RegistrationFlow](t, err).Ui); !slices.Contains(got, c.want) {
			t.Errorf("%s: messages %v, want %d", claim, got, c.want)
		}
		again, _, err := client.FrontendAPI.GetRegistrationFlow(ctx).Id(flow.Id).Execute()
		if err != nil || !slices.Contains(messages(again.Ui), c.want) {
			t.Errorf("%s: the flow read again: %v", claim, err)
		}
	}
	_, response, err := login(ctx, client, "taken@example.org", "not the password")
	if err == nil || response.StatusCode != http.StatusBadRequest || !slices.Contains(messages(model[ory.LoginFlow](t, err).Ui), 4000006) {
		t.Errorf("wrong password: %v %s", err, said(err))
	}
}

func appRefreshes(t *testing.T, s script) {
	ctx, client, email := t.Context(), s.app(), "refresh@example.org"
	token := *register(t, client, email).SessionToken
	flow, _, err := client.FrontendAPI.CreateNativeLoginFlow(ctx).Refresh(true).XSessionToken(token).Execute()
	if err != nil || !flow.GetRefresh() {
		t.Fatalf("refresh: %v %s", err, said(err))
	}
	done, _, err := client.FrontendAPI.UpdateLoginFlow(ctx).Flow(flow.Id).XSessionToken(token).UpdateLoginFlowBody(ory.UpdateLoginFlowBody{
		UpdateLoginFlowWithPasswordMethod: &ory.UpdateLoginFlowWithPasswordMethod{Method: "password", Identifier: email, Password: password},
	}).Execute()
	if err != nil {
		t.Fatalf("refresh: %v %s", err, said(err))
	}
	session, _, err := client.FrontendAPI.ToSession(ctx).XSessionToken(*done.SessionToken).Execute()
	if err != nil || len(session.AuthenticationMethods) != 2 {
		t.Errorf("after the refresh: %+v, %v", session, err)
	}
}

func appSessions(t *testing.T, s script) {
	ctx, client, email := t.Context(), s.app(), "sessions@example.org"
	mine := *register(t, client, email).SessionToken
	var others []string
	for range 3 {
		in, _, err := login(ctx, client, email, password)
		if err != nil {
			t.Fatal(err)
		}
		others = append(others, *in.SessionToken)
	}
	list, _, err := client.FrontendAPI.ListMySessions(ctx).XSessionToken(mine).Execute()
	if err != nil || len(list) != 3 {
		t.Fatalf("list: %d, %v %s", len(list), err, said(err))
	}
	var paged []string
	for token := ""; ; {
		request := client.FrontendAPI.ListMySessions(ctx).XSessionToken(mine).PageSize(2)
		if token != "" {
			request = request.PageToken(token)
		}
		page, response, err := request.Execute()
		if err != nil || len(page) > 2 || len(paged) > 3 {
			t.Fatalf("a page: %d, %v %s", len(page), err, said(err))
		}
		for _, one := range page {
			paged = append(paged, one.Id)
		}
		if token = nextToken(t, response); token == "" {
			break
		}
	}
	if slices.Sort(paged); len(slices.Compact(paged)) != 3 {
		t.Errorf("page by page: %v", paged)
	}
	if _, err := client.FrontendAPI.DisableMySession(ctx, list[0].Id).XSessionToken(mine).Execute(); err != nil {
		t.Errorf("disable one: %v %s", err, said(err))
	}
	if list, _, err = client.FrontendAPI.ListMySessions(ctx).XSessionToken(mine).Execute(); err != nil || len(list) != 2 {
		t.Errorf("after one was disabled: %d, %v", len(list), err)
	}
	count, _, err := client.FrontendAPI.DisableMyOtherSessions(ctx).XSessionToken(mine).Execute()
	if err != nil || count.GetCount() != 2 {
		t.Errorf("disable the others: %v, %v", count, err)
	}
	for _, token := range others {
		if _, response, err := client.FrontendAPI.ToSession(ctx).XSessionToken(token).Execute(); err == nil ||
			response.StatusCode != http.StatusUnauthorized {
			t.Errorf("another session is still alive: %v", err)
		}
	}
	if _, _, err := client.FrontendAPI.ToSession(ctx).XSessionToken(mine).Execute(); err != nil {
		t.Errorf("my own: %v", err)
	}
}
