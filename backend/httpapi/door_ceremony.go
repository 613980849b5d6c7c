package httpapi

import (
	"context"
	"net/http"

	"sting/backend/api"
)

func (d *Door) ceremony(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Ceremony(r.Context(), r.PathValue("id")))
}

func (d *Door) passkeyDetails(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.PasskeyDetails(r.Context(), r.PathValue("id")))
}

// followCeremonies sends a line for each ceremony that begins or ends.
func (d *Door) followCeremonies(w http.ResponseWriter, r *http.Request) error {
	return doorStreamed(d, w, r, func(ctx context.Context, f func(api.CeremonySummary)) error {
		return d.Admin.Events(ctx, func(e api.Event) {
			if e.Topic != "ceremonies" {
				return
			}
			if v, err := d.Admin.Ceremony(ctx, e.ID); err == nil { // else the tape has dropped it
				f(v.CeremonySummary)
			}
		})
	})
}

func (d *Door) mock(w http.ResponseWriter, r *http.Request) error {
	var body api.MockRequest
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.Mock(r.Context(), body))
}
