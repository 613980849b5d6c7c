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
	return doorStreamed(d, w, r, func(ctx context.Context, send func(api.DoctorEvent)) error {
		report, err := d.Admin.Examine(ctx, check, func(f api.Finding) { send(api.DoctorEvent{Finding: &f}) })
		if err == nil {
			send(api.DoctorEvent{Report: &report})
		}
		return err
	})
}

func (d *Door) doctorFix(w http.ResponseWriter, r *http.Request) error {
	var body api.DoctorFix
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.Repair(r.Context(), body.Check))
}
