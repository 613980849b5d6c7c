package httpapi

import (
	"net/http"

	"sting/backend/api"
)

func (d *Door) callWindow(w http.ResponseWriter, r *http.Request) error {
	var body api.WindowCall
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.CallWindow(r.Context(), body))
}
