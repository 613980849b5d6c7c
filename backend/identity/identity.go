// Package identity owns the people who sign in.
//
// Its one invariant: an identifier (an e-mail address, folded) belongs to at
// most one identity, and a user handle names exactly one.
package identity

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"sting/backend/fault"
	"sting/backend/list"
)

// The faults of this domain.
var (
	ErrNotFound = fault.New(fault.NotFound, "NOT_FOUND", "There is no such account.",
		"`sting users` lists the accounts of this lab.").Running("sting users")
	// ErrPasswordHash means that nobody can be compared with the hash that is kept.
	ErrPasswordHash = fault.New(fault.Unavailable, "PASSWORD_HASH_REFUSED", "The password of this account can't be checked here.",
		"The hash that is kept for it costs too much, or is none. Sign in with a passkey, or set a new password: /recovery sends a code by mail.")
	ErrEmailTaken = fault.New(fault.Conflict, "EMAIL_TAKEN", "An account with this e-mail address exists already.",
		"Sign in at /login, or register with another address.")
)

// ID names an identity: a UUID, the same one Kratos uses.
type ID string

// NewID returns a fresh ID.
func NewID() ID { return ID(uuid.NewString()) }

// State says whether a person may sign in.
type State string

const (
	Active   State = "active"
	Inactive State = "inactive"
)

// Identity is one person.
type Identity struct {
	ID          ID              `json:"id"`
	SchemaID    string          `json:"schema_id"`
	State       State           `json:"state"`
	StateAt     time.Time       `json:"state_at,omitzero"` // when State changed last; zero: never since CreatedAt
	Traits      json.RawMessage `json:"traits"`            // a JSON object, as the identity schema describes it
	Identifiers []string        `json:"identifiers"`       // folded; what a person types to sign in, the e-mail first
	UserHandle  []byte          `json:"user_handle"`       // 32 random bytes: Web Authentication Level 3, section 14.6.1
	Role        string          `json:"role"`              // "user", or "admin" for labels in front ends; it opens nothing

	Password  *Password `json:"password,omitempty"` // nil: none, or kept by a Kratos elsewhere
	Addresses []Address `json:"addresses"`          // where mails go: for verification and recovery

	MetadataPublic json.RawMessage `json:"metadata_public,omitempty"`
	MetadataAdmin  json.RawMessage `json:"metadata_admin,omitempty"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`

	Made bool `json:"-"` // by New, in this process: whoever was read from a file may be another lab's
}

// Password is a hashed password in PHC string format (argon2id, bcrypt).
type Password struct {
	Hash  string    `json:"hash"`
	SetAt time.Time `json:"set_at"`
}

// Address is an e-mail address of a person.
type Address struct {
	ID         string    `json:"id"`
	Value      string    `json:"value"`
	Via        string    `json:"via"` // "email"
	Verify     bool      `json:"verify"`
	Recover    bool      `json:"recover"`
	Verified   bool      `json:"verified"`
	Status     string    `json:"status"` // "pending", "sent", "completed"
	VerifiedAt time.Time `json:"verified_at,omitzero"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// New returns an active identity with a fresh ID and user handle.
func New(now time.Time, schemaID string, traits json.RawMessage, identifiers ...string) Identity {
	handle := make([]byte, 32)
	rand.Read(handle)
	folded := make([]string, 0, len(identifiers))
	for _, s := range identifiers {
		folded = append(folded, Fold(s))
	}
	return Identity{
		ID: NewID(), SchemaID: schemaID, State: Active, Traits: traits, Identifiers: folded,
		UserHandle: handle, Role: "user", CreatedAt: now, UpdatedAt: now, Made: true,
	}
}

// Fold returns the form of an identifier in which it is compared: trimmed and
// in lower case.
func Fold(identifier string) string { return strings.ToLower(strings.TrimSpace(identifier)) }

// Email returns the person's address: the trait "email", or the first
// identifier, or "".
func (i Identity) Email() string {
	var traits struct {
		Email string `json:"email"`
	}
	if json.Unmarshal(i.Traits, &traits) == nil && traits.Email != "" {
		return traits.Email
	}
	if len(i.Identifiers) > 0 {
		return i.Identifiers[0]
	}
	return ""
}

// DisplayName returns the person's name as the traits have it, or the e-mail
// address.
func (i Identity) DisplayName() string {
	var traits struct {
		Name json.RawMessage `json:"name"`
	}
	if json.Unmarshal(i.Traits, &traits) != nil {
		return i.Email()
	}
	var whole string
	var parts struct{ First, Last string }
	switch {
	case json.Unmarshal(traits.Name, &whole) == nil:
	case json.Unmarshal(traits.Name, &parts) == nil:
		whole = parts.First + " " + parts.Last
	}
	if whole = strings.TrimSpace(whole); whole != "" {
		return whole
	}
	return i.Email()
}

// Store keeps identities.
type Store interface {
	// CreateIdentity returns ErrEmailTaken if another identity has one of the
	// identifiers.
	CreateIdentity(ctx context.Context, i Identity) error
	// Identity returns ErrNotFound if there is none.
	Identity(ctx context.Context, id ID) (Identity, error)
	// IdentityByIdentifier takes a folded identifier; ErrNotFound if nobody has it.
	IdentityByIdentifier(ctx context.Context, identifier string) (Identity, error)
	// IdentityByUserHandle returns ErrNotFound if no person has the handle.
	IdentityByUserHandle(ctx context.Context, handle []byte) (Identity, error)
	// UpdateIdentity reads, changes and writes in one transaction; an error of
	// change is returned as it is and nothing is written. Identifiers that
	// change keep their index: ErrEmailTaken if another identity has one. Another
	// password, or the state inactive, ends all sessions of the person with it.
	UpdateIdentity(ctx context.Context, id ID, change func(*Identity) error) (Identity, error)
	// DeleteIdentity removes the person, ends their sessions and leaves
	// tombstones of their passkeys. ErrNotFound if there is none.
	DeleteIdentity(ctx context.Context, id ID) error
	// Identities lists in order of ID, behind the one called after, at most
	// limit.
	Identities(ctx context.Context, after ID, limit int) ([]Identity, error)
	// ListIdentities lists in an order, behind a cursor of that order or the
	// person whose id it is, at most limit. list.ErrCursor for another.
	ListIdentities(ctx context.Context, o list.Order, after string, limit int) (list.Stretch[Identity], error)
	// FindIdentities finds by words and ids that begin with what is looked for,
	// in an order; nobody where that would be too many.
	FindIdentities(ctx context.Context, o list.Order, q, after string) (list.Found[Identity], error)
}

// Changed is published when a person was created, changed or deleted.
type Changed struct {
	ID   ID
	What string // "created", "updated", "deleted"
}
