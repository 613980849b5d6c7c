package passkey_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

// check is one verification that must not be missing (THREATS T23): the case
// named after it goes red as soon as the verification always passes.
type check struct {
	name string // of the verification, with its step of section 7.1 or 7.2
	code string // the fault that it answers with
	key  func(*softkey.Authenticator)
	rp   func(*passkey.RelyingParty)
	muts []softkey.Mutation
	edit func(credential, response map[string]any)
	raw  func([]byte) []byte
}

func with(muts ...softkey.Mutation) []softkey.Mutation { return muts }

func required(rp *passkey.RelyingParty) { rp.UserVerification = "required" }
func packed(k *softkey.Authenticator)   { k.Attestation = "packed" }
func synced(k *softkey.Authenticator)   { softkey.Synced()(k) }

// edited changes the JSON of an answer.
func (c check) edited(t *testing.T, raw []byte) []byte {
	t.Helper()
	if c.raw != nil {
		return c.raw(raw)
	}
	if c.edit == nil {
		return raw
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	response, _ := m["response"].(map[string]any)
	c.edit(m, response)
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func set(name string, v any) func(m, r map[string]any) {
	return func(m, _ map[string]any) { m[name] = v }
}

func setIn(name string, v any) func(m, r map[string]any) {
	return func(_, r map[string]any) { r[name] = v }
}

func drop(name string) func(m, r map[string]any) {
	return func(m, r map[string]any) { delete(m, name); delete(r, name) }
}

// otherSpelling sets a bit of the id's last character that means nothing.
func otherSpelling(m, _ map[string]any) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	id, _ := m["id"].(string)
	last := len(id) - 1
	m["id"] = id[:last] + string(alphabet[strings.IndexByte(alphabet, id[last])|1])
	m["rawId"] = m["id"]
}

func twice(member string) func([]byte) []byte {
	return func(raw []byte) []byte { return append([]byte(`{`+member+`,`), raw[1:]...) }
}

// answerChecks are those that both ceremonies make.
func answerChecks() []check {
	return []check{
		{name: "the answer is an object", code: "MALFORMED", raw: func([]byte) []byte { return []byte(`["id"]`) }},
		{name: "the answer is there", code: "MALFORMED", raw: func([]byte) []byte { return []byte(`null`) }},
		{name: "nothing stands behind the answer", code: "MALFORMED", muts: with(softkey.WithTrailing("{}"))},
		{name: "no member comes twice", code: "MALFORMED", raw: twice(`"type":"public-key"`)},
		{name: "members have the case of the specification", code: "MALFORMED", raw: twice(`"Response":{}`)},
		{name: "response is an object", code: "MALFORMED", edit: set("response", "x")},
		{name: "members of response have their case", code: "MALFORMED", edit: setIn("ClientDataJSON", "e30")},
		{name: "type is public-key", code: "MALFORMED", edit: set("type", "password")},
		{name: "id is there", code: "MALFORMED", edit: drop("id")},
		{name: "id is base64url without padding", code: "MALFORMED", muts: with(softkey.Padded())},
		{name: "base64url has one spelling", code: "MALFORMED", edit: otherSpelling},
		{name: "id has at most 1023 bytes", code: "MALFORMED", muts: with(softkey.WithCredentialID(make([]byte, 1024)))},
		{name: "rawId is the id", code: "MALFORMED", muts: with(softkey.WithRawID([]byte("another")))},
		{name: "clientDataJSON is there", code: "MALFORMED", edit: drop("clientDataJSON")},
		{name: "client data is UTF-8", code: "MALFORMED", muts: with(softkey.WithClientData([]byte("{\"type\":\"\xff\"}")))},
		{name: "client data is an object", code: "MALFORMED", muts: with(softkey.WithClientData([]byte(`"webauthn.get"`)))},
		{name: "no member of the client data comes twice", code: "MALFORMED", muts: with(softkey.WithMember("origin", origin))},
		{name: "nothing stands behind the client data", code: "MALFORMED", muts: with(softkey.WithMember("x", 1), trailingClientData)},
		{name: "crossOrigin is a boolean", code: "MALFORMED", muts: with(crossOriginAsText)},
		{name: "tokenBinding has its shape", code: "MALFORMED", muts: with(softkey.WithMember("tokenBinding", []string{"present"}))},
		{name: "tokenBinding has a known status", code: "MALFORMED",
			muts: with(softkey.WithMember("tokenBinding", map[string]string{"status": "stolen"}))},
		{name: "7.1.7 and 7.2.10 type", code: "TYPE_MISMATCH", muts: with(softkey.WithType("payment.get"))},
		{name: "7.1.8 and 7.2.11 challenge", code: "CHALLENGE_MISMATCH", muts: with(softkey.WithChallenge([]byte("somebody else's challenge")))},
		{name: "7.1.9 and 7.2.12 origin", code: "ORIGIN_MISMATCH", muts: with(softkey.WithOrigin("https://localhost:9443"))},
		{name: "origin without the port", code: "ORIGIN_MISMATCH", muts: with(softkey.WithOrigin("https://localhost"))},
		{name: "origin with a path", code: "ORIGIN_MISMATCH", muts: with(softkey.WithOrigin(origin + "/"))},
		{name: "origin with userinfo", code: "ORIGIN_MISMATCH", muts: with(softkey.WithOrigin("https://me@localhost:8443"))},
		{name: "origin in upper case", code: "ORIGIN_MISMATCH", muts: with(softkey.WithOrigin("HTTPS://localhost:8443"))},
		{name: "7.1.10 and 7.2.13 crossOrigin", code: "CROSS_ORIGIN_FRAME", muts: with(softkey.InFrame(""))},
		{name: "a frame in a page of another site is one first", code: "CROSS_ORIGIN_FRAME", muts: with(softkey.InFrame("https://evil.example"))},
		{name: "a frame in a page of our own is a frame", code: "CROSS_ORIGIN_FRAME", muts: with(softkey.InFrame(origin))},
		{name: "7.1.11 and 7.2.14 topOrigin without a frame", code: "TOP_ORIGIN_MISMATCH", muts: with(softkey.WithMember("topOrigin", origin))},
		{name: "7.1.14 and 7.2.15 RP ID hash", code: "RPID_MISMATCH", muts: with(softkey.WithRPID("example.test"))},
		{name: "7.1.15 and 7.2.16 user present", code: "UP_MISSING", muts: with(softkey.WithFlags(0, softkey.FlagUP))},
		{name: "7.1.16 and 7.2.17 user verified", code: "UV_REQUIRED", rp: required, muts: with(softkey.WithFlags(0, softkey.FlagUV))},
		{name: "7.1.17 and 7.2.18 BS without BE", code: "BS_WITHOUT_BE", muts: with(softkey.WithFlags(softkey.FlagBS, softkey.FlagBE))},
		{name: "extensions that are announced are there", code: "MALFORMED", muts: with(softkey.WithFlags(softkey.FlagED, 0))},
		{name: "nothing stands behind the authenticator data", code: "MALFORMED", muts: with(softkey.WithAuthDataTrailing(0))},
	}
}

func registrationChecks() []check {
	return append(answerChecks(), []check{
		{name: "attestationObject is there", code: "MALFORMED", edit: drop("attestationObject")},
		{name: "attestationObject is CBOR", code: "MALFORMED", edit: setIn("attestationObject", "AAAA")},
		{name: "nothing stands behind the attestation object", code: "MALFORMED", muts: with(softkey.WithAttestationTrailing(0))},
		{name: "attested data is there", code: "MALFORMED", muts: with(softkey.WithFlags(0, softkey.FlagAT))},
		{name: "the id is the attested one", code: "MALFORMED", muts: with(softkey.WithAttestedID([]byte("another")))},
		{name: "the id is the attested one, seen from the id", code: "MALFORMED", muts: with(softkey.WithCredentialID([]byte("another")))},
		{name: "7.1.20 algorithm", code: "ALGORITHM_NOT_OFFERED", muts: with(softkey.WithKeyMember(3, int64(-65535)))},
		{name: "the key's algorithm is named", code: "BAD_KEY", muts: with(softkey.WithKeyMember(3, nil))},
		{name: "the key is good", code: "BAD_KEY", muts: with(softkey.OffCurve())},
		{name: "7.1.21 attestation format", code: "ATTESTATION_INVALID", muts: with(softkey.WithFormat("sting"))},
		{name: "none carries no statement", code: "ATTESTATION_INVALID", key: packed, muts: with(softkey.WithFormat("none"), statementKept)},
		{name: "7.1.22 attestation signature", code: "BAD_SIGNATURE", key: packed, muts: with(softkey.BadSignature())},
		{name: "self attestation is of the key's algorithm", code: "ATTESTATION_INVALID", key: packed,
			muts: with(softkey.WithStatementAlgorithm(softkey.RS256))},
		{name: "attestation has a signature", code: "ATTESTATION_INVALID", key: packed, muts: with(softkey.WithSignature(nil))},
	}...)
}

func authenticationChecks() []check {
	return append(answerChecks(), []check{
		{name: "authenticatorData is there", code: "MALFORMED", edit: drop("authenticatorData")},
		{name: "authenticatorData decodes", code: "MALFORMED", edit: setIn("authenticatorData", "AAAA")},
		{name: "signature is there", code: "MALFORMED", muts: with(softkey.WithSignature(nil))},
		{name: "userHandle is base64url", code: "MALFORMED", edit: setIn("userHandle", "==")},
		{name: "7.2.5 the credential is known", code: "UNKNOWN_CREDENTIAL", muts: with(softkey.WithCredentialID([]byte("another")))},
		{name: "7.2.6 the user handle is there", code: "USER_HANDLE_MISMATCH", muts: with(softkey.WithUserHandle(nil))},
		{name: "7.2.6 the user handle is the owner's", code: "USER_HANDLE_MISMATCH", muts: with(softkey.WithUserHandle([]byte("somebody else")))},
		{name: "7.2.19 BE is as it was", code: "BE_CHANGED", muts: with(softkey.WithFlags(softkey.FlagBE, 0))},
		{name: "7.2.19 BE is as it was, of a synced one", code: "BE_CHANGED", key: synced,
			muts: with(softkey.WithFlags(0, softkey.FlagBE|softkey.FlagBS))},
		{name: "7.2.21 signature", code: "BAD_SIGNATURE", muts: with(softkey.BadSignature())},
		{name: "7.2.21 the signature covers the client data", code: "BAD_SIGNATURE", muts: with(otherClientData)},
		{name: "7.2.21 the signature covers the authenticator data", code: "BAD_SIGNATURE", muts: with(otherAuthData)},
		{name: "7.2.22 counter", code: "COUNTER_REGRESSED", muts: with(softkey.WithCounter(0))},
	}...)
}

var (
	trailingClientData = softkey.AfterSigning(func(a *softkey.Answer) { a.ClientData = append(bytes.Clone(a.ClientData), "{}"...) })
	otherClientData    = softkey.AfterSigning(func(a *softkey.Answer) { a.ClientData = append(bytes.Clone(a.ClientData), '\n') })
	otherAuthData      = softkey.AfterSigning(func(a *softkey.Answer) {
		a.AuthData = bytes.Clone(a.AuthData)
		a.AuthData[36]++ // the counter
	})
	crossOriginAsText = softkey.Mutation(func(d *softkey.Draft) {
		raw, err := d.ClientData.JSON()
		d.Err = err
		d.ClientData.Raw = bytes.Replace(raw, []byte(`"crossOrigin":false`), []byte(`"crossOrigin":"no"`), 1)
	})
	statementKept = softkey.AfterSigning(func(a *softkey.Answer) {
		a.AttestationObject = noneWithStatement(a.AuthData)
	})
)

func TestARegistrationIsRefusedByEachCheck(t *testing.T) {
	for _, c := range registrationChecks() {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			ada := l.person("ada@example.test")
			if c.rp != nil {
				c.rp(&l.rp)
			}
			k := softkey.New()
			if c.key != nil {
				c.key(k)
			}
			b := l.beginRegistration(ada)
			l.unchanged(func() {
				_, err := l.finishRegistration(ada, b.ChallengeID, c.edited(t, l.create(k, b, c.muts...)))
				f := refused(t, err, c.code)
				l.recorded(f.CeremonyID, c.code)
			})
		})
	}
}

