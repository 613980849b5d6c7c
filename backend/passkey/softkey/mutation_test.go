package softkey_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/go-webauthn/webauthn/protocol"

	"sting/backend/passkey/softkey"
)

// created is a registration taken apart without any judgement.
type created struct {
	id, rawID, format     string
	clientData, authData  []byte
	object, credentialKey []byte
	statement             struct {
		Algorithm int64  `cbor:"alg"`
		Signature []byte `cbor:"sig"`
	}
	extensions map[string]any
}

func parseCreate(tb testing.TB, text []byte) created {
	tb.Helper()
	var outer struct {
		ID, RawID              string
		ClientExtensionResults map[string]any
		Response               struct{ ClientDataJSON, AttestationObject string }
	}
	if err := json.Unmarshal(text, &outer); err != nil {
		tb.Fatal(err)
	}
	c := created{id: outer.ID, rawID: outer.RawID, extensions: outer.ClientExtensionResults}
	c.clientData = unb64(tb, outer.Response.ClientDataJSON)
	c.object = unb64(tb, outer.Response.AttestationObject)
	var object struct {
		Format    string          `cbor:"fmt"`
		AuthData  []byte          `cbor:"authData"`
		Statement cbor.RawMessage `cbor:"attStmt"`
	}
	if _, err := cbor.UnmarshalFirst(c.object, &object); err != nil {
		tb.Fatal(err)
	}
	if err := cbor.Unmarshal(object.Statement, &c.statement); err != nil {
		tb.Fatal(err)
	}
	c.format, c.authData = object.Format, object.AuthData
	c.credentialKey = c.authData[55+int(c.authData[53])<<8+int(c.authData[54]):]
	return c
}

func parseGet(tb testing.TB, text []byte) *protocol.ParsedCredentialAssertionData {
	tb.Helper()
	parsed, err := protocol.ParseCredentialRequestResponseBytes(text)
	if err != nil {
		tb.Fatal(describe(err))
	}
	return parsed
}

func coseKey(tb testing.TB, b []byte) map[int]any {
	tb.Helper()
	var key map[int]any
	if _, err := cbor.UnmarshalFirst(b, &key); err != nil {
		tb.Fatal(err)
	}
	return key
}

type rsaNumbers struct{ n, e *big.Int }

func rsaKey(tb testing.TB, b []byte) rsaNumbers {
	tb.Helper()
	key := coseKey(tb, b)
	return rsaNumbers{new(big.Int).SetBytes(key[-1].([]byte)), new(big.Int).SetBytes(key[-2].([]byte))}
}

// checkRSA looks for the hash at the end of the opened signature.
func checkRSA(tb testing.TB, k rsaNumbers, authData, clientData, signature []byte) {
	tb.Helper()
	inner := sha256.Sum256(clientData)
	want := sha256.Sum256(slices.Concat(authData, inner[:]))
	opened := new(big.Int).Exp(new(big.Int).SetBytes(signature), k.e, k.n).Bytes()
	if !bytes.HasPrefix(opened, []byte{1, 0xff}) || !bytes.HasSuffix(opened, want[:]) {
		tb.Errorf("the %s signature opens to %x", crypto.SHA256, opened)
	}
}

