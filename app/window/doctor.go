package window

import (
	"context"

	"sting/backend/admin"
	"sting/backend/api"
)

// Doctor is the panel of the checks, and of what the browsers that were here can
// do.
type Doctor struct{ w *Window }

// Examine runs every check, or the one with an id together with what it needs.
// Each finding reaches the page as an event "doctor" as soon as it is known.
func (d *Doctor) Examine(check string) (api.DoctorReport, error) {
	return reported(ask(d.w, func(ctx context.Context, door admin.Door) (api.DoctorReport, error) {
		return door.Examine(ctx, check, func(f api.Finding) { d.w.sh.Emit(eventDoctor, finding(f)) })
	}))
}

// Repair repairs what failed where that is safe, and examines again; check is ""
// for all.
func (d *Doctor) Repair(check string) (api.DoctorReport, error) {
	return reported(ask(d.w, func(ctx context.Context, door admin.Door) (api.DoctorReport, error) {
		return door.Repair(ctx, check)
	}))
}

// Browsers lists what the browsers that visited can do, the latest first.
func (d *Doctor) Browsers() ([]api.BrowserPassport, error) {
	list, err := ask(d.w, func(ctx context.Context, door admin.Door) ([]api.BrowserPassport, error) { return door.Browsers(ctx) })
	return listed(list), err
}

func reported(r api.DoctorReport, err error) (api.DoctorReport, error) {
	r.Changed, r.Findings = listed(r.Changed), listed(r.Findings)
	for i, f := range r.Findings {
		r.Findings[i] = finding(f)
	}
	return r, err
}

func finding(f api.Finding) api.Finding {
	f.Evidence, f.Needs = listed(f.Evidence), listed(f.Needs)
	return f
}
