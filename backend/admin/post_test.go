package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/inspect"
	"sting/backend/mail"
	"sting/backend/passkey/softkey"
	"sting/backend/tape"
)

func (h *house) receive(t *testing.T, to, text string) mail.Mail {
	t.Helper()
	m, err := h.box.Receive(t.Context(), mail.Envelope{From: "lab@lab.local", To: []string{to}},
		fmt.Appendf(nil, "From: lab@lab.local\r\nTo: %s\r\nSubject: Hello\r\nContent-Type: text/plain\r\n\r\n%s\r\n", to, text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMailsAreListedReadAndDeleted(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	for n := range 3 {
		h.receive(t, "ada@example.org", fmt.Sprintf("number %d", n))
	}
	first, err := admin.Mails.Ask(ctx, h.door, api.Query{Limit: 2})
	if err != nil || len(first.Items) != 2 || first.Next != first.Items[1].ID {
		t.Fatalf("%+v, %v", first, err)
	}
	rest, err := admin.Mails.Ask(ctx, h.door, api.Query{After: first.Next})
	if err != nil || len(rest.Items) != 1 || rest.Next != "" {
		t.Errorf("%+v, %v", rest, err)
	}
	opened, err := admin.Mail.Ask(ctx, h.door, api.ID{ID: "latest"})
	if err != nil || !opened.Read || opened.ID != first.Items[0].ID || !strings.Contains(opened.Text, "number 2") || opened.Cc == nil {
		t.Errorf("%+v, %v", opened, err)
	}
	unread, err := admin.Mails.Ask(ctx, h.door, api.Query{Q: "is:unread"})
	if err != nil || len(unread.Items) != 2 {
		t.Errorf("%+v, %v; want the two that nobody opened", unread, err)
	}
	if err := admin.RemoveMail.Do(ctx, h.door, api.ID{ID: opened.ID}); err != nil {
		t.Error(err)
	}
	for _, err := range []error{
		admin.RemoveMail.Do(ctx, h.door, api.ID{ID: opened.ID}),
		func() error { _, err := admin.Mail.Ask(ctx, h.door, api.ID{ID: opened.ID}); return err }(),
	} {
		if !errors.Is(err, mail.ErrNotFound) {
			t.Errorf("one that is gone: %v", err)
		}
	}
	if got, err := admin.ClearMails.Ask(ctx, h.door, api.None{}); err != nil || got.Deleted != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := admin.Mail.Ask(ctx, h.door, api.ID{ID: "latest"}); !errors.Is(err, mail.ErrNotFound) {
		t.Errorf("the latest of none: %v", err)
	}
}

func TestACodeIsTakenFromTheNewestMailThatHoldsOne(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	ada := api.MailFor{Address: "ada@example.org"}
	if _, err := admin.MailCode.Ask(ctx, h.door, ada); !errors.Is(err, admin.ErrNoMail) {
		t.Errorf("nobody wrote: %v", err)
	}
	h.receive(t, ada.Address, "Hello.")
	if _, err := admin.MailCode.Ask(ctx, h.door, ada); !errors.Is(err, mail.ErrNoCode) {
		t.Errorf("no code: %v", err)
	}
	code := h.receive(t, ada.Address, "Please verify your account with the following code:\r\n\r\n249583\r\n")
	h.receive(t, ada.Address, "Goodbye.")
	if got, err := admin.MailCode.Ask(ctx, h.door, ada); err != nil || got.Code != "249583" || got.MailID != code.ID {
		t.Errorf("%+v, %v", got, err)
	}
	for _, c := range []struct {
		field string
		asked api.MailFor
	}{{"address", api.MailFor{Address: " "}}, {"seconds", api.MailFor{Address: "a@b.c", Seconds: 601}},
		{"seconds", api.MailFor{Address: "a@b.c", Seconds: -1}}} {
		if _, err := admin.WaitMail.Ask(ctx, h.door, c.asked); err == nil || fault.From(err).Field != c.field {
			t.Errorf("%+v: %v", c.asked, err)
		}
	}
}

func TestAMailIsWaitedForOnceAndNotForEver(t *testing.T) {
	h := newHouse(t)
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		asked := api.MailFor{Address: "ada@example.org", Seconds: 5}
		if _, err := admin.WaitMail.Ask(ctx, h.door, asked); !errors.Is(err, admin.ErrNoMail) || !strings.Contains(err.Error(), "5 seconds") {
			t.Errorf("nobody writes: %v", err)
		}
		gone, leave := context.WithCancel(ctx)
		time.AfterFunc(time.Second, leave)
		if _, err := admin.WaitMail.Ask(gone, h.door, asked); !errors.Is(err, context.Canceled) {
			t.Errorf("who asked goes away: %v", err)
		}
	})
	h.receive(t, "ada@example.org", "Hello.")
	asked := api.MailFor{Address: "ada@example.org", Seconds: 1}
	if got, err := admin.WaitMail.Ask(t.Context(), h.door, asked); err != nil || !got.Read || got.Subject != "Hello" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := admin.WaitMail.Ask(t.Context(), h.door, asked); !errors.Is(err, admin.ErrNoMail) {
		t.Errorf("the same mail came twice: %v", err)
	}
}

// registration is the record of a registration that a browser answered for the
// house's relying party.
func registration(t *testing.T, id string) tape.Record {
	t.Helper()
	options := `{"publicKey":{"challenge":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","rp":{"id":"localhost","name":"STING"},` +
		`"user":{"id":"AQID","name":"ada@example.org","displayName":"Ada"},"pubKeyCredParams":[{"type":"public-key","alg":-7}]}}`
	answer, err := softkey.New().Create([]byte(options), siteOrigin)
	if err != nil {
		t.Fatal(err)
	}
	return tape.Record{
		ID: id, Kind: "registration", RPID: "localhost", Origins: []string{siteOrigin}, Challenge: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
		UserVerification: "preferred", Algorithms: []int{-7}, Options: json.RawMessage(options), Credential: answer,
		State: tape.Verified, BeganAt: began, Email: "ada@example.org", Origin: siteOrigin, Browser: []byte("secret"),
	}
}

func TestACeremonyIsShownWithItsExplanationAndWhereTheVerifierDisagrees(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	for _, c := range []struct {
		claim  string
		change func(*tape.Record)
		want   func(api.Ceremony) bool
	}{
		{"both accept it", func(*tape.Record) {}, func(c api.Ceremony) bool {
			return c.Explanation.Verdict == "accepted" && len(c.Differs) == 0 && strings.HasPrefix(c.Curl, "curl ") &&
				!strings.Contains(string(c.Record), "secret")
		}},
		{"only the server accepts it", func(r *tape.Record) { r.Origins = []string{"https://other.localhost"} }, func(c api.Ceremony) bool {
			return c.Explanation.Verdict == "rejected" && len(c.Differs) == 1 && strings.Contains(c.Differs[0], "accepted it; the explainer refuses")
		}},
		{"only the server refuses it", func(r *tape.Record) { r.State, r.Fault = tape.Rejected, "ORIGIN_MISMATCH" }, func(c api.Ceremony) bool {
			return len(c.Differs) == 1 && strings.Contains(c.Differs[0], "finds nothing wrong")
		}},
		{"an app's server refuses it, which its verdict says", func(r *tape.Record) {
			r.Source, r.State, r.Fault = "shop", tape.Rejected, "APP_REFUSED"
		}, func(c api.Ceremony) bool {
			return len(c.Differs) == 0
		}},
		{"the server knows more than the bytes say", func(r *tape.Record) {
			r.State, r.Fault = tape.Rejected, "EXPIRED_CHALLENGE"
		}, func(c api.Ceremony) bool {
			return len(c.Differs) == 0
		}},
		{"both refuse it, for the same reason", func(r *tape.Record) {
			r.State, r.Fault, r.Origins = tape.Rejected, "ORIGIN_MISMATCH", []string{"https://other.localhost"}
		}, func(c api.Ceremony) bool {
			return len(c.Differs) == 0 && c.Step == "7.1.9" && strings.Contains(c.Cause, siteOrigin)
		}},
		{"both refuse it, for others", func(r *tape.Record) {
			r.State, r.Fault, r.Origins = tape.Rejected, "CHALLENGE_MISMATCH", []string{"https://other.localhost"}
		}, func(c api.Ceremony) bool {
			return len(c.Differs) == 1 && strings.Contains(c.Differs[0], "CHALLENGE_MISMATCH, the explainer with")
		}},
		{"a text is no answer, and one word of a shell", func(r *tape.Record) {
			r.Credential = json.RawMessage(`"'"`)
		}, func(c api.Ceremony) bool {
			return c.Explanation.Fault == "MALFORMED" && strings.Contains(c.Curl, `"'\''"`)
		}},
		{"nothing was answered", func(r *tape.Record) { r.Credential, r.State = nil, tape.Running }, func(c api.Ceremony) bool {
			return c.Explanation == nil && c.Curl == "" && c.State == "running"
		}},
	} {
		r := registration(t, "c1")
		c.change(&r)
		h.record(t, r)
		got, err := admin.Ceremony.Ask(ctx, h.door, api.ID{ID: "c1"})
		if err != nil || !c.want(got) {
			t.Errorf("%s: %v\nverdict %+v\ndiffers %q, step %s, cause %q, curl %.80s", c.claim, err, got.Explanation, got.Differs, got.Step,
				got.Cause, got.Curl)
		}
	}
	if _, err := admin.Ceremony.Ask(ctx, h.door, api.ID{ID: "none"}); !errors.Is(err, tape.ErrNotFound) {
		t.Errorf("one that isn't there: %v", err)
	}
}

func TestCeremoniesAreListedNewestFirstAndNamedByTheirPasskey(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	_, key, _ := h.person(t, "ada@example.org")
	for _, id := range []string{"c1", "c2"} {
		r := registration(t, id)
		r.CredentialID = key.ID
		h.record(t, r)
	}
	h.record(t, registration(t, "c3"))
	list, err := admin.Ceremonies.Ask(ctx, h.door, api.CeremonyQuery{Limit: 2})
	if err != nil || len(list.Items) != 2 || list.Items[0].ID != "c3" || list.Next != "c2" {
		t.Errorf("%+v, %v", list, err)
	}
	details, err := admin.PasskeyDetails.Ask(ctx, h.door, api.ID{ID: key.ID})
	if err != nil || !slices.Equal(details.Ceremonies, []string{"c2", "c1"}) {
		t.Errorf("%q, %v", details.Ceremonies, err)
	}
}

func TestCeremoniesAreFollowedByWhatIsRecorded(t *testing.T) {
	h := newHouse(t)
	h.record(t, registration(t, "c1"))
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	heard := make(chan api.CeremonySummary)
	go func() {
		_ = admin.FollowCeremonies.Follow(ctx, h.door, api.Query{}, func(c api.CeremonySummary) { heard <- c })
	}()
	for {
		events.Publish(h.Bus, tape.Changed{ID: "gone"})
		events.Publish(h.Bus, tape.Changed{ID: "c1"})
		select {
		case got := <-heard:
			if got.ID != "c1" || got.Email != "ada@example.org" {
				t.Errorf("heard %+v", got)
			}
			return
		case <-time.After(10 * time.Millisecond): // nobody listens yet
		}
	}
}

func TestAFileIsExplainedAndWhatIsNoneIsRefused(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	raw, err := json.Marshal(registration(t, "c1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{string(raw), "\ufeff" + string(raw)} {
		if x, err := admin.Explain.Ask(ctx, h.door, json.RawMessage(file)); err != nil || x.Verdict != "accepted" || x.Kind != "registration" {
			t.Errorf("%s, %v", x.Verdict, err)
		}
	}
	if _, err := admin.Explain.Ask(ctx, h.door, json.RawMessage(`{"a":1}`)); !errors.Is(err, inspect.ErrNotACeremony) {
		t.Errorf("got %v", err)
	}
}

func TestWhatBrowsersAllowIsForeseen(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	own, err := admin.Preflight.Ask(ctx, h.door, api.PreflightRequest{})
	if err != nil || own.Verdict != "works" || !own.OwnRP || len(own.Families) == 0 || len(own.Rules) == 0 {
		t.Errorf("%+v, %v", own, err)
	}
	other, err := admin.Preflight.Ask(ctx, h.door, api.PreflightRequest{URL: "https://elsewhere.example/", RPID: "localhost"})
	if err != nil || other.Verdict == "works" || other.Fix == "" {
		t.Errorf("%+v, %v", other, err)
	}
	if _, err := admin.Preflight.Ask(ctx, h.door, api.PreflightRequest{URL: "ftp://x"}); err == nil || fault.From(err).Field != "url" {
		t.Errorf("got %v", err)
	}
}
