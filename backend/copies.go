package backend

import (
	"context"
	"errors"

	"sting/backend/archive"
	"sting/backend/passkey"
	"sting/backend/store"
)

// copies are the snapshots, as far as passkeys live in them.
type copies struct{ shelf func() archive.Shelf }

var _ passkey.Copies = copies{}

// Holding implements passkey.Copies. Snapshots that can be read are named beside
// the error of those that can't.
func (c copies) Holding(ctx context.Context, credentialID []byte) (names []string, err error) {
	shelf := c.shelf()
	list, err := shelf.List()
	for _, snap := range list {
		if stopped := ctx.Err(); stopped != nil {
			return names, errors.Join(err, stopped)
		}
		lives, unread := store.Lives(shelf.Data(snap.Name), credentialID)
		if lives {
			names = append(names, snap.Name)
		}
		err = errors.Join(err, unread)
	}
	if len(names) > 0 {
		return names, nil // one is enough to ask for a person's word
	}
	return nil, err
}
