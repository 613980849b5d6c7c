package document_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sting/backend/document"
)

func TestADocumentIsReadInOneWayOnly(t *testing.T) {
	for text, where := range map[string]string{
		`{"a":1,"a":2}`:           "a",
		`{"a":1,"A":2}`:           "A",
		`[{"b":{"a":1,"a":2}}]`:   "[0].b.a",
		`{"a":"x\u0000"}`:         "a",
		`{"x\u0000":1}`:           `"x\x00"`,
		`{"free":{"a":1,"a":2}}`:  "free.a",
		"{\"a\":\"\xff\"}":        "",
		`{"a":1`:                  "",
		`{"a":1} {}`:              "",
		``:                        "",
		strings.Repeat("[", 1000): strings.Repeat("[0]", document.MaxDepth+1),
	} {
		if found := document.Examine([]byte(text), "free"); len(found) != 1 || found[0].Where != where || found[0].What == "" {
			t.Errorf("%.40q: %+v", text, found)
		}
	}
	for _, text := range []string{
		`{"a":{"b":[1,"x",null,true]},"b":{"a":1}}`, `{"free":{"a":1,"A":2}}`, `7`,
		strings.Repeat("[", document.MaxDepth) + strings.Repeat("]", document.MaxDepth),
	} {
		if found := document.Examine([]byte(text), "free"); len(found) > 0 {
			t.Errorf("%.40q: %+v", text, found)
		}
	}
	if found := document.Examine([]byte(`{"a":1,"A":2}`), ""); len(found) > 0 {
		t.Errorf("a free document: %+v", found)
	}
}

// FuzzExamine: what has no problems decodes.
func FuzzExamine(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"c"}]}`, `{"a":1,"a":1}`, `[[`, `"\ud800"`, `{"":{"":0}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if found := document.Examine(raw); len(found) == 0 && !json.Valid(raw) {
			t.Errorf("%q has no problems and is no JSON", raw)
		}
	})
}

func TestWhatIsNoJSONIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "empty",
		" \n":                       "empty",
		"\xef\xbb\xbf{}":            "byte order mark",
		"\xff\xfe{\x00}\x00":        "UTF-16",
		`{"format":"sting-expo`:     "was cut",
		"{\n\"a\": 1,\n}":           "Line 3",
		"%PDF-1.7":                  "Line 1",
		"{} {}":                     "Line 1",
		strings.Repeat("[", 20_000): "depth",
	} {
		if got := document.Broken([]byte(text)); !strings.Contains(got, want) {
			t.Errorf("%.40q: %q, want %q in it", text, got, want)
		}
	}
	if got := document.Broken([]byte(` {"a": [1]} `)); got != "" {
		t.Errorf("good JSON: %q", got)
	}
}
