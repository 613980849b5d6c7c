package passkey_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

func TestAPasskeyOfEveryAlgorithmRegistersAndSignsIn(t *testing.T) {
	for _, alg := range softkey.Algorithms() {
		t.Run(alg.String(), func(t *testing.T) {
			l := newLab(t)
			ada := l.person("ada@example.test")
			k := softkey.New()
			k.Algorithms = []softkey.Algorithm{alg}
			c := l.registered(ada, k)
			if c.Algorithm != int(alg) {
				t.Errorf("the record says algorithm %d, want %d", c.Algorithm, alg)
			}
			for _, username := range []string{"", "ada@example.test", "  ADA@example.TEST "} {
				after, err := l.signIn(username, k)
				if err != nil {
					t.Fatalf("sign in as %q: %v", username, err)
				}
				if after.IdentityID != ada.ID {
					t.Errorf("signed in as %s, want %s", after.IdentityID, ada.ID)
				}
			}
			if got := l.stored(c.ID); got.UsageCount != 3 || got.SignCount != 3 || len(got.Counters) != 3 {
				t.Errorf("after three sign-ins: %d uses, counter %d, %d in the history", got.UsageCount, got.SignCount, len(got.Counters))
			}
		})
	}
}

func TestTheRecordKeepsWhatTheAuthenticatorSaid(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New(softkey.Synced())
	k.AAGUID = [16]byte{0xea, 0x9b, 0x8d}
	c := l.stored(l.registered(ada, k).ID)

	if !c.BackupEligible || !c.BackupState || !c.UserVerified {
		t.Errorf("BE %v, BS %v, UV %v; want all", c.BackupEligible, c.BackupState, c.UserVerified)
	}
	if !slices.Equal(c.Transports, []string{"hybrid", "internal"}) {
		t.Errorf("transports %v", c.Transports)
	}
	if !slices.Equal(c.AAGUID, k.AAGUID[:]) {
		t.Errorf("AAGUID %x", c.AAGUID)
	}
	if c.Discoverable == nil || !*c.Discoverable {
		t.Error("credProps.rk was asked for, answered and not kept")
	}
	if c.Attachment != "platform" || c.AttestationFormat != "none" || c.RPID != "localhost" {
		t.Errorf("attachment %q, format %q, RP %q", c.Attachment, c.AttestationFormat, c.RPID)
	}
	if len(c.AttestationObject) == 0 || len(c.ClientDataJSON) == 0 || string(c.UserHandle) != string(ada.UserHandle) {
		t.Error("attestation object, client data or user handle is missing")
	}
	if c.Name != "This device" || !c.CreatedAt.Equal(l.clock.Now()) {
		t.Errorf("name %q, created %v", c.Name, c.CreatedAt)
	}
}

func TestASignInFollowsTheBackupStateAndKeepsTheHistoryShort(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	k := softkey.New(softkey.Synced())
	k.BackupState, k.UserVerified = false, false
	c := l.registered(ada, k)
	if c.BackupState || c.UserVerified {
		t.Fatalf("BS %v, UV %v before any use", c.BackupState, c.UserVerified)
	}
	k.BackupState, k.UserVerified = true, true
	for range 53 {
		l.clock.Move(time.Second)
		if _, err := l.signIn("", k); err != nil {
			t.Fatal(err)
		}
	}
	k.UserVerified = false
	after, err := l.signIn("", k)
	l.must(err)
	if !after.BackupState || !after.UserVerified {
		t.Errorf("BS %v, UV %v; UV stays once it was seen", after.BackupState, after.UserVerified)
	}
	if len(after.Counters) != 50 || after.UsageCount != 54 {
		t.Errorf("%d uses remembered of %d, want 50 of 54", len(after.Counters), after.UsageCount)
	}
	if last := after.Counters[49]; last.UserVerified || !last.At.Equal(l.clock.Now()) {
		t.Errorf("the last use is %+v", last)
	}
}

