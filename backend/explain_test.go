package backend_test

import (
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/admin"
	"sting/backend/labtest"
)

// The lab reads the folder of roots when it starts; what is none is said and
// stops nothing.
func TestRootsOfTheHomeFolderAreReadAndWhatIsNoneIsSaid(t *testing.T) {
	t.Parallel()
	lab := labtest.StartWith(t, "", func(o *labtest.Options) {
		dir := filepath.Join(o.Home, "roots")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"vendor.pem": vendorRoot(t), "notes.txt": "not a certificate"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	status, err := lab.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(status.Warnings, " "); !strings.Contains(said, "roots/notes.txt is no certificate") ||
		strings.Contains(said, "vendor.pem") {
		t.Errorf("the lab says %q", said)
	}
	x, err := admin.Explain.Ask(t.Context(), lab, packedRegistration(t))
	if err != nil {
		t.Fatal(err)
	}
	if anchored, _ := x.Step("7.1.23"); anchored.Verdict != "passed" {
		t.Errorf("with the root the step of the trust anchors is %q", anchored.Verdict)
	}
}

func fromVectors(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("inspect", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// vendorRoot is the authority of the specification's vectors, in PEM.
func vendorRoot(t *testing.T) string {
	t.Helper()
	var file struct {
		Hex string `json:"attestation_ca_cert_hex"`
	}
	fromVectors(t, "w3c-attestation-root.json", &file)
	der, err := hex.DecodeString(file.Hex)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// packedRegistration is a vector of the specification as a ceremony file.
func packedRegistration(t *testing.T) json.RawMessage {
	t.Helper()
	var file struct {
		Vectors []struct {
			Name, RPID, Origin string
			Registration       struct{ Challenge, CredentialID, ClientDataJSON, AttestationObject string }
		}
	}
	fromVectors(t, "w3c.json", &file)
	for _, v := range file.Vectors {
		if v.Name != "packed.ES256" {
			continue
		}
		r := v.Registration
		raw, err := json.Marshal(map[string]any{
			"kind": "registration", "rp_id": v.RPID, "origins": []string{v.Origin}, "challenge": r.Challenge,
			"credential": map[string]any{
				"id": r.CredentialID, "rawId": r.CredentialID, "type": "public-key", "clientExtensionResults": map[string]any{},
				"response": map[string]string{"clientDataJSON": r.ClientDataJSON, "attestationObject": r.AttestationObject},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	t.Fatal("the vector is not there")
	return nil
}
