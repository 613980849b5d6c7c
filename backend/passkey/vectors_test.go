package passkey_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
)

// binaryText is bytes that stand in a file as base64url.
type binaryText []byte

func (b *binaryText) UnmarshalJSON(raw []byte) (err error) {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	*b, err = base64.RawURLEncoding.DecodeString(s)
	return err
}

func readVectors(t testing.TB, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// classes are the faults that a class of reasons may show as: CONTRACT section
// 11, last paragraph.
var classes = map[string][]string{
	"structure": {"MALFORMED"}, "client-data": {"MALFORMED"}, "token-binding": {"MALFORMED"},
	"encodings": {"MALFORMED"}, "credential-id": {"MALFORMED", "UNKNOWN_CREDENTIAL", "CREDENTIAL_KNOWN"},
	"client-data-type": {"TYPE_MISMATCH"}, "origin": {"ORIGIN_MISMATCH"}, "challenge": {"CHALLENGE_MISMATCH"},
	"rp-id-hash": {"RPID_MISMATCH"}, "cross-origin": {"CROSS_ORIGIN_FRAME", "TOP_ORIGIN_MISMATCH"},
	"user-presence": {"UP_MISSING"}, "user-verification": {"UV_REQUIRED"},
	"backup-flags": {"BS_WITHOUT_BE", "BE_CHANGED"}, "counter": {"COUNTER_REGRESSED"},
	"signature": {"BAD_SIGNATURE"}, "user-handle": {"USER_HANDLE_MISMATCH"},
	"algorithm": {"ALGORITHM_NOT_OFFERED"}, "public-key": {"BAD_KEY"},
	"attestation-object":    {"ATTESTATION_INVALID", "MALFORMED"},
	"attestation-statement": {"ATTESTATION_INVALID", "MALFORMED"},
	"authenticator-data":    {"ATTESTATION_INVALID", "MALFORMED"},
	"x5c":                   {"ATTESTATION_INVALID", "MALFORMED"},
}

func TestBodies(t *testing.T) {
	var file struct {
		RPID, Origin                                      string
		RegistrationChallenge, AuthenticationChallenge    string
		UserHandle, CredentialID, CredentialPublicKeyCose binaryText
		Cases                                             []struct {
			ID, Description, Kind, Expect, ReasonClass, UserVerification, Body string
			StoredSignCount                                                    uint32
		}
	}
	readVectors(t, "bodies.json", &file)
	if len(file.Cases) < 50 {
		t.Fatalf("only %d cases were read", len(file.Cases))
	}
	person := identity.Identity{ID: "p", UserHandle: file.UserHandle}
	stored := passkey.Credential{
		ID: "c", IdentityID: "p", UserHandle: file.UserHandle, RPID: file.RPID,
		CredentialID: file.CredentialID, PublicKey: file.CredentialPublicKeyCose,
	}
	for _, c := range file.Cases {
		t.Run(strings.ReplaceAll(c.ID, "/", ":"), func(t *testing.T) {
			rp := passkey.RelyingParty{ID: file.RPID, Name: "STING", Origins: []string{file.Origin}, UserVerification: c.UserVerification}
			stored := stored
			stored.SignCount = c.StoredSignCount
			judge(t, verdict{c.Expect, c.ReasonClass, c.Description}, verify(t, passkey.Kind(c.Kind), rp, person, stored,
				map[bool]string{true: file.RegistrationChallenge, false: file.AuthenticationChallenge}[c.Kind == "registration"], []byte(c.Body)))
		})
	}
}

type verdict struct{ expect, class, description string }

func judge(t *testing.T, want verdict, err error) {
	t.Helper()
	if want.expect == "accept" {
		if err != nil {
			t.Errorf("%s: %v", want.description, err)
		}
		return
	}
	if err == nil {
		t.Fatalf("%s: accepted", want.description)
	}
	codes, ok := classes[want.class]
	if !ok {
		t.Fatalf("the class %q is not in the table", want.class)
	}
	if got := fault.From(err); !slices.Contains(codes, got.Code) {
		t.Errorf("%s: got %v, want one of %v", want.description, err, codes)
	}
}

// verify runs an answer through what Finish does between the challenge and the
// store.
func verify(t *testing.T, k passkey.Kind, rp passkey.RelyingParty, p identity.Identity, c passkey.Credential, challenge string,
	raw []byte) error {
	t.Helper()
	cer, err := passkey.BegunWith(k, rp, p, []passkey.Credential{c}, challenge)
	if err != nil {
		t.Fatal(err)
	}
	if k == passkey.Registration {
		_, err = passkey.VerifyAnswerOf(cer, p, raw)
		return err
	}
	_, err = passkey.VerifySignIn(cer, p, c, raw)
	return err
}

// w3c says what becomes of each vector of Web Authentication Level 3, section
// 16, at a relying party with the lab's policy; "" means accepted.
var w3c = map[string]struct{ registration, authentication, why string }{
	"none.ES256":                    {},
	"packed-self.ES256":             {},
	"none.ES256.crossOrigin":        {"CROSS_ORIGIN_FRAME", "CROSS_ORIGIN_FRAME", "no frames of other sites"},
	"none.ES256.topOrigin":          {"CROSS_ORIGIN_FRAME", "CROSS_ORIGIN_FRAME", "no frames of other sites"},
	"none.ES256.long-credential-id": {},
	"packed.ES256":                  {},
	"packed.ES384":                  {},
	"packed.ES512":                  {},
	"packed.RS256":                  {},
	"packed.EdDSA":                  {},
	"packed.Ed448":                  {"ALGORITHM_NOT_OFFERED", "BAD_SIGNATURE", "Ed448 is not offered, and nothing here can verify it"},
	"tpm.ES256":                     {"ATTESTATION_INVALID", "", "the vendors' roots are pinned, the vector has its own"},
	"android-key.ES256":             {"ATTESTATION_INVALID", "", "the vendors' roots are pinned, the vector has its own"},
	"apple.ES256":                   {"ATTESTATION_INVALID", "", "the vendors' roots are pinned, the vector has its own"},
	"fido-u2f.ES256":                {},
}

func TestTheVectorsOfTheSpecification(t *testing.T) {
	var file struct {
		Vectors []struct {
			Name, RPID, Origin string
			Registration       struct {
				Challenge, CredentialID, ClientDataJSON, AttestationObject string
			}
			Authentication struct{ Challenge, ClientDataJSON, AuthenticatorData, Signature string }
		}
	}
	readVectors(t, "w3c.json", &file)
	if len(file.Vectors) != len(w3c) {
		t.Fatalf("%d vectors, %d in the table", len(file.Vectors), len(w3c))
	}
	person := identity.Identity{ID: "p", UserHandle: []byte("the vectors name no user handle")}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			want, ok := w3c[v.Name]
			if !ok {
				t.Fatal("not in the table")
			}
			rp := passkey.RelyingParty{ID: v.RPID, Name: "W3C", Origins: []string{v.Origin}, UserVerification: "preferred"}
			answer := func(response map[string]string) []byte {
				raw, err := json.Marshal(map[string]any{
					"id": v.Registration.CredentialID, "rawId": v.Registration.CredentialID, "type": "public-key",
					"clientExtensionResults": map[string]any{}, "response": response,
				})
				if err != nil {
					t.Fatal(err)
				}
				return raw
			}
			coded(t, "registration", want.registration, verify(t, passkey.Registration, rp, person, passkey.Credential{}, v.Registration.Challenge,
				answer(map[string]string{"clientDataJSON": v.Registration.ClientDataJSON, "attestationObject": v.Registration.AttestationObject})))
			stored := attestedIn(t, v.Registration.AttestationObject)
			stored.IdentityID, stored.RPID = "p", v.RPID
			coded(t, "sign-in", want.authentication, verify(t, passkey.Authentication, rp, person, stored, v.Authentication.Challenge,
				answer(map[string]string{"clientDataJSON": v.Authentication.ClientDataJSON, "authenticatorData": v.Authentication.AuthenticatorData,
					"signature": v.Authentication.Signature})))
		})
	}
}

func coded(t *testing.T, what, want string, err error) {
	t.Helper()
	got := ""
	if err != nil {
		got = fault.From(err).Code
	}
	if got != want {
		t.Errorf("%s: got %q (%v), want %q", what, got, err, want)
	}
}

// attestedIn reads the credential record out of an attestation object: section
// 6.5.1.
func attestedIn(t *testing.T, object string) passkey.Credential {
	t.Helper()
	var o struct {
		AuthData []byte `cbor:"authData"`
	}
	if err := cbor.Unmarshal(raw64(t, object), &o); err != nil {
		t.Fatal(err)
	}
	n := int(binary.BigEndian.Uint16(o.AuthData[53:]))
	var key cbor.RawMessage
	if _, err := cbor.UnmarshalFirst(o.AuthData[55+n:], &key); err != nil {
		t.Fatal(err)
	}
	return passkey.Credential{
		CredentialID: o.AuthData[55 : 55+n], PublicKey: key,
		BackupEligible: o.AuthData[32]&8 != 0, SignCount: binary.BigEndian.Uint32(o.AuthData[33:]),
	}
}
