package events_test

import (
	"context"
	"testing"
	"testing/synctest"

	"sting/backend/events"
)

type arrived struct{ n int }
type other struct{}

func TestPublish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bus events.Bus
		ctx, cancel := context.WithCancel(t.Context())
		sub := events.Subscribe[arrived](ctx, &bus)

		events.Publish(&bus, other{})
		for n := range 100 {
			events.Publish(&bus, arrived{n})
		}
		cancel()
		synctest.Wait()

		first := <-sub.C
		if want := 100 - 64; first.n != want {
			t.Errorf("first event = %d, want %d: the oldest should go first", first.n, want)
		}
		rest := 0
		for range sub.C {
			rest++
		}
		if rest != 63 {
			t.Errorf("got %d more events, want 63", rest)
		}
		if got := sub.Missed(&bus); got != 36 {
			t.Errorf("Missed() = %d, want 36", got)
		}
	})
}

func BenchmarkPublish(b *testing.B) {
	var bus events.Bus
	for range 4 {
		sub := events.Subscribe[arrived](b.Context(), &bus)
		go func() {
			for range sub.C {
			}
		}()
	}
	b.ReportAllocs()
	for b.Loop() {
		events.Publish(&bus, arrived{1})
	}
}
