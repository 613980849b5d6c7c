package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
)

// Content is what people have in a lab, apart from the file it is kept in. Where
// says of each entry where it came from, for sentences about it.
type Content struct {
	People   []Entry[identity.Identity]
	Passkeys []Entry[passkey.Credential]
	Sessions []Entry[session.Session]
}

// Entry is one person, passkey or session of a Content.
type Entry[T any] struct {
	Value T
	Where string // "identities[3]"
	Bad   bool   // something else is wrong with it already, so that it is not looked at
}

// Brought is what became of a Content.
type Brought struct {
	People, Passkeys, Sessions int      // that are new
	Kept                       []string // what was there already and stays as it is, one sentence each
}

// errNothing undoes the transaction of Bring.
var errNothing = errors.New("nothing is brought")

// Bring adds a Content in one transaction: all of it, or with problems nothing. A
// person, passkey or session that is there already stays as it is; nothing of
// another person is touched, which is a problem each: the same id, identifier, user
// handle, credential ID or token. With dry it only says what would become of it.
func (s *Store) Bring(ctx context.Context, c Content, dry bool) (done Brought, found fault.Problems, err error) {
	err = write(ctx, s.db, func(tx *bolt.Tx) error {
		b := newBringing(tx)
		if err := b.all(c); err != nil {
			return err
		}
		if done, found = b.done, b.found; dry || len(found) > 0 {
			return errNothing
		}
		return nil
	})
	if errors.Is(err, errNothing) {
		err = nil
	}
	return done, found, err
}

// bringing is one transaction of Bring. What an entry may not repeat is looked up in
// the transaction, so that it holds among the entries too.
type bringing struct {
	tx    *bolt.Tx
	named map[identity.ID]bool // people of the Content, also bad ones
	seen  map[string]bool      // ids of the Content that were looked at
	done  Brought
	found fault.Problems
}

func newBringing(tx *bolt.Tx) bringing {
	return bringing{tx: tx, named: map[identity.ID]bool{}, seen: map[string]bool{}}
}

func (b *bringing) all(c Content) error {
	for _, e := range c.People {
		b.named[e.Value.ID] = true
	}
	err := each(c.People, b.person)
	if err == nil {
		err = each(c.Passkeys, b.passkey)
	}
	if err == nil {
		err = each(c.Sessions, b.session)
	}
	return err
}

func each[T any](list []Entry[T], bring func(T, string) error) error {
	for _, e := range list {
		if e.Bad {
			continue
		}
		if err := bring(e.Value, e.Where); err != nil {
			return err
		}
	}
	return nil
}

// again reports an id that the Content has twice, in one of its lists: which of the
// two counts nobody could say.
func (b *bringing) again(list, id, where string) bool {
	key := list + id
	if b.seen[key] {
		b.found.Add(where+".id", "Leave one of the two out.", "The id %s comes twice in the file.", identity.Quoted(id))
		return true
	}
	b.seen[key] = true
	return false
}

const (
	anotherID    = "Give the entry another id, or import it into a lab that doesn't have this one."
	leaveOut     = "Leave the entry out, or remove what is there first."
	onePersonOf  = "Each person needs one of their own: leave one of the two out."
	ofNobodyHere = "Bring the person in the same file, or leave the entry out."
)

func (b *bringing) person(i identity.Identity, where string) error {
	if b.again("person ", string(i.ID), where) {
		return nil
	}
	switch have, err := identities.get(b.tx, []byte(i.ID)); {
	case err == nil && bytes.Equal(have.UserHandle, i.UserHandle):
		b.keep("%s: the account is there already and stays as it is.", i.Email())
		return nil
	case err == nil:
		b.found.Add(where+".id", anotherID, "The account %s has this id, with another user handle: they are two people.", have.Email())
		return nil
	case !errors.Is(err, identity.ErrNotFound):
		b.found.Add(where+".id", leaveOut, "A damaged account has this id.")
		return nil
	}
	clear := true
	for n, name := range i.Identifiers {
		if owner := identifiers.get(b.tx, []byte(name)); owner != nil {
			b.found.Add(fmt.Sprintf("%s.identifiers[%d]", where, n), leaveOut, "Another account has %q.", name)
			clear = false
		}
	}
	if owner := userHandles.get(b.tx, i.UserHandle); owner != nil {
		b.found.Add(where+".user_handle", onePersonOf, "Another account has this user handle.")
		clear = false
	}
	if !clear {
		return nil
	}
	b.done.People++
	return putIdentity(b.tx, i)
}

