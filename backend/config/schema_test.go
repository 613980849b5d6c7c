package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/config"
)

func TestTheBuiltInSchemaIsAGoodOne(t *testing.T) {
	if ps := config.CheckSchema(config.DefaultSchema()); len(ps) > 0 {
		t.Error(ps)
	}
	c, _ := load(t, "", nil)
	if s := c.Registration.Schema; s.Own || string(s.JSON) != string(config.DefaultSchema()) || s.Name != config.SchemaName {
		t.Errorf("a home without a schema has another one: own %t, %s", s.Own, s.Name)
	}
}

const phone = `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "properties": {
    "traits": {
      "type": "object",
      "properties": {
        "email": {
          "type": "string", "format": "email",
          "ory.sh/kratos": {
            "credentials": {"password": {"identifier": true}},
            "verification": {"via": "email"},
            "recovery": {"via": "email"}
          }
        },
        "phone": {"type": "string"}
      },
      "required": ["email"]
    }
  }
}
`

func TestASchemaOfTheHomeFolderIsRead(t *testing.T) {
	dir := home(t, "registration: {identity_schema: person.json}\n")
	write(t, filepath.Join(dir, "person.json"), phone)
	c, r, err := config.Load(dir, nil)
	if err != nil || len(r.Problems) > 0 {
		t.Fatalf("%v, %v", err, r.Problems)
	}
	if s := c.Registration.Schema; !s.Own || string(s.JSON) != phone {
		t.Errorf("own %t: %s", s.Own, s.JSON)
	}

	dir = t.TempDir()
	write(t, filepath.Join(dir, config.SchemaName), phone)
	if c, r, err := config.Load(dir, nil); err != nil || len(r.Problems) > 0 || !c.Registration.Schema.Own {
		t.Errorf("under its default name: %v, %v", err, r.Problems)
	}
}

func TestWhatNoFormCanAskForIsToldBeforeAPersonMeetsIt(t *testing.T) {
	const fields = `"phone": {"type": "string"}`
	const needed = `"required": ["email"]`
	for name, c := range map[string]struct{ fields, required, meaning, fix string }{
		"a list": {`"tags": {"type": "array", "items": {"type": "string"}}`, `"email", "tags"`,
			"traits.tags is required and a list", `Take "tags" out of required`},
		"a list that may be null": {`"tags": {"type": ["null", "array"]}`, `"email", "tags"`, "traits.tags is required and a list",
			`Take "tags" out of required`},
		"nothing":         {fields, `"email", "nick"`, "traits.nick is required and described nowhere", `Describe "nick" below properties`},
		"a misspelt name": {fields, `"email", "phon"`, "traits.phon is required and described nowhere", `Did you mean "phone"?`},
		"a list in an object": {`"home": {"type": "object", "required": ["rooms"], "properties": {"rooms": {"type": "array"}}}`,
			`"email", "home"`, "traits.home.rooms is required and a list", `Take "rooms" out`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.NewReplacer(fields, c.fields, needed, `"required": [`+c.required+`]`).Replace(phone)
			ps := config.CheckSchema([]byte(text))
			if len(ps) != 1 || ps[0].Severity != config.Warning || !strings.HasPrefix(ps[0].Meaning, c.meaning) ||
				!strings.HasPrefix(ps[0].Fix, c.fix) {
				t.Errorf("got %v", ps)
			}
		})
	}
	for name, fields := range map[string]string{
		"an optional list":                       `"tags": {"type": "array"}`,
		"a list in an object that may be absent": `"home": {"type": "object", "required": ["rooms"], "properties": {"rooms": {"type": "array"}}}`,
	} {
		if ps := config.CheckSchema([]byte(strings.Replace(phone, `"phone": {"type": "string"}`, fields, 1))); len(ps) > 0 {
			t.Errorf("%s: %v", name, ps)
		}
	}
}

