package virtual

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// bridge is one running browser. Everything that touches its pages happens on
// one goroutine, in the order in which it was asked for or was reported.
type bridge struct {
	name      string
	startedAt time.Time
	process   *process
	conn      *conn
	visit     Visit  // that it was started for
	screen    string // where its window is
	keys      *keyring
	log       *slog.Logger
	changed   func()        // called after each change of what summary returns
	elsewhere func()        // called after a page changed a key
	crashed   func(string)  // called when the browser ended and was not asked to
	work      *queue        // of the one goroutine
	ended     chan struct{} // closed when nothing of the browser is left
	watching  *watching     // nil: nobody watches

	pages    map[string]*page // by session; only for the one goroutine
	awaited  map[string]chan *page
	attached int // pages ever

	mu    sync.Mutex
	modes Modes
	count int // pages
	note  string
	asked bool // to end
}

// page is a tab with an authenticator of its own, as the protocol wants it.
type page struct {
	number          int // counts the pages of this browser
	session, target string
	authenticator   string
}

// How long the browser may take to show its first page, for which a cold and
// busy machine needs a while, and to end by itself.
const (
	startTime = 45 * time.Second
	endTime   = 5 * time.Second
)

// start launches the browser and returns when its first page has its
// authenticator.
func start(ctx context.Context, p program, profile, note string, headless bool, b *bridge) (*page, error) {
	var err error
	if b.process, err = launch(p, profile, note, headless, b.visit); err != nil {
		return nil, err
	}
	b.conn, b.work, b.ended = newConn(b.process.to), newQueue(), make(chan struct{})
	b.pages, b.awaited = make(map[string]*page), make(map[string]chan *page)
	go b.live()
	first, err := b.first(ctx)
	if err != nil {
		b.kill()
		return nil, ErrNotStarted.Because(errors.Join(err, saidBy(b.process)))
	}
	return first, nil
}

func saidBy(p *process) error {
	if s := p.said.String(); s != "" {
		return errors.New(s)
	}
	return nil
}

func (b *bridge) first(ctx context.Context) (*page, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	arrived := b.await("")
	err := b.conn.call(ctx, "", "Target.setAutoAttach", map[string]any{
		// A page waits until its authenticator is there: a script that asks at
		// once what the browser can do gets the right answer.
		"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true,
		"filter": []map[string]any{{"type": "page"}},
	}, nil)
	if err != nil {
		return nil, err
	}
	return b.arrival(ctx, arrived)
}

// live lasts as long as the browser.
func (b *bridge) live() {
	var parts sync.WaitGroup
	parts.Go(func() {
		b.conn.read(b.process.from, func(m message) {
			if !b.watching.took(m) {
				b.work.add(func() { b.hear(m) })
			}
		})
	})
	parts.Go(b.work.run)
	parts.Go(b.watching.run)
	if err := b.process.wait(); err != nil {
		b.log.Debug("the lab browser ended", "err", err)
		b.mu.Lock()
		asked := b.asked
		b.mu.Unlock()
		if how, bad := errors.AsType[*exec.ExitError](err); bad && !asked {
			b.crashed(how.Error())
		}
	}
	b.work.end()
	b.watching.end()
	parts.Wait()
	close(b.ended)
	b.changed()
}

// await asks for the page of a target, "" for the first one.
func (b *bridge) await(target string) <-chan *page {
	arrived := make(chan *page, 1)
	b.work.add(func() {
		for _, p := range b.pages {
			if target == "" || p.target == target {
				arrived <- p
				return
			}
		}
		b.awaited[target] = arrived
	})
	return arrived
}

