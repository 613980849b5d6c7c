// Package managed runs a real Ory Kratos: it finds the program, writes its
// configuration from the lab's, migrates its database, starts it, waits until it
// is ready, and stops it.
//
// Its one invariant: Run returns when the process has ended, whichever of the
// two wanted that; who calls it decides whether to start it again.
package managed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"sting/backend/child"
	"sting/backend/fault"
)

// The faults of a managed Kratos.
var (
	ErrNoBinary = fault.New(fault.Unavailable, "KRATOS_BINARY_MISSING", "There is no kratos program to run.",
		"Install Ory Kratos 1.3 and put it into PATH, set kratos.binary in sting.yml, or use kratos.mode: embedded.")
	ErrEnded = fault.New(fault.Unavailable, "KRATOS_ENDED", "The kratos program has ended.",
		"Its last lines say why: they are in the log of the service kratos. It is started again.")
	ErrLeft = fault.New(fault.Conflict, "KRATOS_LEFT", "A kratos program of a lab that was killed still runs.",
		"End it, then start the service again: `sting restart kratos`.").Running("sting restart kratos")
	ErrConfig = fault.New(fault.Unavailable, "KRATOS_CONFIG", "The kratos program refuses its configuration.",
		"Its lines in the log of the service kratos name the key.")
	ErrMigration = fault.New(fault.Unavailable, "KRATOS_MIGRATION", "The kratos program could not prepare its database.",
		"Look at its lines in the log of the service kratos; moving kratos/kratos.sqlite away starts fresh.")
)

// EndLeft ends the kratos program that a lab which was killed left, by its note in
// the folder for Kratos, and what that program had started. It returns what was
// found, in words, and ErrLeft where something is left that only a person may end.
// No lab may run with the folder.
func EndLeft(dir string) (found string, err error) {
	file := noteIn(dir)
	list := child.Left(file)
	if len(list) == 0 {
		return "", nil
	}
	left := child.End(file, list)
	if len(left) == 0 {
		return child.Words(list), nil
	}
	var commands []string
	for _, o := range left {
		commands = append(commands, "`"+child.KillCommand(o.PID)+"`")
	}
	return child.Words(list), ErrLeft.Saying("A kratos program of a lab that was killed still runs: %s.", child.Words(left)).
		Hinting("Look at it, end it with %s, then `sting restart kratos`.", strings.Join(commands, ", ")).Running("sting restart kratos")
}

// Kratos is one that the lab runs. All fields but Free are required.
type Kratos struct {
	Binary string         // a path, or "" for kratos in PATH
	Dir    string         // its folder in the home: configuration, database
	Admin  string         // URL of its admin API, for readiness: http://127.0.0.1:4434
	Config func() Setting // read at each start
	Log    *slog.Logger
	// Free returns why a port can't be had, and who holds it; nil: Kratos finds out.
	Free func(name string, port int) error
	// Patience is how long it may take to become ready after its start.
	Patience time.Duration
}

// How long things may take. A real one is ready in about a second, its first
// migration takes two, and it ends within one and a half.
const (
	databaseFile = "kratos.sqlite"

	migrateTime = 60 * time.Second
	readyEvery  = 100 * time.Millisecond
	endTime     = 5 * time.Second
)

// Find returns the program: the configured path, or kratos in PATH.
func Find(configured string) (string, error) {
	name := configured
	if name == "" {
		name = "kratos"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", ErrNoBinary.Because(err)
	}
	return path, nil
}

// Run migrates, starts and serves until ctx ends; then it stops the process and
// returns nil. A process that ends by itself is ErrEnded with its last line.
func (k *Kratos) Run(ctx context.Context, ready func()) error {
	binary, err := Find(k.Binary)
	if err != nil {
		return err
	}
	file, err := k.write()
	if err != nil {
		return err
	}
	if err := k.migrate(ctx, binary, file); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	return k.serve(ctx, binary, file, ready)
}

// noteIn names the process that runs, for the start after one that was killed.
func noteIn(dir string) string { return filepath.Join(dir, "kratos.pid") }

// alone sees that neither a kratos of ours nor another program is in the way.
func (k *Kratos) alone() error {
	found, err := EndLeft(k.Dir)
	if found != "" {
		k.Log.Warn("the kratos program of a lab that was killed still ran", "processes", found)
	}
	if err != nil || k.Free == nil {
		return err
	}
	s := k.Config()
	return errors.Join(k.Free("kratos_public", s.PublicPort), k.Free("kratos_admin", s.AdminPort))
}

