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

// Stray is a passkey that came to the lab, or was removed from it, and what to
// make of it. As an error it is the cause of a refused sign-in.
type Stray struct {
	Advice       Advice
	RPID         string
	CredentialID []byte
	Reason       string // a sentence
	Next         string // what to do about it
	what         string // for the record: what was found out about the credential
}

// Error returns what was found out and what follows from it.
func (s *Stray) Error() string {
	if s.what == "" {
		return s.Reason
	}
	return s.what + ". " + s.Reason
}

// Stray judges a passkey of rpID that nobody can sign in with here, for a page of
// rp.
func (s *Ceremonies) Stray(ctx context.Context, rp RelyingParty, rpID string, credentialID, userHandle []byte) *Stray {
	stray := &Stray{Advice: Leave, RPID: rpID, CredentialID: credentialID}
	c, err := s.Credentials.CredentialByCredentialID(ctx, credentialID)
	if err == nil && c.Active() {
		stray.Reason = "The lab still has this passkey, so the password manager keeps it."
		stray.Next = "Sign in another way; nothing was removed."
		return stray
	}
	if !s.Credentials.Minted(rpID, credentialID, userHandle) {
		stray.Reason = "This lab never made the passkey: it is of another program on this host, left alone."
		stray.Next = fmt.Sprintf("Choose another passkey, or sign in another way. Don't delete this one: every program on this machine shares the RP ID %s, and the one that made it may still use it.", rpID)
		return stray
	}
	if rp.ID != rpID {
		stray.Reason = fmt.Sprintf("It belongs to the RP ID %s and this page to %s, so the password manager keeps it.", rpID, rp.ID)
		stray.Next = fmt.Sprintf("Delete it by hand under %s.", rpID)
		return stray
	}
	return s.whileItCanComeBack(ctx, stray)
}

// whileItCanComeBack asks for the person's word where a snapshot would bring a
// passkey back, or can't be asked.
func (s *Ceremonies) whileItCanComeBack(ctx context.Context, stray *Stray) *Stray {
	var held []string
	var err error
	if s.Copies != nil {
		held, err = s.Copies.Holding(ctx, stray.CredentialID)
	}
	switch {
	case err != nil:
		stray.Advice = Ask
		stray.Reason = "Whether a snapshot still has this passkey can't be told, so the password manager keeps it."
		stray.Next = "Look at `sting snapshot list`, or remove it from the password manager yourself: no restore would make it work again."
	case len(held) > 0:
		stray.Advice = Ask
		stray.Reason = fmt.Sprintf("The snapshot %s still has this passkey, so the password manager keeps it.", some(held))
		stray.Next = fmt.Sprintf("`sting snapshot restore %s` brings it back. Once it is removed from the password manager, no restore makes it work again.", held[0])
	default:
		stray.Advice = Tell
		stray.Reason = "This lab made the passkey, and nothing brings it back."
		stray.Next = "Sign in another way, or with another passkey."
	}
	return stray
}

func some(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// astray makes a refusal say whose passkey it is.
func (s *Ceremonies) astray(ctx context.Context, f *fault.Error, cer Ceremony, ans answer, what string) error {
	stray := s.Stray(ctx, cer.RP, cer.RP.ID, ans.id, ans.userHandle)
	stray.what = what
	return f.Hinting("%s %s", stray.Reason, stray.Next).Because(stray)
}
