package idp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/kratos/idp"
)

func TestRegistrationSaysWhatIsWrong(t *testing.T) {
	l := newLab(t)
	l.app().register("taken@lab.local")
	person := func(email string) map[string]any { return map[string]any{"email": email} }
	for name, c := range map[string]struct {
		form map[string]any
		want map[string][]int
	}{
		"no address": {map[string]any{"method": "password", "password": goodPassword, "traits": map[string]any{}},
			map[string][]int{"traits.email": {4000002}}},
		"no traits at all": {map[string]any{"method": "password", "password": goodPassword}, map[string][]int{"traits.email": {4000002}}},
		"not an address": {map[string]any{"method": "password", "password": goodPassword, "traits": person("not-an-email")},
			map[string][]int{"traits.email": {4000001}}},
		"no password": {map[string]any{"method": "password", "traits": person("a@lab.local")}, map[string][]int{"password": {4000002}}},
		"short password": {map[string]any{"method": "password", "password": "abc", "traits": person("a@lab.local")},
			map[string][]int{"password": {4000032}}},
		"like the address": {map[string]any{"method": "password", "password": "ada.lovelace@lab.local",
			"traits": person("ada.lovelace@lab.local")}, map[string][]int{"password": {4000031}}},
		"nearly the address": {map[string]any{"method": "password", "password": "ada.lovelace@lab.locaX",
			"traits": person("ada.lovelace@lab.local")}, map[string][]int{"password": {4000031}}},
		"taken": {map[string]any{"method": "password", "password": goodPassword, "traits": person("Taken@lab.local")},
			map[string][]int{"": {4000007}}},
		"a field too many": {map[string]any{"method": "password", "password": goodPassword,
			"traits": map[string]any{"email": "a@lab.local", "role": "admin"}}, map[string][]int{"": {4000001}}},
		"no method": {map[string]any{"traits": person("a@lab.local")}, map[string][]int{"": {4010003}}},
		"a method not built": {map[string]any{"method": "saml", "provider": "x", "traits": person("a@lab.local")},
			map[string][]int{"": {4010003}}},
		"a name of wrong type": {map[string]any{"method": "password", "password": goodPassword,
			"traits": map[string]any{"email": "a@lab.local", "name": map[string]any{"first": 7}}}, map[string][]int{"traits.name.first": {4000026}}},
	} {
		t.Run(name, func(t *testing.T) {
			app := l.app()
			r := app.submit("registration", app.begin("registration"), c.form)
			if r.status != http.StatusBadRequest {
				t.Fatalf("got %d %s", r.status, r.raw)
			}
			if diff := cmp.Diff(c.want, r.said()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAFlowThatFailedMayBeTriedAgain(t *testing.T) {
	l := newLab(t)
	l.app().register("taken@lab.local")
	app := l.app()
	flow := app.begin("registration")
	form := map[string]any{"method": "password", "password": goodPassword, "traits": map[string]any{"email": "taken@lab.local"}}
	app.submit("registration", flow, form)
	form["traits"] = map[string]any{"email": "free@lab.local"}
	if r := app.submit("registration", flow, form); r.status != http.StatusOK {
		t.Errorf("got %d %s", r.status, r.raw)
	}
}

func TestRegistrationInTwoSteps(t *testing.T) {
	l := newLab(t)
	b := l.browser()
	flow := b.begin("registration")
	r := b.submit("registration", flow, map[string]any{"method": "profile",
		"traits": map[string]any{"email": "ada@lab.local", "name": map[string]any{"first": "Ada"}}})
	if r.status != http.StatusBadRequest || !cmp.Equal(r.said()[""], []int{1040009}) || r.node("password") == nil {
		t.Fatalf("first step: %d %s", r.status, r.raw)
	}
	back := b.submit("registration", r, map[string]any{"method": "profile", "screen": "previous"})
	if got := str(back.node("traits.name.first"), "attributes", "value"); got != "Ada" {
		t.Errorf("back: first name %q", got)
	}
	r = b.submit("registration", back, map[string]any{"method": "profile",
		"traits": map[string]any{"email": "ada@lab.local", "name": map[string]any{"first": "Ada"}}})
	r = b.submit("registration", r, map[string]any{"method": "password", "password": goodPassword})
	if r.status != http.StatusOK || str(r.body, "identity", "traits", "name", "first") != "Ada" {
		t.Errorf("second step: %d %s", r.status, r.raw)
	}
}

func TestAPersonRegistersWithAPlainForm(t *testing.T) {
	l := newLab(t, func(l *lab) { l.cfg.OneStep = true })
	b := l.browser()
	flow := b.begin("registration")
	b.html = true
	id, token := str(flow.body, "id"), strings.NewReplacer("+", "%2B", "/", "%2F", "=",
		"%3D").Replace(str(flow.node("csrf_token"), "attributes", "value"))
	r := b.do("POST", "/self-service/registration?flow="+id,
		"csrf_token="+token+"&method=password&password=short&traits.email=ada%40lab.local&traits.name.first=")
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "https://localhost:8443/register?flow="+id {
		t.Fatalf("wrong: %d %s", r.status, r.header.Get("Location"))
	}
	r = b.do("POST", "/self-service/registration?flow="+id,
		"csrf_token="+token+"&method=password&password="+goodPassword+"&traits.email=ada%40lab.local&traits.name.first=")
	if r.status != http.StatusSeeOther || r.header.Get("Location") != "https://localhost:8443/" {
		t.Fatalf("right: %d %s", r.status, r.header.Get("Location"))
	}
	if got := str(b.whoami().body, "identity", "traits", "email"); got != "ada@lab.local" {
		t.Errorf("whoami: %q", got)
	}
}

func TestTheFormFollowsTheSchema(t *testing.T) {
	schema, err := idp.ParseSchema("crew", []byte(`{"type":"object","properties":{"traits":{"type":"object","required":["login","age"],`+
		`"properties":{
		"login":{"type":"string","pattern":"^[a-z]+$","ory.sh/kratos":{"credentials":{"password":{"identifier":true}}}},
		"age":{"type":"integer","title":"Age","minimum":18},
		"captain":{"type":"boolean","title":"Captain"},
		"born":{"type":"string","format":"date"},
		"mails":{"type":"array","items":{"type":"string","format":"email","ory.sh/kratos":{"verification":{"via":"email"}}}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t, func(l *lab) { l.p.Schema = func() *idp.Schema { return schema } })
	app := l.app()
	flow := app.begin("registration")
	got := map[string]string{}
	for _, name := range []string{"traits.login", "traits.age", "traits.captain", "traits.born", "traits.mails"} {
		got[name] = str(flow.node(name), "attributes", "type")
	}
	if diff := cmp.Diff(map[string]string{"traits.login": "text", "traits.age": "number", "traits.captain": "checkbox", "traits.born": "date",
		"traits.mails": ""}, got); diff != "" {
		t.Error(diff)
	}
	r := app.submit("registration", flow, map[string]any{"method": "password", "password": goodPassword,
		"traits": map[string]any{"login": "Ada1", "age": 17}})
	if diff := cmp.Diff(map[string][]int{"traits.login": {4000004}, "traits.age": {4000018}}, r.said()); diff != "" {
		t.Error(diff)
	}
	r = app.submit("registration", flow, map[string]any{"method": "password", "password": goodPassword,
		"traits": map[string]any{"login": "ada", "age": 36, "mails": []string{"A@lab.local"}}})
	if r.status != http.StatusOK || str(r.body, "identity", "verifiable_addresses", 0, "value") != "a@lab.local" {
		t.Fatalf("got %d %s", r.status, r.raw)
	}
	if r := l.app().login("ada", goodPassword); r.status != http.StatusOK {
		t.Errorf("login by another identifier: %d %s", r.status, r.raw)
	}
}

func TestASchemaThatCannotWorkSaysWhy(t *testing.T) {
	for name, doc := range map[string]string{
		"not JSON":        `{`,
		"no traits":       `{"properties":{}}`,
		"no identifier":   `{"properties":{"traits":{"type":"object","properties":{"email":{"type":"string"}}}}}`,
		"another's $ref":  `{"properties":{"traits":{"$ref":"https://example.com/x.json"}}}`,
		"unknown type":    `{"properties":{"traits":{"type":"person"}}}`,
		"properties list": `{"properties":{"traits":{"type":"object","properties":[]}}}`,
	} {
		if _, err := idp.ParseSchema("x", []byte(doc)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzSchema reads schemas: one that is accepted draws a form and judges traits.
func FuzzSchema(f *testing.F) {
	for _, seed := range []string{
		`{"properties":{"traits":{"type":"object","properties":{"email":{"type":"string",` +
			`"ory.sh/kratos":{"credentials":{"password":{"identifier":true}}}}}}}}`,
		`{"properties":{"traits":{"properties":{"a":{"type":["null","number"]},` +
			`"b":{"properties":{"c":{"items":{"ory.sh/kratos":{"credentials":{"password":{"identifier":true}}}},"type":"array"}}}}}}}`,
		`{"properties":{"traits":{"$ref":"#"}}}`, `{"$ref":"#/definitions/x"}`, `[]`, `null`, `{`,
	} {
		f.Add(seed)
	}
	l := newLab(f)
	f.Fuzz(func(t *testing.T, doc string) {
		schema, err := idp.ParseSchema("x", []byte(doc))
		if err != nil {
			return
		}
		here := *l
		here.t = t
		l.p.Schema = func() *idp.Schema { return schema }
		app := here.app()
		r := app.submit("registration", app.begin("registration"),
			map[string]any{"method": "profile", "traits": map[string]any{"email": "a@lab.local", "b": map[string]any{"c": []string{"x"}}}})
		if r.status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", doc, r.status, r.raw)
		}
	})
}

func TestAFormAsksAsTheSchemaWants(t *testing.T) {
	s, err := idp.ParseSchema("club", []byte(`{"type": "object", "properties": {"traits": {"type": "object", "required": ["email", `+
		`"side"], "properties": {
		"side": {"type": "string", "title": "Side", "description": "Which half you play in.", "enum": ["left", "right"]},
		"age": {"type": "integer", "enum": [1, 2]},
		"news": {"type": "boolean"},
		"email": {"type": "string", "format": "email", "title": "E-mail", "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}}
	}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []idp.Asked{
		{Name: "traits.side", Label: "Side", Type: "select", Required: true, Help: "Which half you play in.", Options: []string{"left", "right"}},
		{Name: "traits.age", Label: "age", Type: "number"},
		{Name: "traits.news", Label: "news", Type: "checkbox"},
		{Name: "traits.email", Label: "E-mail", Type: "email", Required: true, Autocomplete: "email"},
	}
	if diff := cmp.Diff(want, s.Asked()); diff != "" {
		t.Error(diff)
	}
}
