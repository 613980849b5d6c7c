package loopback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Beat is how often a stream shows that it lives.
const Beat = 15 * time.Second

// Stream writes server-sent events (HTML, section 9.2). It is safe for concurrent
// use, since events and beats come from two goroutines. Begin makes one.
type Stream struct {
	beats sync.WaitGroup

	mu      sync.Mutex
	w       http.ResponseWriter
	control *http.ResponseController
	gone    func()
}

// Begin sends the head of a stream, and a comment at every beat until ctx ends. gone
// is called once the client is gone; it should end ctx. Who began waits for the beats.
func Begin(ctx context.Context, w http.ResponseWriter, beat time.Duration, gone func()) (*Stream, error) {
	s := &Stream{w: w, control: http.NewResponseController(w), gone: gone}
	if err := Unhurried(s.control); err != nil {
		gone()
		return nil, err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	s.write(": the news\n\n")
	s.beats.Go(func() { s.beat(ctx, beat) })
	return s, nil
}

// Send sends an event whose data is v as JSON; v is of a type that can't fail at that.
func (s *Stream) Send(v any) {
	if b, err := json.Marshal(v); err == nil {
		s.write("data: " + string(b) + "\n\n")
	}
}

// Wait returns once nothing more is written, which needs an end of the ctx of Begin.
func (s *Stream) Wait() { s.beats.Wait() }

func (s *Stream) beat(ctx context.Context, every time.Duration) {
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

func (s *Stream) write(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.WriteString(s.w, text); err != nil || s.control.Flush() != nil {
		s.gone()
	}
}

// Unhurried lifts the deadlines of the server: a stream, or an answer that is waited
// for, may come later than they allow.
func Unhurried(c *http.ResponseController) error {
	for _, lift := range []func(time.Time) error{c.SetReadDeadline, c.SetWriteDeadline} {
		if err := lift(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return fmt.Errorf("lift deadline: %w", err)
		}
	}
	return nil
}
