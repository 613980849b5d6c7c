// Package softkey is an authenticator and the browser in front of it, in
// software: it takes the options that a page would pass to
// navigator.credentials and answers with the JSON of
// PublicKeyCredential.toJSON().
//
// It serves tests, benchmarks, the doctor's self-test and seeds. Its invariant:
// without a Mutation it says only what an honest browser and authenticator
// would say, and it refuses what they would refuse, under the same name.
package softkey

import (
	"cmp"
	"crypto/rand"
	"io"
	"slices"
	"strings"
	"sync"
)

// Authenticator makes and uses passkeys. Its settings may be changed between
// ceremonies, not during one; Create, Get and the other methods are safe for
// concurrent use. The zero value works: nobody is present, nobody is verified,
// and the counter stays 0.
type Authenticator struct {
	// AAGUID names the model of the authenticator. All zeros: unnamed.
	AAGUID [16]byte
	// UserPresent and UserVerified say what a person does when asked: touch the
	// authenticator, and prove who they are. A ceremony that requires
	// verification fails with ErrNotAllowed without the latter.
	UserPresent, UserVerified bool
	// BackupEligible is fixed for a credential when it is made. BackupState is
	// reported at each ceremony, for credentials that are eligible.
	BackupEligible, BackupState bool
	// Attachment is "platform" or "cross-platform". Empty means "platform".
	Attachment string
	// Transports is reported at registration. nil means "internal".
	Transports []string
	// Attestation is "none" or "packed" (self attestation). Empty means as the
	// options ask: packed for any conveyance other than "none".
	Attestation string
	// CounterStep is added to a credential's counter at each sign-in. 0 keeps
	// it at zero, as passkey providers do.
	CounterStep uint32
	// IDLength is the length of new credential IDs in bytes, 1 to 1023. 0 means 32.
	IDLength int
	// Algorithms limits what new credentials can be made with. nil means all
	// that the package knows.
	Algorithms []Algorithm
	// AnyOrigin leaves out the browser's check of the origin against the RP ID,
	// for native apps and related origins.
	AnyOrigin bool
	// Choose picks one of the credentials that could answer a sign-in, the
	// newest first. A number that is not an index means that the person
	// declined. nil means the newest.
	Choose func(candidates []Credential) int
	// Rand is the source of credential IDs and of elliptic keys. nil means the
	// system's. RSA keys always come from the system's, and elliptic signatures
	// need none: with a fixed source an ES256 ceremony can be repeated byte for
	// byte.
	Rand io.Reader

	mu     sync.Mutex
	made   uint64
	byID   map[string]*entry
	byUser map[account]string
}

// Credential is what an authenticator remembers of one passkey, but its key.
type Credential struct {
	ID         []byte
	RPID       string
	UserHandle []byte
	// UserName and DisplayName are what the options called the person.
	UserName, DisplayName string
	Algorithm             Algorithm
	Counter               uint32
	BackupEligible        bool
}

type entry struct {
	Credential
	key    key
	number uint64
}

// account is the key of an authenticator's map of credentials.
// Web Authentication Level 3, §6: one credential per RP ID and user handle.
type account struct{ rpID, userHandle string }

// Option is a setting for New.
type Option func(*Authenticator)

// New returns an authenticator whose person is present and verified, with
// device-bound credentials that count their uses by one, changed by opts.
func New(opts ...Option) *Authenticator {
	a := &Authenticator{UserPresent: true, UserVerified: true, CounterStep: 1}
	for _, opt := range opts {
		opt(a)
	}
	return a
}

// Synced makes an authenticator behave as a passkey provider: backed up, and
// with a counter that stays zero.
func Synced() Option {
	return func(a *Authenticator) {
		a.BackupEligible, a.BackupState = true, true
		a.CounterStep = 0
		a.Transports = []string{"hybrid", "internal"}
	}
}

// SecurityKey makes an authenticator behave as a key on a USB port.
func SecurityKey() Option {
	return func(a *Authenticator) {
		a.Attachment = crossPlatform
		a.Transports = []string{"nfc", "usb"}
	}
}

// Credentials returns the kept credentials, the oldest first.
func (a *Authenticator) Credentials() []Credential {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.list(func(*entry) bool { return true })
}

// Forget removes a credential, as a person does in a password manager. It
// reports whether there was one.
func (a *Authenticator) Forget(id []byte) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.byID[string(id)]
	if !ok {
		return false
	}
	a.drop(e)
	return true
}

// SetCounter sets the number of uses that a credential last reported, to play
// a clone or a restored backup. It reports whether there is such a credential.
func (a *Authenticator) SetCounter(id []byte, uses uint32) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.byID[string(id)]
	if ok {
		e.Counter = uses
	}
	return ok
}

// keep stores e and drops what the same account had before, and what had the
// same ID, which a fixed Rand can repeat.
// Web Authentication Level 3, §6.3.2 step 7.
func (a *Authenticator) keep(e *entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID == nil {
		a.byID, a.byUser = map[string]*entry{}, map[account]string{}
	}
	if old, ok := a.byUser[e.account()]; ok {
		a.drop(a.byID[old])
	}
	if old, ok := a.byID[string(e.ID)]; ok {
		a.drop(old)
	}
	a.made++
	e.number = a.made
	a.byID[string(e.ID)] = e
	a.byUser[e.account()] = string(e.ID)
}

func (a *Authenticator) drop(e *entry) {
	delete(a.byID, string(e.ID))
	delete(a.byUser, e.account())
}

// list copies the entries that match, the oldest first. The caller holds mu.
func (a *Authenticator) list(match func(*entry) bool) []Credential {
	var found []*entry
	for _, e := range a.byID {
		if match(e) {
			found = append(found, e)
		}
	}
	return oldestFirst(found)
}

func oldestFirst(found []*entry) []Credential {
	slices.SortFunc(found, func(x, y *entry) int { return cmp.Compare(x.number, y.number) })
	list := make([]Credential, len(found))
	for i, e := range found {
		list[i] = e.copy()
	}
	return list
}

func (e *entry) account() account { return account{e.RPID, string(e.UserHandle)} }

func (e *entry) copy() Credential {
	c := e.Credential
	c.ID, c.UserHandle = slices.Clone(c.ID), slices.Clone(c.UserHandle)
	return c
}

func (a *Authenticator) random() io.Reader {
	if a.Rand == nil {
		return rand.Reader
	}
	return a.Rand
}

func (a *Authenticator) attachment() string {
	if a.Attachment == "" {
		return platform
	}
	return a.Attachment
}

func (a *Authenticator) transports() []string {
	if a.Transports == nil {
		return []string{"internal"}
	}
	return slices.Clone(a.Transports)
}

// flags is what an honest authenticator says about the person and the
// credential.
func (a *Authenticator) flags(eligible bool) Flags {
	var f Flags
	if a.UserPresent {
		f |= FlagUP
	}
	if a.UserVerified {
		f |= FlagUV
	}
	if eligible {
		f |= FlagBE
		if a.BackupState {
			f |= FlagBS
		}
	}
	return f
}

// ByUserName returns a value for Authenticator.Choose that picks the newest
// credential of that name, and declines when there is none.
func ByUserName(name string) func([]Credential) int {
	return func(candidates []Credential) int {
		return slices.IndexFunc(candidates, func(c Credential) bool { return strings.EqualFold(c.UserName, name) })
	}
}

const (
	platform      = "platform"
	crossPlatform = "cross-platform"
)