func (b *bridge) arrival(ctx context.Context, arrived <-chan *page) (*page, error) {
	select {
	case p := <-arrived:
		return p, nil
	case <-b.ended:
		return nil, errGone
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// do runs f on the goroutine of the bridge and waits for it.
func (b *bridge) do(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	if !b.work.add(func() { done <- f() }) {
		return ErrNotRunning
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// show leads a page to an address of ours and brings it to the front.
func (b *bridge) show(ctx context.Context, p *page, url string) error {
	var went struct {
		ErrorText string `json:"errorText"`
	}
	if err := b.conn.call(ctx, p.session, "Page.navigate", map[string]any{"url": url}, &went); err != nil {
		return ErrNotShown.Because(err)
	}
	_ = b.conn.call(ctx, "", "Target.activateTarget", map[string]any{"targetId": p.target}, nil) // it is open, maybe behind
	if why := navigation(went.ErrorText); why != nil {
		b.say(why.Message + " " + why.Hint)
		return why
	}
	b.say("")
	return nil
}

// another opens a second page.
func (b *bridge) another(ctx context.Context) (*page, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var made struct {
		TargetID string `json:"targetId"`
	}
	if err := b.conn.call(ctx, "", "Target.createTarget", map[string]any{"url": "about:blank"}, &made); err != nil {
		return nil, err
	}
	return b.arrival(ctx, b.await(made.TargetID))
}

// close asks the browser to end, insists after a few seconds, and returns when
// nothing of it is left.
func (b *bridge) close() {
	b.ask()
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	_ = b.conn.call(ctx, "", "Browser.close", nil, nil) // it may be gone before it answers
	select {
	case <-b.ended:
	case <-ctx.Done():
		b.kill()
	}
}

func (b *bridge) kill() {
	b.ask()
	b.process.child.Kill()
	<-b.ended
}

// ask notes that the browser ends because it is to.
func (b *bridge) ask() {
	b.mu.Lock()
	b.asked = true
	b.mu.Unlock()
}

// over reports whether nothing of the browser is left.
func (b *bridge) over() bool {
	select {
	case <-b.ended:
		return true
	default:
		return false
	}
}

// say notes what a person should know, "" for nothing.
func (b *bridge) say(note string) {
	b.mu.Lock()
	b.note = note
	b.mu.Unlock()
	b.changed()
}

// hear takes up one event.
func (b *bridge) hear(m message) {
	switch m.Method {
	case "Target.attachedToTarget":
		var e struct {
			SessionID  string `json:"sessionId"`
			TargetInfo struct {
				TargetID string `json:"targetId"`
				Type     string `json:"type"`
			} `json:"targetInfo"`
		}
		switch {
		case json.Unmarshal(m.Params, &e) != nil:
		case e.TargetInfo.Type == "iframe":
			b.attachFrame(e.SessionID)
		default:
			b.attach(&page{session: e.SessionID, target: e.TargetInfo.TargetID})
		}
	case "Target.detachedFromTarget":
		var e struct {
			SessionID string `json:"sessionId"`
		}
		if json.Unmarshal(m.Params, &e) == nil {
			b.detach(e.SessionID)
		}
	case "WebAuthn.credentialAdded", "WebAuthn.credentialAsserted", "WebAuthn.credentialUpdated", "WebAuthn.credentialDeleted":
		b.hearKey(m)
	case "Inspector.targetCrashed":
		b.log.Warn("a tab of the lab browser crashed", "browser", b.name, "app", b.visit.App)
		b.say("A tab crashed: reload it, or close it and open the page again.")
	}
}

// equipped says where a page has no authenticator.
func (b *bridge) equipped(err error) {
	if err != nil {
		b.log.Error("a page has no virtual authenticator", "err", err)
		b.say("A tab has no virtual authenticator: close it and open another one.")
	}
}

// attach gives a new page its authenticator and lets it go on.
func (b *bridge) attach(p *page) {
	ctx := context.Background()                                   // each call has its own limit
	_ = b.conn.call(ctx, p.session, "Inspector.enable", nil, nil) // tells a crash of the page; without it, none is told
	if !b.visit.Real {
		b.equipped(b.equip(ctx, p))
	}
	b.attachWatch(ctx, p.session)
	b.attached++
	p.number = b.attached
	b.pages[p.session] = p
	if err := b.conn.call(ctx, p.session, "Runtime.runIfWaitingForDebugger", nil, nil); err != nil {
		b.log.Debug("a page ended before it began", "err", err)
	}
	for _, name := range []string{"", p.target} {
		if arrived := b.awaited[name]; arrived != nil {
			arrived <- p
			delete(b.awaited, name)
		}
	}
	b.counted()
}

// detach forgets a closed page. After the last one the browser ends, also on
// systems where one lives on without a window.
func (b *bridge) detach(session string) {
	b.watching.leave(session)
	if b.pages[session] == nil {
		return
	}
	delete(b.pages, session)
	b.counted()
	if len(b.pages) == 0 {
		b.ask()
		_ = b.conn.call(context.Background(), "", "Browser.close", nil, nil) // it may be gone already
	}
}

func (b *bridge) counted() {
	b.mu.Lock()
	b.count = len(b.pages)
	b.mu.Unlock()
	b.changed()
}

// others returns the pages besides one.
func (b *bridge) others(session string) []*page {
	var out []*page
	for _, p := range b.pages {
		if p.session != session {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y *page) int { return x.number - y.number })
	return out
}
