package inspect_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
)

func TestAKeyIsShownAsCOSEAsJWKAndAsPEM(t *testing.T) {
	for name, want := range map[string]map[string]string{
		"packed.ES384 registration": {"kty": "EC", "crv": "P-384"},
		"packed.EdDSA registration": {"kty": "OKP", "crv": "Ed25519"},
		"packed.Ed448 registration": {"kty": "OKP", "crv": "Ed448"},
		"packed.RS256 registration": {"kty": "RSA", "e": "AQAB"},
	} {
		s := newSpecimen(t, name)
		x := explain(t, vector{file: s.file}.encode(t))
		jwk, _ := x.Decoded.PublicKey["jwk"].(map[string]string)
		for member, value := range want {
			if jwk[member] != value {
				t.Errorf("%s: %s of the JWK is %q, want %q", name, member, jwk[member], value)
			}
		}
		if x.Decoded.PublicKey["cose"] != attestedIn(t, s.response()["attestationObject"])["public_key"] {
			t.Errorf("%s: another COSE key", name)
		}
		text, _ := x.Decoded.PublicKey["pem"].(string)
		block, _ := pem.Decode([]byte(text))
		if name == "packed.Ed448 registration" {
			if block != nil {
				t.Error("Ed448 has a PEM")
			}
			continue
		}
		if block == nil {
			t.Fatalf("%s: no PEM in %q", name, text)
		}
		if _, err := x509.ParsePKIXPublicKey(block.Bytes); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheAuthenticatorAndItsCredentialAreNamed(t *testing.T) {
	s := newSpecimen(t, "packed.ES256 registration")
	x := explain(t, vector{file: s.file}.encode(t))
	a := x.Decoded.AuthenticatorData
	if a["credentialId"] != s.credential()["id"] || a["aaguid"] != "876ca4f5-2071-c3e9-b255-09ef2cdf7ed6" || a["authenticator"] != "unknown" {
		t.Errorf("got %v", a)
	}
	chain, _ := x.Decoded.Attestation["x5c"].([]map[string]any)
	if len(chain) != 1 || chain[0]["ca"] != false || x.Decoded.Attestation["type"] != "basic" {
		t.Errorf("got %v", x.Decoded.Attestation)
	}
}
