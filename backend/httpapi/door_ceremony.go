package httpapi

import "net/http"

func (d *Door) ceremony(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Ceremony(r.Context(), r.PathValue("id")))
}

func (d *Door) passkeyDetails(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.PasskeyDetails(r.Context(), r.PathValue("id")))
}
