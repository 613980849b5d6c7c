package passkey

import (
	"context"
	"strings"

	"sting/backend/display"
	"sting/backend/events"
	"sting/backend/identity"
)

// Own lists a person's active credentials, oldest first.
func (s *Ceremonies) Own(ctx context.Context, id identity.ID) ([]Credential, error) {
	list, err := s.Credentials.CredentialsOf(ctx, id)
	return living(list), err
}

// Rename names a credential. owner is whose it must be, or "" for the lab's own
// faces; another person's is ErrNotFound.
func (s *Ceremonies) Rename(ctx context.Context, owner identity.ID, id, name string) (Credential, error) {
	name, err := CleanName(name, false)
	if err != nil {
		return Credential{}, err
	}
	c, err := s.Credentials.UpdateCredential(ctx, id, func(c *Credential) error {
		if !c.Active() || (owner != "" && c.IdentityID != owner) {
			return ErrNotFound
		}
		c.Name, c.UpdatedAt = name, s.Now()
		return nil
	})
	if err != nil {
		return Credential{}, err
	}
	events.Publish(s.Bus, Changed{ID: c.ID, IdentityID: c.IdentityID, What: "updated"})
	return c, nil
}

// Remove makes a tombstone of a credential. owner is whose it must be; they may
// not remove their last way in. hasOtherWay says whether the person can sign in
// without a passkey where that is known elsewhere (a Kratos that is not ours).
func (s *Ceremonies) Remove(ctx context.Context, owner identity.ID, id string, hasOtherWay bool) error {
	c, err := s.Credentials.Credential(ctx, id)
	if err != nil {
		return err
	}
	if owner != "" && c.IdentityID != owner {
		return ErrNotFound
	}
	c, err = s.Credentials.RemoveCredential(ctx, id, s.Now(), func(active int, password bool) error {
		if owner != "" && active <= 1 && !password && !hasOtherWay {
			return ErrLastPasskey
		}
		return nil
	})
	if err != nil {
		return err
	}
	events.Publish(s.Bus, Changed{ID: c.ID, IdentityID: c.IdentityID, What: "removed"})
	return nil
}

// CleanName returns a passkey's name without white space around it, or ErrName,
// which says what of it nobody could see.
func CleanName(name string, emptyIsFine bool) (string, error) {
	name = strings.TrimSpace(name)
	n := len([]rune(name))
	if n == 0 && emptyIsFine {
		return "", nil
	}
	if n == 0 || n > MaxNameLength {
		return "", ErrName
	}
	if why := display.Name(name); why != "" {
		return "", ErrName.Hinting("Send a name without it. %s", why)
	}
	return name, nil
}
