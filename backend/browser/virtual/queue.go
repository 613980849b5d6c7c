package virtual

import "sync"

// queue hands work to one goroutine, in the order it came. Nothing that a page
// did is lost, however fast it comes.
type queue struct {
	mu    sync.Mutex
	items []func()
	ended bool
	wake  chan struct{} // holds one
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// add reports whether f will be run.
func (q *queue) add(f func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended {
		return false
	}
	q.items = append(q.items, f)
	q.ring()
	return true
}

// end lets run return once what is there has been done.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.ring()
}

func (q *queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// run does the work until end.
func (q *queue) run() {
	for range q.wake {
		for {
			f, ended := q.take()
			if f == nil && ended {
				return
			}
			if f == nil {
				break
			}
			f()
		}
	}
}

func (q *queue) take() (f func(), ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return nil, q.ended
	}
	f = q.items[0]
	q.items = q.items[1:]
	return f, q.ended
}
