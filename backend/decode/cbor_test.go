package decode

import "testing"

// A tag, an open length, a long head and a key that stands twice are what
// CTAP2's canonical form does not have.
func TestTheWalkerKeepsToTheCanonicalForm(t *testing.T) {
	for name, data := range map[string]string{
		"a tag": "\xc0\x00", "an open map": "\xbf\xff", "an open text": "\x7f\x61a\xff", "a long number": "\x18\x17",
		"a long length": "\x58\x01a",
		"a key twice":   "\xa2\x01\x02\x01\x03", "a text that is not UTF-8": "\x61\xff", "a string cut short": "\x42a", "nothing": "",
		"a huge string": "\x5b\x7f\xff\xff\xff\xff\xff\xff\xff", "a huge array": "\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
		"a huge map": "\xbb\x7f\xff\xff\xff\xff\xff\xff\xff",
		"nine deep":  "\x81\x81\x81\x81\x81\x81\x81\x81\x81\x00", "a reserved head": "\x1c", "a simple value of two bytes": "\xf8\x20",
	} {
		if it, _, err := ParseCBOR([]byte(data)); err == nil {
			t.Errorf("%s is taken: %+v", name, it)
		}
	}
	for _, data := range []string{"\xa0", "\xa2\x01\x02\x03\x04", "\x80", "\xf5", "\x1b\xff\xff\xff\xff\xff\xff\xff\xff", "\xf9\x3c\x00"} {
		if _, _, err := ParseCBOR([]byte(data)); err != nil {
			t.Errorf("%x: %v", data, err)
		}
	}
}

func TestBase64urlIsReadStrictly(t *testing.T) {
	for _, s := range []string{"AA==", "AA=", "A+", "A/AA", "A", "AB", "AAB", "A A", "AAAA\n", "AÄ"} {
		if b, err := ParseBase64URL(s); err == nil {
			t.Errorf("%q is taken as %x", s, b)
		}
	}
	if b, err := ParseBase64URL("AA"); err != nil || len(b) != 1 {
		t.Errorf("got %x, %v", b, err)
	}
}
