package store

import (
	"errors"
	"os"
	"syscall"

	"sting/backend/fault"
)

// spaceProbe is what a write may need anew: a database goes on for a while on
// pages that it has, while the disk is full already.
const spaceProbe = 256 << 10

// roomy writes a file beside the databases and removes it again: what the next
// mail or the next person needs is there. A full disk, a used up quota and a disk
// that became read-only are faults that say so.
func roomy(dir string) error {
	f, err := os.CreateTemp(dir, "space-*.part")
	if err != nil {
		return explainSpace(err)
	}
	_, err = f.Write(make([]byte, spaceProbe))
	return explainSpace(errors.Join(err, f.Close(), os.Remove(f.Name())))
}

// explainSpace says why a disk takes nothing, and what that means for whom.
func explainSpace(err error) error {
	if err == nil {
		return nil
	}
	const goesOn = " Nobody can register, sign in or get a mail meanwhile; reading goes on, nothing is lost, and no restart is needed " +
		"afterwards."
	f := fault.ErrStoreUnavailable.Because(err)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return f.Saying("The disk is full.").Hinting("Free some space.%s", goesOn)
	case errors.Is(err, errQuota):
		return f.Saying("Your quota on the disk is used up.").Hinting("Free some space, or ask for more.%s", goesOn)
	case errors.Is(err, syscall.EROFS):
		return f.Saying("The disk can only be read.").Hinting("Mount it for writing again.%s", goesOn)
	case errors.Is(err, syscall.EFBIG):
		return f.Saying("A data file may not become larger.").Hinting("Raise the limit of this file system or process (`ulimit -f`).%s", goesOn)
	}
	return f.Saying("The home folder can't be written.").Hinting("%v.%s", err, goesOn)
}
