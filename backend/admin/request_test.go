package admin_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
)

func TestAQuestionComesOutOfAnAddressAsItWentIn(t *testing.T) {
	for _, c := range []struct {
		verb    admin.Spec
		in      any
		address string
		body    string
	}{
		{admin.Users.Spec, api.Query{Limit: 5, Q: "a&b"}, "/v1/users?limit=5&q=a%26b", ""},
		{admin.User.Spec, api.ID{ID: "a/b"}, "/v1/users/a%2Fb", ""},
		{admin.User.Spec, api.ID{ID: ".."}, "/v1/users/%2E%2E", ""},
		{admin.Logs.Spec, api.LogOf{N: 0}, "/v1/services/all/logs?n=0", ""},
		{admin.FollowLogs.Spec, api.LogOf{Name: "site", N: 7}, "/v1/services/site/logs?follow=1&n=7", ""},
		{admin.RenamePasskey.Spec, api.RenamePasskey{ID: "k", Name: "Desk"}, "/v1/passkeys/k", `{"name":"Desk"}`},
		{admin.Explain.Spec, json.RawMessage(`{"a": 1}`), "/v1/explain", `{"a": 1}`},
	} {
		if got := c.verb.Address(c.in); got != c.address {
			t.Errorf("%s: the address is %s, want %s", c.verb.Name, got, c.address)
		}
		if got, err := c.verb.Body(c.in); err != nil || string(got) != c.body {
			t.Errorf("%s: the body is %s, %v; want %s", c.verb.Name, got, err, c.body)
		}
	}
	var in api.LogOf
	for query, want := range map[string]any{
		"": api.LogOf{N: 100}, "n=7": api.LogOf{N: 7}, "n=2001": "n", "n=x": "n",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		err = admin.Logs.Place(&in, func(string) string { return "*" }, q)
		if field, refused := want.(string); refused {
			if err == nil || fault.From(err).Field != field {
				t.Errorf("%q: %v", query, err)
			}
		} else if err != nil || in != want {
			t.Errorf("%q: %+v, %v", query, in, err)
		}
	}
}

func TestAQuestionIsReadFromOneObjectOrAFile(t *testing.T) {
	for _, c := range []struct {
		verb admin.Spec
		text string
		want any
	}{
		{admin.Users.Spec, "", api.Query{}},
		{admin.Users.Spec, `{"q":"ada"}`, api.Query{Q: "ada"}},
		{admin.Logs.Spec, `{"name":"site"}`, api.LogOf{Name: "site", N: 100}},
		{admin.RenamePasskey.Spec, `{"id":"k","name":"Desk"}`, api.RenamePasskey{ID: "k", Name: "Desk"}},
		{admin.Explain.Spec, ` {"a": 1}`, json.RawMessage(` {"a": 1}`)},
		{admin.Users.Spec, `{"query":"ada"}`, nil},
		{admin.Users.Spec, `{"limit":"1"}`, nil},
		{admin.Import.Spec, `{"a":`, nil},
	} {
		got, err := c.verb.Read(c.text)
		if c.want == nil {
			if !errors.Is(err, fault.ErrMalformed) {
				t.Errorf("%s %s: %v, want MALFORMED", c.verb.Name, c.text, err)
			}
		} else if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s %s: %v (-want +got):\n%s", c.verb.Name, c.text, err, diff)
		}
	}
}

func TestWhoeverWaitsIsGivenTheTime(t *testing.T) {
	for want, got := range map[time.Duration]time.Duration{
		time.Second:      admin.Users.Patience(api.Query{}, time.Second),
		5 * time.Minute:  admin.Trust.Patience(api.TrustRequest{}, time.Second),
		76 * time.Second: admin.WaitMail.Patience(api.MailFor{Seconds: 30}, time.Second),
	} {
		if got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

func TestAVerbIsFoundByItsName(t *testing.T) {
	for _, v := range admin.Table() {
		if got, found := admin.Find(v.Name); !found || got.Path != v.Path {
			t.Errorf("%s: %+v", v.Name, got)
		}
	}
	if _, found := admin.Find("users"); found {
		t.Error("a name is found whatever its case")
	}
}
