package child_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sting/backend/child"
)

// This test binary is the parent that is killed: it starts a child with a note.
const asParent = "STING_TEST_AS_PARENT"

func TestMain(m *testing.M) {
	if note := os.Getenv(asParent); note != "" {
		cmd := exec.Command("sh", "-c", os.Getenv("SCRIPT"))
		if _, err := child.Start(cmd, note); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(cmd.Process.Pid)
		select {}
	}
	os.Exit(m.Run())
}

// killedParent runs a parent with a child, a script, until both stand, kills it,
// and returns the child's number.
func killedParent(t *testing.T, note, script string) (pid int) {
	t.Helper()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), asParent+"="+note, "SCRIPT="+script)
	parent.Stderr = t.Output()
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(line, &pid); err != nil {
		t.Fatal(err)
	}
	until(t, "the script runs", func() bool { _, err := os.Stat(note + ".runs"); return err == nil })
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	t.Cleanup(func() { _ = syscall.Kill(-pid, syscall.SIGKILL) })
	return pid
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	limit := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-limit:
			t.Fatalf("waited too long until %s", what)
		case <-tick.C:
		}
	}
}

func TestAChildEndsWithAParentThatIsKilled(t *testing.T) {
	note := filepath.Join(t.TempDir(), "child.pid")
	pid := killedParent(t, note, "trap '' TERM INT HUP; : >"+note+".runs; while :; do sleep 1; done")
	until(t, "the child is gone", func() bool { return syscall.Kill(pid, 0) != nil })
}

// What the child started gets no signal at its parent's death, and is found by
// the mark in its environment.
func TestWhatAChildStartedIsFoundAndEnded(t *testing.T) {
	for name, trap := range map[string]string{"one that ends when it is asked": "", "one that is deaf": "trap '' TERM;"} {
		t.Run(name, func(t *testing.T) {
			note := filepath.Join(t.TempDir(), "child.pid")
			killedParent(t, note, "sh -c '"+strings.ReplaceAll(trap, "'", `"`)+": >"+note+".runs; while :; do sleep 1; done' & wait")
			var left []child.Orphan
			until(t, "what the child started is found", func() bool { left = child.Left(note); return len(left) > 0 })
			for _, o := range left {
				if !o.Ours {
					t.Errorf("%v isn't known for ours", o)
				}
			}
			if still := child.End(note, left); len(still) > 0 {
				t.Errorf("still there: %v", still)
			}
			if again := child.Left(note); len(again) > 0 {
				t.Errorf("found again: %v", again)
			}
			if _, err := os.Stat(note); err == nil {
				t.Error("the note is still there")
			}
		})
	}
}

// A note is no licence: a number that another program has by now, or of which
// nobody knows when it was given, is not ended.
func TestAProcessThatIsNotSurelyOursIsLeftAlone(t *testing.T) {
	sleep := exec.Command("sleep", "1000")
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sleep.Process.Kill(); _ = sleep.Wait() })
	pid := sleep.Process.Pid
	for name, c := range map[string]struct {
		started string
		found   int
	}{
		"it was started at another time":   {"0 1", 0},
		"nobody knows when it was started": {"", 1},
	} {
		note := filepath.Join(t.TempDir(), "child.pid")
		raw, err := json.Marshal(map[string]any{"pid": pid, "started": c.started, "program": "/bin/kratos", "mark": "M"})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(note, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		left := child.Left(note)
		if len(left) != c.found {
			t.Errorf("%s: found %v", name, left)
		}
		if still := child.End(note, left); len(still) != c.found {
			t.Errorf("%s: still there %v", name, still)
		}
		if err := syscall.Kill(pid, 0); err != nil {
			t.Fatalf("%s: it was ended", name)
		}
	}
}

func TestANoteThatIsNoneNamesNobody(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": "", "no JSON": "12", "everybody": `{"pid": -1}`, "nobody": `{"pid": 0}`} {
		note := filepath.Join(dir, "child.pid")
		if err := os.WriteFile(note, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if left := child.Left(note); len(left) > 0 {
			t.Errorf("%s: %v", name, left)
		}
	}
	if left := child.Left(filepath.Join(dir, "none")); len(left) > 0 {
		t.Errorf("no note: %v", left)
	}
}

func TestAChildThatEndsLeavesNothing(t *testing.T) {
	note := filepath.Join(t.TempDir(), "child.pid")
	cmd := exec.Command("sh", "-c", "sleep 1000 & echo $! ; exit 3")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := child.Start(cmd, note)
	if err != nil {
		t.Fatal(err)
	}
	var grandchild int
	if _, err := fmt.Fscan(out, &grandchild); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil || cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("Wait: %v", err)
	}
	until(t, "what it started is gone", func() bool { return syscall.Kill(grandchild, 0) != nil })
	if _, err := os.Stat(note); err == nil {
		t.Error("the note is still there")
	}
}
