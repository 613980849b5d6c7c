package inspect_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"sting/backend/inspect"
)

// specimen is a good ceremony that a mutation spoils in one place.
type specimen struct {
	t    testing.TB
	file map[string]any
}

func newSpecimen(t testing.TB, name string) *specimen {
	t.Helper()
	for _, v := range w3c(t) {
		if v.name == name {
			return &specimen{t, maps.Clone(v.file)}
		}
	}
	t.Fatalf("there is no vector %q", name)
	return nil
}

func (s *specimen) credential() map[string]any {
	c, _ := s.file["credential"].(map[string]any)
	return c
}

func (s *specimen) response() map[string]string {
	r, _ := s.credential()["response"].(map[string]string)
	return r
}

func (s *specimen) bytes(member string) []byte {
	s.t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s.response()[member])
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s *specimen) set(member string, b []byte) {
	s.response()[member] = base64.RawURLEncoding.EncodeToString(b)
}

// client replaces a part of the client data.
func (s *specimen) client(old, with string) {
	s.t.Helper()
	before := s.bytes("clientDataJSON")
	after := bytes.Replace(before, []byte(old), []byte(with), 1)
	if bytes.Equal(before, after) {
		s.t.Fatalf("%q is not in %s", old, before)
	}
	s.set("clientDataJSON", after)
}

