// Package passkey runs WebAuthn ceremonies: it issues challenges, verifies what
// comes back, and keeps the credentials that result. It is the only importer of
// go-webauthn.
//
// A ceremony has two halves. Begin stores a challenge and returns options for
// the browser. Finish takes the challenge out of the store before anything is
// verified, so that no challenge is ever answered twice.
package passkey

import (
	"context"
	"encoding/json"
	"time"

	"sting/backend/identity"
	"sting/backend/list"
)

// RelyingParty is the site that credentials belong to, as a value: there may be
// several.
type RelyingParty struct {
	ID               string   // a registrable domain or localhost
	Name             string   // shown by authenticators
	Origins          []string // canonical: scheme, host, port; the first is where the pages are
	OriginsLine      int      // of sting.yml, where it lists them; 0 where it doesn't
	UserVerification string   // "preferred", "required" or "discouraged"
	Timeout          time.Duration
	Problem          string // why no ceremony can work, or ""
	ProblemFix       string // what to do about it
	MitigateEnum     bool   // begin answers alike for known and unknown addresses
}

// Limits of this lab.
const (
	MaxPasskeys          = 10 // active ones a person
	RegistrationLifetime = 10 * time.Minute
	SignInLifetime       = 5 * time.Minute
	MaxNameLength        = 100 // characters of a passkey's name
)

// Kind is one of the two ceremonies of Web Authentication Level 3, section 7.
type Kind string

const (
	Registration   Kind = "registration"
	Authentication Kind = "authentication"
)

// Ceremony is a challenge waiting for its answer.
type Ceremony struct {
	ID         string          `json:"id"`     // the challenge_id of the wire: 128 random bits
	Record     string          `json:"record"` // the ceremony_id of the wire: sorts by time
	Kind       Kind            `json:"kind"`
	Challenge  string          `json:"challenge"`             // base64url
	IdentityID identity.ID     `json:"identity_id,omitempty"` // whose; empty: a discoverable sign-in
	Decoy      bool            `json:"decoy,omitempty"`       // begun for an address that has no passkey
	Browser    []byte          `json:"browser"`               // SHA-256 of the cookie of the browser that began it
	Guest      string          `json:"guest,omitempty"`       // the address, where the browser showed no cookie
	Session    json.RawMessage `json:"session"`               // go-webauthn's SessionData, unchanged
	Options    json.RawMessage `json:"options"`               // as sent
	RP         RelyingParty    `json:"rp"`                    // as it was when the ceremony began
	Name       string          `json:"name,omitempty"`        // of the passkey to be
	BeganAt    time.Time       `json:"began_at"`
	ExpiresAt  time.Time       `json:"expires_at"`
}

// Credential is a credential record: Web Authentication Level 3, section 4.
type Credential struct {
	ID           string      `json:"id"`            // ours, a UUID
	CredentialID []byte      `json:"credential_id"` // the authenticator's, at most 1023 bytes
	IdentityID   identity.ID `json:"identity_id"`
	UserHandle   []byte      `json:"user_handle"`
	RPID         string      `json:"rp_id"`
	Name         string      `json:"name"`

	PublicKey         []byte   `json:"public_key"` // COSE_Key
	Algorithm         int      `json:"algorithm"`  // COSE number
	AAGUID            []byte   `json:"aaguid"`     // 16 bytes
	Attachment        string   `json:"attachment"` // "platform", "cross-platform" or ""
	Transports        []string `json:"transports"`
	AttestationFormat string   `json:"attestation_format"`
	AttestationObject []byte   `json:"attestation_object"`
	ClientDataJSON    []byte   `json:"client_data_json"` // of the registration
	Discoverable      *bool    `json:"discoverable"`     // credProps.rk; nil: not said

	BackupEligible bool   `json:"backup_eligible"`
	BackupState    bool   `json:"backup_state"`
	UserVerified   bool   `json:"user_verified"` // at some time: uvInitialized
	SignCount      uint32 `json:"sign_count"`    // the highest ever received
	UsageCount     int    `json:"usage_count"`
	Counters       []Use  `json:"counters"` // the last uses, oldest first

	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	LastUsedAt time.Time `json:"last_used_at,omitzero"`
	RevokedAt  time.Time `json:"revoked_at,omitzero"` // set: a tombstone
}

// Owned is a credential and whose it is.
type Owned struct {
	Credential
	Person   identity.Identity
	NoPerson error // why the person can't be had: identity.ErrNotFound if they are gone
}

// Use is what one sign-in said of the authenticator.
type Use struct {
	At           time.Time `json:"at"`
	SignCount    uint32    `json:"sign_count"`
	BackupState  bool      `json:"backup_state"`
	UserVerified bool      `json:"user_verified"`
}

// maxUses is how many uses a credential remembers.
const maxUses = 50

// Active reports whether c may be used to sign in.
func (c Credential) Active() bool { return c.RevokedAt.IsZero() }

