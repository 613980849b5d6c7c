package client_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sting/backend/admin/admintest"
	"sting/backend/api"
)

func TestTheVerbsAboutMailsReachTheLabWithWhatWasAsked(t *testing.T) {
	odd, code := "a/b?c#d e%2f&ü@x", "123456"
	lab := &admintest.Door{Mails: []api.Mail{{ID: odd, Subject: "hello", To: []string{"ada@example.org"}, Code: &code}}}
	c := dial(t, serve(t, door(lab).Handler()))
	ctx := t.Context()
	list, err := c.Mails(ctx, api.Query{Q: "hello", Limit: 3})
	if err != nil || !cmp.Equal(list.Items, lab.Mails, cmpopts.EquateEmpty()) {
		t.Errorf("list: %v %s", err, cmp.Diff(lab.Mails, list.Items, cmpopts.EquateEmpty()))
	}
	if m, err := c.Mail(ctx, odd); err != nil || m.Subject != "hello" {
		t.Errorf("show: %+v, %v", m, err)
	}
	if f, err := c.MailCode(ctx, api.MailFor{Address: odd, Seconds: 7}); err != nil || f.Code != code {
		t.Errorf("code: %+v, %v", f, err)
	}
	if m, err := c.WaitMail(ctx, api.MailFor{Address: odd, Seconds: 9}); err != nil || m.ID != odd {
		t.Errorf("wait: %+v, %v", m, err)
	}
	if err := c.RemoveMail(ctx, ".."); err != nil {
		t.Error(err)
	}
	if n, err := c.ClearMails(ctx); err != nil || n.Deleted != 1 {
		t.Errorf("clear: %+v, %v", n, err)
	}
	want := []string{"Mails hello", "Mail " + odd, "MailCode " + odd + " 7", "WaitMail " + odd + " 9", "RemoveMail ..", "ClearMails"}
	if got := lab.Calls(); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}
