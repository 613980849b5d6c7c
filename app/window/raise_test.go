package window_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"sting/app/window"
	"sting/backend/admin/admintest"
	"sting/backend/api"
)

func TestAWindowThatIsLookedForComesToTheFrontAndSaysSo(t *testing.T) {
	door := &admintest.Door{News: make(chan api.Event)}
	_, page := open(t, attachedTo(door))
	hears(t, page, `window {"phase":"running"`)
	door.News <- api.Event{Topic: "window", What: "show"}
	hears(t, page, "shown")
	door.News <- api.Event{Topic: "clock"}
	hears(t, page, `lab {"topic":"clock"`) // the page itself hears nothing of it
}

func TestASecondWindowFindsTheFirstAndNoneWhereThereIsNone(t *testing.T) {
	home := homeOf(t)
	if window.Raise(t.Context(), home) {
		t.Error("a window came to the front where no lab runs")
	}
	start := attach(home)
	if _, err := start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if window.Raise(t.Context(), home) {
		t.Error("a window came to the front of a lab that none shows")
	}
	_, page := open(t, start) // attaches
	hears(t, page, `window {"phase":"running"`)
	found := make(chan bool, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() {
		for !window.Raise(ctx, home) { // the window may not listen yet
			if ctx.Err() != nil {
				found <- false
				close(page.Heard)
				return
			}
		}
		found <- true
	}()
	for heard := range page.Heard {
		if heard == "shown" {
			break
		}
		if !strings.HasPrefix(heard, "lab ") {
			t.Fatalf("the page heard %s", heard)
		}
	}
	if !<-found {
		t.Error("the window that came to the front was not heard")
	}
}
