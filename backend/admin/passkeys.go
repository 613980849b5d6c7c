package admin

import (
	"context"

	"sting/backend/api"
	"sting/backend/list"
	"sting/backend/passkey"
)

// Passkeys lists the credentials of everybody, tombstones too.
func (l *Lab) Passkeys(ctx context.Context, q api.Query) (api.Page[api.OwnedPasskey], error) {
	page, err := paged[passkey.Credential, api.OwnedPasskey]{
		orders: []list.Order{list.Newest, list.Name}, stretch: l.Credentials.ListCredentials, find: l.Credentials.FindCredentials,
		texts: func(c passkey.Credential) []string {
			p := l.Wire.OwnedPasskey(c, l.emailOf(ctx, c.IdentityID))
			return []string{p.ID, p.CredentialID, p.Name, p.Email, p.Authenticator}
		},
		show: func(c passkey.Credential) (api.OwnedPasskey, error) { return l.owned(ctx, c), nil },
	}.page(ctx, q)
	return naming(ctx, l, "passkey", q, page, err)
}

func (l *Lab) owned(ctx context.Context, c passkey.Credential) api.OwnedPasskey {
	out := l.Wire.OwnedPasskey(c, l.emailOf(ctx, c.IdentityID))
	_, registered := l.Host.Facts().Parties.ByID(c.RPID)
	out.LeftBehind = !registered
	return out
}

// Passkey finds a credential by our id.
func (l *Lab) Passkey(ctx context.Context, id string) (api.OwnedPasskey, error) {
	c, err := l.Credentials.Credential(ctx, id)
	if err != nil {
		return api.OwnedPasskey{}, err
	}
	return l.owned(ctx, c), nil
}

// RenamePasskey names an active credential.
func (l *Lab) RenamePasskey(ctx context.Context, id, name string) (api.OwnedPasskey, error) {
	c, err := l.Verifying.Rename(ctx, "", id, name)
	if err != nil {
		return api.OwnedPasskey{}, err
	}
	return l.owned(ctx, c), nil
}

// RemovePasskey makes a tombstone of a credential, the last one of a person
// too: the lab's owner may lock a test user out.
func (l *Lab) RemovePasskey(ctx context.Context, id string) error {
	c, err := l.Credentials.Credential(ctx, id)
	if err != nil {
		return err
	}
	if err := l.Verifying.Remove(ctx, "", id, true); err != nil {
		return err
	}
	l.Issued.AnnounceEnded(c.IdentityID)
	return nil
}
