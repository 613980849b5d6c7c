package httpapi

import (
	"net/http"

	"sting/backend/api"
)

func (d *Door) virtual(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Virtual(r.Context()))
}

func (d *Door) changeVirtual(w http.ResponseWriter, r *http.Request) error {
	var body api.VirtualChange
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.ChangeVirtual(r.Context(), body))
}