func TestASignInIsRefusedByEachCheck(t *testing.T) {
	for _, c := range authenticationChecks() {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			ada := l.person("ada@example.test")
			k := softkey.New()
			if c.key != nil {
				c.key(k)
			}
			l.registered(ada, k)
			if _, err := l.signIn("", k); err != nil {
				t.Fatalf("the unchanged answer is refused: %v", err)
			}
			if c.rp != nil {
				c.rp(&l.rp)
			}
			b := l.beginSignIn("")
			l.unchanged(func() {
				_, err := l.finishSignIn(b.ChallengeID, c.edited(t, l.get(k, b, c.muts...)))
				f := refused(t, err, c.code)
				l.recorded(f.CeremonyID, c.code)
			})
		})
	}
}

// recorded fails the test unless the newest entry is the record id, rejected.
func (l *lab) recorded(id, code string) {
	l.t.Helper()
	e := l.entries.last(l.t)
	if id == "" || e.Ceremony.Record != id || e.State != passkey.Rejected {
		l.t.Errorf("the newest record is %q in state %s, want %q in %s", e.Ceremony.Record, e.State, id, passkey.Rejected)
	}
	if code != "" && (e.Fault == nil || e.Fault.Code != code || len(e.Credential) == 0 && code != "MALFORMED") {
		l.t.Errorf("the record says %v, want %s and the answer as it came", e.Fault, code)
	}
	if e.Ceremony.Kind == "" || e.EndedAt.IsZero() {
		l.t.Errorf("the record has kind %q and ended %v", e.Ceremony.Kind, e.EndedAt)
	}
}

