package store

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// committer lets those who write at the same time share a commit, and with it
// the flush to the disk. There is no timer: a lone writer starts at once, and who
// comes while a commit runs joins the next one, in the order of arrival. One of
// the writers does the work for all of them, in its own goroutine, so that
// whatever bbolt panics with is caught there.
type committer struct {
	mu      sync.Mutex
	busy    bool // somebody commits, or was told to
	waiting []*writer
}

// writer is one who wants to write, and what became of it.
type writer struct {
	do       func(*bolt.Tx) error // may run more than once, and in another's goroutine
	turn     chan bool            // true: commit for all who wait; false: it is done
	leads    bool                 // it was told to commit; guarded by the committer's mu
	err      error
	panicked any // a mistake of this program in do: it goes on in the writer's own goroutine
}

// write has do carried out and committed, by commit, and returns what came of
// it. Where ctx ends before its turn has come, nothing is written.
func (c *committer) write(ctx context.Context, do func(*bolt.Tx) error, commit func([]*writer)) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	w := &writer{do: do, turn: make(chan bool, 1)}
	leads := c.join(w)
	if !leads {
		select {
		case leads = <-w.turn:
		case <-ctx.Done():
			if c.withdraw(w) {
				return fmt.Errorf("wait for the store: %w", ctx.Err())
			}
			leads = <-w.turn
		}
	}
	if leads {
		c.lead(w, commit)
	}
	if w.panicked != nil {
		panic(w.panicked)
	}
	return w.err
}

// join reports whether nobody commits, so that w has to.
func (c *committer) join(w *writer) (leads bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, w)
	leads, c.busy = !c.busy, true
	w.leads = leads
	return leads
}

// withdraw reports whether w could still be taken out: nobody works on it, and
// nobody waits for it to commit.
func (c *committer) withdraw(w *writer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.waiting, w)
	if i < 0 || w.leads {
		return false
	}
	c.waiting = slices.Delete(c.waiting, i, i+1)
	return true
}

// lead commits for all who wait, and passes the work on to one of those who came
// meanwhile.
func (c *committer) lead(w *writer, commit func([]*writer)) {
	c.mu.Lock()
	group := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	defer func() {
		for _, other := range group {
			if other != w {
				other.turn <- false
			}
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.busy = len(c.waiting) > 0
		if c.busy {
			c.waiting[0].leads = true
			c.waiting[0].turn <- true
		}
	}()
	commit(group)
}

// commit carries out a group of writers in one transaction. One that fails or
// panics costs the others nothing: they run again without it.
func (f *file) commit(group []*writer) {
	defer onFault()()
	left := slices.Clone(group)
	for len(left) > 0 {
		failed, err := f.attempt(left)
		if failed >= 0 {
			left = slices.Delete(left, failed, failed+1)
			continue
		}
		if err != nil { // nobody's change is there, and who was refused saw changes that are not
			for _, w := range group {
				w.err = err
			}
		}
		return
	}
}

// attempt runs one transaction. It returns the place of the writer that failed,
// or -1 and how the commit went. bbolt's Update can't be used: where its rollback
// panics, it keeps the lock that the next writer waits for.
func (f *file) attempt(group []*writer) (failed int, err error) {
	var tx *bolt.Tx
	defer func() {
		if p := recover(); p != nil {
			failed, err = -1, f.judge(p)
		}
		f.end(tx)
	}()
	if err = f.writable(); err != nil {
		return -1, err
	}
	if tx, err = f.begin(true); err != nil {
		return -1, err
	}
	for i, w := range group {
		if w.carryOut(f, tx); w.err != nil || w.panicked != nil {
			return i, nil
		}
	}
	return -1, explainIO(tx.Commit())
}

// carryOut runs what the writer does. A panic of bbolt is the file's fault, any
// other one is a mistake that belongs to the writer alone.
func (w *writer) carryOut(f *file, tx *bolt.Tx) {
	w.err = fmt.Errorf("the write was given up") // where do ends its goroutine
	defer func() {
		p := recover()
		switch {
		case p == nil:
		case ofBolt(p):
			w.err = f.judge(p)
		default:
			w.panicked = fmt.Sprintf("%v\n\n%s", p, debug.Stack())
		}
	}()
	w.err = explainIO(w.do(tx))
}

// end gives back the lock of a transaction that was not committed.
func (f *file) end(tx *bolt.Tx) {
	if tx == nil || tx.DB() == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			f.cut.Store(true)
		}
	}()
	if err := tx.Rollback(); err != nil {
		f.cut.Store(true)
	}
}
