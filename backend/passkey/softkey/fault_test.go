package softkey_test

import (
	"encoding/json"
	"testing"

	"sting/backend/passkey/softkey"
)

func TestAnHonestAnswerIsAcceptedAndEveryFaultRefused(t *testing.T) {
	for _, fault := range softkey.Faults() {
		if fault.Registration {
			t.Run("registration "+fault.Code, func(t *testing.T) {
				p, a := newParty(t), softkey.New()
				options, session := p.beginRegistration(offering(softkey.ES256))
				answer, err := a.Create(options, origin, fault.Mutation)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := p.finishRegistration(session, answer); err == nil {
					t.Errorf("accepted: %s\n%s", fault.Says, answer)
				}
			})
		}
		if fault.SignIn {
			t.Run("sign-in "+fault.Code, func(t *testing.T) {
				p, a := newParty(t), softkey.New()
				p.register(a, offering(softkey.ES256))
				if _, err := p.login(a, true); err != nil {
					t.Fatalf("an honest answer was refused: %s", describe(err))
				}
				if _, err := p.login(a, true, fault.Mutation); err == nil {
					t.Errorf("accepted: %s", fault.Says)
				}
			})
		}
	}
}

func TestFaultsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, fault := range softkey.Faults() {
		if fault.Code == "" || seen[fault.Code] || fault.Says == "" || !fault.Registration && !fault.SignIn {
			t.Errorf("%+v", fault)
		}
		seen[fault.Code] = true
		if got, ok := softkey.FaultNamed(fault.Code); !ok || got.Says != fault.Says {
			t.Errorf("FaultNamed(%q) = %+v, %t", fault.Code, got, ok)
		}
	}
	if _, ok := softkey.FaultNamed("no such fault"); ok {
		t.Error("a fault that is not there was found")
	}
}

func TestAFaultDoesNotSpoilThePasskey(t *testing.T) {
	p, a := newParty(t), softkey.New()
	p.register(a)
	for _, fault := range softkey.Faults() {
		options, _ := p.beginLogin(false)
		if _, err := a.Get(options, origin, fault.Mutation); err != nil {
			t.Fatalf("%s: %v", fault.Code, err)
		}
	}
	if _, err := p.login(a, false); err != nil {
		t.Error(describe(err))
	}
}

// The library's judgement alone doesn't tell a weak key from a broken
// signature, so the signature is checked with exactly the key that was sent.
func TestAWeakRSAKeySignsCorrectly(t *testing.T) {
	for name, weak := range map[string]softkey.Mutation{
		"512 bits":             softkey.WeakRSA(512, 65537),
		"the exponent 1":       softkey.WeakRSA(1024, 1),
		"a sound key (a test)": softkey.WeakRSA(2048, 65537),
	} {
		t.Run(name, func(t *testing.T) {
			a := softkey.New()
			a.Attestation = "packed"
			created, err := a.Create(creation(t, nil), origin, weak)
			if err != nil {
				t.Fatal(err)
			}
			object := parseCreate(t, created)
			key := rsaKey(t, object.credentialKey)
			checkRSA(t, key, object.authData, object.clientData, object.statement.Signature)

			got, err := a.Get([]byte(`{"challenge":"AAAA","rpId":"`+rpID+`"}`), origin, weak)
			if err != nil {
				t.Fatal(err)
			}
			response := parseGet(t, got).Raw.AssertionResponse
			checkRSA(t, key, response.AuthenticatorData, response.ClientDataJSON, response.Signature)
		})
	}
}

func TestAWeakKeyThatCannotBeMadeIsReported(t *testing.T) {
	for _, weak := range []softkey.Mutation{softkey.WeakRSA(64, 3), softkey.WeakRSA(1024, 2), softkey.WeakRSA(1024, 0)} {
		a := softkey.New()
		if _, err := a.Create(creation(t, nil), origin, weak); err == nil {
			t.Error("a registration without a key succeeded")
		}
		if len(a.Credentials()) != 0 {
			t.Error("a credential stayed behind")
		}
	}
}

func TestExtraTextAfterTheAnswerIsNotJSON(t *testing.T) {
	got, err := softkey.New().Create(creation(t, nil), origin, softkey.WithTrailing("x"))
	if err != nil || json.Valid(got) {
		t.Errorf("got %s, %v", got, err)
	}
}
