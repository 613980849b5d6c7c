// Package child runs programs that end with this one, however it ends, and finds
// those that didn't.
//
// Its one invariant: what is ended here was started here. A process is known by
// a secret in its environment, or by its number together with the moment of its
// start, and never by its number or its name alone.
package child

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
)

// note is what the next start has to know of a child that may outlive us.
type note struct {
	PID     int    `json:"pid"`
	Started string `json:"started"` // by the system's own count; "" where it doesn't tell
	Program string `json:"program"`
	Mark    string `json:"mark"` // stands in the environment of the child and of all that it starts
	Lab     int    `json:"lab"`  // the process that started it
}

// markName is the variable that carries the mark.
const markName = "STING_CHILD"

// Process is a running child.
type Process struct {
	cmd      *exec.Cmd
	file     string
	released chan struct{}
}

// Start starts cmd such that it dies with this process, also where that one is
// killed: by a signal at the death of its parent (Linux), by a job that closes
// (Windows). Where the system has neither, and for what the child starts itself,
// a note in file tells the next start. Wait has to be called.
func Start(cmd *exec.Cmd, file string) (*Process, error) {
	n := note{Program: cmd.Path, Mark: rand.Text(), Lab: os.Getpid()}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, markName+"="+n.Mark)
	bind(cmd)
	p := &Process{cmd: cmd, file: file, released: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The signal comes when the *thread* that started the child ends, so one
		// is kept for it until the child has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			<-p.released
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	n.PID = cmd.Process.Pid
	n.Started = startOf(n.PID)
	_ = tie(cmd.Process) // where the system refuses it, the note is what is left
	if err := write(file, n); err != nil {
		killGroup(n.PID)
		return nil, errors.Join(err, p.Wait())
	}
	return p, nil
}

// Wait returns when the child has ended, as (*exec.Cmd).Wait does, and ends what
// it has started and left.
func (p *Process) Wait() error {
	err := p.cmd.Wait()
	killGroup(p.cmd.Process.Pid)
	close(p.released)
	_ = os.Remove(p.file) // one that stays names nobody who lives
	return err
}

// Kill ends the child and what it has started at once.
func (p *Process) Kill() { killGroup(p.cmd.Process.Pid) }

func write(file string, n note) error {
	raw, err := json.Marshal(n)
	if err != nil {
		return err
	}
	temp := file + ".part"
	defer os.Remove(temp)
	if err := os.WriteFile(temp, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, file)
}

// read returns the note in file; false where there is none that can be read.
func read(file string) (n note, ok bool) {
	fi, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) || err != nil || !fi.Mode().IsRegular() {
		return n, false
	}
	raw, err := os.ReadFile(file)
	return n, err == nil && json.Unmarshal(raw, &n) == nil && n.PID > 0
}