func TestAProblemOfTheSchemaIsToldAndTheBuiltInOneIsUsed(t *testing.T) {
	for name, c := range map[string]struct{ schema, meaning string }{
		"not JSON":     {"{\n  \"type\": \"object\",\n}\n", "Line 3 is not JSON"},
		"empty":        {"", "Line 1 is not JSON"},
		"not a schema": {`{"type": "object", "properties": {"traits": {"properties": 5}}}`, "This is not a JSON Schema"},
		"a misspelt type": {strings.Replace(phone, `"phone": {"type": "string"}`, `"phone": {"type": "strng"}`, 1),
			"traits.phone has a type that there is none of: strng."},
		"a misspelt type of items": {strings.Replace(phone, `"phone": {"type": "string"}`,
			`"phone": {"type": "array", "items": {"type": ["text", "null"]}}`, 1), "phone.items has a type that there is none of: text."},
		"a misspelt type of all": {`{"type": "objekt", "properties": {"traits": {"properties": {"email": {}}}}}`,
			"The schema itself has a type that there is none of: objekt."},
		"no e-mail": {`{"properties": {"traits": {"properties": {"mail": {"type": "string"}}}}}`, "There is no trait email"},
		"an e-mail that's no text": {strings.Replace(phone, `"type": "string", "format": "email"`, `"type": "number"`, 1),
			"The trait email is not a string."},
		"no identifier": {strings.Replace(phone, `{"identifier": true}`, `{}`, 1), "The trait email is no identifier"},
		"a reference to a file": {strings.Replace(phone, `"phone": {"type": "string"}`, `"phone": {"$ref": "file:///etc/passwd"}`, 1),
			"nothing is fetched"},
		"a reference to the web": {strings.Replace(phone, `"phone": {"type": "string"}`, `"phone": {"$ref": "https://example.com/x.json"}`, 1),
			"nothing is fetched"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := home(t, "registration:\n  identity_schema: person.json\n")
			write(t, filepath.Join(dir, "person.json"), c.schema)
			got, r, err := config.Load(dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			errs := r.Errors()
			if len(errs) == 0 || errs[0].Line != 2 || errs[0].Path != "registration.identity_schema" ||
				!strings.Contains(errs[0].Meaning, c.meaning) {
				t.Errorf("got %v, want an error at line 2 with %q", errs, c.meaning)
			}
			if s := got.Registration.Schema; s.Own || string(s.JSON) != string(config.DefaultSchema()) {
				t.Error("the schema is used all the same")
			}
			sayAll(t, r)
		})
	}
}

func TestASchemaThatIsNamedAndMissingIsTold(t *testing.T) {
	for _, name := range []string{"person.json", "file:///nowhere/person.json"} {
		_, r := load(t, "registration: {identity_schema: "+name+"}\n", nil)
		if len(r.Errors()) != 1 || !strings.Contains(r.Errors()[0].Meaning, "There is no file") {
			t.Errorf("%s: %v", name, r.Problems)
		}
	}
}

func TestASchemaWithoutVerificationOrRecoveryIsWarnedOf(t *testing.T) {
	text := strings.Replace(strings.Replace(phone, `"verification": {"via": "email"},`, "", 1), `"recovery": {"via": "email"}`,
		`"recovery": {"via": "sms"}`, 1)
	ps := config.CheckSchema([]byte(text))
	if len(ps) != 2 || ps[0].Severity != config.Warning || ps[1].Severity != config.Warning {
		t.Errorf("got %v, want two warnings", ps)
	}
}

func FuzzCheckSchema(f *testing.F) {
	f.Add(phone)
	f.Add(string(config.DefaultSchema()))
	f.Add(`{"properties": {"traits": {"properties": {"email": {"$ref": "#"}}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range config.CheckSchema([]byte(text)) {
			if p.Meaning == "" || p.Fix == "" {
				t.Errorf("%+v says nothing", p)
			}
		}
	})
}
