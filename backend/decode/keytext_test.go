package decode_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"sting/backend/decode"
)

func TestAKeyIsWrittenForOtherPrograms(t *testing.T) {
	cose, err := base64.RawURLEncoding.DecodeString("pQECAyYgASFYIG5KhiApAoOdRQ3Gm5uzwPe7dxoDOQyPeaMszJT-VgIOIlgg-xaMJXg_nzhqRkpJBqJIgXtfRu" +
		"urvA2qSmXOZvyQG4E")
	if err != nil {
		t.Fatal(err)
	}
	k, err := decode.DescribeKey(cose)
	if err != nil || k.JWK["crv"] != "P-256" || !strings.HasPrefix(k.PEM, "-----BEGIN PUBLIC KEY-----") {
		t.Errorf("DescribeKey: %+v, %v", k, err)
	}
	if _, err := decode.DescribeKey([]byte("no key")); err == nil {
		t.Error("what is no key is described")
	}
}
