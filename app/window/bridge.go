package window

import (
	"context"
	"sync"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
)

// Bridge is what is bound into the page: the lab's verbs by their names, and the
// little that only a window can do. Every exported method is callable from
// there, and nothing else is.
type Bridge struct {
	w *Window

	mu        sync.Mutex
	following map[string]context.CancelFunc // streams, by the page's own ids
}

// Bridge returns what is to be bound.
func (w *Window) Bridge() *Bridge { return &Bridge{w: w, following: map[string]context.CancelFunc{}} }

// State says whether there is a lab to show, and why not.
func (b *Bridge) State() State { return b.w.now() }

// Start starts the lab again after it failed or ended.
func (b *Bridge) Start() { b.w.again() }

// Help explains a fault's code. It needs no lab: what failed may be its start.
func (b *Bridge) Help(code string) (api.HelpEntry, error) {
	entry, found := b.w.help(code)
	if !found {
		return api.HelpEntry{}, fault.ErrNotFound.Saying("There is no help on %s.", code).
			Hinting("The message and the hint beside the code are all that is known about it here.")
	}
	return entry, nil
}

// Ask asks the lab for a verb of the table. asked is JSON with all members of the
// question, or the text of the file that the verb takes.
func (b *Bridge) Ask(name, asked string) (any, error) {
	v, in, err := question(name, asked, false)
	if err != nil {
		return nil, err
	}
	return b.w.ask(v, in)
}

// Heard is what the page hears of a stream: an item, or that it ended, and why.
type Heard struct {
	Item  any        `json:"item,omitempty"`
	Ended bool       `json:"ended"`
	Error *api.Error `json:"error,omitempty"`
}

// Follow begins a stream of the table. The page hears each item as an event that
// is called id, and the end as the last one; a stream of the same id ends first.
func (b *Bridge) Follow(id, name, asked string) error {
	v, in, err := question(name, asked, true)
	if err != nil {
		return err
	}
	door, err := b.w.running()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(b.w.ctx)
	b.keep(id, stop)
	b.w.wg.Go(func() {
		defer stop()
		err := door.Follow(ctx, v, in, func(item any) {
			if ctx.Err() == nil { // else nobody listens any more
				b.w.sh.Emit(id, Heard{Item: item})
			}
		})
		if ctx.Err() == nil {
			heard := Heard{Ended: true}
			if err != nil {
				heard.Error = describe(err)
			}
			b.w.sh.Emit(id, heard)
		}
	})
	return nil
}

// Leave ends a stream that nobody listens to any more; the page hears no more of
// it. Without one it does nothing.
func (b *Bridge) Leave(id string) { b.keep(id, nil) }

// keep notes how a stream is ended, and ends the one that had the id before.
func (b *Bridge) keep(id string, stop context.CancelFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old := b.following[id]; old != nil {
		old()
	}
	delete(b.following, id)
	if stop != nil {
		b.following[id] = stop
	}
}

// question finds a verb and reads what it is asked with.
func question(name, asked string, streams bool) (admin.Spec, any, error) {
	v, found := admin.Find(name)
	if !found || v.Streams != streams {
		return v, nil, fault.ErrNotFound.Saying("The lab has no verb called %q that can be asked for like this.", name).
			Hinting("`sting help api` lists all of them.")
	}
	in, err := v.Read(asked)
	return v, in, err
}
