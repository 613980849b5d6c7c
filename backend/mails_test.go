package backend_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sting/backend/labtest"
)

// mailbox is the mailbox of a lab, asked as a test helper for Mailpit asks.
type mailbox struct {
	lab  *labtest.Lab
	base string
}

func mailboxOf(t *testing.T, lab *labtest.Lab) mailbox {
	t.Helper()
	return mailbox{lab, serviceOf(t, lab, "mail").URL}
}

func (m mailbox) ask(t *testing.T, path string, v any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.base+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := m.lab.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if v != nil && resp.StatusCode == http.StatusOK {
		if err := json.Unmarshal(b, v); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
	}
	return resp.StatusCode
}

// code waits for the newest mail to an address and returns what it recognised.
func (m mailbox) code(t *testing.T, address string) (c struct{ Kind, Code, Link, Page string }) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if m.ask(t, "/code/latest?query="+url.QueryEscape("to:"+address), &c) == http.StatusOK {
			return c
		}
		<-tick.C
	}
	t.Fatalf("no code for %s arrived", address)
	return c
}

func TestARegistrationIsVerifiedThroughTheMailbox(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	box := mailboxOf(t, lab)
	c := box.code(t, "ann@example.org")
	if c.Kind != "verification" || len(c.Code) != 6 || !strings.HasPrefix(c.Page, lab.Origin+"/verification?code="+c.Code+"&flow=") {
		t.Fatalf("got %+v", c)
	}
	flow := strings.TrimPrefix(c.Page, lab.Origin+"/verification?code="+c.Code+"&flow=")
	var shown struct {
		UI struct {
			Nodes []struct{ Attributes struct{ Name, Value string } }
		}
	}
	b.Must("GET", "/.ory/self-service/verification/flows?id="+flow, nil).Into(t, &shown)
	answer := map[string]any{"method": "code", "code": c.Code}
	for _, n := range shown.UI.Nodes {
		if n.Attributes.Name == "csrf_token" {
			answer["csrf_token"] = n.Attributes.Value
		}
	}
	a := b.Do("POST", "/.ory/self-service/verification?flow="+flow, answer, "Accept", "application/json")
	if a.Status != 200 || a.Text("state") != "passed_challenge" {
		t.Errorf("the code of the mail is refused: %d %s", a.Status, a.Body)
	}
	var list struct{ Total int }
	secure := mailbox{lab, strings.Replace(box.base, "http://", "https://", 1)}
	if status := secure.ask(t, "/api/v1/messages", &list); status != 200 || list.Total != 1 {
		t.Errorf("over https: %d, %d mails: the probe's own may not be among them", status, list.Total)
	}
}

func TestKratosTellsWhatBecameOfAMail(t *testing.T) {
	t.Parallel()
	admin := labtest.FreePort(t)
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: 0, kratos_public: off, kratos_admin: %d, smtp: 0, smtp_plain: 0, mail: 0}\n", admin))
	lab.Browser().Register("ann@example.org")
	mailboxOf(t, lab).code(t, "ann@example.org")
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		_, body := fetch(t, fmt.Sprintf("http://localhost:%d/admin/courier/messages?status=sent&recipient=ann@example.org", admin), "")
		var list []struct {
			ID, Subject, Body string
			TemplateType      string `json:"template_type"`
			SendCount         int    `json:"send_count"`
		}
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if len(list) == 0 {
			<-tick.C // the server's yes is noted a moment after the mail is there
			continue
		}
		if m := list[0]; m.TemplateType != "verification_code_valid" || m.SendCount != 1 || strings.ContainsAny(m.Body, "0123456789") {
			t.Errorf("got %+v", m)
		}
		if status, body := fetch(t, fmt.Sprintf("http://localhost:%d/admin/courier/messages/%s", admin, list[0].ID), ""); status != 200 ||
			!strings.Contains(body, `"status":"success"`) {
			t.Errorf("the message alone: %d %s", status, body)
		}
		return
	}
	t.Error("no message was sent")
}
