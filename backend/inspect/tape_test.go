package inspect_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"sting/backend/events"
	"sting/backend/inspect"
	"sting/backend/store/storetest"
)

func newTape(s inspect.Store) (*inspect.Tape, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return &inspect.Tape{
		Store: s, Bounds: func() inspect.Bounds { return inspect.Bounds{Count: 10_000, Bytes: 1 << 26} },
		Bus: new(events.Bus), Log: slog.New(slog.NewTextHandler(log, nil)),
	}, log
}

func taped(id string, state inspect.State) inspect.Record {
	return inspect.Record{ID: id, Kind: "authentication", State: state, BeganAt: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
}

func TestTheTapeWritesBehindTheBackOfCeremonies(t *testing.T) {
	tape, _ := newTape(storetest.New(t))
	sub := events.Subscribe[inspect.Changed](t.Context(), tape.Bus)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { tape.Run(ctx) })
	tape.Put(taped("one", inspect.Running))
	if got := <-sub.C; got != (inspect.Changed{ID: "one", State: inspect.Running}) {
		t.Errorf("published %+v", got)
	}
	cancel()
	wg.Wait()
	tape.Put(taped("two", inspect.Verified))
	if r, err := tape.Record(t.Context(), "two"); err != nil || r.State != inspect.Verified {
		t.Errorf("a pending record is not found: %v, %v", r.State, err)
	}
}

func TestAReaderWhoLeftLosesNoRecord(t *testing.T) {
	s := storetest.New(t)
	tape, _ := newTape(s)
	tape.Put(taped("one", inspect.Verified))
	gone, leave := context.WithCancel(t.Context())
	leave()
	tape.Record(gone, "one") // whatever it answers to somebody who left
	if _, err := s.Record(t.Context(), "one"); err != nil {
		t.Error(err)
	}
}

func TestWhatIsPendingWhenTheTapeStopsIsWritten(t *testing.T) {
	s := storetest.New(t)
	tape, _ := newTape(s)
	tape.Put(taped("one", inspect.Verified))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tape.Run(ctx)
	if _, err := s.Record(t.Context(), "one"); err != nil {
		t.Error(err)
	}
}

func TestALaterRecordIsNotOverwrittenByAnEarlierOne(t *testing.T) {
	s := storetest.New(t)
	tape, _ := newTape(&slow{Store: s})
	var wg sync.WaitGroup
	for i := range 200 {
		id := fmt.Sprintf("c%03d", i)
		tape.Put(taped(id, inspect.Running))
		wg.Go(func() { tape.Flush(t.Context()) })
		tape.Put(taped(id, inspect.Rejected))
		wg.Go(func() { tape.Flush(t.Context()) })
	}
	wg.Wait()
	list, err := tape.Records(t.Context(), "", 1000)
	if err != nil || len(list) != 200 {
		t.Fatalf("%d records, %v", len(list), err)
	}
	for _, r := range list {
		if r.State != inspect.Rejected {
			t.Errorf("%s is %s, and it had ended", r.ID, r.State)
		}
	}
}

// slow lets every second write be overtaken.
type slow struct {
	inspect.Store
	mu sync.Mutex
	n  int
}

func (s *slow) PutRecords(ctx context.Context, list []inspect.Record, b inspect.Bounds) error {
	s.mu.Lock()
	s.n++
	wait := s.n%2 == 1
	s.mu.Unlock()
	if wait {
		timer := time.NewTimer(time.Millisecond)
		defer timer.Stop()
		<-timer.C
	}
	return s.Store.PutRecords(ctx, list, b)
}

// stuck is a disk that stands still, or is full.
type stuck struct{ inspect.Store }

func (stuck) PutRecords(context.Context, []inspect.Record, inspect.Bounds) error {
	return errors.New("no space left on device")
}

func TestATapeThatCantBeWrittenCostsBoundedMemoryAndIsSaid(t *testing.T) {
	s := storetest.New(t)
	tape, log := newTape(stuck{s})
	for i := range 5000 { // nobody runs the tape
		tape.Put(taped(fmt.Sprintf("c%05d", i), inspect.Running))
	}
	tape.Store = s
	tape.Flush(t.Context())
	list, err := tape.Records(t.Context(), "", 10_000)
	if err != nil || len(list) != 4096 || list[0].ID != "c04999" {
		t.Errorf("%d records are kept (%v), want the newest 4096", len(list), err)
	}
	if !strings.Contains(log.String(), "count=904") {
		t.Errorf("the log says %q, want that 904 were dropped", log)
	}
	tape.Store = stuck{s}
	tape.Put(taped("lost", inspect.Running))
	tape.Flush(t.Context())
	if !strings.Contains(log.String(), "no space left") {
		t.Error("the log does not say that the disk is full")
	}
	if _, err := tape.Record(t.Context(), "lost"); !errors.Is(err, inspect.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
