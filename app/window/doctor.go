package window

import (
	"context"
	"errors"
	"sync"

	"sting/backend/admin"
	"sting/backend/api"
)

// Doctor is the panel of the checks, and of what the browsers that were here can
// do.
type Doctor struct {
	w *Window

	one  sync.Mutex // held by the examination that runs: the next one waits
	mu   sync.Mutex
	stop context.CancelCauseFunc // of the examination that runs; nil without one
}

// errStopped ends an examination that the person has seen enough of.
var errStopped = errors.New("the examination was stopped")

// Examine runs every check, or the one with an id together with what it needs.
// Each finding reaches the page as an event "doctor" as soon as it is known. One
// that Stop ended answers with what was found until then.
func (d *Doctor) Examine(check string) (api.DoctorReport, error) {
	return reported(ask(d.w, func(ctx context.Context, door admin.Door) (api.DoctorReport, error) {
		d.one.Lock()
		defer d.one.Unlock()
		ctx, stop := context.WithCancelCause(ctx)
		d.stoppable(stop)
		part := api.DoctorReport{Well: true}
		report, err := door.Examine(ctx, check, func(f api.Finding) {
			if ctx.Err() != nil {
				return // nobody looked: it was given up
			}
			part.Well = part.Well && f.Verdict != "failed"
			part.Findings = append(part.Findings, f)
			d.w.sh.Emit(eventDoctor, finding(f))
		})
		d.stoppable(nil)
		stop(nil)
		if errors.Is(context.Cause(ctx), errStopped) {
			return part, nil
		}
		return report, err
	}))
}

// Stop ends the examination that runs; without one it does nothing.
func (d *Doctor) Stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stop != nil {
		d.stop(errStopped)
	}
}

func (d *Doctor) stoppable(stop context.CancelCauseFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stop = stop
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

// Preflight says whether a page may hold a ceremony for a relying party ID, each
// "" for the lab's own, and by which rule not.
func (d *Doctor) Preflight(r api.PreflightRequest) (api.Preflight, error) {
	p, err := ask(d.w, func(ctx context.Context, door admin.Door) (api.Preflight, error) { return door.Preflight(ctx, r) })
	p.Families, p.Rules = listed(p.Families), listed(p.Rules)
	for i := range p.Families {
		p.Families[i].Covers = listed(p.Families[i].Covers)
	}
	return p, err
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