func (b *bringing) passkey(c passkey.Credential, where string) error {
	if b.again("passkey ", c.ID, where) {
		return nil
	}
	have, err := credentials.get(b.tx, []byte(c.ID))
	switch {
	case err == nil && bytes.Equal(have.CredentialID, c.CredentialID) && have.IdentityID == c.IdentityID:
		b.keepPasskey(have, c)
		return nil
	case err == nil:
		b.found.Add(where+".id", anotherID, "The passkey %q has this id, and it is another one.", have.Name)
		return nil
	case !errors.Is(err, passkey.ErrNotFound):
		b.found.Add(where+".id", leaveOut, "A damaged passkey has this id.")
		return nil
	}
	if credentialIDs.get(b.tx, c.CredentialID) != nil {
		b.found.Add(where+".credential_id", leaveOut, "Another passkey has this credential ID.")
		return nil
	}
	if fits, err := b.fits(c, where); err != nil || !fits {
		return err
	}
	b.done.Passkeys++
	return putCredential(b.tx, c)
}

// fits reports whether the passkey may belong to the person that it names. One that
// was removed may outlive its person.
func (b *bringing) fits(c passkey.Credential, where string) (bool, error) {
	person, err := identities.get(b.tx, []byte(c.IdentityID))
	switch {
	case err != nil && b.named[c.IdentityID], err != nil && !c.Active():
		return true, nil // the person's own entry says what is wrong with it
	case err != nil:
		b.found.Add(where+".identity_id", ofNobodyHere, "There is no account %q here.", string(c.IdentityID))
		return false, nil
	case !bytes.Equal(person.UserHandle, c.UserHandle):
		b.found.Add(where+".user_handle", "Write the user handle of the person, or leave the passkey out.", "It is not the one of %s.",
			person.Email())
		return false, nil
	}
	have, err := credentialsUnder(b.tx, c.IdentityID)
	if err == nil && c.Active() && active(have) >= passkey.MaxPasskeys {
		b.found.Add(where, "Leave some out.", "%s would have more than %d passkeys.", person.Email(), passkey.MaxPasskeys)
		return false, nil
	}
	return true, err
}

func (b *bringing) session(v session.Session, where string) error {
	if b.again("session ", string(v.ID), where) {
		return nil
	}
	have, err := sessions.get(b.tx, []byte(v.ID))
	switch {
	case err == nil && have.IdentityID == v.IdentityID:
		b.keep("The session %s is there already and stays as it is.", v.ID)
		return nil
	case err == nil:
		b.found.Add(where+".id", anotherID, "A session of another account has this id.")
		return nil
	case !errors.Is(err, session.ErrNotFound):
		b.found.Add(where+".id", leaveOut, "A damaged session has this id.")
		return nil
	}
	for k, hash := range tokensOf(v) {
		if sessionTokens.get(b.tx, join([]byte(k), hash)) != nil {
			b.found.Add(where+"."+string(k)+"_token", leaveOut, "Another session has this token.")
			return nil
		}
	}
	// Whoever knows an account's id could sign in to it by a session of one's own
	// making; a person's entry shows the user handle too.
	if !b.named[v.IdentityID] {
		b.found.Add(where+".identity_id", ofNobodyHere, "The file has no account %q.", string(v.IdentityID))
		return nil
	}
	b.done.Sessions++
	return createSession(b.tx, v, nil)
}

func (b *bringing) keep(format string, args ...any) {
	b.done.Kept = append(b.done.Kept, fmt.Sprintf(format, args...))
}

func (b *bringing) keepPasskey(have, c passkey.Credential) {
	if c.Active() && !have.Active() {
		b.keep("The passkey %q was removed here, and stays so.", have.Name)
		return
	}
	b.keep("The passkey %q is there already and stays as it is.", have.Name)
}
