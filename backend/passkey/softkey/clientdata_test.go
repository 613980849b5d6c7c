package softkey_test

import (
	"testing"

	"sting/backend/passkey/softkey"
)

func TestClientDataIsSerialisedAsTheSpecificationSays(t *testing.T) {
	base := softkey.ClientData{Type: "webauthn.get", Challenge: "AAAA", Origin: "https://example.test"}
	framed := base
	framed.CrossOrigin, framed.TopOrigin = true, "https://top.test"
	extra := framed
	extra.Extra = []softkey.Member{{"z", "<"}, {"a", []int{1}}}
	escaped := softkey.ClientData{Type: "a\"b\\c\n\x01</é\u2028"}
	for name, c := range map[string]struct {
		data softkey.ClientData
		want string
	}{
		"no frame": {base, `{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.test","crossOrigin":false}`},
		"in a frame": {framed, `{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.test","crossOrigin":true,` +
			`"topOrigin":"https://top.test"}`},
		"extra members": {extra, `{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.test","crossOrigin":true,` +
			`"topOrigin":"https://top.test","z":"<","a":[1]}`},
		"escapes, and few": {escaped, `{"type":"a\"b\\c\u000a\u0001</é` + "\u2028" + `","challenge":"","origin":"","crossOrigin":false}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.data.JSON()
			if err != nil || string(got) != c.want {
				t.Errorf("\ngot  %s, %v\nwant %s", got, err, c.want)
			}
		})
	}
	broken := softkey.ClientData{Extra: []softkey.Member{{"x", func() {}}}}
	if _, err := broken.JSON(); err == nil {
		t.Error("a member that is not JSON was serialised")
	}
}
