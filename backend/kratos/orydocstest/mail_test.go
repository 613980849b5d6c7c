package orydocstest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	ory "github.com/ory/kratos-client-go"
)

var sixDigits = regexp.MustCompile(`(?m)^\s*(\d{6})\s*$`)

// code reads the mailbox until a mail to address with subject in its subject has
// come, and returns the code in its text.
func (s script) code(t *testing.T, address, subject string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var found struct {
			Messages []struct{ ID, Subject string }
		}
		decode(t, get(t, s.mailbox+"/api/v1/search?query="+url.QueryEscape(`to:"`+address+`"`)), &found)
		for _, m := range found.Messages {
			if !strings.Contains(strings.ToLower(m.Subject), subject) {
				continue
			}
			var mail struct{ Text string }
			decode(t, get(t, s.mailbox+"/api/v1/message/"+m.ID), &mail)
			if code := sixDigits.FindStringSubmatch(mail.Text); code != nil {
				return code[1]
			}
			t.Fatalf("no code in %q", mail.Text)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no mail to %s about %q", address, subject)
		case <-tick.C:
		}
	}
}

func get(t *testing.T, from string) []byte {
	t.Helper()
	response, err := http.Get(from)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s, %v", from, response.StatusCode, body, err)
	}
	return body
}

func decode(t *testing.T, body []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
}

func appVerifies(t *testing.T, s script) {
	ctx, client, email := t.Context(), s.app(), "verify@example.org"
	done := register(t, client, email)
	at := slices.IndexFunc(done.ContinueWith, func(c ory.ContinueWith) bool { return c.ContinueWithVerificationUi != nil })
	if at < 0 {
		t.Fatal("registration leads to no verification")
	}
	next := done.ContinueWith[at].ContinueWithVerificationUi.Flow
	if next.VerifiableAddress != email {
		t.Errorf("verifiable_address: %s", next.VerifiableAddress)
	}
	if _, _, err := client.FrontendAPI.GetVerificationFlow(ctx).Id(next.Id).Execute(); err != nil {
		t.Fatalf("read: %v %s", err, said(err))
	}
	try := func(flow, code string) *ory.VerificationFlow {
		t.Helper()
		tried, _, err := client.FrontendAPI.UpdateVerificationFlow(ctx).Flow(flow).UpdateVerificationFlowBody(ory.UpdateVerificationFlowBody{
			UpdateVerificationFlowWithCodeMethod: &ory.UpdateVerificationFlowWithCodeMethod{Method: "code", Code: &code},
		}).Execute()
		if err != nil {
			t.Fatalf("submit: %v %s", err, said(err))
		}
		return tried
	}
	code := s.code(t, email, "verify")
	if wrong := try(next.Id, differing(code)); wrong.State != "sent_email" || !slices.Contains(messages(wrong.Ui), 4070006) {
		t.Errorf("wrong code: %v %v", wrong.State, messages(wrong.Ui))
	}
	if right := try(next.Id, code); right.State != "passed_challenge" || !slices.Contains(messages(right.Ui), 1080002) {
		t.Errorf("right code: %v %v", right.State, messages(right.Ui))
	}
	session, _, err := client.FrontendAPI.ToSession(ctx).XSessionToken(*done.SessionToken).Execute()
	if err != nil || !session.Identity.VerifiableAddresses[0].Verified {
		t.Errorf("the address is not verified: %v", err)
	}
}

// differing is another code of six digits.
func differing(code string) string {
	if code[0] == '9' {
		return "1" + code[1:]
	}
	return "9" + code[1:]
}

func appRecovers(t *testing.T, s script) {
	ctx, client, email := t.Context(), s.app(), "recover@example.org"
	register(t, client, email)
	flow, _, err := client.FrontendAPI.CreateNativeRecoveryFlow(ctx).Execute()
	if err != nil {
		t.Fatal(err)
	}
	submit := func(body ory.UpdateRecoveryFlowWithCodeMethod) *ory.RecoveryFlow {
		t.Helper()
		body.Method = "code"
		done, _, err := client.FrontendAPI.UpdateRecoveryFlow(ctx).Flow(flow.Id).
			UpdateRecoveryFlowBody(ory.UpdateRecoveryFlowBody{UpdateRecoveryFlowWithCodeMethod: &body}).Execute()
		if err != nil {
			t.Fatalf("submit: %v %s", err, said(err))
		}
		return done
	}
	if sent := submit(ory.UpdateRecoveryFlowWithCodeMethod{Email: &email}); sent.State != "sent_email" ||
		!slices.Contains(messages(sent.Ui), 1060003) {
		t.Fatalf("sent: %v %v", sent.State, messages(sent.Ui))
	}
	code := s.code(t, email, "recover")
	wrong := differing(code)
	if tried := submit(ory.UpdateRecoveryFlowWithCodeMethod{Code: &wrong}); !slices.Contains(messages(tried.Ui), 4060006) {
		t.Errorf("wrong code: %v", messages(tried.Ui))
	}
	done := submit(ory.UpdateRecoveryFlowWithCodeMethod{Code: &code})
	token, settings := "", ""
	for _, next := range done.ContinueWith {
		if set := next.ContinueWithSetOrySessionToken; set != nil {
			token = set.OrySessionToken
		}
		if show := next.ContinueWithSettingsUi; show != nil {
			settings = show.Flow.Id
		}
	}
	if done.State != "passed_challenge" || token == "" || settings == "" {
		t.Fatalf("recovered: %+v", done)
	}
	if _, _, err := client.FrontendAPI.UpdateSettingsFlow(ctx).Flow(settings).XSessionToken(token).
		UpdateSettingsFlowBody(ory.UpdateSettingsFlowBody{
			UpdateSettingsFlowWithPasswordMethod: &ory.UpdateSettingsFlowWithPasswordMethod{Method: "password", Password: newPassword},
		}).Execute(); err != nil {
		t.Fatalf("new password: %v %s", err, said(err))
	}
	if _, _, err := login(ctx, client, email, newPassword); err != nil {
		t.Errorf("login with the new password: %v", err)
	}
}
