package httpapi

import (
	"errors"
	"io"
	"net/http"

	"sting/backend/api"
	"sting/backend/document"
	"sting/backend/fault"
)

// maxImport is how many bytes of exported data are read.
const maxImport = 256 << 20

func (d *Door) snapshots(w http.ResponseWriter, r *http.Request) error {
	list, err := d.Admin.Snapshots(r.Context())
	return doorAnswer(w)(api.Page[api.Snapshot]{Items: list}, err)
}

func (d *Door) saveSnapshot(w http.ResponseWriter, r *http.Request) error {
	var body api.Named
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.SaveSnapshot(r.Context(), body.Name))
}

func (d *Door) removeSnapshot(w http.ResponseWriter, r *http.Request) error {
	return doorRemove(w, r, d.Admin.RemoveSnapshot, "The snapshot was removed.")
}

func (d *Door) restoreSnapshot(w http.ResponseWriter, r *http.Request) error {
	if err := doorNoBody(w, r); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.RestoreSnapshot(r.Context(), r.PathValue("id")))
}

func (d *Door) reset(w http.ResponseWriter, r *http.Request) error {
	var body api.ResetRequest
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.Reset(r.Context(), body))
}

func (d *Door) export(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Export(r.Context(), r.URL.Query().Get("format")))
}

func (d *Door) importState(w http.ResponseWriter, r *http.Request) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxImport))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return errTooLarge.Saying("The file is larger than %d MiB.", maxImport>>20).Hinting("Split the export: it is one JSON object with three lists.")
	}
	if err != nil {
		return fault.ErrMalformed.Saying("The file did not come in whole.").Because(err)
	}
	if why := document.Broken(raw); why != "" {
		return fault.ErrMalformed.Saying("The file is not valid JSON.").Hinting("%s Give a file that `sting export` wrote.", why)
	}
	return doorAnswer(w)(d.Admin.Import(r.Context(), raw))
}
