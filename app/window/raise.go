package window

import (
	"context"
	"time"

	"sting/backend/admin"
	"sting/backend/admin/client"
	"sting/backend/api"
)

// topicWindow is the lab's word that somebody looks for a window.
const topicWindow = "window"

// calling bounds the wait for the lab and for a window of it: past it a window of
// one's own is the better answer.
const calling = 3 * time.Second

// Raise brings the window to the front that already shows the lab of a home
// folder, and reports whether there is one. Any trouble on the way means that
// there is none: the window that opens then says what the trouble is.
func Raise(ctx context.Context, home string) bool {
	if generating {
		return false // bindings are made of this process, not of a lab
	}
	door, err := client.Dial(home)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, calling)
	defer cancel()
	answer, err := door.CallWindow(ctx, api.WindowCall{Do: admin.WindowShow})
	return err == nil && answer.Shown
}

// answer brings this window to the front and says so. It doesn't wait: the
// events that come behind must not.
func (w *Window) answer(ctx context.Context, door admin.Door) {
	w.sh.Show()
	w.wg.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, calling)
		defer cancel()
		if _, err := door.CallWindow(ctx, api.WindowCall{Do: admin.WindowHere}); err != nil && ctx.Err() == nil {
			w.log.Info("nobody heard that the window is here", "error", err)
		}
	})
}