func TestWhatMayBeUnusualIsAccepted(t *testing.T) {
	bom := softkey.Mutation(func(d *softkey.Draft) {
		raw, err := d.ClientData.JSON()
		d.Err = err
		d.ClientData.Raw = append([]byte("\xef\xbb\xbf"), raw...)
	})
	cases := map[string]check{
		"a member of the client data that nobody knows": {muts: with(softkey.WithMember("other_keys_can_be_added_here", "x"))},
		"an extension output that nobody asked for":     {muts: with(softkey.WithExtensionOutput("prf", map[string]any{"enabled": true}))},
		"a top-level member that nobody knows":          {edit: set("extra", 1)},
		"a token binding": {muts: with(softkey.WithMember("tokenBinding",
			map[string]string{"status": "supported"}))},
		"signed extensions":                           {muts: with(softkey.WithExtensions(map[string]any{"credProtect": 2}))},
		"a byte order mark, which UTF-8 decode drops": {muts: with(bom)},
		"a null attachment":                           {edit: set("authenticatorAttachment", nil)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			ada := l.person("ada@example.test")
			k := softkey.New()
			b := l.beginRegistration(ada)
			if _, err := l.finishRegistration(ada, b.ChallengeID, c.edited(t, l.create(k, b, c.muts...))); err != nil {
				t.Errorf("at registration: %v", err)
			}
			s := l.beginSignIn("")
			if _, err := l.finishSignIn(s.ChallengeID, c.edited(t, l.get(k, s, c.muts...))); err != nil {
				t.Errorf("at sign-in: %v", err)
			}
		})
	}
}
