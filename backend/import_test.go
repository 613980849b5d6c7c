package backend_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/labtest"
)

// THREATS T28: imports that are hostile or broken.

type object = map[string]any

// file is an export that can be changed: the first of each list.
type file struct{ whole, person, passkey, session object }

func open(t testing.TB, raw json.RawMessage) file {
	t.Helper()
	var f file
	if err := json.Unmarshal(raw, &f.whole); err != nil {
		t.Fatal(err)
	}
	first := func(name string) object { return f.whole[name].([]any)[0].(object) }
	f.person, f.passkey, f.session = first("identities"), first("credentials"), first("sessions")
	return f
}

func (f file) bytes(t testing.TB) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(f.whole)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func exported(t testing.TB, l *labtest.Lab) json.RawMessage {
	t.Helper()
	raw, err := l.Export(t.Context(), "sting")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// hostile are changes of a person's file, each of which no front door would let in.
// owner is the file of the lab that it is imported into.
var hostile = map[string]func(f, owner file){
	"an argon2 hash of 4 TiB":     func(f, _ file) { password(f, "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$"+key) },
	"an argon2 hash of 512 MiB":   func(f, _ file) { password(f, "$argon2id$v=19$m=524288,t=1,p=1$c2FsdHNhbHQ$"+key) },
	"an argon2 hash that is slow": func(f, _ file) { password(f, "$argon2id$v=19$m=65536,t=4294967295,p=1$c2FsdHNhbHQ$"+key) },
	"an argon2 hash of no passes": func(f, _ file) { password(f, "$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$"+key) },
	"an argon2 hash of no lanes":  func(f, _ file) { password(f, "$argon2id$v=19$m=8,t=1,p=0$c2FsdHNhbHQ$"+key) },
	"an argon2 hash without key":  func(f, _ file) { password(f, "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$") },
	"an argon2 hash without salt": func(f, _ file) { password(f, "$argon2id$v=19$m=8,t=1,p=1$$"+key) },
	"a bcrypt cost of 31":         func(f, _ file) { password(f, "$2a$31$"+strings.Repeat("a", 53)) },
	"a bcrypt hash that is cut":   func(f, _ file) { password(f, "$2a$10$abc") },
	"a hash that is none":         func(f, _ file) { password(f, "secret") },

	"traits that are a list":        func(f, _ file) { f.person["traits"] = []any{} },
	"traits that are null":          func(f, _ file) { f.person["traits"] = nil },
	"traits that the schema denies": func(f, _ file) { f.person["traits"] = object{"email": "nobody"} },
	"traits with a NUL":             func(f, _ file) { f.person["traits"].(object)["name"] = object{"first": "a\x00b"} },
	"traits that are very deep":     func(f, _ file) { f.person["metadata_public"] = deep(80) },
	"a state that is markup":        func(f, _ file) { f.person["state"] = "<script>" },
	"a role nobody has":             func(f, _ file) { f.person["role"] = "owner" },
	"a schema nobody knows":         func(f, _ file) { f.person["schema_id"] = "other" },
	"an id with a NUL":              func(f, _ file) { f.person["id"] = "a\x00b" },
	"an empty id":                   func(f, _ file) { f.person["id"] = "" },
	"an id that is no UUID":         func(f, _ file) { f.person["id"] = "../../etc/passwd" },
	"an id in upper case":           func(f, _ file) { f.person["id"] = strings.ToUpper(f.person["id"].(string)) },
	"no user handle":                func(f, _ file) { f.person["user_handle"] = "" },
	"a user handle of 65 bytes":     func(f, _ file) { f.person["user_handle"] = strings.Repeat("AAAA", 21) + "AAA=" },
	"an identifier of nowhere":      func(f, _ file) { f.person["identifiers"] = []any{"eve@example.org", "boss@example.org"} },
	"an identifier in upper case":   func(f, _ file) { f.person["identifiers"] = []any{"EVE@example.org"} },
	"an identifier twice":           func(f, _ file) { f.person["identifiers"] = []any{"eve@example.org", "eve@example.org"} },
	"an address of nowhere":         func(f, _ file) { address(f)["value"] = "boss@example.org" },
	"an address by telegram":        func(f, _ file) { address(f)["via"] = "telegram" },
	"an address that is half way":   func(f, _ file) { address(f)["verified"] = true },
	"a year that can't be":          func(f, _ file) { f.person["created_at"] = "9999-12-31T23:59:59Z" },
	"no time at all":                func(f, _ file) { delete(f.person, "created_at") },
	"a member nobody knows":         func(f, _ file) { f.person["is_root"] = true },
	"a person of the wrong type":    func(f, _ file) { f.person["identifiers"] = "eve@example.org" },

	"the owner's id":           func(f, o file) { f.person["id"] = o.person["id"] },
	"the owner's address":      func(f, o file) { become(f, "ann@example.org") },
	"the owner's user handle":  func(f, o file) { f.person["user_handle"] = o.person["user_handle"] },
	"the owner's passkey's id": func(f, o file) { f.passkey["id"] = o.passkey["id"] },
	"the owner's key, theirs":  func(f, o file) { f.passkey["credential_id"] = o.passkey["credential_id"] },
	"the owner's session's id": func(f, o file) { f.session["id"] = o.session["id"] },
	"a session for the owner":  func(f, o file) { f.session["identity_id"] = o.person["id"] },
	"the owner's address, hidden": func(f, o file) {
		become(f, "ann@example.org")
		f.person["identifiers"], f.person["addresses"] = []any{}, []any{}
	},
	"an address without its identifier": func(f, _ file) { f.person["identifiers"] = nil },
	"an address that no mail reaches":   func(f, _ file) { f.person["addresses"] = []any{} },
	"an id twice, with another password": func(f, _ file) {
		other := maps.Clone(f.person)
		other["password"] = nil
		f.whole["identities"] = append(f.whole["identities"].([]any), other)
	},
	"the owner's token":       func(f, o file) { f.session["kratos_token"] = o.session["kratos_token"] },
	"a passkey for the owner": func(f, o file) { f.passkey["identity_id"] = o.person["id"] },
	"a passkey for nobody":    func(f, _ file) { f.passkey["identity_id"] = "00000000-0000-4000-8000-000000000001" },
	"a session for nobody":    func(f, _ file) { f.session["identity_id"] = "00000000-0000-4000-8000-000000000001" },
	"a person twice":          func(f, _ file) { twice(f, "identities") },
	"a passkey twice":         func(f, _ file) { twice(f, "credentials") },
	"a foreign user handle":   func(f, o file) { f.passkey["user_handle"] = o.person["user_handle"] },

	"a key that is none":           func(f, _ file) { f.passkey["public_key"] = "AAAA" },
	"another key than attested":    func(f, o file) { f.passkey["public_key"] = o.passkey["public_key"] },
	"an algorithm not of the key":  func(f, _ file) { f.passkey["algorithm"] = -257 },
	"a relying party that is none": func(f, _ file) { f.passkey["rp_id"] = "https://localhost/" },
	"a public suffix":              func(f, _ file) { f.passkey["rp_id"] = "com" },
	"BS without BE":                func(f, _ file) { f.passkey["backup_state"], f.passkey["backup_eligible"] = true, false },
	"an AAGUID of 3 bytes":         func(f, _ file) { f.passkey["aaguid"] = "AAAA" },
	"no credential ID":             func(f, _ file) { f.passkey["credential_id"] = "" },
	"a long credential ID":         func(f, _ file) { f.passkey["credential_id"] = strings.Repeat("AAAA", 342) },
	"a name with controls":         func(f, _ file) { f.passkey["name"] = "a\x1b[2Jb" },
	"an attachment nobody knows":   func(f, _ file) { f.passkey["attachment"] = "<b>" },
	"a transport nobody knows":     func(f, _ file) { f.passkey["transports"] = []any{"<b>"} },
	"a counter below 0":            func(f, _ file) { f.passkey["sign_count"] = -1 },
	"a counter too high":           func(f, _ file) { f.passkey["sign_count"] = 1 << 33 },
	"uses below 0":                 func(f, _ file) { f.passkey["usage_count"] = -1 },

	"a session for ever":          func(f, _ file) { f.session["expires_at"] = "2900-01-01T00:00:00Z" },
	"a token of 3 bytes":          func(f, _ file) { f.session["kratos_token"] = "AAAA" },
	"a way in nobody knows":       func(f, _ file) { f.session["methods"] = []any{object{"method": "magic", "aal": "aal1", "at": now}} },
	"no way in":                   func(f, _ file) { f.session["methods"] = []any{} },
	"a level nobody knows":        func(f, _ file) { f.session["aal"] = "aal9" },
	"a client that is no address": func(f, _ file) { f.session["device"] = object{"user_agent": "", "address": "<b>"} },
}

var (
	key = strings.Repeat("A", 43)
	now = time.Now().UTC().Format(time.RFC3339)
)

func password(f file, hash string) { f.person["password"].(object)["hash"] = hash }

func address(f file) object { return f.person["addresses"].([]any)[0].(object) }

func become(f file, email string) {
	f.person["identifiers"], f.person["traits"].(object)["email"] = []any{email}, email
	address(f)["value"] = email
}

func twice(f file, list string) {
	entry := maps.Clone(f.whole[list].([]any)[0].(object))
	entry["id"] = "00000000-0000-4000-8000-00000000000a"
	f.whole[list] = append(f.whole[list].([]any), entry)
}

func deep(n int) any {
	var v any = "x"
	for range n {
		v = []any{v}
	}
	return v
}

func TestAnImportLetsInWhatAFrontDoorWouldAndNothingElse(t *testing.T) {
	t.Parallel()
	here, there := labtest.Start(t, ""), labtest.Start(t, "")
	for email, lab := range map[string]*labtest.Lab{"ann@example.org": here, "eve@example.org": there} {
		b := lab.Browser()
		b.Register(email)
		b.AddPasskey()
	}
	owners, raw, before := open(t, exported(t, here)), exported(t, there), here.Dump(t)
	for _, what := range slices.Sorted(maps.Keys(hostile)) {
		f := open(t, raw)
		hostile[what](f, owners)
		_, err := here.Import(t.Context(), f.bytes(t))
		if err == nil || !strings.Contains(err.Error(), "IMPORT_") {
			t.Errorf("%s: %v", what, err)
		}
		if here.Dump(t) != before {
			t.Fatalf("%s: something came in, or something was changed", what)
		}
	}
	if got, err := here.Import(t.Context(), raw); err != nil || got.Identities != 1 || got.Credentials != 1 || len(got.Skipped) != 0 {
		t.Errorf("the file as it was: %+v, %v", got, err)
	}
}

func TestAnImportSaysEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	f := open(t, exported(t, lab))
	owners := open(t, exported(t, lab))
	f.person["id"], f.person["state"] = "00000000-0000-4000-8000-000000000002", "<script>"
	f.passkey["id"], f.passkey["rp_id"] = "00000000-0000-4000-8000-000000000003", "com"
	f.session["id"], f.session["kratos_token"] = "00000000-0000-4000-8000-000000000004", owners.session["kratos_token"]
	f.session["identity_id"] = owners.person["id"]
	_, err := lab.Import(t.Context(), f.bytes(t))
	hint := fault.From(err).Hint
	for _, want := range []string{"identities[0].state", "credentials[0].rp_id", "sessions[0].kratos_token",
		"Write \"active\" or \"inactive\"."} {
		if !strings.Contains(hint, want) {
			t.Errorf("the hint says nothing of %s:\n%s", want, hint)
		}
	}
}

