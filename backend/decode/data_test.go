package decode_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"sting/backend/decode"
)

// dataOf is authenticator data with flags, and what stands behind its counter.
func dataOf(flags byte, rest ...byte) []byte {
	return append(append(append(bytes.Repeat([]byte{0xaa}, 32), flags), 0, 0, 1, 2), rest...)
}

// Web Authentication Level 3, section 6.1: each flag and the bytes that it promises.
func TestFlagsAndBytesHaveToAgree(t *testing.T) {
	attested := func(length byte, rest ...byte) []byte {
		return dataOf(decode.UP|decode.AT, append(append(bytes.Repeat([]byte{1}, 16), 0, length), rest...)...)
	}
	for claim, c := range map[string]struct {
		raw []byte
		why string // "": nothing
	}{
		"an assertion":                       {dataOf(decode.UP), ""},
		"too short":                          {dataOf(0)[:36], "at least 37 bytes, here are 36"},
		"bytes that no flag speaks of":       {dataOf(decode.UP, 1), "1 byte stand behind"},
		"AT without data":                    {dataOf(decode.AT), "0 bytes are left for it"},
		"a credential ID that is too long":   {attested(9, 1, 2), "claims 9 bytes, 2 are left"},
		"no key":                             {attested(1, 1), "is not CBOR"},
		"a key":                              {attested(1, 1, 0xa0), ""},
		"a key of an open length":            {attested(1, 1, 0xbf, 0x01, 0x02, 0xff), ""},
		"a key of open texts":                {attested(1, 1, 0xa1, 0x7f, 0x61, 'a', 0xff, 0x02), ""},
		"a key with a tag and long numbers":  {attested(1, 1, 0xa1, 0xc0, 0x18, 0x01, 0x19, 0x00, 0x02), ""},
		"a key of an open length, cut short": {attested(1, 1, 0xbf, 0x01, 0x02), "is not CBOR"},
		"a key with a tag, cut short":        {attested(1, 1, 0xa1, 0xc0), "is not CBOR"},
		"a key with a head, cut short":       {attested(1, 1, 0xa1, 0xc0, 0x01, 0x19, 0x00), "is not CBOR"},
		"a key with a reserved head":         {attested(1, 1, 0x1c), "is not CBOR"},
		"a key that claims too much":         {attested(1, 1, 0xa1, 0xc0, 0x01, 0x5a, 0xff, 0xff, 0xff, 0xff), "is not CBOR"},
		"a list that claims too much":        {attested(1, 1, 0xa1, 0xc0, 0x01, 0x9a, 0xff, 0xff, 0xff, 0xff), "is not CBOR"},
		"ED without extensions":              {dataOf(decode.ED), "they are not CBOR"},
		"extensions that are a list":         {dataOf(decode.ED, 0x80), "are an array, not a map"},
		"an extension by number":             {dataOf(decode.ED, 0xa1, 0x01, 0xf5), "named by a number"},
		"an extension":                       {dataOf(decode.ED, 0xa1, 0x61, 'x', 0xf5), ""},
		"an extension and more":              {dataOf(decode.ED, 0xa1, 0x61, 'x', 0xf5, 9, 9), "2 bytes stand behind"},
	} {
		a, err := decode.ParseAuthenticatorData(c.raw)
		if c.why == "" && err != nil || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
			t.Errorf("%s: %v, want %q", claim, err, c.why)
		}
		if len(c.raw) >= 37 && (a.SignCount != 258 || len(a.RPIDHash) != 32) {
			t.Errorf("%s: what could be read is %+v", claim, a)
		}
	}
}

