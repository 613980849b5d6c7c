package child

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Orphan is a process that a start before this one left behind.
type Orphan struct {
	PID  int
	Name string // of its program
	Ours bool   // surely: it may be ended. Otherwise its number is all that is known
}

// String names the process as a person looks for it.
func (o Orphan) String() string { return fmt.Sprintf("%s (process %d)", o.Name, o.PID) }

// KillCommand returns the command with which a person ends a process.
func KillCommand(pid int) string { return killCommand(pid) }

// Left returns what the last child that was noted in file has left: itself, and
// what it started. No other process may have a child with that note at work, or
// that one is found.
func Left(file string) []Orphan {
	n, ok := read(file)
	if !ok {
		return nil
	}
	name := filepath.Base(n.Program)
	var out []Orphan
	for _, pid := range marked(n.PID, markName+"="+n.Mark) {
		out = append(out, Orphan{PID: pid, Name: nameOf(pid, name), Ours: true})
	}
	if len(out) > 0 || !alive(n.PID) {
		return out
	}
	switch at := startOf(n.PID); {
	case n.Started == "" || at == "":
		return []Orphan{{PID: n.PID, Name: name}}
	case at == n.Started:
		return []Orphan{{PID: n.PID, Name: name, Ours: true}}
	}
	return nil // another program has that number now
}

// How long an orphan may take to end when it is asked to.
const (
	askTime  = 2 * time.Second
	killTime = 3 * time.Second
	lookTime = 20 * time.Millisecond
)

// End ends the orphans that are surely ours, and forgets the note. It returns
// those that are still there.
func End(file string, list []Orphan) (left []Orphan) {
	var ours []Orphan
	for _, o := range list {
		if o.Ours {
			ours = append(ours, o)
			ask(o.PID)
			continue
		}
		left = append(left, o)
	}
	if ours = remaining(ours, askTime); len(ours) > 0 {
		for _, o := range ours {
			kill(o.PID)
		}
		ours = remaining(ours, killTime)
	}
	if left = append(left, ours...); len(left) == 0 {
		_ = os.Remove(file) // one that stays names nobody who lives
	}
	return left
}

// remaining waits until the processes are gone, and returns those that are not
// after a while.
func remaining(list []Orphan, within time.Duration) (left []Orphan) {
	limit, tick := time.NewTimer(within), time.NewTicker(lookTime)
	defer limit.Stop()
	defer tick.Stop()
	for {
		left = nil
		for _, o := range list {
			if alive(o.PID) {
				left = append(left, o)
			}
		}
		if len(left) == 0 {
			return nil
		}
		select {
		case <-limit.C:
			return left
		case <-tick.C:
		}
	}
}

// Words names processes in a sentence.
func Words(list []Orphan) string {
	names := make([]string, 0, len(list))
	for _, o := range list {
		names = append(names, o.String())
	}
	return strings.Join(names, ", ")
}
