package kratostest_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sting/backend/kratos/kratostest"
	"sting/backend/labtest"
)

// atURLs is a Kratos that runs already. given is false where its URLs are not
// all there. STING_KRATOS_MAILBOX_URL is a mailbox with the API of Mailpit that
// its mails go to; without one what needs mails is left out.
func atURLs(env func(string) string) (tg kratostest.Target, given bool) {
	public, admin := env("STING_KRATOS_PUBLIC_URL"), env("STING_KRATOS_ADMIN_URL")
	if public == "" || admin == "" {
		return kratostest.Target{}, false
	}
	tg = kratostest.Target{
		Public: strings.TrimSuffix(public, "/"), Admin: strings.TrimSuffix(admin, "/"),
		Site: cmp.Or(env("STING_KRATOS_SITE"), "https://localhost:8443"), DevCookies: env("STING_KRATOS_DEV") != "",
	}
	if mailbox := strings.TrimSuffix(env("STING_KRATOS_MAILBOX_URL"), "/"); mailbox != "" {
		tg.Code = func(t testing.TB, address, word string) string { return codeInMailbox(t, mailbox, address, word) }
	}
	return tg, true
}

// TestALabIsCompatibleAtItsPorts points the variables that are meant for a real
// Kratos at a whole lab: its ports, its mails on their way through SMTP.
func TestALabIsCompatibleAtItsPorts(t *testing.T) {
	public, admin, mail := labtest.FreePort(t), labtest.FreePort(t), labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: %d, kratos_public: %d, kratos_admin: %d, smtp: %d, smtp_plain: off, mail: %d}\n",
		labtest.FreePort(t), public, admin, labtest.FreePort(t), mail))
	given := map[string]string{
		"STING_KRATOS_PUBLIC_URL":  fmt.Sprintf("http://localhost:%d/", public),
		"STING_KRATOS_ADMIN_URL":   fmt.Sprintf("http://localhost:%d", admin),
		"STING_KRATOS_MAILBOX_URL": fmt.Sprintf("http://localhost:%d", mail),
		"STING_KRATOS_SITE":        lab.Origin,
	}
	tg, ok := atURLs(func(name string) string { return given[name] })
	if !ok {
		t.Fatal("the URLs are not taken up")
	}
	tg.Advance = func(d time.Duration) { lab.Clock.Move(d) }
	kratostest.Run(t, tg)
}

// codeInMailbox waits for a mail to an address with a word in its subject or its
// text, and returns the code in the newest one.
func codeInMailbox(t testing.TB, mailbox, address, word string) string {
	t.Helper()
	late := time.After(30 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var found struct {
			Messages []struct{ ID string }
		}
		fetch(t, mailbox+"/api/v1/search?query="+url.QueryEscape(`to:"`+address+`"`), &found)
		for _, m := range found.Messages {
			var mail struct{ Text string }
			fetch(t, mailbox+"/api/v1/message/"+m.ID, &mail)
			if code := codeLine.FindStringSubmatch(strings.ReplaceAll(mail.Text, "\r\n", "\n")); code != nil && strings.Contains(mail.Text, word) {
				return code[1]
			}
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("no mail with a code to %s, to %s", address, word)
		}
	}
}

func fetch(t testing.TB, from string, into any) {
	t.Helper()
	resp, err := http.Get(from)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", from, resp.StatusCode, err)
	}
}
