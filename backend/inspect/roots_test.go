package inspect_test

import (
	"encoding/hex"
	"encoding/pem"
	"strings"
	"testing"
	"testing/fstest"

	"sting/backend/inspect"
)

// vendorRoot is the authority of the specification's vectors, in PEM.
func vendorRoot(t testing.TB) []byte {
	t.Helper()
	var file struct {
		Hex string `json:"attestation_ca_cert_hex"`
	}
	readJSON(t, "w3c-attestation-root.json", &file)
	der, err := hex.DecodeString(file.Hex)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestAChainThatEndsInAGivenRootPassesWithItsName(t *testing.T) {
	roots, problems := inspect.ReadRoots(fstest.MapFS{"vendor.pem": {Data: vendorRoot(t)}})
	if len(roots) != 1 || len(problems) != 0 {
		t.Fatalf("%d roots, problems %v", len(roots), problems)
	}
	for _, name := range []string{"packed.ES256 registration", "tpm.ES256 registration"} {
		raw := newSpecimenFile(t, name)
		x, err := inspect.Explain(raw, inspect.Options{Now: today(), Roots: roots})
		if err != nil {
			t.Fatal(err)
		}
		if s, _ := x.Step("7.1.23"); s.Verdict != inspect.Passed || !strings.Contains(s.Received, roots[0].Subject.CommonName) {
			t.Errorf("%s with the root: %s, %q", name, s.Verdict, s.Received)
		}
		if s, _ := explain(t, raw).Step("7.1.23"); s.Verdict != inspect.Warning || !strings.Contains(s.Note, "into the folder `roots`") {
			t.Errorf("%s without: %s, %q", name, s.Verdict, s.Note)
		}
	}
}

func TestAFileThatIsNoCertificateIsNamedAndTheOthersAreRead(t *testing.T) {
	good := vendorRoot(t)
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{0x30, 0}})
	for name, c := range map[string]struct {
		data  []byte
		roots int
		says  string
	}{
		"two.pem":    {append(append([]byte{}, good...), good...), 2, ""},
		"key.pem":    {key, 0, "PRIVATE KEY"},
		"der.crt":    {[]byte{0x30, 0x82, 1}, 0, "not PEM"},
		"empty.pem":  {nil, 0, "not PEM"},
		"broken.pem": {broken, 0, "roots/broken.pem"},
		"torn.pem":   {append(append([]byte{}, good...), "-----BEGIN CERT"...), 1, "not PEM"},
	} {
		roots, problems := inspect.ReadRoots(fstest.MapFS{"a.pem": {Data: good}, name: {Data: c.data}, "folder/x.pem": {Data: good}})
		said := strings.Join(problems, " ")
		if len(roots) != c.roots+1 || !strings.Contains(said, c.says) || (c.says == "") == strings.Contains(said, name) ||
			!strings.Contains(said, "roots/folder") {
			t.Errorf("%s: %d roots, %q", name, len(roots), said)
		}
	}
	if roots, problems := inspect.ReadRoots(fstest.MapFS{}); len(roots)+len(problems) != 0 {
		t.Errorf("an empty folder: %d roots, %v", len(roots), problems)
	}
}
