// Package session says who a request belongs to.
//
// The lab has two kinds of session: one it issues after a passkey and one that
// Kratos issues after a password. In the embedded mode both are views of one
// row of this package; the rest of the program does not care which it got. Its
// one invariant: "cannot tell" is never "signed out".
package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/google/uuid"

	"sting/backend/fault"
	"sting/backend/identity"
)

// The faults of this domain.
var (
	ErrNone = fault.New(fault.Unauthenticated, "UNAUTHENTICATED", "Authentication required",
		"Sign in at /login; `/api/auth/status` says what became of an earlier session.")
	// ErrDamaged is a session whose record can't be read any more. It can never be
	// alive again.
	ErrDamaged = fault.New(fault.Unavailable, "STORE_UNAVAILABLE", "The record of this session is damaged.",
		"Sign in again. `sting doctor --fix SV-12` removes the record.").Running("sting doctor --fix SV-12")
	ErrNotFound = fault.New(fault.NotFound, "NOT_FOUND", "There is no such session.",
		"`sting sessions` lists the sessions of this lab.").Running("sting sessions")
	ErrDisagree = fault.New(fault.Conflict, "SESSIONS_DISAGREE", "This browser carries valid sessions of two different people.",
		"Sign out once to end both, then sign in as the person you mean.")
	ErrAmbiguous = fault.New(fault.Invalid, "COOKIE_AMBIGUOUS", "The browser sent two cookies of one name.",
		"Another program on this host has set one of them. Clear the cookies of this host, then sign in again.")
	ErrNotHere = fault.New(fault.Forbidden, "NOT_SIGNED_IN_HERE", "This browser did not sign in to this account.",
		"Another program on this host may have put its session here. Sign out if the account isn't yours; if it is, sign in again at "+
			"/login?refresh=1, then repeat the step.")
	ErrReauth = fault.New(fault.Forbidden, "REAUTH_REQUIRED", "This needs a fresh proof that it is you.",
		"Sign in again at /login?refresh=1, then repeat the step.")
)

// ID names a session: a UUID. It is no secret.
type ID string

// Method is how somebody proved who they are.
type Method string

const (
	Passkey  Method = "passkey"
	Password Method = "password"
	Code     Method = "code"
	Mock     Method = "mock"
)

// Kind is a view of a session: which cookie or token shows it.
type Kind string

const (
	KindPasskey Kind = "passkey" // __Host-sting_session
	KindKratos  Kind = "kratos"  // ory_kratos_session, X-Session-Token
	KindMock    Kind = "mock"    // none: the mock user is shown to whoever asks
	// KindEnded finds the row of a session that ended by the token that it had. It
	// shows nobody: the row is never alive. A sign-out tells by it a token that was
	// signed out already from one that never was.
	KindEnded Kind = "ended"
)

// Session is one person, signed in in one place. Tokens are kept as hashes.
type Session struct {
	ID         ID          `json:"id"`
	IdentityID identity.ID `json:"identity_id"`
	Methods    []Proof     `json:"methods"`
	AAL        string      `json:"aal"` // "aal1"

	PasskeyToken []byte `json:"passkey_token,omitempty"` // SHA-256, or nil: no such view
	KratosToken  []byte `json:"kratos_token,omitempty"`  // SHA-256, or nil: no such view
	EndedToken   []byte `json:"ended_token,omitempty"`   // of one that ended: its KratosToken, or else its PasskeyToken

	IssuedAt        time.Time `json:"issued_at"`
	AuthenticatedAt time.Time `json:"authenticated_at"`
	ExpiresAt       time.Time `json:"expires_at"`
	SeenAt          time.Time `json:"seen_at"`
	EndedAt         time.Time `json:"ended_at,omitzero"`

	Device Device `json:"device"`
}

// Shown is what a token shows at one moment: a session, whose it is, and how many
// active passkeys they have.
type Shown struct {
	Session  Session
	Person   identity.Identity
	Passkeys int
}

// Proof is one way in which a person proved who they are.
type Proof struct {
	Method       Method    `json:"method"`
	AAL          string    `json:"aal"`
	At           time.Time `json:"at"`
	CredentialID string    `json:"credential_id,omitempty"` // our id of the passkey
}

