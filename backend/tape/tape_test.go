package tape_test

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
	"sting/backend/store/storetest"
	"sting/backend/tape"
)

func newTape(s tape.Store) (*tape.Tape, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return &tape.Tape{
		Store: s, Bounds: func() tape.Bounds { return tape.Bounds{Count: 10_000, Bytes: 1 << 26} },
		Bus: new(events.Bus), Log: slog.New(slog.NewTextHandler(log, nil)),
	}, log
}

func taped(id string, state tape.State) tape.Record {
	return tape.Record{ID: id, Kind: "authentication", State: state, BeganAt: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
}

func TestTheTapeWritesBehindTheBackOfCeremonies(t *testing.T) {
	written, _ := newTape(storetest.New(t))
	sub := events.Subscribe[tape.Changed](t.Context(), written.Bus)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { written.Run(ctx) })
	written.Put(taped("one", tape.Running))
	if got := <-sub.C; got != (tape.Changed{ID: "one", State: tape.Running}) {
		t.Errorf("published %+v", got)
	}
	cancel()
	wg.Wait()
	written.Put(taped("two", tape.Verified))
	if r, err := written.Record(t.Context(), "two"); err != nil || r.State != tape.Verified {
		t.Errorf("a pending record is not found: %v, %v", r.State, err)
	}
}

func TestAReaderWhoLeftLosesNoRecord(t *testing.T) {
	s := storetest.New(t)
	written, _ := newTape(s)
	written.Put(taped("one", tape.Verified))
	gone, leave := context.WithCancel(t.Context())
	leave()
	written.Record(gone, "one") // whatever it answers to somebody who left
	if _, err := s.Record(t.Context(), "one"); err != nil {
		t.Error(err)
	}
}

func TestWhatIsPendingWhenTheTapeStopsIsWritten(t *testing.T) {
	s := storetest.New(t)
	written, _ := newTape(s)
	written.Put(taped("one", tape.Verified))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	written.Run(ctx)
	if _, err := s.Record(t.Context(), "one"); err != nil {
		t.Error(err)
	}
}

func TestALaterRecordIsNotOverwrittenByAnEarlierOne(t *testing.T) {
	s := storetest.New(t)
	written, _ := newTape(&slow{Store: s})
	var wg sync.WaitGroup
	for i := range 200 {
		id := fmt.Sprintf("c%03d", i)
		written.Put(taped(id, tape.Running))
		wg.Go(func() { written.Flush(t.Context()) })
		written.Put(taped(id, tape.Rejected))
		wg.Go(func() { written.Flush(t.Context()) })
	}
	wg.Wait()
	list, err := written.Records(t.Context(), "", 1000)
	if err != nil || len(list) != 200 {
		t.Fatalf("%d records, %v", len(list), err)
	}
	for _, r := range list {
		if r.State != tape.Rejected {
			t.Errorf("%s is %s, and it had ended", r.ID, r.State)
		}
	}
}

// slow lets every second write be overtaken.
type slow struct {
	tape.Store
	mu sync.Mutex
	n  int
}

func (s *slow) PutRecords(ctx context.Context, list []tape.Record, b tape.Bounds) error {
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
type stuck struct{ tape.Store }

func (stuck) PutRecords(context.Context, []tape.Record, tape.Bounds) error {
	return errors.New("no space left on device")
}

func TestATapeThatCantBeWrittenCostsBoundedMemoryAndIsSaid(t *testing.T) {
	s := storetest.New(t)
	written, log := newTape(stuck{s})
	for i := range 5000 { // nobody runs the tape
		written.Put(taped(fmt.Sprintf("c%05d", i), tape.Running))
	}
	written.Store = s
	written.Flush(t.Context())
	list, err := written.Records(t.Context(), "", 10_000)
	if err != nil || len(list) != 4096 || list[0].ID != "c04999" {
		t.Errorf("%d records are kept (%v), want the newest 4096", len(list), err)
	}
	if !strings.Contains(log.String(), "count=904") {
		t.Errorf("the log says %q, want that 904 were dropped", log)
	}
	written.Store = stuck{s}
	written.Put(taped("lost", tape.Running))
	written.Flush(t.Context())
	if !strings.Contains(log.String(), "no space left") {
		t.Error("the log does not say that the disk is full")
	}
	if _, err := written.Record(t.Context(), "lost"); !errors.Is(err, tape.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
