package inspect_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"sting/backend/api"
	"sting/backend/inspect"
)

// today is when the vectors are judged: certificates run out.
func today() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// vector is a ceremony file with what should come of it.
type vector struct {
	name   string
	file   map[string]any
	want   api.Verdict
	faults []string // any of these, for a refusal
}

func (v vector) encode(t testing.TB) []byte {
	t.Helper()
	raw, err := json.Marshal(v.file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func explain(t testing.TB, raw []byte) api.Explanation {
	t.Helper()
	x, err := inspect.Explain(raw, inspect.Options{Now: today()})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// classes are the faults of a class of reasons: CONTRACT section 11, last
// paragraph.
func classes() map[string][]string {
	attestation := []string{"ATTESTATION_INVALID", "MALFORMED"}
	return map[string][]string{
		"structure": {"MALFORMED"}, "client-data": {"MALFORMED"}, "token-binding": {"MALFORMED"}, "encodings": {"MALFORMED"},
		"credential-id": {"MALFORMED", "UNKNOWN_CREDENTIAL", "CREDENTIAL_KNOWN"}, "client-data-type": {"TYPE_MISMATCH"},
		"origin": {"ORIGIN_MISMATCH"}, "challenge": {"CHALLENGE_MISMATCH"}, "rp-id-hash": {"RPID_MISMATCH"},
		"cross-origin": {"CROSS_ORIGIN_FRAME", "TOP_ORIGIN_MISMATCH"}, "user-presence": {"UP_MISSING"},
		"user-verification": {"UV_REQUIRED"}, "backup-flags": {"BS_WITHOUT_BE", "BE_CHANGED"}, "counter": {"COUNTER_REGRESSED"},
		"signature": {"BAD_SIGNATURE"}, "user-handle": {"USER_HANDLE_MISMATCH"}, "algorithm": {"ALGORITHM_NOT_OFFERED"},
		"public-key": {"BAD_KEY"}, "attestation-object": attestation, "attestation-statement": attestation,
		"authenticator-data": {"MALFORMED"}, "x5c": attestation, "aaguid": attestation,
	}
}

func bodies(t testing.TB) (list []vector) {
	t.Helper()
	var file struct {
		RPID, Origin, RegistrationChallenge, AuthenticationChallenge, UserHandle, CredentialPublicKeyCose string
		Cases                                                                                             []struct {
			ID, Kind, Expect, ReasonClass, UserVerification, Body string
			StoredSignCount                                       uint32
		}
	}
	readJSON(t, "bodies.json", &file)
	for _, c := range file.Cases {
		v := vector{name: c.ID, want: inspect.Accepted, file: map[string]any{
			"kind": c.Kind, "rp_id": file.RPID, "origins": []string{file.Origin}, "top_origins": []string{},
			"challenge": file.RegistrationChallenge, "user_verification": c.UserVerification, "credential": json.RawMessage(c.Body),
		}}
		if c.Kind == "authentication" {
			v.file["challenge"] = file.AuthenticationChallenge
			v.file["stored"] = map[string]any{
				"public_key": file.CredentialPublicKeyCose, "sign_count": c.StoredSignCount,
				"backup_eligible": false, "backup_state": false, "user_handle": file.UserHandle,
			}
		}
		if c.Expect == "reject" {
			v.want, v.faults = inspect.Refused, classes()[c.ReasonClass]
			if v.faults == nil {
				t.Fatalf("the class %q is not in the table", c.ReasonClass)
			}
		}
		list = append(list, v)
	}
	return list
}

// deviceFaults are the faults that the reasons of devices.json mean.
func deviceFaults(reason string) []string {
	switch {
	case reason == "parse":
		return []string{"MALFORMED"}
	case reason == "algorithm-not-offered":
		return []string{"ALGORITHM_NOT_OFFERED"}
	case strings.Contains(reason, "AAGUID"), strings.Contains(reason, "x5c"):
		return []string{"ATTESTATION_INVALID"}
	}
	return nil
}

// otherReading reports whether a vector is accepted here though a server refuses
// it. A challenge that is short and equal passes step 8, which compares; its
// length is advice (section 13.4.3), for registrations and sign-ins alike. Two
// android-key attestations are genuine: go-webauthn pins the roots of hardware,
// and section 8.4 does not ask who signed.
func otherReading(id, reason string) bool {
	return reason == "challenge-shorter-than-16-bytes" || id == "reg-0eeaab144b89" || id == "reg-f53791949627"
}

func devices(t testing.TB) (list []vector) {
	t.Helper()
	type record struct {
		ID, Kind, RPID, Origin, Challenge, ExpectDefaultPolicy, PublicKeyCose string
		Body                                                                  map[string]json.RawMessage
	}
	var file struct{ Registrations, Authentications []record }
	readJSON(t, "devices.json", &file)
	for _, r := range append(file.Registrations, file.Authentications...) {
		v := vector{name: r.ID, want: inspect.Accepted, file: map[string]any{
			"kind": r.Kind, "rp_id": r.RPID, "origins": []string{r.Origin}, "challenge": r.Challenge, "user_verification": "preferred",
			"credential": r.Body,
		}}
		if r.Kind == "authentication" { // the collection left out which credential it was
			r.Body["id"], r.Body["rawId"] = json.RawMessage(`"Y3JlZA"`), json.RawMessage(`"Y3JlZA"`)
			v.file["stored"] = map[string]any{"public_key": r.PublicKeyCose, "sign_count": 0}
		}
		if reason, refused := strings.CutPrefix(r.ExpectDefaultPolicy, "reject:"); refused && !otherReading(r.ID, reason) {
			if reason == "algorithm-not-offered" { // by a server that says what it offers
				v.file["algorithms"] = []int{-7, -8, -257}
			}
			v.want, v.faults = inspect.Refused, deviceFaults(reason)
			if v.faults == nil {
				t.Fatalf("the reason %q is not in the table", reason)
			}
		} else if r.ExpectDefaultPolicy == "crypto-only" { // its RP ID is not known
			v.want, v.faults = inspect.Unverified, []string{inspect.ErrNotVerifiable.Code}
		}
		list = append(list, v)
	}
	return list
}

type w3cVector struct {
	Name, RPID, Origin string
	TopOrigin          string
	CrossOrigin        bool
	Registration       struct {
		Challenge, CredentialID, ClientDataJSON, AttestationObject string
	}
	Authentication struct{ Challenge, ClientDataJSON, AuthenticatorData, Signature string }
}

func w3c(t testing.TB) (list []vector) {
	t.Helper()
	var file struct{ Vectors []w3cVector }
	readJSON(t, "w3c.json", &file)
	for _, v := range file.Vectors {
		want, faults := inspect.Accepted, []string(nil)
		if strings.Contains(v.Name, "Ed448") {
			want, faults = inspect.Unverified, []string{inspect.ErrNotVerifiable.Code}
		}
		made, madeFaults := want, faults
		if v.Name == "android-key.ES256" {
			// Its two authorization lists are empty, and section 8.4 wants an
			// origin and a purpose in one of them. The working group changed the
			// vector for that (w3c/webauthn#2378); testdata/peers has the new one.
			made, madeFaults = inspect.Refused, []string{"ATTESTATION_INVALID"}
		}
		base := func(kind, challenge string, response map[string]string) map[string]any {
			f := map[string]any{
				"kind": kind, "rp_id": v.RPID, "origins": []string{v.Origin}, "challenge": challenge, "user_verification": "preferred",
				"credential": map[string]any{
					"id": v.Registration.CredentialID, "rawId": v.Registration.CredentialID, "type": "public-key",
					"clientExtensionResults": map[string]any{}, "response": response,
				},
			}
			if v.CrossOrigin {
				f["top_origins"] = []string{"https://example.com"}
			}
			return f
		}
		auth := base("authentication", v.Authentication.Challenge, map[string]string{
			"clientDataJSON": v.Authentication.ClientDataJSON, "authenticatorData": v.Authentication.AuthenticatorData,
			"signature": v.Authentication.Signature,
		})
		auth["stored"] = attestedIn(t, v.Registration.AttestationObject)
		list = append(list,
			vector{name: v.Name + " registration", want: made, faults: madeFaults,
				file: base("registration", v.Registration.Challenge, map[string]string{
					"clientDataJSON": v.Registration.ClientDataJSON, "attestationObject": v.Registration.AttestationObject,
				})},
			vector{name: v.Name + " authentication", want: want, faults: faults, file: auth})
	}
	return list
}

// attestedIn reads the credential record out of an attestation object with
// another decoder than the explainer's own.
func attestedIn(t testing.TB, object string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(object)
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		AuthData []byte `cbor:"authData"`
	}
	if err := cbor.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	n := int(binary.BigEndian.Uint16(o.AuthData[53:]))
	var key cbor.RawMessage
	if _, err := cbor.UnmarshalFirst(o.AuthData[55+n:], &key); err != nil {
		t.Fatal(err)
	}
	return map[string]any{
		"public_key": base64.RawURLEncoding.EncodeToString(key), "sign_count": binary.BigEndian.Uint32(o.AuthData[33:]),
		"backup_eligible": o.AuthData[32]&8 != 0, "backup_state": o.AuthData[32]&16 != 0,
	}
}

func allVectors(t testing.TB) []vector {
	return slices.Concat(w3c(t), devices(t), bodies(t))
}

func TestEveryVectorEndsInTheVerdictThatItCarries(t *testing.T) {
	all := allVectors(t)
	if len(all) < 140 {
		t.Fatalf("only %d vectors were read", len(all))
	}
	for _, v := range all {
		t.Run(strings.ReplaceAll(v.name, "/", ":"), func(t *testing.T) {
			x := explain(t, v.encode(t))
			if x.Verdict != v.want {
				first, _ := x.FirstFailed()
				t.Fatalf("got %s (%s: %s, step %s), want %s", x.Verdict, x.Fault, x.Cause, first.ID, v.want)
			}
			if v.want != inspect.Accepted && !slices.Contains(v.faults, x.Fault) {
				t.Errorf("got %s (%s), want one of %v", x.Fault, x.Cause, v.faults)
			}
			if v.want != inspect.Accepted && (x.Cause == "" || x.Fix == "") {
				t.Errorf("the cause is %q and the fix %q", x.Cause, x.Fix)
			}
		})
	}
}

// The root of the specification's vectors is a known one only for who has it.
func TestAChainWithoutAKnownRootIsAWarning(t *testing.T) {
	var file struct {
		Hex string `json:"attestation_ca_cert_hex"`
	}
	readJSON(t, "w3c-attestation-root.json", &file)
	der, err := hex.DecodeString(file.Hex)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range w3c(t) {
		if !strings.HasPrefix(v.name, "packed.ES256 reg") && !strings.HasPrefix(v.name, "tpm.ES256 reg") {
			continue
		}
		raw := v.encode(t)
		with, err := inspect.Explain(raw, inspect.Options{Now: today(), Roots: []*x509.Certificate{root}})
		if err != nil {
			t.Fatal(err)
		}
		without := explain(t, raw)
		for want, x := range map[api.Verdict]api.Explanation{inspect.Passed: with, inspect.Warning: without} {
			if s, _ := x.Step("7.1.23"); s.Verdict != want || x.Verdict != inspect.Accepted {
				t.Errorf("%s: got %s (%s), want %s and accepted", v.name, s.Verdict, s.Note, want)
			}
		}
	}
}
