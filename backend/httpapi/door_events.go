package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

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

// events sends the lab's news.
func (d *Door) events(w http.ResponseWriter, r *http.Request) error {
	return doorStreamed(d, w, r, d.Admin.Events)
}

// doorStreamed sends what follow hands over as server-sent events (HTML, section
// 9.2) until the client goes or the lab ends. A comment every few seconds shows
// that the stream lives.
func doorStreamed[T any](d *Door, w http.ResponseWriter, r *http.Request, follow func(context.Context, func(T)) error) error {
	most := int64(d.Streams)
	if most == 0 {
		most = doorStreams
	}
	if d.open.Add(1) > most {
		d.open.Add(-1)
		return errStreams
	}
	defer d.open.Add(-1)

	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	s := &doorStream{w: w, control: http.NewResponseController(w), broken: cancel}
	if err := s.begin(); err != nil {
		return fault.ErrInternal.Because(err)
	}
	var beats sync.WaitGroup
	beats.Go(func() { s.beat(ctx, d.Beat) })
	err := follow(ctx, func(v T) { s.event(v) })
	cancel()
	beats.Wait()
	if err != nil && !errors.Is(err, context.Canceled) {
		d.Log.Info("stream ended", "path", r.URL.Path, "request_id", requestID(r.Context()), "err", err)
	}
	return nil
}

// doorStream writes server-sent events. The news and the beats come from two
// goroutines.
type doorStream struct {
	mu      sync.Mutex
	w       io.Writer
	control *http.ResponseController
	broken  func() // the client is gone
}

// begin sends the head. A stream outlives the deadlines of its server.
func (s *doorStream) begin() error {
	for _, set := range []func(time.Time) error{s.control.SetReadDeadline, s.control.SetWriteDeadline} {
		if err := set(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return fmt.Errorf("lift deadline: %w", err)
		}
	}
	if rw, ok := s.w.(http.ResponseWriter); ok {
		rw.Header().Set("Content-Type", "text/event-stream")
		rw.Header().Set("Cache-Control", "no-store")
		rw.WriteHeader(http.StatusOK)
	}
	s.write(": the lab's news\n\n")
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
	if every == 0 {
		every = doorBeat
	}
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