// Real authenticators write the outputs of extensions in ways that CTAP2 forbids.
func TestExtensionsMayBeIrregular(t *testing.T) {
	for claim, c := range map[string]struct {
		rest      []byte
		irregular bool
	}{
		"in order":             {[]byte{0xa2, 0x61, 'a', 0x01, 0x61, 'b', 0x02}, false},
		"out of order":         {[]byte{0xa2, 0x61, 'b', 0x01, 0x61, 'a', 0x02}, true},
		"a number of two":      {[]byte{0xa1, 0x61, 'a', 0x18, 0x01}, true},
		"the shorter one last": {[]byte{0xa2, 0x62, 'a', 'a', 0x01, 0x61, 'b', 0x02}, true},
	} {
		a, err := decode.ParseAuthenticatorData(dataOf(decode.ED, c.rest...))
		if err != nil || a.Irregular != c.irregular || len(a.Extensions.Pairs) == 0 {
			t.Errorf("%s: %v, %+v, %v", claim, a.Irregular, a.Extensions, err)
		}
		span := a.Spans[len(a.Spans)-1]
		if !strings.HasPrefix(span.Field, "extensions.") || span.Offset+span.Length != len(a.Raw) {
			t.Errorf("%s: the last place is %+v of %d bytes", claim, span, len(a.Raw))
		}
	}
}

func TestValuesOfCBORAreNamedAndRead(t *testing.T) {
	for claim, c := range map[string]struct {
		raw  string
		what string
		n    int64
		ok   bool // it is a number of 64 bits with a sign
	}{
		"zero": {"\x00", "a number", 0, true}, "minus one": {"\x20", "a number", -1, true},
		"the largest":  {"\x1b\x7f\xff\xff\xff\xff\xff\xff\xff", "a number", 1<<63 - 1, true},
		"the smallest": {"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff", "a number", -1 << 63, true},
		"beyond":       {"\x1b\x80\x00\x00\x00\x00\x00\x00\x00", "a number", 0, false},
		"below":        {"\x3b\x80\x00\x00\x00\x00\x00\x00\x00", "a number", 0, false},
		"bytes":        {"\x41a", "a byte string", 0, false}, "a text": {"\x61a", "a text", 0, false},
		"a list": {"\x80", "an array", 0, false}, "a map": {"\xa0", "a map", 0, false}, "true": {"\xf5", "true", 0, false},
		"false": {"\xf4", "false", 0, false}, "null": {"\xf6", "a simple value", 0, false}, "1.0": {"\xf9\x3c\x00", "a simple value", 0, false},
		"a float with the bits of true": {"\xf9\x00\x15", "a simple value", 0, false},
	} {
		it, _, err := decode.ParseCBOR([]byte(c.raw))
		n, ok := it.Int()
		if err != nil || it.What() != c.what || n != c.n || ok != c.ok {
			t.Errorf("%s: %s, %d, %v: %v", claim, it.What(), n, ok, err)
		}
	}
	_, _, err := decode.ParseCBOR([]byte("\x00\x00\x00"))
	refuses(t, "more than one value", err, "2 bytes stand behind")
	for claim, c := range map[string]struct{ raw, why string }{
		"a number twice": {"\xa2\x20\x00\x20\x00", "the key -1 stands"}, "a text twice": {"\xa2\x61a\x00\x61a\x00", `the key "a" stands`},
		"bytes twice": {"\xa2\x41a\x00\x41a\x00", "the key a byte string stands"}, "a head cut short": {"\x19\x01", "in the middle of a head"},
	} {
		_, _, err := decode.ParseCBOR([]byte(c.raw))
		refuses(t, claim, err, c.why)
	}
}

