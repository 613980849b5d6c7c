package inspect_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"sting/backend/inspect"
)

// differences are where the library and the explainer come to different
// verdicts over a vector, and why. The library stays the judge of whether a
// sign-in succeeds; the record shows both.
func differences() map[string]string {
	const (
		roots      = "the library pins the vendors' roots; here a chain without a known root is a warning"
		ed448      = "nothing here and nothing in the library can verify Ed448: the library refuses it, here it is unverified"
		badKey     = "the library takes a key that can never verify where the format is none"
		counter    = "the library only warns of a counter that does not go up"
		cannotAsk  = "the vector's RP ID is not known, so the library can't be asked with it; here it is unverified"
		challenges = "a challenge of fewer than 16 bytes that is the right one: the library refuses to ask, here it is a warning"
	)
	return map[string]string{
		"tpm.ES256 registration":      roots,
		"reg-0eeaab144b89":            roots,
		"reg-f53791949627":            roots,
		"reg-18bd0b35df65":            challenges,
		"reg-1e6c5fda4afc":            challenges,
		"reg-d688b594ed90":            challenges,
		"reg-e3a883fb7067":            challenges,
		"apple.ES256 registration":    roots,
		"packed.Ed448 registration":   ed448,
		"packed.Ed448 authentication": ed448,
		"LAB reg key-off-curve-none":  badKey,
		"reg-eb6bc6e969e1":            cannotAsk,
		"auth-5405d7c36e4b":           challenges,
		"auth-74f3e10bfbe5":           challenges,
		"Server-ServerAuthenticatorAssertionResponse-Resp-3 F-4b": counter,
		"Server-ServerAuthenticatorAssertionResponse-Resp-3 F-4c": counter,
	}
}

func TestTheDifferencesFromTheLibraryAreTheKnownOnes(t *testing.T) {
	found := map[string]string{}
	for _, v := range allVectors(t) {
		x := explain(t, v.encode(t))
		theirs := judgeByLibrary(t, v)
		if (x.Verdict == inspect.Accepted) != (theirs == nil) || x.Verdict == inspect.Unverified {
			found[v.name] = fmt.Sprintf("%s %s, the library says %v", x.Verdict, x.Fault, theirs)
		}
	}
	known := differences()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if known[name] == "" {
			t.Errorf("a difference that nobody wrote down: %s is %s", name, found[name])
		}
	}
	for name, why := range known {
		if found[name] == "" {
			t.Errorf("%s is no difference any more (%s)", name, why)
		}
	}
}

// account is what the library asks of a person.
type account struct{ credentials []webauthn.Credential }

func (a account) WebAuthnID() []byte                         { return []byte("lab-user-handle-0001") }
func (a account) WebAuthnName() string                       { return "a" }
func (a account) WebAuthnDisplayName() string                { return "A" }
func (a account) WebAuthnCredentials() []webauthn.Credential { return a.credentials }

// judgeByLibrary asks go-webauthn with its own defaults, and with every
// algorithm that it knows.
func judgeByLibrary(t *testing.T, v vector) error {
	t.Helper()
	text := func(name string) string { s, _ := v.file[name].(string); return s }
	origins, _ := v.file["origins"].([]string)
	tops, _ := v.file["top_origins"].([]string)
	config := &webauthn.Config{RPID: text("rp_id"), RPDisplayName: "x", RPOrigins: origins,
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore}
	if len(tops) > 0 {
		config.RPAllowCrossOrigin, config.RPTopOrigins, config.RPTopOriginVerificationMode = true, tops,
			protocol.TopOriginExplicitVerificationMode
	}
	w, err := webauthn.New(config)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(v.file["credential"])
	if err != nil {
		t.Fatal(err)
	}
	session := webauthn.SessionData{
		Challenge: text("challenge"), RelyingPartyID: text("rp_id"), UserID: account{}.WebAuthnID(),
		UserVerification: protocol.UserVerificationRequirement(text("user_verification")),
	}
	if text("kind") == "registration" {
		for _, alg := range []int{-7, -35, -36, -8, -257, -258, -259, -37, -38, -39} {
			session.CredParams = append(session.CredParams,
				protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.COSEAlgorithmIdentifier(alg)})
		}
		parsed, err := protocol.ParseCredentialCreationResponseBytes(raw)
		if err != nil {
			return err
		}
		_, err = w.CreateCredential(account{}, session, parsed)
		return err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(raw)
	if err != nil {
		return err
	}
	var stored struct {
		PublicKey      string `json:"public_key"`
		SignCount      uint32 `json:"sign_count"`
		BackupEligible *bool  `json:"backup_eligible"`
	}
	record, err := json.Marshal(v.file["stored"])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(record, &stored); err != nil {
		t.Fatal(err)
	}
	key, err := base64.RawURLEncoding.DecodeString(stored.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	credential := webauthn.Credential{ID: parsed.RawID, PublicKey: key, Authenticator: webauthn.Authenticator{SignCount: stored.SignCount}}
	credential.Flags.BackupEligible = parsed.Response.AuthenticatorData.Flags.HasBackupEligible()
	if stored.BackupEligible != nil {
		credential.Flags.BackupEligible = *stored.BackupEligible
	}
	_, err = w.ValidateLogin(account{[]webauthn.Credential{credential}}, session, parsed)
	return err
}

// The table holds reasons, not excuses: each is a sentence.
func TestEveryDifferenceHasAReason(t *testing.T) {
	for name, why := range differences() {
		if len(strings.Fields(why)) < 6 {
			t.Errorf("%s: %q", name, why)
		}
	}
}
