package backend

import (
	"context"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/browser"
	"sting/backend/browser/virtual"
	"sting/backend/events"
)

func (p *parts) newVirtual() *virtual.Virtual {
	return virtual.New(virtual.Options{
		Dir: p.lab.opts.Home, Path: p.lab.opts.Chromium, Headless: p.lab.opts.HiddenChromium, Now: p.lab.clock.Machine,
		Changed: func() { events.Publish(p.bus, admin.VirtualChanged{}) }, Log: p.lab.log,
	})
}

// bridge is what the admin verbs ask of the browser with the virtual
// authenticator.
type bridge parts

var _ admin.VirtualBridge = (*bridge)(nil)

// Show implements admin.VirtualBridge. Only the lab's own pages are opened, as
// in the person's own browser.
func (b *bridge) Show(ctx context.Context, url string, on *api.Desktop) error {
	address, err := browser.Check(url, []string{(*parts)(b).address()})
	if err != nil {
		return err
	}
	if err := b.virtual.OpenOn(ctx, (*virtual.Desktop)(on), address); err != nil {
		b.lab.log.Warn("the page with the virtual authenticator is not shown", "err", err) // the faces get no cause
		return err
	}
	return nil
}

// State implements admin.VirtualBridge.
func (b *bridge) State(context.Context) (api.Virtual, error) {
	st, err := b.virtual.State()
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
func (b *bridge) Change(ctx context.Context, c api.VirtualChange) error {
	return b.virtual.Apply(ctx, virtual.Change{Do: virtual.Do(c.Do), Key: c.Key, Counter: c.Counter, To: virtual.Mode(c.To)})
}