func TestTheOptionsAskForWhatTheContractSays(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	first := l.registered(ada, softkey.New())

	var o struct {
		RP        struct{ ID, Name string }
		User      struct{ ID, Name, DisplayName string }
		Challenge string
		Exclude   []struct {
			Type, ID   string
			Transports []string
		} `json:"excludeCredentials"`
		Selection struct {
			ResidentKey, UserVerification, AuthenticatorAttachment string
			RequireResidentKey                                     bool
		} `json:"authenticatorSelection"`
		Attestation string
		Timeout     int
		Extensions  map[string]any
	}
	l.must(json.Unmarshal(l.beginRegistration(ada).PublicKey, &o))
	if o.RP.ID != "localhost" || o.User.Name != "ada@example.test" || o.Timeout != 60_000 {
		t.Errorf("rp %+v, user %+v, timeout %d", o.RP, o.User, o.Timeout)
	}
	if o.Selection.ResidentKey != "required" || !o.Selection.RequireResidentKey || o.Selection.AuthenticatorAttachment != "" {
		t.Errorf("selection %+v: resident keys required, any attachment", o.Selection)
	}
	if o.Extensions["credProps"] != true {
		t.Errorf("extensions %v", o.Extensions)
	}
	if b, err := base64.RawURLEncoding.DecodeString(o.Challenge); err != nil || len(b) < 16 {
		t.Errorf("challenge %q", o.Challenge)
	}
	want := base64.RawURLEncoding.EncodeToString(first.CredentialID)
	if len(o.Exclude) != 1 || o.Exclude[0].ID != want || o.Exclude[0].Type != "public-key" {
		t.Errorf("excludeCredentials %+v, want %s", o.Exclude, want)
	}
}

func TestAPersonHasSeveralPasskeysAndAtMostTen(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	first := softkey.New()
	l.registered(ada, first)
	if _, err := first.Create(l.beginRegistration(ada).PublicKey, origin); err == nil {
		t.Error("the authenticator made a second passkey for the same person: excludeCredentials is not filled")
	}
	for range passkey.MaxPasskeys - 2 {
		l.registered(ada, softkey.New())
	}
	// Two tabs begin while there is room for one.
	one, two := l.beginRegistration(ada), l.beginRegistration(ada)
	_, err := l.finishRegistration(ada, one.ChallengeID, l.create(softkey.New(), one))
	l.must(err)
	l.unchanged(func() {
		_, err := l.finishRegistration(ada, two.ChallengeID, l.create(softkey.New(), two))
		refused(t, err, "INVALID_FIELD")
		_, err = l.BeginRegistration(t.Context(), ada.ID, "", l.from())
		f := refused(t, err, "INVALID_FIELD")
		if want := "Maximum number of passkeys reached (10). Remove an existing passkey first."; f.Message != want {
			t.Errorf("says %q, want %q", f.Message, want)
		}
	})
	own, err := l.Own(t.Context(), ada.ID)
	l.must(err)
	l.must(l.Remove(t.Context(), ada.ID, own[0].ID, false))
	l.registered(ada, softkey.New()) // a tombstone takes no place
}

func TestNames(t *testing.T) {
	l := newLab(t)
	ada := l.person("ada@example.test")
	cases := []struct {
		claim, begin, finish, want string
		key                        *softkey.Authenticator
	}{
		{"the name at the finish counts", "at begin", "at the end", "at the end", softkey.New()},
		{"else the one at the beginning", " Laptop ", "", "Laptop", softkey.New()},
		{"else it is the kind of the authenticator", "", "", "Security key", softkey.New(softkey.SecurityKey())},
		{"a hundred characters are allowed, whatever their bytes", strings.Repeat("ü", 100), "", strings.Repeat("ü", 100), softkey.New()},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			b, err := l.BeginRegistration(t.Context(), ada.ID, c.begin, l.from())
			l.must(err)
			got, err := l.FinishRegistration(t.Context(), passkey.Answer{
				ChallengeID: b.ChallengeID, Credential: l.create(c.key, b), Name: c.finish, IdentityID: ada.ID, From: l.from(),
			})
			l.must(err)
			if got.Name != c.want {
				t.Errorf("named %q, want %q", got.Name, c.want)
			}
		})
	}
	own, err := l.Own(t.Context(), ada.ID)
	l.must(err)
	for i, bad := range []string{"", "   ", strings.Repeat("ü", 101), "two\nlines", "bell\a", "del\x7f"} {
		t.Run(fmt.Sprintf("refused %d", i), func(t *testing.T) {
			_, err := l.Rename(t.Context(), ada.ID, own[0].ID, bad)
			f := refused(t, err, "INVALID_FIELD")
			if f.Message != "Passkey name must be 1-100 characters" || f.Field != "name" {
				t.Errorf("says %q of field %q", f.Message, f.Field)
			}
		})
	}
	got, err := l.Rename(t.Context(), ada.ID, own[0].ID, "  Desk ")
	l.must(err)
	if got.Name != "Desk" || l.stored(own[0].ID).Name != "Desk" {
		t.Errorf("renamed to %q", got.Name)
	}
}