// What encoding/json forgives, two readers understand differently.
func TestAnObjectKeepsWhatJSONForgives(t *testing.T) {
	o, err := decode.ParseObject([]byte(`{"type":"a","n":1,"type":"b","gone":null,"in":{"x":[1]}}`))
	if err != nil || len(o.Members) != 5 {
		t.Fatalf("%+v, %v", o, err)
	}
	if text, ok := o.Text("type"); !ok || text != "b" {
		t.Errorf("the last one counts: %q, %v", text, ok)
	}
	for name, want := range map[string][3]bool{ // Has, Member, Text
		"n": {true, true, false}, "gone": {true, false, false}, "none": {false, false, false}, "type": {true, true, true},
	} {
		_, there := o.Member(name)
		_, text := o.Text(name)
		if got := [3]bool{o.Has(name), there, text}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if in, ok := o.Object("in"); !ok || !in.Has("x") {
		t.Errorf("the inner object is %+v, %v", in, ok)
	}
	for _, name := range []string{"n", "none"} {
		if in, ok := o.Object(name); ok {
			t.Errorf("%s is an object: %+v", name, in)
		}
	}
	if raw := o.Encode(); string(raw) != `{"type":"a","n":1,"type":"b","gone":null,"in":{"x":[1]}}` {
		t.Errorf("written again: %s", raw)
	}
	refuses(t, "twice", o.Quirk("it"), `it has the member "type" twice`)
	cased, err := decode.ParseObject([]byte(`{"Origin":1}`))
	if err != nil {
		t.Fatal(err)
	}
	refuses(t, "another case", cased.Quirk("it", "type", "origin"), `"Origin", which differs from "origin" in case only`)
	if err := cased.Quirk("it", "Origin"); err != nil {
		t.Errorf("its own name: %v", err)
	}
	for claim, c := range map[string]struct{ raw, why string }{
		"nothing": {"", "not JSON"}, "a list": {"[]", decode.ErrNotObject.Error()}, "cut short": {`{"a":1`, "not JSON"},
		"a name cut short": {`{"a`, "not JSON"}, "no value": {`{"a":}`, "not JSON"}, "more behind": {`{} {}`, "bytes stand behind"},
	} {
		_, err := decode.ParseObject([]byte(c.raw))
		refuses(t, claim, err, c.why)
	}
	if _, err := decode.ParseObject([]byte("1")); !errors.Is(err, decode.ErrNotObject) {
		t.Errorf("a number: %v", err)
	}
}

func TestAMemberThatStandsTwiceIsFoundHoweverDeep(t *testing.T) {
	for claim, c := range map[string]struct{ raw, why string }{
		"nothing":         {" ", ""},
		"well":            {`{"a":[{"b":1},{"b":2}]}`, ""},
		"at the top":      {`{"a":1,"a":2}`, `it has the member "a" twice`},
		"in a list":       {`{"a":[0,{"b":1,"b":2}]}`, `it.a[1] has the member "b" twice`},
		"a list cut":      {`[1,`, "unexpected end"},
		"an object cut":   {`{"a":{`, "not JSON"},
		"31 deep":         {strings.Repeat("[", 31) + strings.Repeat("]", 31), ""},
		"more than 32":    {strings.Repeat("[", 33) + strings.Repeat("]", 33), "nested more than 32 deep"},
		"a value is none": {`"x"`, ""},
	} {
		err := decode.DeepQuirk("it", json.RawMessage(c.raw))
		if c.why == "" && err != nil {
			t.Errorf("%s: %v", claim, err)
		} else if c.why != "" {
			refuses(t, claim, err, c.why)
		}
	}
	for raw, want := range map[string]string{"": "nothing", " {}": "an object", "[]": "an array", `""`: "a string", "true": "a boolean",
		"false": "a boolean", "null": "null", "-1": "a number"} {
		if got := decode.JSONKind(json.RawMessage(raw)); got != want {
			t.Errorf("%q is %s, want %s", raw, got, want)
		}
	}
}

func TestTextsFromOutsideAreShortAndMoveNoCursor(t *testing.T) {
	if got := decode.Short("a\x1b[2Jb\u202e"); got != "a\uFFFD[2Jb\uFFFD" {
		t.Errorf("%q", got)
	}
	if got := decode.Short(strings.Repeat("ä", 161)); got != strings.Repeat("ä", 120)+"... (161 characters)" {
		t.Errorf("%q", got)
	}
	for _, text := range []string{"-_8", "-_8=", "+/8=", "+/\n8"} {
		if b, ok := decode.LooseBase64(text); !ok || !bytes.Equal(b, []byte{0xfb, 0xff}) {
			t.Errorf("%q: %x, %v", text, b, ok)
		}
	}
	if _, ok := decode.LooseBase64("!"); ok {
		t.Error("what is no base64 of any dialect is read")
	}
	if got := decode.UUID([]byte{1, 2}); got != "0102" {
		t.Errorf("what is no UUID is written %s", got)
	}
}