// used returns c after a verified sign-in. The stored counter is never lowered,
// so that an authenticator set back stays recognisable: THREATS T12.
func (c Credential) used(u Use) Credential {
	c.SignCount = max(c.SignCount, u.SignCount)
	c.BackupState = u.BackupState
	c.UserVerified = c.UserVerified || u.UserVerified
	c.UsageCount++
	c.LastUsedAt, c.UpdatedAt = u.At, u.At
	c.Counters = append(c.Counters, u)
	if extra := len(c.Counters) - maxUses; extra > 0 {
		c.Counters = c.Counters[extra:]
	}
	return c
}

// Credentials keeps credential records.
type Credentials interface {
	// What the registration said (AttestationObject, ClientDataJSON) comes with
	// Credential and Credentials alone: a sign-in needs none of it.

	// AddCredential returns ErrCredentialKnown if anybody has, or had, a
	// credential with this credential ID, and ErrTooMany if the person has
	// MaxPasskeys active ones.
	AddCredential(ctx context.Context, c Credential) error
	// Credential takes our id; ErrNotFound if there is none.
	Credential(ctx context.Context, id string) (Credential, error)
	// CredentialByCredentialID returns tombstones too; ErrUnknownCredential if
	// nobody has, or had, it.
	CredentialByCredentialID(ctx context.Context, credentialID []byte) (Credential, error)
	// Owned returns the same together with whose it is, as both are at one moment.
	Owned(ctx context.Context, credentialID []byte) (Owned, error)
	// CredentialsOf lists a person's credentials, tombstones too, oldest first.
	CredentialsOf(ctx context.Context, id identity.ID) ([]Credential, error)
	// DamagedOf counts a person's credentials that can't be read any more, and
	// that CredentialsOf leaves out.
	DamagedOf(ctx context.Context, id identity.ID) (int, error)
	// UpdateCredential reads, changes and writes in one transaction; an error
	// of change is returned as it is.
	UpdateCredential(ctx context.Context, id string, change func(*Credential) error) (Credential, error)
	// RemoveCredential makes a tombstone of an active credential, and ends the
	// sessions that it made. allow is
	// asked inside the transaction, with the number of the person's active
	// credentials and whether they have a password here.
	RemoveCredential(ctx context.Context, id string, at time.Time, allow func(active int, password bool) error) (Credential, error)
	// Mint notes that this lab made a passkey, before it is kept.
	Mint(rpID string, credentialID, userHandle []byte) error
	// Minted reports whether this lab made the passkey, whatever became of it since;
	// not one without a user handle.
	Minted(rpID string, credentialID, userHandle []byte) bool
	// MintedHandle reports whether this lab made the user handle.
	MintedHandle(userHandle []byte) bool
	// Credentials lists all, in order of id, behind the one called after.
	Credentials(ctx context.Context, after string, limit int) ([]Credential, error)
	// ListCredentials lists in an order, behind a cursor of that order or the
	// passkey whose id it is, at most limit. list.ErrCursor for another.
	ListCredentials(ctx context.Context, o list.Order, after string, limit int) (list.Stretch[Credential], error)
	// FindCredentials finds by words of the name and of the person, and by ids that
	// begin with what is looked for, in an order; none where that would be too many.
	FindCredentials(ctx context.Context, o list.Order, q, after string) (list.Found[Credential], error)
}

// Challenges keeps open ceremonies. It is bounded: the oldest go first, those
// of a browser that opens many before those of others.
type Challenges interface {
	PutCeremony(ctx context.Context, c Ceremony) error
	// TakeCeremony returns the ceremony and removes it in one step.
	// ErrExpiredChallenge if there is none.
	TakeCeremony(ctx context.Context, id string) (Ceremony, error)
	// CeremonyByChallenge finds a ceremony of one browser by its challenge and
	// returns its ID. ErrExpiredChallenge if there is none.
	CeremonyByChallenge(ctx context.Context, browser []byte, challenge string) (string, error)
	// ExpireCeremonies removes and returns those that expired before t, at
	// most limit.
	ExpireCeremonies(ctx context.Context, t time.Time, limit int) ([]Ceremony, error)
	// ProveBrowser remembers that a browser finished a ceremony: those that it
	// begins from now on have room that no flood of strangers reaches. tokens are
	// those that it got by it: session.Browsers finds them.
	ProveBrowser(ctx context.Context, browser []byte, at time.Time, tokens ...string) error
}

// People is what ceremonies ask of the identities.
type People interface {
	Identity(ctx context.Context, id identity.ID) (identity.Identity, error)
	IdentityByIdentifier(ctx context.Context, identifier string) (identity.Identity, error)
	IdentityByUserHandle(ctx context.Context, handle []byte) (identity.Identity, error)
}

// Changed is published when a credential was added, used, renamed or removed.
type Changed struct {
	ID         string
	IdentityID identity.ID
	What       string // "created", "used", "updated", "removed"
}
