package httpapi

import (
	"errors"
	"io"
	"net/http"

	"sting/backend/fault"
)

// maxCeremony is how many bytes of a recorded ceremony are read: an answer of
// the longest kind that the site takes, and the options beside it.
const maxCeremony = 1 << 20

// explain takes the ceremony in the body apart. The body is the file itself, so
// its members are judged by the explainer and not here.
func (d *Door) explain(w http.ResponseWriter, r *http.Request) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCeremony))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return errTooLarge.Saying("The ceremony is larger than 1 MiB.")
	}
	if err != nil {
		return fault.ErrMalformed.Because(err)
	}
	return doorAnswer(w)(d.Admin.Explain(r.Context(), raw))
}
