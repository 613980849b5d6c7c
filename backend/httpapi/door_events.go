package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"sting/backend/admin"
	"sting/backend/fault"
	"sting/backend/loopback"
)

// doorStreams is what a door allows that says nothing else.
const doorStreams = 16

var errStreams = &fault.Error{
	Kind: fault.TooMany, Code: "TOO_MANY", Message: "Too many programs follow the lab's news already.",
	Hint: "Close one of them; a window and a terminal need one stream each.", RetryAfter: 5 * time.Second,
}

// follow sends what a stream tells as server-sent events (HTML, section 9.2)
// until the client goes or the lab ends. A comment every few seconds shows that
// the stream lives. What is refused before it begins is answered as everywhere.
func (d *Door) follow(w http.ResponseWriter, r *http.Request, v admin.Spec, in any) error {
	if v.Before != nil {
		if _, err := d.Admin.Call(r.Context(), *v.Before, in); err != nil {
			return err
		}
	}
	most := int64(cmp.Or(d.Streams, doorStreams))
	if d.open.Add(1) > most {
		d.open.Add(-1)
		return errStreams
	}
	defer d.open.Add(-1)

	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	var s *loopback.Stream // nil: it has not begun
	begin := sync.OnceValue(func() (err error) {
		s, err = loopback.Begin(ctx, w, cmp.Or(d.Beat, loopback.Beat), cancel)
		return err
	})
	if !v.Late {
		if err := begin(); err != nil {
			return fault.ErrInternal.Because(err)
		}
	}
	err := d.Admin.Follow(ctx, v, in, func(item any) {
		if begin() == nil {
			s.Send(item)
		}
	})
	cancel()
	if s == nil {
		return err
	}
	s.Wait()
	if err != nil && !errors.Is(err, context.Canceled) {
		d.Log.Info("stream ended", "path", r.URL.Path, "request_id", requestID(r.Context()), "err", err)
	}
	return nil
}
