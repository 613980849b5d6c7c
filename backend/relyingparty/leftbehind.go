package relyingparty

import (
	"context"
	"maps"
	"slices"

	"sting/backend/passkey"
)

// LeftBehind names the relying party IDs, other than the registered ones, that one of
// the first passkeys belongs to: enough for a page to say so at once.
func (r Registry) LeftBehind(ctx context.Context, credentials passkey.Credentials) []string {
	const lookedAt = 500
	list, err := credentials.Credentials(ctx, "", lookedAt)
	if err != nil {
		return nil // what is wrong with the store is said elsewhere
	}
	left := map[string]bool{}
	for _, c := range list {
		if _, registered := r.ByID(c.RPID); c.Active() && c.IdentityID != "" && !registered {
			left[c.RPID] = true
		}
	}
	return slices.Sorted(maps.Keys(left))
}
