package backend_test

import (
	"bufio"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/httpapi"
	"sting/backend/labtest"
)

// described compiles the door's own description.
type described struct {
	t    *testing.T
	c    *jsonschema.Compiler
	door http.Handler
	met  map[string]bool
}

// check asks for a verb and holds the answer against what the description says.
func (d *described) check(v admin.Spec, path, body string) []byte {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), v.Method, "http://sting"+path, strings.NewReader(body))
	if v.Method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	d.door.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		d.t.Errorf("%s %s: %d %s", v.Method, path, w.Code, w.Body)
		return nil
	}
	raw := w.Body.Bytes()
	d.valid(v, "application~1json", raw)
	return raw
}

func (d *described) valid(v admin.Spec, kind string, raw []byte) {
	d.t.Helper()
	at := strings.ReplaceAll(v.Path, "/", "~1")
	at = strings.NewReplacer("{", "%7B", "}", "%7D").Replace(at)
	schema, err := d.c.Compile("door.json#/paths/" + at + "/" + strings.ToLower(v.Method) + "/responses/200/content/" + kind + "/schema")
	if err != nil {
		d.t.Fatal(err)
	}
	answer, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		d.t.Fatal(err)
	}
	d.met[v.Name] = true
	if err := schema.Validate(answer); err != nil {
		d.t.Errorf("%s answers otherwise than it is described: %v\n%.400s", v.Name, err, raw)
	}
}

func TestRealAnswersOfTheDoorAreAsItsDescriptionSays(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ada@example.org")
	b.AddPasskey()
	door := (&httpapi.Door{Admin: lab.Door, Log: slog.New(slog.DiscardHandler)}).Handler()
	d := &described{t: t, c: jsonschema.NewCompiler(), door: door, met: map[string]bool{}}
	w := httptest.NewRecorder()
	door.ServeHTTP(w, httptest.NewRequest("GET", "http://sting/v1/openapi.json", nil))
	doc, err := jsonschema.UnmarshalJSON(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.c.AddResource("door.json", doc); err != nil {
		t.Fatal(err)
	}

	first := map[string]string{}
	for _, v := range admin.Table() { // the lists, and all that is asked with nothing
		if v.Method != http.MethodGet || v.Streams || strings.Contains(v.Path, "{") {
			continue
		}
		var page struct{ Items []struct{ ID string } }
		raw := d.check(v, v.Path, "")
		if json.Unmarshal(raw, &page) == nil && len(page.Items) > 0 {
			first[v.Path] = page.Items[0].ID
		}
	}
	for _, v := range []admin.Spec{admin.User.Spec, admin.Passkey.Spec, admin.PasskeyDetails.Spec, admin.Session.Spec, admin.Ceremony.Spec,
		admin.Mail.Spec} {
		list, rest, _ := strings.Cut(v.Path, "/{id}")
		d.check(v, list+"/"+first[list]+rest, "")
	}
	d.check(admin.Logs.Spec, "/v1/services/all/logs", "")
	for _, c := range []struct {
		verb admin.Spec
		id   string
		body string
	}{
		{admin.MoveClock.Spec, "", `{"by":"1m"}`}, {admin.Preflight.Spec, "", `{}`}, {admin.Mock.Spec, "", `{"on":true}`},
		{admin.Trust.Spec, "", `{"browsers":true,"dry_run":true}`}, {admin.Open.Spec, "", `{"page":"login"}`},
		{admin.CallWindow.Spec, "", `{"do":"here"}`}, {admin.RenamePasskey.Spec, first["/v1/passkeys"], `{"name":"x"}`},
		{admin.Explain.Spec, "", explained(t, lab)}, {admin.RestartService.Spec, "mail", ""},
		{admin.SaveSnapshot.Spec, "", `{"name":"one"}`}, {admin.RestoreSnapshot.Spec, "one", ""}, {admin.RemoveSnapshot.Spec, "one", ""},
		{admin.EndSession.Spec, first["/v1/sessions"], ""}, {admin.RemovePasskey.Spec, first["/v1/passkeys"], ""},
		{admin.RemoveUser.Spec, first["/v1/users"], ""}, {admin.ClearMails.Spec, "", ""}, {admin.Reset.Spec, "", `{}`},
	} {
		path := strings.NewReplacer("{id}", c.id, "{name}", c.id).Replace(c.verb.Path)
		d.check(c.verb, path, c.body)
	}
	d.followsTheDoctor()
	if len(d.met) < 40 {
		t.Errorf("only %d verbs were asked", len(d.met))
	}
}

// followsTheDoctor holds each event of an examination against its description.
func (d *described) followsTheDoctor() {
	d.t.Helper()
	w := httptest.NewRecorder()
	d.door.ServeHTTP(w, httptest.NewRequest("GET", "http://sting/v1/doctor?follow=1&check=RP-01", nil))
	events := 0
	for lines := bufio.NewScanner(w.Body); lines.Scan(); {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			d.valid(admin.FollowDoctor.Spec, "text~1event-stream", []byte(data))
			events++
		}
	}
	if events < 2 {
		d.t.Errorf("an examination told %d events", events)
	}
}

// explained returns a ceremony of the tape as it is explained again.
func explained(t *testing.T, lab *labtest.Lab) string {
	t.Helper()
	page, err := lab.Ceremonies(t.Context(), api.CeremonyQuery{})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("%v: %d ceremonies", err, len(page.Items))
	}
	c, err := lab.Ceremony(t.Context(), page.Items[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return string(c.Record)
}