// write puts configuration and schema into the folder, for its owner alone: the
// configuration holds secrets.
func (k *Kratos) write() (string, error) {
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return "", ErrMigration.Saying("The folder for Kratos can't be made.").Because(err)
	}
	s := k.Config()
	schema := filepath.Join(k.Dir, "identity.schema.json")
	if err := os.WriteFile(schema, s.Schema, 0o600); err != nil {
		return "", ErrMigration.Saying("The identity schema can't be written for Kratos.").Because(err)
	}
	doc, err := json.MarshalIndent(s.document(schema), "", "  ")
	if err != nil {
		return "", fmt.Errorf("encode kratos configuration: %w", err)
	}
	if err := k.ownDatabase(); err != nil {
		return "", ErrMigration.Saying("The database of Kratos can't be kept for its owner alone.").Because(err)
	}
	file := filepath.Join(k.Dir, "kratos.json")
	if err := os.WriteFile(file, append(doc, '\n'), 0o600); err != nil {
		return "", ErrMigration.Saying("The configuration can't be written for Kratos.").Because(err)
	}
	return file, nil
}

// ownDatabase keeps the database for its owner alone: a kratos program would make it
// readable for everybody. SQLite gives what it writes beside the mode of the file.
func (k *Kratos) ownDatabase() error {
	file := filepath.Join(k.Dir, databaseFile)
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	for _, beside := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Chmod(file+beside, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (k *Kratos) command(binary string, args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Dir = k.Dir
	cmd.Env = append(os.Environ(), "DSN=sqlite://"+filepath.Join(k.Dir, databaseFile)+"?_fk=true&mode=rwc")
	return cmd
}

func (k *Kratos) migrate(ctx context.Context, binary, file string) error {
	ctx, cancel := context.WithTimeout(ctx, migrateTime)
	defer cancel()
	if err := k.alone(); err != nil {
		return err
	}
	err := k.live(ctx, k.command(binary, "migrate", "sql", "-e", "--yes", "-c", file), nil)
	if errors.Is(err, ErrConfig) {
		return err
	}
	if err != nil {
		return ErrMigration.Because(err)
	}
	return ctx.Err()
}

func (k *Kratos) serve(ctx context.Context, binary, file string, ready func()) error {
	serving, giveUp := context.WithCancel(ctx)
	defer giveUp()
	silent := false
	cmd := k.command(binary, "serve", "-c", file, "--sqa-opt-out", "--watch-courier")
	err := k.live(serving, cmd, func(alive context.Context) {
		switch {
		case k.awaitReady(alive):
			ready()
		case alive.Err() == nil:
			silent = true
			giveUp()
		}
	})
	switch {
	case ctx.Err() != nil:
		return nil
	case silent:
		return ErrEnded.Saying("The kratos program did not become ready within %v.", k.Patience).Because(err)
	case errors.Is(err, ErrConfig):
		return err
	case err == nil:
		return ErrEnded.Because(errors.New("it ended with status 0"))
	}
	return ErrEnded.Because(err)
}

// live runs a process until it ends or ctx does, and hands its lines to the log.
// beside runs as long as the process does. The error holds the last line.
func (k *Kratos) live(ctx context.Context, cmd *exec.Cmd, beside func(alive context.Context)) error {
	last := &lastLine{log: k.Log, secret: secretOf(k.Config())}
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	var reading sync.WaitGroup
	reading.Go(func() { last.read(r) })
	process, err := child.Start(cmd, noteIn(k.Dir))
	if err != nil {
		_ = w.Close() // an in-memory pipe
		reading.Wait()
		return err
	}
	alive, ended := context.WithCancel(ctx)
	if beside != nil {
		reading.Go(func() { beside(alive) })
	}
	stop := context.AfterFunc(ctx, func() { end(cmd.Process) })
	err = process.Wait()
	stop()
	ended()
	_ = w.Close() // an in-memory pipe
	reading.Wait()
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%w: %s", err, last.text())
	if config := refused(last.said()); config != nil {
		return errors.Join(config, err)
	}
	return err
}

// end asks a process to end, and makes it after a while.
func end(p *os.Process) {
	if p.Signal(syscall.SIGTERM) != nil {
		_ = p.Kill() // a system without SIGTERM, or it has ended
		return
	}
	time.AfterFunc(endTime, func() { _ = p.Kill() }) // nothing where it has ended
}

// awaitReady asks again and again until Kratos says that it is ready.
func (k *Kratos) awaitReady(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, k.Patience)
	defer cancel()
	client := &http.Client{Timeout: time.Second}
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(k.Admin, "/")+"/admin/health/ready", nil)
		if err != nil {
			return false
		}
		if resp, err := client.Do(req); err == nil {
			_ = resp.Body.Close() // nothing is read of it
			if resp.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}
