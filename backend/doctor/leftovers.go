package doctor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sting/backend/health"
	"sting/backend/identity"
	"sting/backend/passkey"
)

// maxLookedAt is how many passkeys are read at once.
const maxLookedAt = 500

// leftovers are the active passkeys of other relying party IDs.
type leftovers struct {
	count  map[string]int                      // by ID
	owners map[string]map[identity.ID]struct{} // by ID
}

func (l *leftovers) add(c passkey.Credential) {
	l.count[c.RPID]++
	if l.owners[c.RPID] == nil {
		l.owners[c.RPID] = make(map[identity.ID]struct{})
	}
	l.owners[c.RPID][c.IdentityID] = struct{}{}
}

// leftBehind counts the active passkeys of another relying party ID: no page of
// this one can use them, and they can't be moved.
func (e *examination) leftBehind(ctx context.Context) health.Result {
	registered := e.parties.IDs()
	now := strings.Join(registered, ", ")
	behind := leftovers{make(map[string]int), make(map[string]map[identity.ID]struct{})}
	total := 0
	for after := ""; ; {
		list, err := e.lab.Store.Credentials(ctx, after, maxLookedAt)
		if err != nil {
			return health.Blame(err)
		}
		for _, c := range list {
			after = c.ID
			if !c.Active() || c.IdentityID == "" {
				continue
			}
			total++
			if !slices.Contains(registered, c.RPID) {
				behind.add(c)
			}
		}
		if len(list) < maxLookedAt {
			break
		}
	}
	seen := fmt.Sprintf("%d active passkeys, the relying party ID is %s", total, now)
	if len(behind.count) == 0 {
		return health.Pass(seen)
	}
	var parts []string
	evidence := []string{seen}
	for _, id := range slices.Sorted(maps.Keys(behind.count)) {
		parts = append(parts, fmt.Sprintf("%d of %s", behind.count[id], id))
		evidence = append(evidence, fmt.Sprintf("%s: of %s", id, e.names(ctx, behind.owners[id])))
	}
	return health.Fail(fmt.Sprintf("Passkeys of another relying party ID are left behind (%s): no page of %s can use them.",
		strings.Join(parts, ", "), now),
		"Passkeys can't be moved: set webauthn.config.rp.id back, or let their owners register new ones and remove the old.",
		"sting passkeys", evidence...)
}

// names returns the addresses of a few people, and how many more there are.
func (e *examination) names(ctx context.Context, people map[identity.ID]struct{}) string {
	var names []string
	for _, id := range slices.Sorted(maps.Keys(people)) {
		if len(names) == mostNamed {
			return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), len(people)-mostNamed)
		}
		name := ""
		if i, err := e.lab.Store.Identity(ctx, id); err == nil {
			name = i.Email()
		}
		names = append(names, cmp.Or(name, string(id)))
	}
	return strings.Join(names, ", ")
}
