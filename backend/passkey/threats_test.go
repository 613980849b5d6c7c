package passkey_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

// THREATS T12: the counter.

func TestTheCounterIsStoredAndReadBackAfterARestart(t *testing.T) {
	l := newLab(t)
	k := softkey.New()
	c := l.registered(l.person("ada@example.test"), k)
	k.SetCounter(c.CredentialID, 41)
	_, err := l.signIn("", k)
	l.must(err)
	l.restart()
	if got := l.stored(c.ID).SignCount; got != 42 {
		t.Fatalf("the counter is %d after a restart, want 42", got)
	}
	k.SetCounter(c.CredentialID, 41) // the clone signs 42 as well
	_, err = l.signIn("", k)
	refused(t, err, "COUNTER_REGRESSED")
}

func TestACounterThatDoesNotGoUp(t *testing.T) {
	cases := []struct {
		claim           string
		stored, got     uint32
		synced, refused bool
	}{
		{"equal is refused", 9, 9, false, true},
		{"lower is refused", 9, 8, false, true},
		{"back to zero is refused", 9, 0, false, true},
		{"higher by one is accepted", 9, 10, false, false},
		{"higher by far is accepted", 9, 1<<32 - 1, false, false},
		{"zero that stays zero is accepted", 0, 0, false, false},
		{"equal is accepted of a synced one", 9, 9, true, false},
		{"lower is accepted of a synced one", 9, 8, true, false},
		{"back to zero is accepted of a synced one", 9, 0, true, false},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			l := newLab(t)
			k := softkey.New()
			if c.synced {
				softkey.Synced()(k)
			}
			cred := l.registered(l.person("ada@example.test"), k)
			if c.stored > 0 {
				_, err := l.signIn("", k, softkey.WithCounter(c.stored))
				l.must(err)
			}
			before := l.stored(cred.ID)
			_, err := l.signIn("", k, softkey.WithCounter(c.got))
			after := l.stored(cred.ID)
			if want := max(c.stored, c.got); !c.refused && after.SignCount != want {
				t.Errorf("the stored counter is %d, want %d: it is never lowered", after.SignCount, want)
			}
			if !c.refused {
				l.must(err)
				if last := after.Counters[len(after.Counters)-1]; last.SignCount != c.got {
					t.Errorf("the history says %d, want %d as it was received", last.SignCount, c.got)
				}
				return
			}
			refused(t, err, "COUNTER_REGRESSED")
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("a refused sign-in changed the credential:\n%s", diff)
			}
			if e := l.entries.last(t); e.Before == nil || e.Before.SignCount != c.stored {
				t.Error("the record does not keep the credential as it was")
			}
			k.SetCounter(cred.CredentialID, 100)
			if _, err := l.signIn("", k); err != nil {
				t.Errorf("the credential stays locked after a refusal: %v", err)
			}
		})
	}
}

// THREATS T20: a credential ID belongs to the first who registered it.

func TestACredentialIDThatIsKnownIsNotRegisteredAgain(t *testing.T) {
	for _, claim := range []string{"of another person", "of the same person", "of a removed passkey", "of a deleted person"} {
		t.Run(claim, func(t *testing.T) {
			l := newLab(t)
			ada, eve := l.person("ada@example.test"), l.person("eve@example.test")
			adas := softkey.New()
			known := l.registered(ada, adas)
			thief := eve
			switch claim {
			case "of the same person":
				thief = ada
			case "of a removed passkey":
				l.must(l.Remove(t.Context(), ada.ID, known.ID, true))
			case "of a deleted person":
				l.must(l.store.DeleteIdentity(t.Context(), ada.ID))
			}
			l.unchanged(func() {
				_, err := l.register(thief, softkey.New(), softkey.WithAttestedID(known.CredentialID), softkey.WithCredentialID(known.CredentialID))
				refused(t, err, "CREDENTIAL_KNOWN")
			})
			_, err := l.signIn("", adas)
			switch claim {
			case "of a removed passkey", "of a deleted person":
				refused(t, err, "REMOVED_CREDENTIAL")
			default:
				l.must(err) // its owner can still sign in
			}
		})
	}
}

// THREATS T21: what a client repeats or leaves out lowers no demand.

