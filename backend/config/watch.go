package config

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long a file is left alone before it is read: editors write in
// several steps.
const settle = 150 * time.Millisecond

// Change is what a change of the file did to a running program.
type Change struct {
	Config  Config   // in force from now on
	Report  Report   // of the file as it is now
	Err     error    // ErrUnreadable or ErrBroken: the Config is the one before
	Applied []string // keys that have another value now
	Restart []string // keys whose new value waits for a restart
}

// Watch calls each for every change of the configuration, until ctx ends, and
// returns nil then. current is the Config in force, with its ports drawn. The
// identity schema is watched where it lies in the home folder. each is called
// on the goroutine of Watch, one call at a time.
func Watch(ctx context.Context, current Config, flags Overrides, each func(Change)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch configuration: %w", err)
	}
	defer w.Close()
	// The folder, not the file: editors put a new file in the old one's place.
	if err := w.Add(current.Home); err != nil {
		return fmt.Errorf("watch %s: %w", current.Home, err)
	}
	ours := []string{FileName, filepath.Base(current.Registration.Schema.Name)}
	quiet := time.NewTimer(settle) // what changed before the watch began counts, too
	defer quiet.Stop()
	var before *seen
	var hesitated bool
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Events:
			if ok && e.Op != fsnotify.Chmod && slices.Contains(ours, filepath.Base(e.Name)) {
				quiet.Reset(settle)
			}
		case _, ok := <-w.Errors:
			if ok { // events were lost: look at the file itself
				quiet.Reset(settle)
			}
		case <-quiet.C:
			// An empty file is most often one that is being written just now.
			if info, err := os.Lstat(current.File()); err == nil && info.Size() == 0 && !hesitated {
				hesitated = true
				quiet.Reset(4 * settle)
				continue
			}
			hesitated = false
			change := Reload(current, flags)
			now := seen{change.Report.Problems, change.Restart}
			if len(change.Applied) > 0 || before == nil && (len(change.Restart) > 0 || change.Err != nil) || before != nil &&
				!reflect.DeepEqual(now, *before) {
				each(change)
			}
			before, current = &now, change.Config
		}
	}
}

// seen is what a change may differ in besides the values in force.
type seen struct {
	problems []Problem
	restart  []string
}

// Reload reads the file and takes up what a running program can.
func Reload(current Config, flags Overrides) Change {
	file, report, err := Load(current.Home, flags)
	if err != nil {
		return Change{Config: current, Report: report, Err: err}
	}
	force, inForce := report.input.resolve(&current)
	ch := Change{Config: force, Report: report}
	for _, k := range keys() {
		switch {
		case k.live && !reflect.DeepEqual(k.value(current), k.value(force)):
			ch.Applied = append(ch.Applied, k.path)
		case !k.live && inForce.Sources[k.path].Kind != "follows" && !reflect.DeepEqual(k.value(current), k.value(file)):
			ch.Restart = append(ch.Restart, k.path)
		}
	}
	if !slices.Contains(ch.Restart, schemaKey) && !bytes.Equal(current.Registration.Schema.JSON, file.Registration.Schema.JSON) {
		ch.Restart = append(ch.Restart, schemaKey)
	}
	return ch
}
