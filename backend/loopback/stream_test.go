package loopback_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sting/backend/loopback"
)

// page takes a stream, until it is gone.
type page struct {
	header http.Header
	status int
	came   bytes.Buffer
	gone   atomic.Bool
	lifted []time.Time
	late   error // of a deadline that is lifted
}

func (p *page) Header() http.Header { return p.header }
func (p *page) WriteHeader(s int)   { p.status = s }
func (p *page) Flush()              {}
func (p *page) Write(b []byte) (int, error) {
	if p.gone.Load() {
		return 0, errors.New("gone")
	}
	return p.came.Write(b)
}
func (p *page) SetReadDeadline(d time.Time) error  { p.lifted = append(p.lifted, d); return p.late }
func (p *page) SetWriteDeadline(d time.Time) error { p.lifted = append(p.lifted, d); return p.late }

func TestAStreamTellsEventsAndShowsThatItLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &page{header: make(http.Header)}
		ctx, cancel := context.WithCancel(t.Context())
		s, err := loopback.Begin(ctx, p, time.Second, cancel)
		if err != nil {
			t.Fatal(err)
		}
		s.Send(map[string]string{"a": "one\ntwo"})
		s.Send(func() {}) // no JSON: nothing of it is sent
		time.Sleep(2500 * time.Millisecond)
		synctest.Wait()
		want := ": the news\n\n" + `data: {"a":"one\ntwo"}` + "\n\n" + strings.Repeat(": still here\n\n", 2)
		if got := p.came.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if kind, kept := p.header.Get("Content-Type"), p.header.Get("Cache-Control"); kind != "text/event-stream" || kept != "no-store" ||
			p.status != http.StatusOK {
			t.Errorf("%d, %q, %q", p.status, kind, kept)
		}
		if len(p.lifted) != 2 || !p.lifted[0].IsZero() || !p.lifted[1].IsZero() {
			t.Errorf("the deadlines of its server are %v", p.lifted)
		}
		p.gone.Store(true)
		time.Sleep(time.Second)
		synctest.Wait()
		if ctx.Err() == nil {
			t.Error("nobody hears that the client is gone")
		}
		s.Wait()
	})
}

func TestAStreamThatCannotBeginSaysSo(t *testing.T) {
	p := &page{header: make(http.Header), late: errors.New("closed")}
	ctx, cancel := context.WithCancel(t.Context())
	if s, err := loopback.Begin(ctx, p, time.Second, cancel); !errors.Is(err, p.late) || s != nil || ctx.Err() == nil || p.status != 0 {
		t.Errorf("%v, %v, %v, %d", s, err, ctx.Err(), p.status)
	}
	p.late = http.ErrNotSupported // a server without deadlines has none to lift
	if err := loopback.Unhurried(http.NewResponseController(p)); err != nil {
		t.Error(err)
	}
	if err := loopback.Unhurried(http.NewResponseController(httptest.NewRecorder())); err != nil {
		t.Error(err)
	}
}
