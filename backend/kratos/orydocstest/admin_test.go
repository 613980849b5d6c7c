package orydocstest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"testing"

	ory "github.com/ory/kratos-client-go"
)

func adminIdentities(t *testing.T, s script) {
	ctx, admin := t.Context(), s.administrator()
	email, plain := "made@example.org", password
	made, response, err := admin.IdentityAPI.CreateIdentity(ctx).CreateIdentityBody(ory.CreateIdentityBody{
		SchemaId: "default", Traits: map[string]any{"email": email}, MetadataPublic: map[string]any{"plan": "free"},
		MetadataAdmin: map[string]any{"note": "vip"},
		Credentials: &ory.IdentityWithCredentials{
			Password: &ory.IdentityWithCredentialsPassword{Config: &ory.IdentityWithCredentialsPasswordConfig{Password: &plain}},
		},
	}).Execute()
	if err != nil || response.StatusCode != http.StatusCreated || made.GetState() != "active" {
		t.Fatalf("create: %v %s", err, said(err))
	}
	if _, _, err := login(ctx, s.app(), email, password); err != nil {
		t.Errorf("the made person's login: %v", err)
	}
	if _, response, err := admin.IdentityAPI.CreateIdentity(ctx).CreateIdentityBody(ory.CreateIdentityBody{SchemaId: "default",
		Traits: map[string]any{"email": email}}).Execute(); err == nil || response.StatusCode != http.StatusConflict {
		t.Errorf("create twice: %v", err)
	}
	got, _, err := admin.IdentityAPI.GetIdentity(ctx, made.Id).IncludeCredential([]string{"password"}).Execute()
	if err != nil || got.GetCredentials()["password"].Config["hashed_password"] == nil {
		t.Errorf("get with credentials: %v %s", err, said(err))
	}
	found, _, err := admin.IdentityAPI.ListIdentities(ctx).CredentialsIdentifier(email).Execute()
	if err != nil || len(found) != 1 || found[0].Id != made.Id {
		t.Errorf("by identifier: %d, %v", len(found), err)
	}
	patched, _, err := admin.IdentityAPI.PatchIdentity(ctx, made.Id).JsonPatch([]ory.JsonPatch{
		{Op: "replace", Path: "/metadata_public", Value: map[string]any{"plan": "pro"}},
		{Op: "add", Path: "/traits/name", Value: map[string]any{"first": "Ada"}},
	}).Execute()
	if err != nil || patched.MetadataPublic.(map[string]any)["plan"] != "pro" || patched.Traits.(map[string]any)["name"] == nil {
		t.Errorf("patch: %+v, %v %s", patched, err, said(err))
	}
	put, _, err := admin.IdentityAPI.UpdateIdentity(ctx, made.Id).UpdateIdentityBody(ory.UpdateIdentityBody{
		SchemaId: "default", State: "inactive", Traits: map[string]any{"email": email},
	}).Execute()
	if err != nil || put.GetState() != "inactive" {
		t.Errorf("update: %v %s", err, said(err))
	}
	if _, response, err := login(ctx, s.app(), email, password); err == nil || response.StatusCode != http.StatusUnauthorized {
		t.Errorf("login of a disabled person: %v", err)
	}
	if _, err := admin.IdentityAPI.DeleteIdentity(ctx, made.Id).Execute(); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, response, err := admin.IdentityAPI.GetIdentity(ctx, made.Id).Execute(); err == nil || response.StatusCode != http.StatusNotFound {
		t.Errorf("get after the deletion: %v", err)
	}
}

var nextPage = regexp.MustCompile(`<([^>]*)>; ?rel="next"`)

// nextToken is the token of the next page, or "" after the last one.
func nextToken(t *testing.T, response *http.Response) string {
	t.Helper()
	next := nextPage.FindStringSubmatch(response.Header.Get("Link"))
	if next == nil {
		return ""
	}
	link, err := url.Parse(next[1])
	if err != nil {
		t.Fatal(err)
	}
	return link.Query().Get("page_token")
}

func adminPages(t *testing.T, s script) {
	ctx, admin := t.Context(), s.administrator()
	want := []string{}
	for i := range 5 {
		made, _, err := admin.IdentityAPI.CreateIdentity(ctx).CreateIdentityBody(ory.CreateIdentityBody{
			SchemaId: "default", Traits: map[string]any{"email": fmt.Sprintf("page-%d@example.org", i)},
		}).Execute()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, made.Id)
	}
	seen, token := []string{}, ""
	for pages := 0; ; pages++ {
		request := admin.IdentityAPI.ListIdentities(ctx).PageSize(2)
		if token != "" {
			request = request.PageToken(token)
		}
		list, response, err := request.Execute()
		if err != nil || len(list) > 2 || pages > 50 {
			t.Fatalf("page %d: %d, %v", pages, len(list), err)
		}
		for _, i := range list {
			if slices.Contains(seen, i.Id) {
				t.Fatalf("%s is on two pages", i.Id)
			}
			seen = append(seen, i.Id)
		}
		if token = nextToken(t, response); token == "" {
			break
		}
	}
	for _, id := range want {
		if !slices.Contains(seen, id) {
			t.Errorf("%s is on no page", id)
		}
	}
}