func TestAnImportIsReadInOneWayOnly(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	lab.Browser().Register("ann@example.org")
	raw := string(exported(t, lab))
	if _, err := lab.Reset(t.Context(), api.ResetRequest{}); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"a member twice":          strings.Replace(raw, `"state":`, `"state":"inactive","state":`, 1),
		"a member in two cases":   strings.Replace(raw, `"state":`, `"State":"inactive","state":`, 1),
		"a trait twice":           strings.Replace(raw, `"traits":{`, `"traits":{"email":"eve@example.org",`, 1),
		"bytes that are no UTF-8": strings.Replace(raw, `"version":"`, "\"version\":\"\xff", 1),
		"a thousand levels": strings.Replace(raw, `"traits":{`,
			`"metadata_admin":`+strings.Repeat("[", 1000)+strings.Repeat("]", 1000)+`,"traits":{`, 1),
		"something behind the file": raw + "{}",
	} {
		if text == raw {
			t.Fatalf("%s: nothing was changed", what)
		}
		_, err := lab.Import(t.Context(), json.RawMessage(text))
		// what is no JSON doesn't come as far as the import
		if code := fault.From(err); err == nil || code.Code != "IMPORT_UNREADABLE" && code.Code != "MALFORMED" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if status, err := lab.Status(t.Context()); err != nil || status.Users != 0 {
		t.Errorf("%d people came in, %v", status.Users, err)
	}
}

