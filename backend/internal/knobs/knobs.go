// Package knobs is what tests alone may change about a lab: no face can name it, and
// nothing of it is a setting.
package knobs

import (
	"context"
	"net/http"
	"net/netip"
	"time"
)

// Knobs are those of one lab. The zero value is the lab that people use.
type Knobs struct {
	// Between stands between the doctor and the site; nil: nothing does.
	Between func(http.RoundTripper) http.RoundTripper
	// Lookup finds where a name leads, and Hosts is the file of the machine's own names;
	// nil: the machine's.
	Lookup func(ctx context.Context, name string) ([]netip.Addr, error)
	Hosts  string
	// Patience is how long a check of the doctor may take; 0: what the check says. A
	// busy machine that runs tests needs more.
	Patience time.Duration
	// HiddenChromium opens the browser for virtual authenticators without a window.
	HiddenChromium bool
	// CheapPasswords weakens the password hash.
	CheapPasswords bool
}
