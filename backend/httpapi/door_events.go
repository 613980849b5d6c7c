package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"sting/backend/admin"
	"sting/backend/fault"
)

// What a door allows that says nothing else.
const (
	doorStreams = 16
	doorBeat    = 15 * time.Second
)

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
	s := &doorStream{w: w, control: http.NewResponseController(w), broken: cancel}
	begin := sync.OnceValue(func() error { return s.begin(ctx, cmp.Or(d.Beat, doorBeat)) })
	if !v.Late {
		if err := begin(); err != nil {
			return fault.ErrInternal.Because(err)
		}
	}
	err := d.Admin.Follow(ctx, v, in, func(item any) {
		if begin() == nil {
			s.event(item)
		}
	})
	cancel()
	s.beats.Wait()
	if !s.begun {
		return err
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		d.Log.Info("stream ended", "path", r.URL.Path, "request_id", requestID(r.Context()), "err", err)
	}
	return nil
}

// doorStream writes server-sent events. The news and the beats come from two
// goroutines.
type doorStream struct {
	begun bool
	beats sync.WaitGroup

	mu      sync.Mutex
	w       http.ResponseWriter
	control *http.ResponseController
	broken  func() // the client is gone
}

// begin sends the head, and a sign of life from then on until ctx ends. A stream
// outlives the deadlines of its server.
func (s *doorStream) begin(ctx context.Context, beat time.Duration) error {
	if err := unhurried(s.control); err != nil {
		s.broken()
		return err
	}
	s.begun = true
	s.w.Header().Set("Content-Type", "text/event-stream")
	s.w.Header().Set("Cache-Control", "no-store")
	s.w.WriteHeader(http.StatusOK)
	s.write(": the lab's news\n\n")
	s.beats.Go(func() { s.beat(ctx, beat) })
	return nil
}

func (s *doorStream) event(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		return // the types of package api can't fail
	}
	s.write("data: " + string(b) + "\n\n")
}

func (s *doorStream) beat(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.write(": still here\n\n")
		case <-ctx.Done():
			return
		}
	}
}

func (s *doorStream) write(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.WriteString(s.w, text); err != nil || s.control.Flush() != nil {
		s.broken()
	}
}
