package tape

import (
	"context"
	"log/slog"
	"sync"

	"sting/backend/events"
)

// Tape writes records behind the back of the ceremonies. Put returns at once;
// Run does the writing, many records in one transaction.
type Tape struct {
	Store  Store
	Bounds func() Bounds
	Bus    *events.Bus
	Log    *slog.Logger
	// Silent says of a record that nobody is to hear of it; nil: of none.
	Silent func(Record) bool

	writing sync.Mutex // held from taking what is pending until it is written
	mu      sync.Mutex
	pending []Record
	dropped int
	wake    chan struct{}
	once    sync.Once
}

// maxPending bounds what a disk that stands still can cost in memory.
const maxPending = 4096

// Put hands a record to the tape. It never blocks and never fails.
func (t *Tape) Put(r Record) {
	t.mu.Lock()
	if len(t.pending) >= maxPending {
		t.pending = t.pending[1:]
		t.dropped++
	}
	t.pending = append(t.pending, r)
	t.mu.Unlock()
	select {
	case t.waker() <- struct{}{}:
	default:
	}
}

func (t *Tape) waker() chan struct{} {
	t.once.Do(func() { t.wake = make(chan struct{}, 1) })
	return t.wake
}

// Run writes until ctx ends, and then what is left.
func (t *Tape) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			t.Flush(ctx)
			return
		case <-t.waker():
			t.Flush(ctx)
		}
	}
}

// Flush writes what is pending, in the order it came: two that overtake each
// other would leave a finished ceremony running for ever. The end of ctx does not
// stop it: what is taken out of the queue for a reader who left is still written.
func (t *Tape) Flush(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	t.writing.Lock()
	defer t.writing.Unlock()
	t.mu.Lock()
	list, dropped := t.pending, t.dropped
	t.pending, t.dropped = nil, 0
	t.mu.Unlock()
	if dropped > 0 {
		t.Log.Error("records of ceremonies were dropped: the tape can't be written fast enough", "count", dropped)
	}
	if len(list) == 0 {
		return
	}
	if err := t.Store.PutRecords(ctx, list, t.Bounds()); err != nil {
		t.Log.Error("records of ceremonies could not be written", "count", len(list), "err", err)
		return
	}
	for _, r := range list {
		if t.Silent != nil && t.Silent(r) {
			continue
		}
		events.Publish(t.Bus, Changed{ID: r.ID, State: r.State})
	}
}

// Record returns one record, a pending one too.
func (t *Tape) Record(ctx context.Context, id string) (Record, error) {
	t.Flush(ctx)
	return t.Store.Record(ctx, id)
}

// Records lists the newest first, those older than the one called before.
func (t *Tape) Records(ctx context.Context, before string, limit int) ([]Record, error) {
	t.Flush(ctx)
	return t.Store.Records(ctx, before, limit)
}
