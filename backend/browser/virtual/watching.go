package virtual

import (
	"context"
	"time"

	"sting/backend/apps/watched"
	"sting/backend/browser/watch"
)

// watching sees what the pages of one browser do with passkeys, on a goroutine of its
// own: what it asks the browser keeps no page waiting for its authenticator.
type watching struct {
	*watch.Watch
	work *queue
}

// watch begins before the browser runs. Nobody watches where seen is nil.
func (b *bridge) watch(seen func(watched.Ceremony), now func() time.Time) {
	if seen == nil {
		return
	}
	w := &watching{work: newQueue()}
	w.Watch = watch.New(watch.Needs{
		Call: func(ctx context.Context, session, method string, params, out any) error {
			return b.conn.call(ctx, session, method, params, out)
		},
		Later: func(d time.Duration, do func()) { time.AfterFunc(d, func() { w.work.add(do) }) },
		Seen:  seen,
		Now:   now,
	})
	b.watching = w
}

// took reports whether an event is about what is watched; then it was taken up.
func (w *watching) took(m message) bool {
	if w == nil || !watch.Wants(m.Method) {
		return false
	}
	w.work.add(func() { w.Hear(m.Session, m.Method, m.Params) })
	return true
}

func (w *watching) leave(session string) {
	if w != nil {
		w.work.add(func() { w.Leave(session) })
	}
}

func (w *watching) run() {
	if w != nil {
		w.work.run()
	}
}

func (w *watching) end() {
	if w != nil {
		w.work.add(w.LeaveAll)
		w.work.end()
	}
}

// attachWatch prepares a page, or a frame that has a process of its own, and the frames
// in it.
func (b *bridge) attachWatch(ctx context.Context, session string) {
	if b.watching == nil {
		return
	}
	err := b.watching.Attach(ctx, session)
	if err == nil {
		err = b.conn.call(ctx, session, "Target.setAutoAttach", map[string]any{
			"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": []map[string]any{{"type": "iframe"}},
		}, nil)
	}
	if err != nil {
		b.log.Error("a page is not watched", "err", err)
	}
}

// attachFrame takes up a frame of another site, which has a process of its own.
func (b *bridge) attachFrame(session string) {
	ctx := context.Background() // each call has its own limit
	b.attachWatch(ctx, session)
	if err := b.conn.call(ctx, session, "Runtime.runIfWaitingForDebugger", nil, nil); err != nil {
		b.log.Debug("a frame ended before it began", "err", err)
	}
}
