package passkey

import (
	"context"
	"fmt"
	"strings"

	"sting/backend/fault"
)

// Copies are the snapshots of the lab's data, which a person can put back.
type Copies interface {
	// Holding names the copies in which the credential may be used to sign in. An
	// error means that one can't be read.
	Holding(ctx context.Context, credentialID []byte) ([]string, error)
}

// Advice is what a page may tell the password manager about a passkey that can't
// be used any more. Everything that a developer runs shares the RP ID localhost,
// and a browser takes such a word from any page: THREATS T26.
type Advice string

const (
	Leave Advice = "leave" // say nothing: it isn't the lab's, or the lab still has it
	Ask   Advice = "ask"   // only when the person says so: an undo would bring it back
	Tell  Advice = "tell"  // it was the lab's, and nothing brings it back
)

// Unknown is a passkey that came to the lab, or was removed from it, and what to
// make of it. As an error it is the cause of a refused sign-in.
type Unknown struct {
	Advice       Advice
	RPID         string
	CredentialID []byte
	Reason       string // a sentence
	Next         string // what to do about it
	what         string // for the record: what was found out about the credential
}

// Error returns what was found out and what follows from it.
func (s *Unknown) Error() string {
	if s.what == "" {
		return s.Reason
	}
	return s.what + ". " + s.Reason
}

// Unknown judges a passkey of rpID that nobody can sign in with here, for a page of
// rp.
func (s *Ceremonies) Unknown(ctx context.Context, rp RelyingParty, rpID string, credentialID, userHandle []byte) *Unknown {
	found := &Unknown{Advice: Leave, RPID: rpID, CredentialID: credentialID}
	c, err := s.Credentials.CredentialByCredentialID(ctx, credentialID)
	if err == nil && c.Active() {
		found.Reason = "The lab still has this passkey, so the password manager keeps it."
		found.Next = "Sign in another way; nothing was removed."
		return found
	}
	if !s.Credentials.Minted(rpID, credentialID, userHandle) {
		found.Reason = "This lab never made the passkey: it is of another program on this host, left alone."
		found.Next = fmt.Sprintf("Choose another passkey, or sign in another way. Don't delete this one: every program on this machine shares "+
			"the RP ID %s, and the one that made it may still use it.", rpID)
		return found
	}
	if rp.ID != rpID {
		found.Reason = fmt.Sprintf("It belongs to the RP ID %s and this page to %s, so the password manager keeps it.", rpID, rp.ID)
		found.Next = fmt.Sprintf("Delete it by hand under %s.", rpID)
		return found
	}
	return s.whileItCanComeBack(ctx, found)
}

// whileItCanComeBack asks for the person's word where a snapshot would bring a
// passkey back, or can't be asked.
func (s *Ceremonies) whileItCanComeBack(ctx context.Context, found *Unknown) *Unknown {
	var held []string
	var err error
	if s.Copies != nil {
		held, err = s.Copies.Holding(ctx, found.CredentialID)
	}
	switch {
	case err != nil:
		found.Advice = Ask
		found.Reason = "Whether a snapshot still has this passkey can't be told, so the password manager keeps it."
		found.Next = "Look at `sting snapshot list`, or remove it from the password manager yourself: no restore would make it work again."
	case len(held) > 0:
		found.Advice = Ask
		found.Reason = fmt.Sprintf("The snapshot %s still has this passkey, so the password manager keeps it.", some(held))
		found.Next = fmt.Sprintf("`sting snapshot restore %s` brings it back. Once it is removed from the password manager, no restore makes "+
			"it work again.", held[0])
	default:
		found.Advice = Tell
		found.Reason = "This lab made the passkey, and nothing brings it back."
		found.Next = "Sign in another way, or with another passkey."
	}
	return found
}

func some(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// unknown makes a refusal say whose passkey it is.
func (s *Ceremonies) unknown(ctx context.Context, f *fault.Error, cer Ceremony, ans answer, what string) error {
	found := s.Unknown(ctx, cer.RP, cer.RP.ID, ans.id, ans.userHandle)
	found.what = what
	return f.Hinting("%s %s", found.Reason, found.Next).Because(found)
}