// Device is where a session was made.
type Device struct {
	UserAgent string `json:"user_agent"`
	Address   string `json:"address"` // of the client, without port
}

// Policy says how long sessions live. All are read at each look, so that a
// change of the configuration counts at once.
type Policy struct {
	Lifespan      time.Duration // from sign-in
	Idle          time.Duration // since last seen; 0: no limit
	PrivilegedAge time.Duration // how fresh a proof has to be
}

// New returns a session that begins now. It carries no token yet.
func New(now time.Time, p Policy, id identity.ID, proof Proof, d Device) Session {
	proof.At, proof.AAL = now, "aal1"
	return Session{
		ID: ID(uuid.NewString()), IdentityID: id, Methods: []Proof{proof}, AAL: "aal1",
		IssuedAt: now, AuthenticatedAt: now, ExpiresAt: now.Add(p.Lifespan), SeenAt: now, Device: d,
	}
}

// Method returns the latest way in which the person proved who they are.
func (s Session) Method() Method {
	if len(s.Methods) == 0 {
		return ""
	}
	return s.Methods[len(s.Methods)-1].Method
}

// Token returns the hash of the token that shows s as a view, nil where s has none.
func (s Session) Token(k Kind) []byte {
	switch k {
	case KindPasskey:
		return s.PasskeyToken
	case KindKratos:
		return s.KratosToken
	case KindEnded:
		return s.EndedToken
	}
	return nil
}

// MadeBy reports whether a passkey of ours is among the proofs that s rests on.
func (s Session) MadeBy(credentialID string) bool {
	return slices.ContainsFunc(s.Methods, func(p Proof) bool { return p.CredentialID == credentialID })
}

// Successor returns the same sign-in under another id, with new tokens for those of
// its views that are named: the tokens of s are good for nothing once it has ended
// (THREATS T09).
func (s Session) Successor(now time.Time, views ...Kind) Issued {
	next := Issued{Session: s}
	next.ID, next.IssuedAt, next.SeenAt, next.EndedAt = ID(uuid.NewString()), now, now, time.Time{}
	next.Session.PasskeyToken, next.Session.KratosToken = nil, nil
	if s.PasskeyToken != nil && slices.Contains(views, KindPasskey) {
		next.PasskeyToken, next.Session.PasskeyToken = NewToken()
	}
	if s.KratosToken != nil && slices.Contains(views, KindKratos) {
		next.KratosToken, next.Session.KratosToken = NewToken()
	}
	return next
}

// Issued is a session together with its tokens, which nobody keeps.
type Issued struct {
	Session
	PasskeyToken string // "": no such view
	KratosToken  string // "": no such view
}

// clockSlack is how far a clock may be corrected without signing anybody out.
const clockSlack = time.Minute

// Alive reports whether s may still be used at now. A session from the future
// may not: the clock was set back since, and it would live longer than promised.
func (s Session) Alive(now time.Time, p Policy) bool {
	if !s.EndedAt.IsZero() || !now.Before(s.ExpiresAt) || now.Before(s.IssuedAt.Add(-clockSlack)) {
		return false
	}
	return p.Idle <= 0 || now.Before(s.SeenAt.Add(p.Idle))
}

// Fresh reports whether the proof is young enough for what needs a fresh one.
// A clock that was set back makes nothing fresh.
func Fresh(authenticatedAt, now time.Time, p Policy) bool {
	age := now.Sub(authenticatedAt)
	return age >= 0 && age < p.PrivilegedAge
}

// NewToken returns 256 random bits in base64url, and the hash under which they
// are kept.
func NewToken() (token string, hash []byte) {
	b := make([]byte, 32)
	rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, Hash(token)
}

// Hash returns what a token is kept as: its SHA-256. Tokens are 256 random
// bits, so a slow hash would add nothing.
func Hash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// Changed is published when a session began, changed or ended.
type Changed struct {
	ID         ID
	IdentityID identity.ID
	What       string // "created", "updated", "ended"
}