func adminRecovery(t *testing.T, s script) {
	ctx, admin, browser, email := t.Context(), s.administrator(), s.browser(t), "helped@example.org"
	id := register(t, s.app(), email).Identity.Id
	expires := "1h"
	made, _, err := admin.IdentityAPI.CreateRecoveryCodeForIdentity(ctx).
		CreateRecoveryCodeForIdentityBody(ory.CreateRecoveryCodeForIdentityBody{
			IdentityId: id, ExpiresIn: &expires,
		}).Execute()
	if err != nil {
		t.Fatalf("create: %v %s", err, said(err))
	}
	link, err := url.Parse(made.RecoveryLink)
	if err != nil {
		t.Fatal(err)
	}
	flow, _, err := browser.FrontendAPI.GetRecoveryFlow(ctx).Id(link.Query().Get("flow")).Execute()
	if err != nil {
		t.Fatalf("read: %v %s", err, said(err))
	}
	done, _, err := browser.FrontendAPI.UpdateRecoveryFlow(ctx).Flow(flow.Id).UpdateRecoveryFlowBody(ory.UpdateRecoveryFlowBody{
		UpdateRecoveryFlowWithCodeMethod: &ory.UpdateRecoveryFlowWithCodeMethod{Method: "code", Code: &made.RecoveryCode,
			CsrfToken: csrf(flow.Ui)},
	}).Execute()
	if err != nil || done.State != "passed_challenge" {
		t.Fatalf("code: %v %s", err, said(err))
	}
	if session, _, err := browser.FrontendAPI.ToSession(ctx).Execute(); err != nil || session.Identity.Id != id {
		t.Errorf("whoami: %v", err)
	}
	if made, _, err := admin.IdentityAPI.CreateRecoveryLinkForIdentity(ctx).
		CreateRecoveryLinkForIdentityBody(ory.CreateRecoveryLinkForIdentityBody{IdentityId: id}).Execute(); err != nil ||
		made.RecoveryLink == "" {
		t.Errorf("link: %v %s", err, said(err))
	}
}

func adminSessions(t *testing.T, s script) {
	ctx, admin, app, email := t.Context(), s.administrator(), s.app(), "watched@example.org"
	made := register(t, app, email)
	list, _, err := admin.IdentityAPI.ListIdentitySessions(ctx, made.Identity.Id).Active(true).Execute()
	if err != nil || len(list) != 1 || list[0].Id != made.Session.Id {
		t.Fatalf("sessions of an identity: %d, %v", len(list), err)
	}
	all, _, err := admin.IdentityAPI.ListSessions(ctx).Active(true).PageSize(1000).Expand([]string{"identity", "devices"}).Execute()
	if err != nil || !slices.ContainsFunc(all, func(s ory.Session) bool {
		return s.Id == made.Session.Id && s.Identity != nil && len(s.Devices) == 1
	}) {
		t.Errorf("all sessions: %d, %v", len(all), err)
	}
	one, _, err := admin.IdentityAPI.GetSession(ctx, made.Session.Id).Expand([]string{"identity"}).Execute()
	if err != nil || one.Identity == nil || one.Identity.Id != made.Identity.Id {
		t.Errorf("one session: %v", err)
	}
	if extended, _, err := admin.IdentityAPI.ExtendSession(ctx, made.Session.Id).Execute(); err != nil ||
		extended.GetExpiresAt().Before(made.Session.GetExpiresAt()) {
		t.Errorf("extend: %v %s", err, said(err))
	}
	if _, err := admin.IdentityAPI.DisableSession(ctx, made.Session.Id).Execute(); err != nil {
		t.Errorf("disable: %v", err)
	}
	if _, response, err := app.FrontendAPI.ToSession(ctx).XSessionToken(*made.SessionToken).Execute(); err == nil ||
		response.StatusCode != http.StatusUnauthorized {
		t.Errorf("whoami of a disabled session: %v", err)
	}
	again, _, err := login(ctx, app, email, password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.IdentityAPI.DeleteIdentitySessions(ctx, made.Identity.Id).Execute(); err != nil {
		t.Errorf("delete all: %v", err)
	}
	if _, _, err := app.FrontendAPI.ToSession(ctx).XSessionToken(*again.SessionToken).Execute(); err == nil {
		t.Error("a deleted session is still alive")
	}
	mails, _, err := admin.CourierAPI.ListCourierMessages(ctx).Recipient(email).PageSize(10).Execute()
	if err != nil || len(mails) == 0 || mails[0].Recipient != email || mails[0].TemplateType != "verification_code_valid" {
		t.Fatalf("courier: %d, %v", len(mails), err)
	}
	if mail, _, err := admin.CourierAPI.GetCourierMessage(ctx, mails[0].Id).Execute(); err != nil || mail.Id != mails[0].Id {
		t.Errorf("one message: %v", err)
	}
}
