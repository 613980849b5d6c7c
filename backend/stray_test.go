package backend_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/labtest"
	"sting/backend/passkey/softkey"
)

// refusal signs in with whatever the browser's authenticator has, and returns the
// lab's refusal.
func refusal(t *testing.T, b *labtest.Browser) (refused api.Error) {
	t.Helper()
	begun := b.Must("POST", "/api/webauthn/authentication/begin", nil)
	a := b.Do("POST", "/api/webauthn/authentication/complete", b.Get(begun))
	if a.Status != 400 {
		t.Fatalf("the sign-in: %d %s", a.Status, a.Body)
	}
	a.Into(t, &refused)
	return refused
}

func advised(t *testing.T, s *api.Signal, want, saying string) {
	t.Helper()
	if s == nil {
		t.Fatalf("the answer says nothing about the password manager, want %s", want)
	}
	if s.Advice != want || !strings.Contains(s.Reason+" "+s.Next, saying) {
		t.Errorf("the lab advises to %s: %s %s\nwant %s, saying %q", s.Advice, s.Reason, s.Next, want, saying)
	}
}

// remove removes the person's only passkey in the settings.
func remove(t *testing.T, b *labtest.Browser) *api.Signal {
	t.Helper()
	var list api.Passkeys
	b.Must("GET", "/api/webauthn/passkeys", nil).Into(t, &list)
	if len(list.Passkeys) != 1 {
		t.Fatalf("%d passkeys", len(list.Passkeys))
	}
	var out api.PasskeyRemoved
	b.Must("DELETE", "/api/webauthn/passkeys/"+list.Passkeys[0].ID, nil).Into(t, &out)
	return out.Signal
}

// foreign makes a passkey of another program on this host.
func foreign(t *testing.T, b *labtest.Browser) {
	t.Helper()
	options := `{"publicKey":{"rp":{"id":"localhost","name":"Shop"},"user":{"id":"c2hvcHBlcg","name":"me","displayName":"Me"},
		"challenge":"AAAAAAAAAAAAAAAAAAAAAA","pubKeyCredParams":[{"type":"public-key","alg":-7}],` +
		`"authenticatorSelection":{"residentKey":"required"}}}`
	if _, err := b.Key.Create([]byte(options), "http://localhost:3000"); err != nil {
		t.Fatal(err)
	}
}

// THREATS T26.
func TestAPasskeyOfAnotherProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	foreign(t, b)
	refused := refusal(t, b)
	advised(t, refused.Signal, "leave", "of another program on this host, left alone")
	if !strings.Contains(refused.Hint, "of another program on this host, left alone") || refused.Error != "Passkey not found or revoked" {
		t.Errorf("the page says %q, %q", refused.Error, refused.Hint)
	}
	var record api.Ceremony
	b.Must("GET", "/api/ceremonies/"+refused.CeremonyID, nil).Into(t, &record)
	if !strings.Contains(record.Cause, "of another program on this host, left alone") {
		t.Errorf("the record says %q", record.Cause)
	}
}

func TestSomebodyWhoRegistersAnotherProgramsIDDoesNotGetItsPasskeyRemoved(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	eve, victim := lab.Browser(), lab.Browser()
	foreign(t, victim)
	id := victim.Key.Credentials()[0].ID
	eve.Register("eve@example.org")
	begun := eve.Must("POST", "/api/webauthn/registration/begin", nil)
	eve.Must("POST", "/api/webauthn/registration/complete", eve.Create(begun, softkey.WithCredentialID(id), softkey.WithAttestedID(id)))
	advised(t, refusalAfterRemoval(t, eve, victim).Signal, "leave", "of another program")
}

// refusalAfterRemoval has one remove a passkey and another show one with its ID.
func refusalAfterRemoval(t *testing.T, owner, other *labtest.Browser) api.Error {
	t.Helper()
	remove(t, owner)
	return refusal(t, other)
}

func TestAPasskeyThatAnUndoBringsBackIsKept(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	if _, err := lab.SaveSnapshot(t.Context(), "empty"); err != nil {
		t.Fatal(err)
	}
	b.Register("ann@example.org")
	b.AddPasskey()
	changed, err := lab.RestoreSnapshot(t.Context(), "empty")
	if err != nil {
		t.Fatal(err)
	}
	advised(t, refusal(t, b).Signal, "ask", changed.Undo)
	if _, err := lab.RestoreSnapshot(t.Context(), changed.Undo); err != nil {
		t.Fatal(err)
	}
	b.SignIn()
}

