//go:build unix

package localca_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sting/backend/localca"
)

func TestAStoreThatAnotherProcessHoldsIsInUseAndNotDamaged(t *testing.T) {
	t.Parallel() // it waits for certutil
	const variable = "STING_TEST_HOLDS"
	if path := os.Getenv(variable); path != "" {
		holdLocked(t, path)
		return
	}
	p := newPerson(t)
	p.database(".pki/nssdb")
	p.database(profile)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), variable+"="+p.path(profile+"/cert9.db"))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "held\n" {
		t.Fatalf("%q, %v", line, err)
	}
	bad := p.everywhere("is in use")
	if !strings.Contains(bad.Problem.Message, fmt.Sprintf("process %d ", cmd.Process.Pid)) {
		t.Errorf("got %q", bad.Problem.Message)
	}
	follow(t, bad.Problem.Hint)
	_ = stdin.Close() // the browser ends
	_, _ = cmd.Process.Wait()
	p.mended()
}

// holdLocked locks a database as SQLite does for writing, until its input ends.
func holdLocked(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 0x40000000, Len: 512}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &lock); err != nil {
		t.Fatal(err)
	}
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func TestACertutilThatNeverAnswersIsEndedAndSaid(t *testing.T) {
	p := newPerson(t)
	p.database(".pki/nssdb")
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "certutil"), []byte("#!/bin/sh\nexec sleep 600\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := p.ca.Trust(ctx, browsers)
	if !errors.Is(err, localca.ErrIncomplete) || len(r.Stores) != 1 ||
		!strings.Contains(r.Stores[0].Problem.Message, "gave no answer about "+p.path(".pki/nssdb")) {
		t.Errorf("Trust: %v, %+v", err, r.Stores)
	}
}