// at returns the place of a field in the attestation object or in the
// authenticator data of a sign-in, as the explainer gives it.
func (s *specimen) at(field string) (member string, offset int) {
	s.t.Helper()
	raw, err := json.Marshal(s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	x := explain(s.t, raw)
	base := 0
	if s.file["kind"] == "registration" {
		for _, r := range x.Ranges {
			if r.Field == "attestationObject.authData" {
				base = r.Offset
			}
		}
	}
	for _, r := range x.Ranges {
		if r.Field == field && r.Of == "authenticatorData" && s.file["kind"] == "registration" {
			return "attestationObject", base + r.Offset
		}
		if r.Field == field {
			return r.Of, r.Offset
		}
	}
	s.t.Fatalf("there is no range %q", field)
	return "", 0
}

// flip changes bits of one byte of a field.
func (s *specimen) flip(field string, index int, mask byte) {
	s.t.Helper()
	member, off := s.at(field)
	b := s.bytes(member)
	b[off+index] ^= mask
	s.set(member, b)
}

// object rebuilds the attestation object.
func (s *specimen) object(change func(map[string]any)) {
	s.t.Helper()
	var o map[string]any
	if err := cbor.Unmarshal(s.bytes("attestationObject"), &o); err != nil {
		s.t.Fatal(err)
	}
	change(o)
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := mode.Marshal(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.set("attestationObject", raw)
}

func (s *specimen) stored(member string, value any) {
	m, _ := s.file["stored"].(map[string]any)
	m[member] = value
}

const (
	theKey = "authenticatorData.attestedCredentialData.credentialPublicKey"
	flags  = "authenticatorData.flags"
)

type mutation struct {
	name, vector string
	spoil        func(s *specimen)
	step, fault  string
	says         string // a part of the cause
}

func TestEachMutationFailsFirstAtItsStep(t *testing.T) {
	all := append(registrationMutations(), append(attestationMutations(), authenticationMutations()...)...)
	if len(all) < 60 {
		t.Fatalf("only %d mutations", len(all))
	}
	for _, m := range all {
		t.Run(m.vector+": "+m.name, func(t *testing.T) {
			s := newSpecimen(t, m.vector)
			m.spoil(s)
			raw, err := json.Marshal(s.file)
			if err != nil {
				t.Fatal(err)
			}
			x := explain(t, raw)
			first, _ := x.FirstFailed()
			if x.Verdict != inspect.Refused || first.ID != m.step || x.Fault != m.fault {
				t.Fatalf("got %s, %s at %q (%s), want %s at %s", x.Verdict, x.Fault, first.ID, x.Cause, m.fault, m.step)
			}
			if !strings.Contains(x.Cause, m.says) {
				t.Errorf("the cause %q does not say %q", x.Cause, m.says)
			}
			if x.Fix == "" || first.Cause != x.Cause {
				t.Errorf("the fix is %q, the step's cause %q", x.Fix, first.Cause)
			}
		})
	}
}

func registrationMutations() []mutation {
	const v = "none.ES256 registration"
	return []mutation{
		{"id missing", v, func(s *specimen) { delete(s.credential(), "id") }, "7.1.3", "MALFORMED", "id is missing"},
		{"another type of credential", v, func(s *specimen) { s.credential()["type"] = "password" }, "7.1.3", "MALFORMED", `"password"`},
		{"id and rawId differ", v, func(s *specimen) { s.credential()["id"] = "AAAA" }, "7.1.3", "MALFORMED", "AAAA"},
		{"response is an array", v, func(s *specimen) { s.credential()["response"] = []int{1} }, "7.1.3", "MALFORMED", "an array"},
		{"credential is null", v, func(s *specimen) { s.file["credential"] = nil }, "7.1.3", "MALFORMED", "null"},
		{"client data missing", v, func(s *specimen) {
			delete(s.response(), "clientDataJSON")
		}, "7.1.3", "MALFORMED", "response.clientDataJSON is missing"},
		{"attestation object empty", v, func(s *specimen) {
			s.response()["attestationObject"] = ""
		}, "7.1.3", "MALFORMED", "response.attestationObject is empty"},
		{"padded encoding", v, func(s *specimen) { s.response()["clientDataJSON"] += "=" }, "encoding", "MALFORMED", "padded"},
		{"bits behind the last byte", v, func(s *specimen) {
			s.credential()["id"], s.credential()["rawId"] = "-R9", "-R9"
		}, "encoding", "MALFORMED", "bits"},
		{"alphabet of plain base64", v, func(s *specimen) {
			s.response()["attestationObject"] = strings.NewReplacer("-", "+", "_", "/").Replace(s.response()["attestationObject"])
		}, "encoding", "MALFORMED", "alphabet"},
		{"a member in another case", v, func(s *specimen) { s.credential()["RawId"] = "AAAA" }, "encoding", "MALFORMED", `"RawId"`},
		{"a member of the client data twice", v, func(s *specimen) {
			s.client(`{"type"`, `{"origin":"https://example.org","type"`)
		}, "encoding", "MALFORMED", `"origin" twice`},
		{"a member of the client data in another case", v, func(s *specimen) {
			s.client(`{"type"`, `{"Origin":"https://example.org","type"`)
		}, "encoding", "MALFORMED", `"Origin"`},
		{"nested without end", v, func(s *specimen) {
			s.credential()["clientExtensionResults"] = json.RawMessage(`{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`)
		}, "encoding", "MALFORMED", "nested more than 32 deep"},
		{"results are an array", v, func(s *specimen) { s.credential()["clientExtensionResults"] = []int{} }, "7.1.4", "MALFORMED", "an array"},
		{"client data are not UTF-8", v, func(s *specimen) { s.client("may", "m\xffy") }, "7.1.5", "MALFORMED", "UTF-8"},
		{"something behind the client data", v, func(s *specimen) {
			s.set("clientDataJSON", append(s.bytes("clientDataJSON"), '{', '}'))
		}, "7.1.6", "MALFORMED", "behind"},
		{"client data cut short", v, func(s *specimen) {
			b := s.bytes("clientDataJSON")
			s.set("clientDataJSON", b[:len(b)-1])
		}, "7.1.6", "MALFORMED", "not JSON"},
		{"token binding is a text", v, func(s *specimen) {
			s.client(`{"type"`, `{"tokenBinding":"x","type"`)
		}, "7.1.6", "MALFORMED", "tokenBinding"},
		{"token binding without a status", v, func(s *specimen) {
			s.client(`{"type"`, `{"tokenBinding":{},"type"`)
		}, "7.1.6", "MALFORMED", "tokenBinding"},
		{"type of a sign-in", v, func(s *specimen) { s.client("webauthn.create", "webauthn.get") }, "7.1.7", "TYPE_MISMATCH", "webauthn.get"},
		{"type is a number", v, func(s *specimen) { s.client(`"webauthn.create"`, "7") }, "7.1.7", "TYPE_MISMATCH", "a number"},
		{"challenge of another attempt", v, func(s *specimen) {
			s.client("AMMPt4UxxG", "BMMPt4UxxG")
		}, "7.1.8", "CHALLENGE_MISMATCH", "BMMPt4UxxG"},
		{"challenge padded", v, func(s *specimen) { s.client("VW4TA", "VW4TA=") }, "7.1.8", "CHALLENGE_MISMATCH", "another spelling"},
		{"challenge encoded twice", v, func(s *specimen) {
			c, _ := s.file["challenge"].(string)
			s.client(c, base64.RawURLEncoding.EncodeToString([]byte(c)))
		}, "7.1.8", "CHALLENGE_MISMATCH", "encoded twice"},
		{"another port", v, func(s *specimen) {
			s.client("https://example.org", "https://example.org:8443")
		}, "7.1.9", "ORIGIN_MISMATCH", "8443, not 443"},
		{"another scheme", v, func(s *specimen) {
			s.file["origins"] = []string{"https://example.org:8443"}
			s.client("https://example.org", "http://example.org:8443")
		}, "7.1.9", "ORIGIN_MISMATCH", "http, not https"},
		{"an address", v, func(s *specimen) {
			s.client("https://example.org", "https://127.0.0.1")
		}, "7.1.9", "ORIGIN_MISMATCH", "127.0.0.1 is an address"},
		{"a slash behind the origin", v, func(s *specimen) {
			s.client("https://example.org", "https://example.org/")
		}, "7.1.9", "ORIGIN_MISMATCH", "https://example.org/"},
		{"origin missing", v, func(s *specimen) { s.client(`"origin"`, `"page"`) }, "7.1.9", "ORIGIN_MISMATCH", "missing"},
		{"in a frame of another site", v, func(s *specimen) {
			s.client(`"crossOrigin":false`, `"crossOrigin":true`)
		}, "7.1.10", "CROSS_ORIGIN_FRAME", "frame"},
		{"crossOrigin is a text", v, func(s *specimen) {
			s.client(`"crossOrigin":false`, `"crossOrigin":"no"`)
		}, "7.1.10", "MALFORMED", "a string"},
		{"embedded by another site", v, func(s *specimen) {
			s.client(`"crossOrigin":false`, `"topOrigin":"https://evil.example"`)
		}, "7.1.11", "TOP_ORIGIN_MISMATCH", "https://evil.example"},
		{"attestation object cut short", v, func(s *specimen) {
			b := s.bytes("attestationObject")
			s.set("attestationObject", b[:len(b)-1])
		}, "7.1.13", "MALFORMED", "claims"},
		{"a byte behind the attestation object", v, func(s *specimen) {
			s.set("attestationObject", append(s.bytes("attestationObject"), 0))
		}, "7.1.13", "MALFORMED", "behind"},
		{"attestation object is an array", v, func(s *specimen) { s.set("attestationObject", []byte{0x80}) }, "7.1.13", "MALFORMED", "an array"},
		{"fmt is a number", v, func(s *specimen) { s.object(func(o map[string]any) { o["fmt"] = 1 }) }, "7.1.13", "MALFORMED", "fmt is a number"},
		{"authenticator data missing", v, func(s *specimen) {
			s.object(func(o map[string]any) { delete(o, "authData") })
		}, "7.1.13", "MALFORMED", "authData is missing"},
		{"AT cleared", v, func(s *specimen) { s.flip(flags, 0, 0x40) }, "7.1.13", "MALFORMED", "behind the authenticator data"},
		{"ED set", v, func(s *specimen) { s.flip(flags, 0, 0x80) }, "7.1.13", "MALFORMED", "the flag ED"},
		{"length of the credential ID", v, func(s *specimen) {
			s.flip("authenticatorData.attestedCredentialData.credentialIdLength", 0, 0x7f)
		}, "7.1.13", "MALFORMED", "claims 32544 bytes"},
		{"hash of the RP ID", v, func(s *specimen) { s.flip("authenticatorData.rpIdHash", 0, 1) }, "7.1.14", "RPID_MISMATCH", "example.org"},
		{"another RP ID", v, func(s *specimen) {
			s.file["rp_id"] = "localhost"
		}, "7.1.14", "RPID_MISMATCH", "signed for example.org, this relying party is localhost"},
		{"UP cleared", v, func(s *specimen) { s.flip(flags, 0, 0x01) }, "7.1.15", "UP_MISSING", "UP"},
		{"UV required", v, func(s *specimen) { s.file["user_verification"] = "required" }, "7.1.16", "UV_REQUIRED", "UV"},
		{"BS without BE", v, func(s *specimen) { s.flip(flags, 0, 0x08) }, "7.1.17", "BS_WITHOUT_BE", "BE is not"},
		{"an algorithm that was not offered", v, func(s *specimen) {
			s.file["algorithms"] = []int{-257}
		}, "7.1.20", "ALGORITHM_NOT_OFFERED", "ES256 (-7)"},
		{"an algorithm that nobody offered", v, func(s *specimen) {
			s.file["algorithms"] = []int{-7}
			s.flip(theKey+".3", 0, 0x26^0x29)
		}, "7.1.20", "ALGORITHM_NOT_OFFERED", "unknown (-10)"},
		{"a point off the curve", v, func(s *specimen) { s.flip(theKey+".-3", 5, 1) }, "key", "BAD_KEY", "not on P-256"},
		{"another curve", v, func(s *specimen) { s.flip(theKey+".-1", 0, 3) }, "key", "BAD_KEY", "P-384"},
		{"an algorithm of another kind of key", v, func(s *specimen) { s.flip(theKey+".3", 0, 0x26^0x27) }, "key", "BAD_KEY", "EdDSA (-8)"},
		{"a credential ID that is not the one attested", v, func(s *specimen) {
			s.credential()["id"], s.credential()["rawId"] = "AAAA", "AAAA"
		}, "7.1.25", "MALFORMED", "AAAA"},
		{"a credential that is known", v, func(s *specimen) {
			s.file["options"] = map[string]any{"excludeCredentials": []any{map[string]any{"type": "public-key", "id": s.credential()["id"]}}}
		}, "7.1.26", "CREDENTIAL_KNOWN", "registered already"},
		{"an exception in place of a credential", v, func(s *specimen) {
			s.file["credential"] = map[string]any{"name": "NotAllowedError", "message": "x", "elapsed_ms": 61000}
		}, "7.1.2", "MALFORMED", "time of the options ran out"},
	}
}