func TestPolicyIsThatOfTheOptionsAsTheyWereSent(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New()
	l.registered(ada, k)
	weaken := func(raw []byte) []byte {
		raw = check{edit: func(m, _ map[string]any) {
			m["userVerification"], m["pubKeyCredParams"], m["rpId"] = "discouraged", []any{}, "example.test"
			m["clientExtensionResults"] = map[string]any{"appid": true}
		}}.edited(t, raw)
		return raw
	}
	l.rp.UserVerification = "required"
	b, s := l.beginRegistration(ada), l.beginSignIn("")
	l.rp.UserVerification = "discouraged" // a change that comes between counts for the next one
	_, err := l.finishRegistration(ada, b.ChallengeID, weaken(l.create(softkey.New(), b, softkey.WithFlags(0, softkey.FlagUV))))
	refused(t, err, "UV_REQUIRED")
	_, err = l.finishSignIn(s.ChallengeID, weaken(l.get(k, s, softkey.WithFlags(0, softkey.FlagUV))))
	refused(t, err, "UV_REQUIRED")

	b = l.beginRegistration(ada)
	var o map[string]any
	l.must(json.Unmarshal(b.PublicKey, &o))
	o["pubKeyCredParams"] = []any{map[string]any{"type": "public-key", "alg": softkey.EdDSA}}
	delete(o, "excludeCredentials")
	lowered, err := json.Marshal(o)
	l.must(err)
	raw, err := softkey.New().Create(lowered, origin, softkey.WithKeyMember(3, int64(-46)), softkey.WithKeyMember(-1, 7))
	l.must(err)
	_, err = l.finishRegistration(ada, b.ChallengeID, raw)
	refused(t, err, "ALGORITHM_NOT_OFFERED")
}

// THREATS T22: nobody reaches another person's passkeys.

func TestAnotherPersonsPasskeyIsNotFound(t *testing.T) {
	l := newLab(t)
	ada, eve := l.person("ada@example.test"), l.person("eve@example.test")
	adas, eves := softkey.New(), softkey.New()
	c := l.registered(ada, adas)
	l.registered(ada, softkey.New())
	l.registered(eve, eves)
	l.unchanged(func() {
		_, err := l.Rename(t.Context(), eve.ID, c.ID, "mine")
		refused(t, err, "NOT_FOUND")
		refused(t, l.Remove(t.Context(), eve.ID, c.ID, true), "NOT_FOUND")
		_, err = l.Rename(t.Context(), eve.ID, "no-such-id", "mine")
		refused(t, err, "NOT_FOUND")
		refused(t, l.Remove(t.Context(), eve.ID, "no-such-id", true), "NOT_FOUND")
	})
	own, err := l.Own(t.Context(), eve.ID)
	l.must(err)
	if len(own) != 1 || slices.ContainsFunc(own, func(x passkey.Credential) bool { return x.IdentityID != eve.ID }) {
		t.Errorf("eve's list holds %d passkeys", len(own))
	}
	// Ada's sign-in is not answered by Eve's passkey, and the other way round.
	b := l.beginSignIn("ada@example.test")
	raw, err := eves.Get(withoutAllowList(t, b.PublicKey), origin)
	l.must(err)
	l.unchanged(func() {
		_, err = l.finishSignIn(b.ChallengeID, raw)
		refused(t, err, "UNKNOWN_CREDENTIAL")
	})
	// Eve's signature under Ada's credential ID.
	b = l.beginSignIn("ada@example.test")
	raw, err = eves.Get(withoutAllowList(t, b.PublicKey), origin, softkey.WithCredentialID(c.CredentialID),
		softkey.WithUserHandle(ada.UserHandle))
	l.must(err)
	_, err = l.finishSignIn(b.ChallengeID, raw)
	refused(t, err, "BAD_SIGNATURE")
}

// withoutAllowList returns request options that any passkey may answer.
func withoutAllowList(t *testing.T, options []byte) []byte {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	delete(o, "allowCredentials")
	out, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRemoving(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New()
	c := l.registered(ada, k)
	l.unchanged(func() {
		f := refused(t, l.Remove(t.Context(), ada.ID, c.ID, false), "INVALID_FIELD")
		if want := "Cannot delete your last passkey. Add another passkey first."; f.Message != want {
			t.Errorf("says %q, want %q", f.Message, want)
		}
	})
	s := l.beginSignIn("")
	late, err := l.FinishAuthentication(t.Context(), passkey.Answer{ChallengeID: s.ChallengeID, Credential: l.get(k, s), From: l.from()})
	l.must(err)

	l.must(l.Remove(t.Context(), "", c.ID, false)) // the lab's own faces may
	_, err = l.commit(late)
	refused(t, err, "REMOVED_CREDENTIAL") // the removal came between proof and commit

	got := l.stored(c.ID)
	if got.Active() || !got.RevokedAt.Equal(l.clock.Now()) || len(got.PublicKey) == 0 {
		t.Errorf("no tombstone: revoked at %v", got.RevokedAt)
	}
	l.unchanged(func() {
		_, err := l.signIn("", k)
		f := refused(t, err, "REMOVED_CREDENTIAL")
		if f.Message != "Passkey not found or revoked" {
			t.Errorf("says %q", f.Message)
		}
		_, err = l.Rename(t.Context(), ada.ID, c.ID, "again")
		refused(t, err, "NOT_FOUND")
		refused(t, l.Remove(t.Context(), ada.ID, c.ID, true), "NOT_FOUND")
	})
	own, err := l.Own(t.Context(), ada.ID)
	l.must(err)
	if len(own) != 0 {
		t.Errorf("%d passkeys are listed after the removal", len(own))
	}
	_, err = l.BeginAuthentication(t.Context(), "ada@example.test", l.from())
	refused(t, err, "NO_PASSKEYS")
}
