package wire_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/api"
	"sting/backend/identity"
	"sting/backend/mail"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/tape"
	"sting/backend/wire"
)

var (
	noon       = time.Date(2026, 1, 31, 13, 0, 0, 5e6, time.FixedZone("", 3600))
	noonSaid   = "2026-01-31T12:00:00.005Z"
	translator = wire.Translator{Authenticator: func(aaguid string) string {
		return map[string]string{"01010101-0101-0101-0101-010101010101": "A key"}[aaguid]
	}}
)

func TestTimesAreUTCAndNoneIsEmpty(t *testing.T) {
	if got := translator.Time(noon); got != noonSaid {
		t.Errorf("got %s", got)
	}
	if got := translator.Time(time.Time{}); got != "" {
		t.Errorf("no time is %q", got)
	}
}

func TestAPasskeyOnTheWire(t *testing.T) {
	c := passkey.Credential{
		ID: "p", CredentialID: []byte{0xfb, 0xff}, IdentityID: "u", RPID: "localhost", Name: "blue", Algorithm: -7,
		AAGUID: bytes.Repeat([]byte{1}, 16), Attachment: "platform", Transports: []string{"usb"}, AttestationFormat: "none",
		BackupEligible: true, BackupState: true, UserVerified: true, SignCount: 7, UsageCount: 3,
		CreatedAt: noon, UpdatedAt: noon, LastUsedAt: noon,
	}
	want := api.Passkey{
		ID: "p", CredentialID: "-_8", Name: "blue", DeviceType: "platform", Authenticator: "A key",
		AAGUID: "01010101-0101-0101-0101-010101010101", Status: "active", Transports: []string{"usb"}, Algorithm: "ES256",
		AttestationFormat: "none", IsBackupEligible: true, IsBackupState: true, UserVerified: true, SignCount: 7, UsageCount: 3,
		LastUsedAt: &noonSaid, CreatedAt: noonSaid, UpdatedAt: noonSaid,
	}
	if diff := cmp.Diff(want, translator.Passkey(c)); diff != "" {
		t.Error(diff)
	}
	owned := translator.OwnedPasskey(c, "ada@lab.local")
	if owned.UserID != "u" || owned.Email != "ada@lab.local" || owned.RPID != "localhost" || owned.Virtual {
		t.Errorf("%+v", owned)
	}
	c.RevokedAt, c.Transports, c.AAGUID, c.Attachment, c.LastUsedAt = noon, nil, nil, "", time.Time{}
	got := translator.Passkey(c)
	if got.Status != "revoked" || got.RevokedAt == nil || got.Transports == nil || got.LastUsedAt != nil || got.DeviceType != "unknown" ||
		got.Authenticator != "Not named by the authenticator" {
		t.Errorf("%+v", got)
	}
	c.AAGUID = bytes.Repeat([]byte{2}, 16)
	if got := translator.Passkey(c).Authenticator; got != "Unknown authenticator" {
		t.Errorf("got %q", got)
	}
}

func TestAlgorithmsAreNamedAsTheRegistryNamesThem(t *testing.T) {
	for cose, want := range map[int]string{
		-7: "ES256", -8: "EdDSA", -35: "ES384", -36: "ES512", -37: "PS256", -38: "PS384", -39: "PS512",
		-257: "RS256", -258: "RS384", -259: "RS512", -65535: "COSE -65535",
	} {
		if got := wire.Algorithm(cose); got != want {
			t.Errorf("%d is %s", cose, got)
		}
	}
}