func TestTheListOfTheLabsOwnPasskeysOutlivesAReset(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	changed, err := lab.Reset(t.Context(), api.ResetRequest{})
	if err != nil {
		t.Fatal(err)
	}
	advised(t, refusal(t, b).Signal, "ask", changed.Undo)
	lab.Restart()
	if err := lab.RemoveSnapshot(t.Context(), changed.Undo); err != nil {
		t.Fatal(err)
	}
	advised(t, refusal(t, b).Signal, "tell", "This lab made the passkey")
}

func TestASnapshotThatCantBeReadKeepsAPasskey(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	if _, err := lab.SaveSnapshot(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lab.Home, "snapshots", "one.db"), []byte("no data file"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.AddPasskey()
	advised(t, remove(t, b), "ask", "can't be told")
}

func TestARemovedPasskeyIsToldOfUnlessASnapshotHasIt(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	if _, err := lab.SaveSnapshot(t.Context(), "with"); err != nil {
		t.Fatal(err)
	}
	advised(t, remove(t, b), "ask", "sting snapshot restore with")
	advised(t, refusal(t, b).Signal, "ask", "with")
	if err := lab.RemoveSnapshot(t.Context(), "with"); err != nil {
		t.Fatal(err)
	}
	advised(t, refusal(t, b).Signal, "tell", "")
	b.Key = labtest.NewKey()
	b.AddPasskey()
	advised(t, remove(t, b), "tell", "")
}

func TestTwoHomesLeaveEachOthersPasskeysAlone(t *testing.T) {
	t.Parallel()
	one, two := labtest.Start(t, ""), labtest.Start(t, "")
	b := one.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	elsewhere := two.Browser()
	elsewhere.Key = b.Key
	advised(t, refusal(t, elsewhere).Signal, "leave", "of another program")

	exported, err := one.Export(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := two.Import(t.Context(), exported); err != nil {
		t.Fatal(err)
	}
	two.Restart() // whatever is taken over at a start, these are the other lab's
	elsewhere.SignIn()
	var list api.Passkeys
	elsewhere.Must("GET", "/api/webauthn/passkeys", nil).Into(t, &list)
	if list.OwnHandle {
		t.Error("the second home says that it made the first one's user handle")
	}
	elsewhere.Must("POST", "/api/auth/login", map[string]any{"email": "ann@example.org", "password": labtest.Password})
	advised(t, remove(t, elsewhere), "leave", "of another program")
	b.SignIn()
	b.Must("GET", "/api/webauthn/passkeys", nil).Into(t, &list)
	if !list.OwnHandle {
		t.Error("the first home doesn't know its own user handle")
	}
}

func TestTheListIsInNoSnapshotAndNoExport(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	list, err := os.ReadFile(filepath.Join(lab.Home, "minted.list"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lab.SaveSnapshot(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	snapshot, err := os.ReadFile(filepath.Join(lab.Home, "snapshots", "one.db"))
	if err != nil {
		t.Fatal(err)
	}
	exported, err := lab.Export(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(list))
	if len(lines) != 2 {
		t.Errorf("the list has %d lines, want one for the person and one for the passkey", len(lines))
	}
	for _, line := range lines {
		if strings.Contains(string(snapshot), line) || strings.Contains(string(exported), line) {
			t.Errorf("%s is in a copy", line)
		}
	}
}

// THREATS T10.
func TestWithEnumerationMitigatedOnlyTheRecordSaysWhosePasskeyItIs(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "security: {account_enumeration: {mitigate: true}}\n")
	b := lab.Browser()
	foreign(t, b)
	refused := refusal(t, b)
	if raw, err := json.Marshal(refused); err != nil || refused.Signal != nil || strings.Contains(string(raw), "another program") {
		t.Errorf("the outside is told %s, %v", raw, err)
	}
	record, err := lab.Ceremony(t.Context(), refused.CeremonyID)
	if err != nil || !strings.Contains(record.Cause, "of another program on this host, left alone") {
		t.Errorf("the record says %q, %v", record.Cause, err)
	}
}
