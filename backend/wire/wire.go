// Package wire turns domain values into the JSON of package api. It is the only
// translator, so that one thing looks the same at every door.
package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"sting/backend/api"
	"sting/backend/identity"
	"sting/backend/inspect"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/tape"
)

// Translator is package wire as a value.
type Translator struct {
	// Authenticator returns the name of an authenticator by its AAGUID in
	// lower-case UUID form, or "".
	Authenticator func(aaguid string) string
}

// Time writes a time as RFC 3339 in UTC with milliseconds, or "" for none.
func (Translator) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func (tr Translator) maybe(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := tr.Time(t)
	return &s
}

// Passkey is a credential as CONTRACT section 5 has it.
func (tr Translator) Passkey(c passkey.Credential) api.Passkey {
	aaguid := aaguidOf(c.AAGUID)
	status := "active"
	if !c.Active() {
		status = "revoked"
	}
	transports := c.Transports
	if transports == nil {
		transports = []string{}
	}
	return api.Passkey{
		ID: c.ID, CredentialID: base64.RawURLEncoding.EncodeToString(c.CredentialID), Name: c.Name,
		DeviceType: deviceType(c.Attachment), Authenticator: tr.authenticator(aaguid), AAGUID: aaguid, Status: status,
		Transports: transports, Algorithm: Algorithm(c.Algorithm), AttestationFormat: c.AttestationFormat,
		IsBackupEligible: c.BackupEligible, IsBackupState: c.BackupState, UserVerified: c.UserVerified,
		SignCount: c.SignCount, UsageCount: c.UsageCount, LastUsedAt: tr.maybe(c.LastUsedAt),
		CreatedAt: tr.Time(c.CreatedAt), UpdatedAt: tr.Time(c.UpdatedAt), RevokedAt: tr.maybe(c.RevokedAt),
	}
}

func aaguidOf(b []byte) string {
	id, err := uuid.FromBytes(b)
	if err != nil {
		return uuid.Nil.String()
	}
	return id.String()
}

func (tr Translator) authenticator(aaguid string) string {
	if aaguid == uuid.Nil.String() {
		return "Not named by the authenticator"
	}
	if name := tr.Authenticator(aaguid); name != "" {
		return name
	}
	return "Unknown authenticator"
}

func deviceType(attachment string) string {
	if attachment == "" {
		return "unknown"
	}
	return attachment
}

// Algorithm names a COSE algorithm: RFC 9053, and the IANA registry.
func Algorithm(cose int) string {
	switch cose {
	case -7:
		return "ES256"
	case -8:
		return "EdDSA"
	case -35:
		return "ES384"
	case -36:
		return "ES512"
	case -37:
		return "PS256"
	case -38:
		return "PS384"
	case -39:
		return "PS512"
	case -257:
		return "RS256"
	case -258:
		return "RS384"
	case -259:
		return "RS512"
	}
	return fmt.Sprintf("COSE %d", cose)
}

// OwnedPasskey is a credential with whose it is.
func (tr Translator) OwnedPasskey(c passkey.Credential, email string) api.OwnedPasskey {
	return api.OwnedPasskey{
		Passkey: tr.Passkey(c), UserID: string(c.IdentityID), Email: email, RPID: c.RPID, Virtual: Virtual(c),
	}
}

// Virtual reports whether a credential lives in a browser's virtual authenticator.
func Virtual(c passkey.Credential) bool { return aaguidOf(c.AAGUID) == inspect.VirtualAAGUID }

// View is a session as one kind of cookie shows it.
func (tr Translator) View(v session.View) *api.SessionView {
	methods := make([]string, 0, len(v.Methods))
	for _, m := range v.Methods {
		methods = append(methods, string(m))
	}
	return &api.SessionView{
		ID: string(v.ID), Email: v.Person.Email, UserID: string(v.Person.ID), Methods: methods,
		AuthenticatedAt: tr.Time(v.AuthenticatedAt), ExpiresAt: tr.Time(v.ExpiresAt), AAL: v.AAL,
	}
}

func viewsOf(s session.Session) []string {
	views := []string{}
	if len(s.PasskeyToken) > 0 {
		views = append(views, string(session.KindPasskey))
	}
	if len(s.KratosToken) > 0 {
		views = append(views, string(session.KindKratos))
	}
	return views
}

// Own is one of a person's sessions, as they see it.
func (tr Translator) Own(s session.Session, current bool) api.OwnSession {
	return api.OwnSession{
		ID: string(s.ID), Current: current, AuthMethod: string(s.Method()), Views: viewsOf(s),
		UserAgent: s.Device.UserAgent, Address: s.Device.Address, AuthenticatedAt: tr.Time(s.AuthenticatedAt),
		ExpiresAt: tr.Time(s.ExpiresAt), LastSeenAt: tr.Time(s.SeenAt),
	}
}

// LabSession is a session as the lab's faces see it.
func (tr Translator) LabSession(s session.Session, email string, alive bool) api.LabSession {
	state := "active"
	switch {
	case !s.EndedAt.IsZero():
		state = "ended"
	case !alive:
		state = "expired"
	}
	return api.LabSession{
		ID: string(s.ID), UserID: string(s.IdentityID), Email: email, AuthMethod: string(s.Method()), Views: viewsOf(s),
		State: state, UserAgent: s.Device.UserAgent, Address: s.Device.Address,
		AuthenticatedAt: tr.Time(s.AuthenticatedAt), ExpiresAt: tr.Time(s.ExpiresAt), LastSeenAt: tr.Time(s.SeenAt),
		EndedAt: tr.maybe(s.EndedAt),
	}
}

// Person is an account as the lab's faces see it.
func (tr Translator) Person(i identity.Identity, passkeys, sessions int) api.Person {
	traits := i.Traits
	if len(traits) == 0 {
		traits = json.RawMessage("{}")
	}
	return api.Person{
		ID: string(i.ID), Email: i.Email(), Name: i.DisplayName(), State: string(i.State), Role: i.Role, Traits: traits,
		Password: i.Password != nil, Passkeys: passkeys, Sessions: sessions, CreatedAt: tr.Time(i.CreatedAt),
	}
}

// Ceremony is a line about a recorded ceremony.
func (tr Translator) Ceremony(r tape.Record) api.CeremonySummary {
	return api.CeremonySummary{
		ID: r.ID, Kind: r.Kind, State: string(r.State), Email: r.Email, Fault: r.Fault,
		BeganAt: tr.Time(r.BeganAt), EndedAt: tr.Time(r.EndedAt), Source: r.Source,
	}
}
