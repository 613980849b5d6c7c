package host

import (
	"context"
	"log/slog"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/browser"
	"sting/backend/browser/virtual"
)

// Bridge is the browser with the virtual authenticator, as the admin verbs use it. All
// fields are required.
type Bridge struct {
	Virtual *virtual.Virtual
	Address func() string // of the lab's pages
	Pin     func() string // of their certificate, as virtual.Visit has it
	Log     *slog.Logger
}

var _ admin.VirtualBridge = (*Bridge)(nil)

// Show implements admin.VirtualBridge. Only the lab's own pages are opened, as
// in the person's own browser.
func (b *Bridge) Show(ctx context.Context, url string, on *api.Desktop) error {
	address, err := browser.Check(url, []string{b.Address()})
	if err != nil {
		return err
	}
	if err := b.Virtual.Visit(ctx, virtual.Visit{URL: address, On: (*virtual.Desktop)(on), Pins: []string{b.Pin()}}); err != nil {
		b.Log.Warn("the page with the virtual authenticator is not shown", "err", err) // the faces get no cause
		return err
	}
	return nil
}

// State implements admin.VirtualBridge.
func (b *Bridge) State(context.Context) (api.Virtual, error) {
	st, err := b.Virtual.State()
	if err != nil {
		return api.Virtual{}, err
	}
	out := api.Virtual{
		Running: st.Running, Browser: st.Browser, PID: st.PID, Pages: st.Pages,
		UserVerification: string(st.Modes.UserVerification), UserPresence: string(st.Modes.UserPresence),
		Signature: string(st.Modes.Signature), Note: st.Note, Keys: []api.VirtualKey{},
	}
	if st.Running {
		out.StartedAt = st.StartedAt.UTC().Format(time.RFC3339)
	}
	for _, k := range st.Keys {
		out.Keys = append(out.Keys, api.VirtualKey{
			ID: k.ID(), RPID: k.RPID, UserName: k.UserName, BackupEligible: k.BackupEligibility, BackupState: k.BackupState,
			SignCount: k.SignCount,
		})
	}
	return out, nil
}

// Change implements admin.VirtualBridge.
func (b *Bridge) Change(ctx context.Context, c api.VirtualChange) error {
	return b.Virtual.Apply(ctx, virtual.Change{Do: virtual.Do(c.Do), Key: c.Key, Counter: c.Counter, To: virtual.Mode(c.To)})
}
