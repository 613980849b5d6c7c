package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
)

// The rows have the members of what they stand for, in the same order: whoever adds
// one to a domain is told by the compiler, and gives it a number of its own here. A
// number that was used is never used again.

// identityRow is a person.
type identityRow struct {
	ID          identity.ID     `cbor:"1,keyasint"`
	SchemaID    string          `cbor:"2,keyasint"`
	State       identity.State  `cbor:"3,keyasint"`
	StateAt     time.Time       `cbor:"4,keyasint,omitzero"`
	Traits      json.RawMessage `cbor:"5,keyasint"`
	Identifiers []string        `cbor:"6,keyasint"`
	UserHandle  []byte          `cbor:"7,keyasint"`
	Role        string          `cbor:"8,keyasint"`

	Password  *identity.Password `cbor:"9,keyasint,omitempty"`
	Addresses []identity.Address `cbor:"10,keyasint"`

	MetadataPublic json.RawMessage `cbor:"11,keyasint,omitempty"`
	MetadataAdmin  json.RawMessage `cbor:"12,keyasint,omitempty"`

	CreatedAt time.Time `cbor:"13,keyasint,omitzero"`
	UpdatedAt time.Time `cbor:"14,keyasint,omitzero"`

	Made bool `cbor:"-"`
}

// sessionRow is a session.
type sessionRow struct {
	ID         session.ID      `cbor:"1,keyasint"`
	IdentityID identity.ID     `cbor:"2,keyasint"`
	Methods    []session.Proof `cbor:"3,keyasint"`
	AAL        string          `cbor:"4,keyasint"`

	PasskeyToken []byte `cbor:"5,keyasint,omitempty"`
	KratosToken  []byte `cbor:"6,keyasint,omitempty"`
	EndedToken   []byte `cbor:"7,keyasint,omitempty"`

	IssuedAt        time.Time `cbor:"8,keyasint,omitzero"`
	AuthenticatedAt time.Time `cbor:"9,keyasint,omitzero"`
	ExpiresAt       time.Time `cbor:"10,keyasint,omitzero"`
	SeenAt          time.Time `cbor:"11,keyasint,omitzero"`
	EndedAt         time.Time `cbor:"12,keyasint,omitzero"`

	Device session.Device `cbor:"13,keyasint"`
}

// credentialRow is what a sign-in needs of a passkey, and what lists show. What its
// registration said stands in a row of its own.
type credentialRow struct {
	ID           string      `cbor:"1,keyasint"`
	CredentialID []byte      `cbor:"2,keyasint"`
	IdentityID   identity.ID `cbor:"3,keyasint"`
	UserHandle   []byte      `cbor:"4,keyasint"`
	RPID         string      `cbor:"5,keyasint"`
	Name         string      `cbor:"6,keyasint"`

	PublicKey         []byte   `cbor:"7,keyasint"`
	Algorithm         int      `cbor:"8,keyasint"`
	AAGUID            []byte   `cbor:"9,keyasint"`
	Attachment        string   `cbor:"10,keyasint"`
	Transports        []string `cbor:"11,keyasint"`
	AttestationFormat string   `cbor:"12,keyasint"`
	AttestationObject []byte   `cbor:"-"`
	ClientDataJSON    []byte   `cbor:"-"`
	Discoverable      *bool    `cbor:"13,keyasint"`

	BackupEligible bool          `cbor:"14,keyasint"`
	BackupState    bool          `cbor:"15,keyasint"`
	UserVerified   bool          `cbor:"16,keyasint"`
	SignCount      uint32        `cbor:"17,keyasint"`
	UsageCount     int           `cbor:"18,keyasint"`
	Counters       []passkey.Use `cbor:"-"`

	CreatedAt  time.Time `cbor:"19,keyasint,omitzero"`
	UpdatedAt  time.Time `cbor:"20,keyasint,omitzero"`
	LastUsedAt time.Time `cbor:"21,keyasint,omitzero"`
	RevokedAt  time.Time `cbor:"22,keyasint,omitzero"`
}

// tombstone is what of a credential's row says whether it is active: to count them.
type tombstone struct {
	RevokedAt time.Time `json:"revoked_at,omitzero" cbor:"22,keyasint,omitzero"`
}

// usedCredentialRow adds the last uses, packed: there are up to fifty, and each
// sign-in reads and writes them.
type usedCredentialRow struct {
	credentialRow
	Uses []byte `cbor:"23,keyasint"`
}

// registration is what the registration of a passkey said, which the inspector shows
// and an export holds.
type registration struct {
	AttestationObject []byte `cbor:"1,keyasint"`
	ClientDataJSON    []byte `cbor:"2,keyasint"`
	ID                string `cbor:"3,keyasint"` // the passkey's, ours
}

// ceremonyRow is an open ceremony.
type ceremonyRow struct {
	ID         string               `cbor:"1,keyasint"`
	Record     string               `cbor:"2,keyasint"`
	Kind       passkey.Kind         `cbor:"3,keyasint"`
	Challenge  string               `cbor:"4,keyasint"`
	IdentityID identity.ID          `cbor:"5,keyasint,omitempty"`
	Decoy      bool                 `cbor:"6,keyasint,omitempty"`
	Browser    []byte               `cbor:"7,keyasint"`
	Guest      string               `cbor:"8,keyasint,omitempty"`
	Session    json.RawMessage      `cbor:"9,keyasint"`
	Options    json.RawMessage      `cbor:"10,keyasint"`
	RP         passkey.RelyingParty `cbor:"11,keyasint"`
	Name       string               `cbor:"12,keyasint,omitempty"`
	BeganAt    time.Time            `cbor:"13,keyasint"`
	ExpiresAt  time.Time            `cbor:"14,keyasint"`
}

// useLen is how long a use is: seconds 8, nanoseconds 4, counter 4, flags 1.
const useLen = 17

const useBackedUp, useVerified = 1, 2

func packUses(list []passkey.Use) []byte {
	if list == nil {
		return nil
	}
	b := make([]byte, 0, useLen*len(list))
	for _, u := range list {
		flags := byte(0)
		if u.BackupState {
			flags |= useBackedUp
		}
		if u.UserVerified {
			flags |= useVerified
		}
		b = binary.BigEndian.AppendUint64(b, uint64(u.At.Unix()))
		b = binary.BigEndian.AppendUint32(b, uint32(u.At.Nanosecond()))
		b = append(binary.BigEndian.AppendUint32(b, u.SignCount), flags)
	}
	return b
}

func unpackUses(b []byte) ([]passkey.Use, error) {
	if b == nil {
		return nil, nil
	}
	if len(b)%useLen != 0 {
		return nil, errors.New("a use is cut")
	}
	list := make([]passkey.Use, 0, len(b)/useLen+1) // one more comes with the sign-in
	for ; len(b) > 0; b = b[useLen:] {
		list = append(list, passkey.Use{
			At:        time.Unix(int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint32(b[8:]))).UTC(),
			SignCount: binary.BigEndian.Uint32(b[12:]), BackupState: b[16]&useBackedUp != 0, UserVerified: b[16]&useVerified != 0,
		})
	}
	return list, nil
}
