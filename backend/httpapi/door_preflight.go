package httpapi

import (
	"net/http"

	"sting/backend/api"
)

// preflight says whether a page may hold a ceremony. It changes nothing: it is a
// POST because a URL has no place in a query.
func (d *Door) preflight(w http.ResponseWriter, r *http.Request) error {
	var body api.PreflightRequest
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.Preflight(r.Context(), body))
}
