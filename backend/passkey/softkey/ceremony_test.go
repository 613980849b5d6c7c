package softkey_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/go-cmp/cmp"

	"sting/backend/passkey/softkey"
)

func TestEveryAlgorithmAndFormatRegistersAndSignsIn(t *testing.T) {
	for _, algorithm := range softkey.Algorithms() {
		for _, format := range []string{"none", "packed"} {
			t.Run(algorithm.String()+" with "+format, func(t *testing.T) {
				p, a := newParty(t), softkey.New()
				a.Attestation = format
				credential := p.register(a, offering(algorithm))
				if credential.AttestationFormat != format {
					t.Errorf("format: got %q, want %q", credential.AttestationFormat, format)
				}
				if got := a.Credentials()[0].Algorithm; got != algorithm {
					t.Errorf("algorithm: got %s, want %s", got, algorithm)
				}
				for _, discoverable := range []bool{false, true} {
					if _, err := p.login(a, discoverable); err != nil {
						t.Errorf("sign-in, discoverable %t: %s", discoverable, describe(err))
					}
				}
			})
		}
	}
}

func TestTheFirstKnownAlgorithmIsPicked(t *testing.T) {
	p, a := newParty(t), softkey.New()
	a.Algorithms = []softkey.Algorithm{softkey.ES384, softkey.ES256}
	p.register(a, offering(-65535, softkey.EdDSA, softkey.ES384, softkey.ES256))
	if got := a.Credentials()[0].Algorithm; got != softkey.ES384 {
		t.Errorf("got %s, want ES384", got)
	}
}

func TestTheAttestationFollowsTheConveyance(t *testing.T) {
	for preference, want := range map[protocol.ConveyancePreference]string{
		protocol.PreferNoAttestation: "none", protocol.PreferDirectAttestation: "packed",
	} {
		credential := newParty(t).register(softkey.New(), webauthn.WithConveyancePreference(preference))
		if credential.AttestationFormat != want {
			t.Errorf("%s: got %q, want %q", preference, credential.AttestationFormat, want)
		}
	}
}

func TestTheSettingsReachTheRelyingParty(t *testing.T) {
	p, a := newParty(t), softkey.New(softkey.Synced(), softkey.SecurityKey())
	a.AAGUID = [16]byte{0xea, 0x9b, 0x8d, 0x66}
	got := p.register(a)
	want := webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: true, BackupState: true}
	if got.Flags.UserPresent != want.UserPresent || got.Flags.UserVerified != want.UserVerified ||
		got.Flags.BackupEligible != want.BackupEligible || got.Flags.BackupState != want.BackupState {
		t.Errorf("flags: got %+v, want %+v", got.Flags, want)
	}
	if !bytes.Equal(got.Authenticator.AAGUID, a.AAGUID[:]) {
		t.Errorf("AAGUID: got %x, want %x", got.Authenticator.AAGUID, a.AAGUID)
	}
	if got.Authenticator.Attachment != protocol.CrossPlatform {
		t.Errorf("attachment: got %q", got.Authenticator.Attachment)
	}
	if diff := cmp.Diff([]protocol.AuthenticatorTransport{protocol.NFC, protocol.USB}, got.Transport); diff != "" {
		t.Errorf("transports (-want +got):\n%s", diff)
	}
}

func TestTheCounterCountsByItsStep(t *testing.T) {
	for _, step := range []uint32{0, 1, 5} {
		p, a := newParty(t), softkey.New()
		a.CounterStep = step
		p.register(a)
		for use := uint32(1); use <= 2; use++ {
			credential, err := p.login(a, true)
			if err != nil {
				t.Fatal(describe(err))
			}
			if got, want := credential.Authenticator.SignCount, use*step; got != want {
				t.Errorf("step %d, use %d: got %d, want %d", step, use, got, want)
			}
		}
	}
}

func TestACounterSetBackRaisesTheCloneWarning(t *testing.T) {
	p, a := newParty(t), softkey.New()
	registered := p.register(a)
	if !a.SetCounter(registered.ID, 40) {
		t.Fatal("the credential is not there")
	}
	credential, err := p.login(a, true)
	if err != nil || credential.Authenticator.SignCount != 41 || credential.Authenticator.CloneWarning {
		t.Fatalf("got %+v, %v; want 41 uses and no warning", credential, err)
	}
	p.credentials[0] = *credential
	a.SetCounter(registered.ID, 3)
	credential, err = p.login(a, true)
	if err != nil || !credential.Authenticator.CloneWarning {
		t.Errorf("got %+v, %v; want a clone warning", credential, err)
	}
	if a.SetCounter([]byte("unknown"), 1) {
		t.Error("an unknown credential has a counter")
	}
}

func TestBackupEligibilityStaysWithTheCredential(t *testing.T) {
	p, a := newParty(t), softkey.New(softkey.Synced())
	p.register(a)
	a.BackupEligible, a.BackupState = false, false
	credential, err := p.login(a, true)
	if err != nil {
		t.Fatal(describe(err))
	}
	if !credential.Flags.BackupEligible || credential.Flags.BackupState {
		t.Errorf("got %+v, want eligible and not backed up", credential.Flags)
	}
}

