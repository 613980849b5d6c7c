package transfer

import (
	"context"
	"errors"

	"sting/backend/passkey"
	"sting/backend/store"
)

var _ passkey.Copies = (*Data)(nil)

// Holding implements passkey.Copies. Snapshots that can be read are named beside
// the error of those that can't.
func (d *Data) Holding(ctx context.Context, credentialID []byte) (names []string, err error) {
	snapshots := d.snapshots()
	list, err := snapshots.List()
	for _, snap := range list {
		if stopped := ctx.Err(); stopped != nil {
			return names, errors.Join(err, stopped)
		}
		lives, unread := store.Lives(snapshots.Data(snap.Name), credentialID)
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
