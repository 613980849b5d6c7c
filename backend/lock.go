package backend

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
		"Use it: `sting status`, `sting open login`. Stop it with `sting stop`, or give this one another home: `--home DIR`.")
	ErrHomeUnusable = fault.New(fault.Unavailable, "HOME_UNUSABLE", "The home folder can't be used.",
		"Make the folder writable for you, or name another: `--home DIR`.")
)

// Announcement is what a running lab writes to sting.lock: CONTRACT section 2.
type Announcement struct {
	PID   int    `json:"pid"`
	Build string `json:"build"`
	Door  string `json:"door"`
}

// lockFile is sting.lock. The system frees the lock when the process ends,
// however it ends, so a stale file is no obstacle.
type lockFile struct {
	path string
	lock *flock.Flock
}

func takeLock(home string) (*lockFile, error) {
	path := filepath.Join(home, "sting.lock")
	if fi, err := os.Lstat(path); err == nil && !fi.Mode().IsRegular() {
		return nil, ErrHomeUnusable.Hinting("%s is not a regular file; move it away.", path)
	}
	l := flock.New(path, flock.SetPermissions(0o600))
	held, err := l.TryLock()
	if err != nil {
		return nil, ErrHomeUnusable.Because(err)
	}
	if !held {
		return nil, alreadyRunning(path)
	}
	return &lockFile{path, l}, nil
}

func alreadyRunning(path string) error {
	var a Announcement
	if b, err := os.ReadFile(path); err == nil && json.Unmarshal(b, &a) == nil && a.PID > 0 {
		return ErrAlreadyRunning.Saying("A lab runs with this home folder already: process %d.", a.PID)
	}
	return ErrAlreadyRunning
}

// announce writes where the door is. It is written in place: another file under
// the same name would not be the one that is locked.
func (l *lockFile) announce(a Announcement) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.path, append(b, '\n'), 0o600); err != nil {
		return ErrHomeUnusable.Because(err)
	}
	return nil
}

// release empties the file and frees the lock. The file stays: removing it would
// race with a lab that is just taking it.
func (l *lockFile) release() error {
	return errors.Join(os.Truncate(l.path, 0), l.lock.Close())
}
