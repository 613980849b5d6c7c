package admin

import (
	"context"
	"encoding/json"

	"sting/backend/api"
	"sting/backend/document"
	"sting/backend/fault"
)

// Door answers the verbs in the process.
func (l *Lab) Door() Door { return Door{l.answers()} }

// asked answers a verb that is asked with nothing.
func asked[Out any](f func(context.Context) (Out, error)) func(context.Context, none) (Out, error) {
	return func(ctx context.Context, _ none) (Out, error) { return f(ctx) }
}

// by answers a verb that is asked with an id.
func by[Out any](f func(context.Context, string) (Out, error)) func(context.Context, one) (Out, error) {
	return func(ctx context.Context, in one) (Out, error) { return f(ctx, in.ID) }
}

// doing answers a verb that has nothing to answer but that it is done.
func doing[In any](v Verb[In, done], f func(context.Context, In) error) func(context.Context, In) (done, error) {
	return func(ctx context.Context, in In) (done, error) {
		return done{Success: true, Message: v.Done}, f(ctx, in)
	}
}

func removing(v Verb[one, done], f func(context.Context, string) error) func(context.Context, one) (done, error) {
	return doing(v, func(ctx context.Context, in one) error { return f(ctx, in.ID) })
}

func named(f func(context.Context, string) error) func(context.Context, api.ServiceNamed) error {
	return func(ctx context.Context, in api.ServiceNamed) error { return f(ctx, in.Name) }
}

// listing makes a page of a list that is always whole.
func listing[T any](f func(context.Context) ([]T, error)) func(context.Context) (api.Page[T], error) {
	return func(ctx context.Context) (api.Page[T], error) {
		items, err := f(ctx)
		return api.Page[T]{Items: items}, err
	}
}

func opening(l *Lab) func(context.Context, api.OpenPage) (api.Opened, error) {
	return func(ctx context.Context, in api.OpenPage) (api.Opened, error) {
		if in.Virtual {
			return l.OpenVirtual(ctx, in.Page, in.Desktop)
		}
		return l.Open(ctx, in.Page)
	}
}

func logs(l *Lab) func(context.Context, api.LogOf) (api.Page[api.LogLine], error) {
	return func(ctx context.Context, in api.LogOf) (api.Page[api.LogLine], error) {
		lines, err := l.Logs(ctx, in.Name, in.N)
		return api.Page[api.LogLine]{Items: lines}, err
	}
}

// followCeremonies tells a line for each ceremony that begins or ends.
func followCeremonies(l *Lab) func(context.Context, query, func(api.CeremonySummary)) error {
	return func(ctx context.Context, _ query, f func(api.CeremonySummary)) error {
		return l.Events(ctx, func(e api.Event) {
			if e.Topic != "ceremonies" {
				return
			}
			if v, err := l.Ceremony(ctx, e.ID); err == nil { // else the tape has dropped it
				f(v.CeremonySummary)
			}
		})
	}
}

func followDoctor(l *Lab) func(context.Context, api.Check, func(api.DoctorEvent)) error {
	return func(ctx context.Context, in api.Check, f func(api.DoctorEvent)) error {
		report, err := l.Examine(ctx, in.Check, func(found api.Finding) { f(api.DoctorEvent{Finding: &found}) })
		if err == nil {
			f(api.DoctorEvent{Report: &report})
		}
		return err
	}
}

func importing(l *Lab) func(context.Context, json.RawMessage) (api.Imported, error) {
	return func(ctx context.Context, raw json.RawMessage) (api.Imported, error) {
		if why := document.Broken(raw); why != "" {
			return api.Imported{}, fault.ErrMalformed.Saying("The file is not valid JSON.").Hinting("%s Give a file that `sting export` wrote.",
				why).
				Running("sting export")
		}
		return l.Import(ctx, raw)
	}
}
