// Package home is the folder that holds everything of a lab: who holds it, where its
// admin door is, and the log that is kept there.
//
// Its one invariant: one process at a time holds a home folder.
package home

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"sting/backend/fault"
)

// The faults of a start.
var (
	ErrAlreadyRunning = fault.New(fault.Conflict, "ALREADY_RUNNING", "A lab runs with this home folder already.",
		"Use it: `sting status`, `sting open login`. Stop it with `sting stop`, or give this one another home: `--home DIR`.").
		Running("sting status")
	ErrUnusable = fault.New(fault.Unavailable, "HOME_UNUSABLE", "The home folder can't be used.",
		"Make the folder writable for you, or name another: `--home DIR`.")
)

// Announcement is what a running lab writes to sting.lock: CONTRACT section 2.
type Announcement struct {
	PID   int    `json:"pid"`
	Build string `json:"build"`
	Door  string `json:"door"`
}

// Lock is sting.lock, held. The system frees the lock when the process ends,
// however it ends, so a stale file is no obstacle.
type Lock struct {
	path string
	lock *flock.Flock
}

// Take takes the lock of a home folder. It returns ErrAlreadyRunning, or ErrUnusable
// where the folder can't be written.
func Take(home string) (*Lock, error) {
	path := filepath.Join(home, "sting.lock")
	if fi, err := os.Lstat(path); err == nil && !fi.Mode().IsRegular() {
		return nil, ErrUnusable.Hinting("%s is not a regular file; move it away.", path)
	}
	l := flock.New(path, flock.SetPermissions(0o600))
	held, err := l.TryLock()
	if err != nil {
		return nil, ErrUnusable.Because(err)
	}
	if !held {
		return nil, alreadyRunning(path)
	}
	return &Lock{path, l}, nil
}

func alreadyRunning(path string) error {
	var a Announcement
	if b, err := os.ReadFile(path); err == nil && json.Unmarshal(b, &a) == nil && a.PID > 0 {
		return ErrAlreadyRunning.Saying("A lab runs with this home folder already: process %d.", a.PID)
	}
	return ErrAlreadyRunning
}

// Announce writes where the door is. It is written in place: another file under
// the same name would not be the one that is locked.
func (l *Lock) Announce(a Announcement) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.path, append(b, '\n'), 0o600); err != nil {
		return ErrUnusable.Because(err)
	}
	return nil
}

// Release empties the file and frees the lock. The file stays: removing it would
// race with a lab that is just taking it.
func (l *Lock) Release() error {
	return errors.Join(os.Truncate(l.path, 0), l.lock.Close())
}

// Unheld reports whether no lab holds the home folder. The door of one that ends is
// closed some time before its files are.
func Unheld(home string) bool {
	lock, err := Take(home)
	if err != nil {
		return !errors.Is(err, ErrAlreadyRunning)
	}
	return lock.lock.Close() == nil
}
