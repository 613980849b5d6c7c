package passkey_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/passkey/softkey"
)

// THREATS T10: with enumeration mitigated, known and unknown addresses can't be
// told apart by what a sign-in begins with.

// shape is a JSON value with its texts replaced by their lengths.
func shape(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			if out[k] = shape(x); k == "type" || k == "transports" || k == "userVerification" || k == "rpId" {
				out[k] = x
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = shape(x)
		}
		return out
	case string:
		return len(v)
	}
	return v
}

func decoded(t *testing.T, raw []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// others are addresses that have no passkey.
var others = []string{"nobody@example.test", "NoPasskeys@example.test", "x", "a\x00b", "nobody@example.test.but.much.longer.than.others"}

func mitigated(t *testing.T) (*lab, *softkey.Authenticator) {
	l := newLab(t)
	l.rp.MitigateEnum = true
	ada := l.person("ada@example.test")
	k := softkey.New(softkey.Synced())
	l.registered(ada, k)
	l.person("nopasskeys@example.test")
	return l, k
}

func TestTheOptionsOfUnknownAddressesLookLikeThoseOfKnownOnes(t *testing.T) {
	l, _ := mitigated(t)
	want := l.beginSignIn("ada@example.test")
	for _, address := range others {
		got := l.beginSignIn(address)
		if diff := cmp.Diff(shape(decoded(t, want.PublicKey)), shape(decoded(t, got.PublicKey))); diff != "" {
			t.Errorf("%q can be told from a known address (-known +unknown):\n%s", address, diff)
		}
		if len(got.ChallengeID) != len(want.ChallengeID) {
			t.Errorf("%q: the challenge_id has %d characters, want %d", address, len(got.ChallengeID), len(want.ChallengeID))
		}
	}
}

func TestMadeUpCredentialsAreTheSameEachTime(t *testing.T) {
	l, _ := mitigated(t)
	made := func(address string) any {
		t.Helper()
		list, ok := decoded(t, l.beginSignIn(address).PublicKey)["allowCredentials"].([]any)
		if !ok || len(list) == 0 {
			t.Fatalf("%q gets no credentials", address)
		}
		return list
	}
	before := map[string]any{}
	for _, address := range others {
		before[address] = made(address)
		if diff := cmp.Diff(before[address], made(" "+address+" ")); diff != "" {
			t.Errorf("%q asked twice gets two answers:\n%s", address, diff)
		}
	}
	if cmp.Equal(before[others[0]], before[others[1]]) {
		t.Error("two addresses get the same made-up credential")
	}
	l.restart()
	for _, address := range others {
		if diff := cmp.Diff(before[address], made(address)); diff != "" {
			t.Errorf("%q gets another answer after a restart:\n%s", address, diff)
		}
	}
}

func TestNoAnswerToAMadeUpSignInIsAccepted(t *testing.T) {
	cases := map[string]func(l *lab, k *softkey.Authenticator, options []byte) ([]byte, error){
		"with a passkey of one's own": func(l *lab, k *softkey.Authenticator, options []byte) ([]byte, error) {
			return k.Get(withoutAllowList(t, options), origin)
		},
		"with the made-up ID": func(l *lab, k *softkey.Authenticator, options []byte) ([]byte, error) {
			list := decoded(t, options)["allowCredentials"].([]any)
			id, _ := list[0].(map[string]any)["id"].(string)
			return k.Get(withoutAllowList(t, options), origin, softkey.WithCredentialID(raw64(t, id)))
		},
	}
	for claim, answer := range cases {
		t.Run(claim, func(t *testing.T) {
			l, k := mitigated(t)
			for _, address := range others[:2] {
				b := l.beginSignIn(address)
				raw, err := answer(l, k, b.PublicKey)
				l.must(err)
				l.unchanged(func() {
					_, err := l.finishSignIn(b.ChallengeID, raw)
					f := refused(t, err, "UNKNOWN_CREDENTIAL")
					if f.Message != "Passkey not found or revoked" {
						t.Errorf("says %q", f.Message)
					}
				})
			}
		})
	}
}

func TestWithoutMitigationTheAnswerHelps(t *testing.T) {
	l, _ := mitigated(t)
	l.rp.MitigateEnum = false
	_, err := l.BeginAuthentication(t.Context(), "nobody@example.test", l.from())
	if f := refused(t, err, "INVALID_CREDENTIALS"); f.Message != "Invalid credentials or no passkeys found." {
		t.Errorf("says %q", f.Message)
	}
	_, err = l.BeginAuthentication(t.Context(), "nopasskeys@example.test", l.from())
	if f := refused(t, err, "NO_PASSKEYS"); f.Message != "No passkeys found for this account. Please register a passkey first." {
		t.Errorf("says %q", f.Message)
	}
}

func TestPasskeysOfAnotherRelyingPartyAreNotOffered(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New()
	l.registered(ada, k)
	l.rp.ID, l.rp.Origins = "sting.localhost", []string{"https://sting.localhost:8443"}
	_, err := l.BeginAuthentication(t.Context(), "ada@example.test", l.from())
	refused(t, err, "NO_PASSKEYS")
	if list, _ := decoded(t, l.beginRegistration(ada).PublicKey)["excludeCredentials"].([]any); len(list) != 0 {
		t.Errorf("excludeCredentials names %v, which is another site's", list)
	}
	// An answer that names it is refused whatever the authenticator signs.
	s := l.beginSignIn("")
	k.AnyOrigin = true
	raw, err := k.Get(withRPID(t, s.PublicKey, "localhost"), "https://sting.localhost:8443", softkey.WithRPID("sting.localhost"))
	l.must(err)
	_, err = l.finishSignIn(s.ChallengeID, raw)
	refused(t, err, "UNKNOWN_CREDENTIAL")
}
