package session

import (
	"context"
	"time"
)

// Browsers remembers which browser signed in to which session, by the hashes of
// the token and of the browser's own cookie. Every port of a host shares its
// cookies, so a session may come along that another program put there: THREATS T29.
type Browsers interface {
	// SignedIn notes that a browser got tokens by a sign-in.
	SignedIn(ctx context.Context, browser []byte, at time.Time, tokens ...string) error
	// SignedInBy reports whether a browser got the token by a sign-in.
	SignedInBy(ctx context.Context, token string, browser []byte) (bool, error)
}
