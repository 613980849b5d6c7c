package window

import (
	"context"

	"sting/backend/admin"
	"sting/backend/api"
)

// Virtual is the panel of the browser with the virtual authenticator.
type Virtual struct{ w *Window }

// Now tells what runs and which keys are kept.
func (v *Virtual) Now() (api.Virtual, error) {
	return v.told(func(ctx context.Context, d admin.Door) (api.Virtual, error) { return d.Virtual(ctx) })
}

// Open shows a page of the site in that browser, which it starts where none
// runs. Opened with an Error: it is open, and shows something else.
func (v *Virtual) Open(page string) (api.Opened, error) {
	return ask(v.w, func(ctx context.Context, d admin.Door) (api.Opened, error) { return d.OpenVirtual(ctx, page, nil) })
}

// Change does one thing to the authenticator, or closes its browser, and tells
// what there is afterwards.
func (v *Virtual) Change(c api.VirtualChange) (api.Virtual, error) {
	return v.told(func(ctx context.Context, d admin.Door) (api.Virtual, error) { return d.ChangeVirtual(ctx, c) })
}

func (v *Virtual) told(verb func(context.Context, admin.Door) (api.Virtual, error)) (api.Virtual, error) {
	out, err := ask(v.w, verb)
	out.Keys = listed(out.Keys)
	return out, err
}
