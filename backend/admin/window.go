package admin

import (
	"context"
	"time"

	"sting/backend/api"
	"sting/backend/events"
	"sting/backend/fault"
)

// WindowCalled is published when a window is asked to come to the front, and
// when one has.
type WindowCalled struct{ What string }

// What a WindowCalled can say.
const (
	WindowShow = "show"
	WindowHere = "here"
)

// callTime is how long a window may take to answer. A lab that no window shows
// can't be told from one whose window is slow before it is over.
const callTime = 750 * time.Millisecond

// CallWindow lets the windows of one lab find one another: a second one brings the
// first to the front instead of opening. The subscription stands before the call, so
// that no answer is lost.
func (l *Lab) CallWindow(ctx context.Context, c api.WindowCall) (api.WindowAnswer, error) {
	switch c.Do {
	case WindowHere:
		events.Publish(l.Bus, WindowCalled{WindowHere})
		return api.WindowAnswer{Shown: true}, nil
	case WindowShow:
	default:
		return api.WindowAnswer{}, fault.ErrInvalidField.In("do").Saying("A window can't be asked for that.").Hinting(
			"Ask it to show itself: show.")
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	heard := events.Subscribe[WindowCalled](ctx, l.Bus)
	events.Publish(l.Bus, WindowCalled{WindowShow})
	for e := range heard.C {
		if e.What == WindowHere {
			return api.WindowAnswer{Shown: true}, nil
		}
	}
	return api.WindowAnswer{}, nil
}
