// Package health examines the lab and the machine: each check does the real
// thing, shows what it saw, names the cause and gives the fix. The checks
// themselves live beside what they check.
//
// Its one invariant: one cause shows as one failure. A check whose dependency
// failed is skipped and says so.
package health

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"sting/backend/fault"
)

// Verdict is how a check came out.
type Verdict string

const (
	OK      Verdict = "ok"
	Warning Verdict = "warning"
	Failed  Verdict = "failed"
	Skipped Verdict = "skipped"
)

// Check examines one thing.
type Check struct {
	ID    string   // TLS-03, as the help lists them
	Title string   // what is well when it is ok
	Needs []string // ids of checks without which this one means nothing
	// Run does the real operation. It returns when ctx ends.
	Run      func(ctx context.Context) Result
	Patience time.Duration // how long it may take; 0: two seconds
	// Fix repairs what Run found and says what it changed; nil: only a person
	// can.
	Fix func(ctx context.Context) (changed string, err error)
}

// Result is what a check found.
type Result struct {
	Verdict  Verdict
	Evidence []string // what was looked at, and seen
	Cause    string   // why it isn't ok
	Fix      string   // what to do, a sentence
	Command  string   // the same as a command that works when copied; may be ""
	// Unseen says of a check that was skipped that it should have looked and could not:
	// then nobody knows whether all is well.
	Unseen bool
}

// Pass is a result that is well.
func Pass(evidence ...string) Result { return Result{Verdict: OK, Evidence: evidence} }

// Fail is a result that is not well. fix is a sentence; command does the same, or
// is "".
func Fail(cause, fix, command string, evidence ...string) Result {
	return Result{Verdict: Failed, Evidence: evidence, Cause: cause, Fix: fix, Command: command}
}

// Blame is Fail for a fault: its sentence is the cause, its hint the fix,
// its command the command.
func Blame(err error, evidence ...string) Result {
	f := fault.From(err)
	if f.Err != nil {
		evidence = append(evidence, f.Err.Error())
	}
	return Fail(f.Message, f.Hint, f.Command, evidence...)
}

// Seeing returns r with more evidence before its own.
func (r Result) Seeing(evidence ...string) Result {
	r.Evidence = append(evidence, r.Evidence...)
	return r
}

// Skip is a result of a check that could not look.
func Skip(format string, args ...any) Result {
	return Result{Verdict: Skipped, Cause: fmt.Sprintf(format, args...)}
}

// Unseen is a result of a check that should have looked, and could not.
func Unseen(format string, args ...any) Result {
	r := Skip(format, args...)
	r.Unseen = true
	return r
}

// Finding is a check together with what it found.
type Finding struct {
	ID, Title string
	Result
	Needs   []string
	Took    time.Duration
	Fixable bool
}

// patience is how long one check may take that says nothing else.
const patience = 2 * time.Second

// Examine runs checks side by side, each once those that it needs are done, and
// returns their findings in the order of the checks. found hears of each as
// soon as it is known; it may be nil. now is the machine's time. A check that was too
// slow has ended when Examine returns: what they share is the caller's again.
func Examine(ctx context.Context, checks []Check, now func() time.Time, found func(Finding)) []Finding {
	e := examination{now: now, found: found, done: make(map[string]chan struct{}, len(checks)), out: make(map[string]Finding, len(checks))}
	for _, c := range checks {
		e.done[c.ID] = make(chan struct{})
	}
	var wg sync.WaitGroup
	for _, c := range checks {
		wg.Go(func() { e.run(ctx, c) })
	}
	wg.Wait()
	e.looking.Wait()
	list := make([]Finding, 0, len(checks))
	for _, c := range checks {
		list = append(list, e.out[c.ID])
	}
	return list
}

type examination struct {
	now   func() time.Time
	found func(Finding)
	done  map[string]chan struct{}

	looking sync.WaitGroup // checks that run, those included that were given up

	mu  sync.Mutex
	out map[string]Finding
}

func (e *examination) run(ctx context.Context, c Check) {
	defer close(e.done[c.ID])
	began := e.now()
	r, blocked := e.blockedBy(ctx, c)
	if !blocked {
		began = e.now()
		r = e.look(ctx, c)
	}
	f := Finding{ID: c.ID, Title: c.Title, Result: r, Needs: c.Needs, Took: e.now().Sub(began), Fixable: c.Fix != nil && r.Verdict == Failed}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.out[c.ID] = f
	if e.found != nil {
		e.found(f)
	}
}

// blockedBy waits for what c needs and says whether it makes c meaningless.
func (e *examination) blockedBy(ctx context.Context, c Check) (Result, bool) {
	for _, need := range c.Needs {
		wait, there := e.done[need]
		if !there {
			continue // asked for alone: it is looked at without its dependencies
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return Unseen("the examination was ended"), true
		}
		e.mu.Lock()
		f := e.out[need]
		e.mu.Unlock()
		if f.Verdict == Failed || f.Verdict == Skipped {
			return Skip("needs %s, which %s", need, map[Verdict]string{Failed: "failed", Skipped: "was skipped"}[f.Verdict]), true
		}
	}
	return Result{}, false
}

// look runs a check for as long as it may take.
func (e *examination) look(ctx context.Context, c Check) Result {
	limit := cmp.Or(c.Patience, patience)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	result := make(chan Result, 1)
	e.looking.Go(func() { result <- c.Run(limited) })
	select {
	case r := <-result:
		if limited.Err() != nil && r.Verdict == Failed {
			return tooSlow(limit)
		}
		return r
	case <-limited.Done():
		return tooSlow(limit)
	}
}

func tooSlow(limit time.Duration) Result {
	return Unseen("too slow: no verdict within %v, so what it looks at may be broken. Run it alone: a machine that is busy needs longer",
		limit)
}

// Alone returns the check with one id and everything that it needs, in their
// order, or nothing.
func Alone(checks []Check, id string) []Check {
	wanted := map[string]bool{id: true}
	for range checks { // a dependency may stand anywhere
		for _, c := range checks {
			if wanted[c.ID] {
				for _, n := range c.Needs {
					wanted[n] = true
				}
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return !wanted[c.ID] })
}

// Mend runs the fixes of what failed and returns what was changed, one sentence a
// fix. Examine again to see what became of it.
func Mend(ctx context.Context, checks []Check, findings []Finding) (changed []string) {
	failed := make(map[string]bool)
	for _, f := range findings {
		failed[f.ID] = f.Verdict == Failed
	}
	for _, c := range checks {
		if !failed[c.ID] || c.Fix == nil {
			continue
		}
		what, err := c.Fix(ctx)
		if err != nil {
			what = c.ID + " could not be repaired: " + err.Error()
		}
		changed = append(changed, what)
	}
	return changed
}
