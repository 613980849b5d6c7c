package httpapi

import (
	"context"
	"net/http"

	"sting/backend/api"
	"sting/backend/fault"
)

// doctor answers with a report, or follows it: each finding as it comes, and the
// report at the end.
func (d *Door) doctor(w http.ResponseWriter, r *http.Request) error {
	check := r.URL.Query().Get("check")
	switch r.URL.Query().Get("follow") {
	case "", "0":
		return doorAnswer(w)(d.Admin.Examine(r.Context(), check, nil))
	case "1":
	default:
		return fault.ErrInvalidField.In("follow").Saying("follow is 1 or 0.")
	}
	return d.followDoctor(w, r, check)
}

// followDoctor begins the stream with the first finding: what is refused before
// is answered as everywhere.
func (d *Door) followDoctor(w http.ResponseWriter, r *http.Request, check string) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	events, ended := make(chan api.DoctorEvent), make(chan error, 1)
	send := func(e api.DoctorEvent) {
		select {
		case events <- e:
		case <-ctx.Done():
		}
	}
	go func() {
		defer close(events)
		report, err := d.Admin.Examine(ctx, check, func(f api.Finding) { send(api.DoctorEvent{Finding: &f}) })
		if err == nil {
			send(api.DoctorEvent{Report: &report})
		}
		ended <- err
	}()
	first, any := <-events
	if !any {
		return <-ended
	}
	err := doorStreamed(d, w, r, func(streaming context.Context, send func(api.DoctorEvent)) error {
		defer context.AfterFunc(streaming, cancel)()
		send(first)
		for e := range events {
			send(e)
		}
		return <-ended
	})
	cancel()
	for range events { // nobody reads what still comes
	}
	return err
}

func (d *Door) doctorFix(w http.ResponseWriter, r *http.Request) error {
	var body api.DoctorFix
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.Repair(r.Context(), body.Check))
}