func TestASessionOnTheWire(t *testing.T) {
	s := session.Session{
		ID: "s", IdentityID: "u", AAL: "aal1", PasskeyToken: []byte{1}, KratosToken: []byte{2},
		Methods:         []session.Proof{{Method: session.Password}, {Method: session.Passkey}},
		AuthenticatedAt: noon, ExpiresAt: noon, SeenAt: noon, Device: session.Device{UserAgent: "Chromium", Address: "::1"},
	}
	own := translator.Own(s, true)
	if diff := cmp.Diff(api.OwnSession{
		ID: "s", Current: true, AuthMethod: "passkey", Views: []string{"passkey", "kratos"}, UserAgent: "Chromium", Address: "::1",
		AuthenticatedAt: noonSaid, ExpiresAt: noonSaid, LastSeenAt: noonSaid,
	}, own); diff != "" {
		t.Error(diff)
	}
	ended := s
	ended.EndedAt, ended.PasskeyToken, ended.KratosToken = noon, nil, nil
	for want, got := range map[string]api.LabSession{
		"active":  translator.LabSession(s, "ada@lab.local", true),
		"expired": translator.LabSession(s, "ada@lab.local", false),
		"ended":   translator.LabSession(ended, "ada@lab.local", true),
	} {
		if got.State != want || got.Email != "ada@lab.local" || got.UserID != "u" || (got.EndedAt != nil) != (want == "ended") ||
			got.Views == nil {
			t.Errorf("%s: %+v", want, got)
		}
	}
	v := translator.View(session.View{
		Kind: session.KindKratos, ID: "s", Methods: []session.Method{session.Code}, AuthenticatedAt: noon, ExpiresAt: noon, AAL: "aal1",
		Person: session.Person{ID: "u", Email: "ada@lab.local"},
	})
	if diff := cmp.Diff(&api.SessionView{
		ID: "s", Email: "ada@lab.local", UserID: "u", Methods: []string{"code"}, AuthenticatedAt: noonSaid, ExpiresAt: noonSaid, AAL: "aal1",
	}, v); diff != "" {
		t.Error(diff)
	}
}

func TestAPersonOnTheWireShowsNoSecret(t *testing.T) {
	i := identity.New(noon, "default", nil, "ada@lab.local")
	i.Password = &identity.Password{Hash: "the hash"}
	p := translator.Person(i, 2, 1)
	if string(p.Traits) != "{}" || !p.Password || p.Passkeys != 2 || p.Sessions != 1 || p.Email != "ada@lab.local" || p.CreatedAt != noonSaid {
		t.Errorf("%+v", p)
	}
	raw, err := json.Marshal(p)
	if err != nil || bytes.Contains(raw, []byte("the hash")) || bytes.Contains(raw, i.UserHandle) {
		t.Errorf("%s, %v", raw, err)
	}
}

func TestALineOfACeremonyOnTheWire(t *testing.T) {
	got := translator.Ceremony(tape.Record{
		ID: "c", Kind: "registration", State: "rejected", Email: "ada@lab.local", Fault: "BAD_KEY", BeganAt: noon,
	})
	want := api.CeremonySummary{ID: "c", Kind: "registration", State: "rejected", Email: "ada@lab.local", Fault: "BAD_KEY", BeganAt: noonSaid}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMailOnTheWire(t *testing.T) {
	m := mail.Mail{
		ID: "m", MessageID: "id@lab", From: mail.Address{Name: "Lab", Address: "lab@lab.local"}, Subject: "Verify", Created: noon, Size: 9,
		To: []mail.Address{{Address: "ada@lab.local"}}, Cc: []mail.Address{{Name: "Only a name"}},
		Bcc:  []mail.Address{{Address: "bob@lab.local"}},
		Read: true, Attachments: 1, Snippet: "Your code",
	}
	plain := translator.MailText(m, mail.Content{}, "https://localhost:8443")
	if plain.Code != nil || plain.Found != nil || plain.Parts == nil || plain.From != "Lab <lab@lab.local>" || plain.ReceivedAt != noonSaid ||
		!slices.Equal(plain.To, []string{"ada@lab.local", "bob@lab.local"}) || !slices.Equal(plain.Cc, []string{"Only a name"}) {
		t.Errorf("%+v", plain)
	}
	if len(m.To) != 1 {
		t.Error("the mail itself was changed")
	}
	m.Code.Value = "123456"
	m.Code.Kind = "verification"
	opened := translator.MailText(m, mail.Content{Parts: []mail.Part{{FileName: "a.txt", ContentType: "text/plain", Size: 3}}},
		"https://localhost:8443")
	if opened.Code == nil || *opened.Code != "123456" || opened.Found == nil || opened.Found.Code != "123456" || opened.Found.MailID != "m" ||
		len(opened.Parts) != 1 || opened.Parts[0] != (api.MailAttachment{Name: "a.txt", Type: "text/plain", Size: 3}) {
		t.Errorf("%+v", opened)
	}
}
