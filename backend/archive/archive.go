// Package archive keeps copies of sting.db in the home folder (mails, recorded
// ceremonies and virtual keys stand elsewhere, and are in none): snapshots
// that a person names, and those that are taken before something destroys.
//
// Its one invariant: a snapshot that is listed is whole. It is written beside its
// place, checked, and moved there in one step.
package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"sting/backend/disk"
	"sting/backend/fault"
)

// The faults of this package.
var (
	ErrNotFound = fault.New(fault.NotFound, "SNAPSHOT_NOT_FOUND", "There is no such snapshot.",
		"`sting snapshot list` lists them.").Running("sting snapshot list")
	ErrTaken = fault.New(fault.Conflict, "SNAPSHOT_TAKEN", "A snapshot of this name is there already.",
		"Choose another name; snapshots are never written over.")
	ErrName = fault.New(fault.Invalid, "SNAPSHOT_NAME", "A snapshot can't have this name.",
		"Use 1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first.")
	ErrDamaged = fault.New(fault.Unavailable, "SNAPSHOT_DAMAGED", "The snapshot is damaged, so it is not used.",
		"Use another one: `sting snapshot list`. The data of the lab is untouched.").Running("sting snapshot list")
	// ErrRefused means that something in the snapshot could not have been made here.
	ErrRefused = fault.New(fault.Invalid, "SNAPSHOT_REFUSED", "The snapshot has values that can't be taken in, so it is not used.",
		"Use another one: `sting snapshot list`. The data of the lab is untouched.").Running("sting snapshot list")
	ErrFolder = fault.New(fault.Unavailable, "SNAPSHOT_FOLDER", "The folder of the snapshots can't be used.",
		"Look whether the home folder is writable and the disk has room; nothing was changed.")
)

// Snapshot is a copy of sting.db at one moment.
type Snapshot struct {
	Name    string    `json:"name"`
	TakenAt time.Time `json:"taken_at"`
	Reason  string    `json:"reason"` // "" when a person asked for it
	Version string    `json:"version"`
	Bytes   int64     `json:"bytes"`
	SHA256  string    `json:"sha256"`
}

// Store is where snapshots stand.
type Store struct {
	Dir     string // made at the first Save, mode 0700
	Version string // of the program
	Now     func() time.Time
}

// names are those that are the same on every system and lead nowhere else.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Save writes a snapshot. write produces the bytes; check opens the written file
// and says whether it is sound. ErrName, ErrTaken, ErrFolder.
func (s Store) Save(name, reason string, write func(io.Writer) error, check func(path string) error) (Snapshot, error) {
	if !names.MatchString(name) || strings.HasSuffix(name, ".") {
		return Snapshot{}, ErrName
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return Snapshot{}, ErrFolder.Because(err)
	}
	if s.whole(name) {
		return Snapshot{}, ErrTaken
	}
	snap := Snapshot{Name: name, Reason: reason, Version: s.Version, TakenAt: s.Now().UTC()}
	temp := s.path(name, ".db"+disk.Part)
	defer os.Remove(temp)
	var err error
	if snap.Bytes, snap.SHA256, err = writeFile(temp, write); err != nil {
		return Snapshot{}, ErrFolder.Because(err)
	}
	if err := check(temp); err != nil {
		return Snapshot{}, ErrDamaged.Because(err)
	}
	if err := disk.Remove(s.path(name, ".db")); err != nil { // without a description it belongs to nothing
		return Snapshot{}, ErrFolder.Because(err)
	}
	if err := s.describe(snap); err != nil {
		return Snapshot{}, err
	}
	if err := disk.Place(temp, s.path(name, ".db")); err != nil { // the data comes last: without it the snapshot is not there
		return Snapshot{}, ErrFolder.Because(err)
	}
	return snap, nil
}

// whole reports whether a snapshot is there: its description and its data.
func (s Store) whole(name string) bool {
	_, err := os.Lstat(s.path(name, ".json"))
	_, err2 := os.Lstat(s.path(name, ".db"))
	return err == nil && err2 == nil
}

// Data is where the bytes of a snapshot that List named are.
func (s Store) Data(name string) string { return s.path(name, ".db") }

func (s Store) path(name, ending string) string { return filepath.Join(s.Dir, name+ending) }

// writeFile writes and flushes a new file, and returns its size and SHA-256.
func writeFile(path string, write func(io.Writer) error) (int64, string, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, "", err
	}
	h := sha256.New()
	n := &counter{}
	err = errors.Join(write(io.MultiWriter(f, h, n)), f.Sync(), f.Close())
	return n.bytes, hex.EncodeToString(h.Sum(nil)), err
}

type counter struct{ bytes int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.bytes += int64(len(b))
	return len(b), nil
}