func TestEachMutationShowsInTheRegistration(t *testing.T) {
	in := func(part string) func(created) bool {
		return func(c created) bool { return strings.Contains(string(c.clientData), part) }
	}
	cose := func(check func(map[int]any) bool) func(created) bool {
		return func(c created) bool { return check(coseKey(t, c.credentialKey)) }
	}
	other := sha256.Sum256([]byte("other.test"))
	for name, c := range map[string]struct {
		mutation softkey.Mutation
		shows    func(created) bool
	}{
		"type":         {softkey.WithType("webauthn.other"), in(`"type":"webauthn.other"`)},
		"challenge":    {softkey.WithChallenge([]byte("abc")), in(`"challenge":"YWJj"`)},
		"origin":       {softkey.WithOrigin("https://other.test"), in(`"origin":"https://other.test"`)},
		"crossOrigin":  {softkey.InFrame(""), in(`"crossOrigin":true}`)},
		"topOrigin":    {softkey.InFrame("https://top.test"), in(`"crossOrigin":true,"topOrigin":"https://top.test"}`)},
		"extra member": {softkey.WithMember("other_keys", 1), in(`,"other_keys":1}`)},
		"client data":  {softkey.WithClientData([]byte("raw")), func(c created) bool { return string(c.clientData) == "raw" }},
		"RP ID":        {softkey.WithRPID("other.test"), func(c created) bool { return bytes.Equal(c.authData[:32], other[:]) }},
		"flags set":    {softkey.WithFlags(softkey.FlagBS, 0), func(c created) bool { return c.authData[32] == 0x55 }},
		"flags clear":  {softkey.WithFlags(0, softkey.FlagUV), func(c created) bool { return c.authData[32] == 0x41 }},
		"counter":      {softkey.WithCounter(258), func(c created) bool { return bytes.Equal(c.authData[33:37], []byte{0, 0, 1, 2}) }},
		"AAGUID":       {softkey.WithAAGUID([16]byte{9}), func(c created) bool { return c.authData[37] == 9 }},
		"attested ID": {softkey.WithAttestedID([]byte{1, 2}), func(c created) bool {
			return bytes.Equal(c.authData[53:57], []byte{0, 2, 1, 2}) && len(c.id) == 43
		}},
		"extensions": {softkey.WithExtensions(map[string]any{"x": true}), func(c created) bool {
			return c.authData[32]&0x80 != 0 && bytes.HasSuffix(c.authData, []byte{0xa1, 0x61, 'x', 0xf5})
		}},
		"authenticator data trailing": {softkey.WithAuthDataTrailing(1, 2, 3), func(c created) bool {
			return bytes.HasSuffix(c.authData, []byte{1, 2, 3})
		}},
		"key member":  {softkey.WithKeyMember(3, -257), cose(func(k map[int]any) bool { return k[3] == int64(-257) })},
		"key removed": {softkey.WithKeyMember(3, nil), cose(func(k map[int]any) bool { return k[3] == nil && len(k) == 4 })},
		"raw key":     {softkey.WithRawKey([]byte{0xa0}), func(c created) bool { return bytes.Equal(c.credentialKey, []byte{0xa0}) }},
		"off curve":   {softkey.OffCurve(), cose(func(k map[int]any) bool { return !onCurve(k) })},
		"at zero": {softkey.AtZero(), cose(func(k map[int]any) bool {
			return bytes.Equal(k[-2].([]byte), make([]byte, 32)) && bytes.Equal(k[-3].([]byte), make([]byte, 32))
		})},
		"weak RSA": {softkey.WeakRSA(512, 3), cose(func(k map[int]any) bool {
			n, _ := k[-1].([]byte)
			return len(n) == 64 && bytes.Equal(k[-2].([]byte), []byte{3}) && k[3] == int64(-257)
		})},
		"exponent 1":          {softkey.WeakRSA(1024, 1), cose(func(k map[int]any) bool { return bytes.Equal(k[-2].([]byte), []byte{1}) })},
		"format":              {softkey.WithFormat("tpm"), func(c created) bool { return c.format == "tpm" }},
		"statement algorithm": {softkey.WithStatementAlgorithm(-8), func(c created) bool { return c.statement.Algorithm == -8 }},
		"attestation trailing": {softkey.WithAttestationTrailing(1, 2), func(c created) bool {
			return bytes.HasSuffix(c.object, []byte{1, 2})
		}},
		"signature": {softkey.WithSignature([]byte("s")), func(c created) bool { return string(c.statement.Signature) == "s" }},
		"credential ID": {softkey.WithCredentialID([]byte("abc")), func(c created) bool {
			return c.id == "YWJj" && c.rawID == "YWJj"
		}},
		"raw ID":           {softkey.WithRawID([]byte("abc")), func(c created) bool { return c.id != "YWJj" && c.rawID == "YWJj" }},
		"extension output": {softkey.WithExtensionOutput("x", true), func(c created) bool { return c.extensions["x"] == true }},
	} {
		t.Run(name, func(t *testing.T) {
			a := softkey.New()
			a.Attestation = "packed"
			honest, err := a.Create(creation(t, nil), origin)
			if err != nil {
				t.Fatal(err)
			}
			changed, err := a.Create(creation(t, nil), origin, c.mutation)
			if err != nil {
				t.Fatal(err)
			}
			if c.shows(parseCreate(t, honest)) {
				t.Error("an honest answer shows it too")
			}
			if !c.shows(parseCreate(t, changed)) {
				t.Errorf("the answer doesn't show it: %s", changed)
			}
		})
	}
}

func onCurve(k map[int]any) bool {
	_, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, k[-2].([]byte), k[-3].([]byte)))
	return err == nil
}

func TestEncodingsShowInTheText(t *testing.T) {
	padded, err := softkey.New().Create(creation(t, nil), origin, softkey.Padded())
	if err != nil || !strings.Contains(string(padded), `="`) {
		t.Errorf("no padding: %s, %v", padded, err)
	}
	// 0xfb 0xff is "-_" in one alphabet and "+/" in the other.
	plain, err := softkey.New().Create(creation(t, nil), origin,
		softkey.WithRawID([]byte{0xfb, 0xff, 0xfe}), softkey.StandardBase64())
	if err != nil || !strings.Contains(string(plain), `"rawId":"+//+"`) {
		t.Errorf("not plain base64: %s, %v", plain, err)
	}
}

func TestEachMutationShowsInTheSignIn(t *testing.T) {
	a := softkey.New()
	if _, err := a.Create(creation(t, nil), origin); err != nil {
		t.Fatal(err)
	}
	get := func(muts ...softkey.Mutation) *protocol.ParsedCredentialAssertionData {
		text, err := a.Get([]byte(`{"challenge":"AAAA","rpId":"`+rpID+`"}`), origin, muts...)
		if err != nil {
			t.Fatal(err)
		}
		return parseGet(t, text)
	}
	if got := get(softkey.WithUserHandle([]byte("eve"))); string(got.Response.UserHandle) != "eve" {
		t.Errorf("user handle: got %q", got.Response.UserHandle)
	}
	if got := get(softkey.WithUserHandle(nil)); got.Response.UserHandle != nil {
		t.Errorf("user handle: got %q, want none", got.Response.UserHandle)
	}
	if got := get(softkey.WithCounter(7)); got.Response.AuthenticatorData.Counter != 7 {
		t.Errorf("counter: got %d", got.Response.AuthenticatorData.Counter)
	}
	if got := get(softkey.WithCredentialID([]byte("abc"))); string(got.RawID) != "abc" || got.ID != "YWJj" {
		t.Errorf("ID: got %q, %q", got.RawID, got.ID)
	}
	var before []byte
	keep := softkey.AfterSigning(func(answer *softkey.Answer) { before = answer.Signature })
	if got := get(keep, softkey.BadSignature()); bytes.Equal(got.Response.Signature, before) {
		t.Error("the signature did not change")
	}
	if got := get(softkey.WithOrigin("https://a.test"),
		softkey.WithOrigin("https://b.test")); got.Response.CollectedClientData.Origin != "https://b.test" {
		t.Errorf("the last of two mutations does not win: %q", got.Response.CollectedClientData.Origin)
	}
}
