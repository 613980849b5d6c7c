package inspect_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"sting/backend/inspect"
)

func TestAKeyIsWrittenForOtherPrograms(t *testing.T) {
	cose, err := base64.RawURLEncoding.DecodeString("pQECAyYgASFYIG5KhiApAoOdRQ3Gm5uzwPe7dxoDOQyPeaMszJT-VgIOIlgg-xaMJXg_nzhqRkpJBqJIgXtfRuurvA2qSmXOZvyQG4E")
	if err != nil {
		t.Fatal(err)
	}
	k, err := inspect.DescribeKey(cose)
	if err != nil || k.JWK["crv"] != "P-256" || !strings.HasPrefix(k.PEM, "-----BEGIN PUBLIC KEY-----") {
		t.Errorf("DescribeKey: %+v, %v", k, err)
	}
	if _, err := inspect.DescribeKey([]byte("no key")); err == nil {
		t.Error("what is no key is described")
	}
}