func (s Store) describe(snap Snapshot) error {
	raw, err := json.MarshalIndent(snap, "", "  ")
	if err != nil {
		return err
	}
	if err := disk.Replace(s.path(snap.Name, ".json"), append(raw, '\n')); err != nil {
		return ErrFolder.Because(err)
	}
	return nil
}

// List returns the snapshots, newest first.
func (s Store) List() ([]Snapshot, error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, ErrFolder.Because(err)
	}
	var list []Snapshot
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			if snap, err := s.read(name); err == nil && s.whole(name) {
				list = append(list, snap)
			}
		}
	}
	slices.SortFunc(list, func(a, b Snapshot) int { return b.TakenAt.Compare(a.TakenAt) })
	return list, nil
}

func (s Store) read(name string) (Snapshot, error) {
	var snap Snapshot
	if !names.MatchString(name) {
		return snap, ErrNotFound
	}
	raw, err := os.ReadFile(s.path(name, ".json"))
	if err != nil {
		return snap, ErrNotFound.Because(err)
	}
	if err := json.Unmarshal(raw, &snap); err != nil || snap.Name != name {
		return snap, ErrDamaged.Because(fmt.Errorf("%s.json: %w", name, err))
	}
	return snap, nil
}

// Examine compares a snapshot's bytes with what was taken and lets check look at
// them, whose error it returns. ErrNotFound, ErrDamaged.
func (s Store) Examine(name string, check func(path string) error) error {
	snap, err := s.read(name)
	if err != nil {
		return err
	}
	f, err := os.Open(s.path(name, ".db"))
	if err != nil {
		return ErrDamaged.Because(err)
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return ErrDamaged.Because(err)
	}
	if hex.EncodeToString(h.Sum(nil)) != snap.SHA256 {
		return ErrDamaged.Because(errors.New("its bytes are not those that were taken"))
	}
	return check(s.path(name, ".db"))
}

// CopyTo writes a snapshot's bytes to a new file beside path, compares them with
// what was taken, lets check open it, and only then moves it to path. ErrNotFound,
// ErrDamaged, ErrFolder; path is untouched after an error.
func (s Store) CopyTo(path, name string, check func(path string) error) (Snapshot, error) {
	snap, err := s.read(name)
	if err != nil {
		return snap, err
	}
	from, err := os.Open(s.path(name, ".db"))
	if err != nil {
		return snap, ErrDamaged.Because(err)
	}
	defer from.Close()
	temp := path + disk.Part
	defer os.Remove(temp)
	_, sum, err := writeFile(temp, func(w io.Writer) error { _, err := io.Copy(w, from); return err })
	if err != nil {
		return snap, ErrFolder.Because(err)
	}
	if sum != snap.SHA256 {
		return snap, ErrDamaged.Because(errors.New("its bytes are not those that were taken"))
	}
	if err := check(temp); err != nil {
		return snap, ErrDamaged.Because(err)
	}
	if err := disk.Place(temp, path); err != nil {
		return snap, ErrFolder.Because(err)
	}
	return snap, nil
}

// Remove deletes a snapshot.
func (s Store) Remove(name string) error {
	if _, err := s.read(name); errors.Is(err, ErrNotFound) {
		return err
	}
	return errors.Join(disk.Remove(s.path(name, ".db")), disk.Remove(s.path(name, ".json")))
}

// kept is how many of the snapshots stay that the lab takes by itself.
const kept = 20

// Prune removes the oldest of the snapshots that the lab took by itself, until
// twenty are left: the newest, which undoes the last change, stays. What a person
// named is never touched.
func (s Store) Prune() error {
	list, err := s.List()
	n := 0
	for _, snap := range list { // newest first
		if snap.Reason == "" || !strings.HasPrefix(snap.Name, automatic) {
			continue
		}
		if n++; n > kept {
			err = errors.Join(err, s.Remove(snap.Name))
		}
	}
	return err
}

// Sweep removes what writers in the folders left that were cut short: files that
// end in .part or .restoring, and were not moved to their place. Nobody may write
// there meanwhile.
func Sweep(folders ...string) error {
	var errs []error
	for _, folder := range folders {
		_, err := disk.Sweep(folder)
		left, err2 := filepath.Glob(filepath.Join(folder, "*.restoring")) // of an earlier version
		errs = append(errs, err, err2)
		for _, path := range left {
			if fi, err := os.Lstat(path); err == nil && fi.Mode().IsRegular() {
				errs = append(errs, os.Remove(path))
			}
		}
	}
	return errors.Join(errs...)
}

// automatic begins the names of snapshots that the lab takes by itself.
const automatic = "before-"

// Automatic names a snapshot that is taken before something: "before-reset-" and
// the time.
func (s Store) Automatic(before string) string {
	return automatic + before + "-" + s.Now().UTC().Format("20060102-150405.000")
}