func TestRegistrationAnswerHasTheMembersOfToJSON(t *testing.T) {
	p, a := newParty(t), softkey.New()
	options, _ := p.beginRegistration(offering(softkey.ES256),
		webauthn.WithExtensions(webauthn.WithExtensionCredProps()))
	text, err := a.Create(options, origin)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID, RawID, Type         string
		AuthenticatorAttachment string
		ClientExtensionResults  json.RawMessage
		Response                struct {
			ClientDataJSON, AttestationObject, AuthenticatorData, PublicKey string
			Transports                                                      []string
			PublicKeyAlgorithm                                              int
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.ID == "" || got.ID != got.RawID || got.Type != "public-key" || got.AuthenticatorAttachment != "platform" {
		t.Errorf("got %+v", got)
	}
	if string(got.ClientExtensionResults) != `{"credProps":{"rk":true}}` {
		t.Errorf("extensions: got %s", got.ClientExtensionResults)
	}
	if strings.ContainsAny(string(text), "=+") {
		t.Errorf("the answer holds plain base64: %s", text)
	}
	der, err := base64.RawURLEncoding.DecodeString(got.Response.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x509.ParsePKIXPublicKey(der); err != nil || got.Response.PublicKeyAlgorithm != -7 {
		t.Errorf("public key: %v, algorithm %d", err, got.Response.PublicKeyAlgorithm)
	}
	if object := unb64(t, got.Response.AttestationObject); !bytes.Contains(object, unb64(t, got.Response.AuthenticatorData)) {
		t.Error("authenticatorData is not the one in attestationObject")
	}
}

func TestOptionsAreReadFlatAndWrapped(t *testing.T) {
	p, a := newParty(t), softkey.New()
	wrapped, session := p.beginRegistration()
	var outer struct {
		PublicKey json.RawMessage `json:"publicKey"`
	}
	if err := json.Unmarshal(wrapped, &outer); err != nil {
		t.Fatal(err)
	}
	answer, err := a.Create(outer.PublicKey, origin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.finishRegistration(session, answer); err != nil {
		t.Error(describe(err))
	}
}

func TestTheRPIDDefaultsToTheOriginsHost(t *testing.T) {
	a := softkey.New()
	if _, err := a.Create(creation(t, map[string]any{"rp": map[string]any{"name": "Lab"}}), "http://localhost:8080"); err != nil {
		t.Fatal(err)
	}
	if got := a.Credentials()[0].RPID; got != "localhost" {
		t.Errorf("got %q, want localhost", got)
	}
}

func TestASecondPasskeyOfTheSameAccountReplacesTheFirst(t *testing.T) {
	p, a := newParty(t), softkey.New()
	p.register(a)
	second := p.register(a)
	if got := a.Credentials(); len(got) != 1 || !bytes.Equal(got[0].ID, second.ID) {
		t.Errorf("got %+v, want only %x", got, second.ID)
	}
}

func TestTheNewestPasskeyAnswersUnlessThePersonChooses(t *testing.T) {
	a := softkey.New()
	for _, name := range []string{"ada", "grace"} {
		user := map[string]any{"id": b64([]byte(name)), "name": name, "displayName": name}
		if _, err := a.Create(creation(t, map[string]any{"user": user}), origin); err != nil {
			t.Fatal(err)
		}
	}
	request := []byte(`{"challenge":"AAAA","rpId":"` + rpID + `"}`)
	for want, choose := range map[string]func([]softkey.Credential) int{
		"grace": nil, "ada": softkey.ByUserName("ada"),
	} {
		a.Choose = choose
		text, err := a.Get(request, origin)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(parseGet(t, text).Response.UserHandle); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAFixedSourceRepeatsACeremony(t *testing.T) {
	run := func() string {
		a := softkey.New()
		a.Rand = bytes.NewReader(bytes.Repeat([]byte{7, 1, 9}, 100))
		created, err := a.Create(creation(t, map[string]any{"attestation": "direct"}), origin)
		if err != nil {
			t.Fatal(err)
		}
		return string(created)
	}
	if first, second := run(), run(); first != second {
		t.Errorf("two answers:\n%s\n%s", first, second)
	}
}

func TestAnIDThatASourceRepeatsMovesToTheNewestAccount(t *testing.T) {
	a := softkey.New()
	for _, name := range []string{"ada", "grace", "ada", "ada"} {
		a.Rand = bytes.NewReader(bytes.Repeat([]byte{7}, 100))
		user := map[string]any{"id": b64([]byte(name)), "name": name, "displayName": name}
		if _, err := a.Create(creation(t, map[string]any{"user": user}), origin); err != nil {
			t.Fatal(err)
		}
		if got := a.Credentials(); len(got) != 1 || got[0].UserName != name {
			t.Errorf("got %+v, want the one of %s", got, name)
		}
	}
}

func TestManyCanSignInAtOnce(t *testing.T) {
	p, a := newParty(t), softkey.New()
	p.register(a)
	options, _ := p.beginLogin(true)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := a.Get(options, origin); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := a.Credentials()[0].Counter; got != 8 {
		t.Errorf("got %d uses, want 8", got)
	}
}
