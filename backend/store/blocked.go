package store

import (
	"path/filepath"

	"sting/backend/disk"
	"sting/backend/fault"
)

// blocked returns why the data files can't be used by who runs this, although nothing
// is wrong with them: their owner, their mode, or the folder's.
func blocked(dir string) error {
	for _, path := range []string{dir, filepath.Join(dir, "sting.db"), filepath.Join(dir, "tape.db")} {
		if why, command := disk.Blocked(path); why != "" {
			return fault.ErrStoreUnavailable.Saying("%s.", why).Hinting("Give it back to yourself: `%s`. Nothing is damaged.", command)
		}
	}
	return nil
}

// lockedBy names the program that has a data file open.
func lockedBy(path string) *fault.Error {
	name, pid := disk.Holder(path)
	if name == "" {
		return ErrLocked
	}
	return ErrLocked.Saying("Another program has the data file open: %s (process %d).", name, pid).
		Hinting("End that program: `kill %d`. If it is a lab, `sting stop` ends it. Then start again; nothing was changed.", pid).
		Running("sting stop")
}