func TestAPasskeyThatWasRemovedHereStaysSo(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	raw := exported(t, lab)
	if err := lab.RemovePasskey(t.Context(), open(t, raw).passkey["id"].(string)); err != nil {
		t.Fatal(err)
	}
	before := lab.Dump(t)
	got, err := lab.Import(t.Context(), raw)
	if err != nil || got.Identities+got.Credentials+got.Sessions != 0 ||
		!strings.Contains(strings.Join(got.Skipped, "\n"), "was removed here") {
		t.Errorf("Import: %+v, %v", got, err)
	}
	if lab.Dump(t) != before {
		t.Error("something was changed")
	}
}

func TestAFileThatNoExportWroteIsNamed(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	for text, want := range map[string]string{
		"":                               "It is empty",
		"\xef\xbb\xbf{}":                 "byte order mark",
		"\xff\xfe{\x00}\x00":             "UTF-16",
		`{"format":"sting-export/1","id`: "was cut",
		`[{"schema_id":"default"}]`:      "--kratos",
		`{"identities":[]}`:              `no member "format"`,
		`{"format":"sting-export/2"}`:    "sting-export/2",
		`{"format":"sting-export/1","identities":{}}`: `"identities"`,
		`7`: "no JSON object",
	} {
		if _, err := lab.Import(t.Context(), json.RawMessage(text)); !strings.Contains(fault.From(err).Hint, want) {
			t.Errorf("%.40q: %v: %q, want %q in it", text, err, fault.From(err).Hint, want)
		}
	}
}
