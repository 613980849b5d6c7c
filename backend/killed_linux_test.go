package backend_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sting/backend/admin/client"
	"sting/backend/api"
	"sting/backend/child"
	"sting/backend/labtest"
)

// process runs a lab in a process of its own until the test ends.
func process(t *testing.T, home string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asLab+"="+home, asKratos+"=1")
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("it is not ready: %q, %v", line, err)
	}
	return cmd
}

// kill ends a lab as kill -9 does. It may be called twice.
func kill(cmd *exec.Cmd) {
	if cmd.ProcessState == nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// managedHome returns a home folder of a lab with a managed Kratos, and the port
// of that one's admin side.
func managedHome(t *testing.T, binary string) (home string, port int) {
	t.Helper()
	home, port = filepath.Join(t.TempDir(), "home"), labtest.FreePort(t)
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("ports: {site: %d, kratos_public: %d, kratos_admin: %d, smtp: off, smtp_plain: off, mail: off}\n"+
		"kratos: {mode: managed, binary: %q}\n",
		labtest.FreePort(t), labtest.FreePort(t), port, binary)
	if err := os.WriteFile(filepath.Join(home, "sting.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.End(noteOf(home), child.Left(noteOf(home))) })
	return home, port
}

func noteOf(home string) string { return filepath.Join(home, "kratos", "kratos.pid") }

// serving waits until a Kratos answers, and returns its process.
func serving(t *testing.T, home string, port int) (pid int) {
	t.Helper()
	until(t, "kratos answers", func() bool { return answers(port) })
	raw, err := os.ReadFile(noteOf(home))
	var note struct{ PID int }
	if err != nil || json.Unmarshal(raw, &note) != nil || note.PID <= 0 {
		t.Fatalf("the note is %q, %v", raw, err)
	}
	return note.PID
}

func answers(port int) bool {
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/admin/health/ready", port))
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

func TestAManagedKratosEndsWithTheLabThatIsKilled(t *testing.T) {
	t.Parallel()
	home, port := managedHome(t, os.Args[0])
	lab := process(t, home)
	pid := serving(t, home, port)
	kill(lab)
	until(t, "kratos is gone", func() bool { return syscall.Kill(pid, 0) != nil && !answers(port) })
}

// A program that starts another one, as a script around kratos does, takes the
// signal at its parent's death with it: the other one lives on.
func TestAKratosThatOutlivesAKilledLabIsNamedAndEndedByTheNext(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "kratos")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"+os.Args[0]+" \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	home, port := managedHome(t, script)
	lab := process(t, home)
	serving(t, home, port)
	kill(lab)
	until(t, "the script is gone", func() bool { return len(child.Left(noteOf(home))) == 1 })
	if !answers(port) {
		t.Fatal("kratos went with its script: this shows nothing")
	}
	old := child.Left(noteOf(home))[0]
	if !old.Ours {
		t.Fatalf("%v isn't known for ours", old)
	}

	process(t, home)
	serving(t, home, port)
	status := statusOf(t, home)
	if said := strings.Join(status.Warnings, "\n"); !strings.Contains(said, "killed still ran") ||
		!strings.Contains(said, strconv.Itoa(old.PID)) {
		t.Errorf("process %d isn't named: %s", old.PID, said)
	}
	until(t, "the old one is gone", func() bool { return syscall.Kill(old.PID, 0) != nil })
	if s := namedOf(status, "kratos"); s.State == api.Unhealthy {
		t.Errorf("kratos is %+v", s)
	}
}

// Of another program that holds the port, the service says which it is and the
// command that ends it; nobody ends it unasked.
func TestAPortThatAnotherProgramHoldsIsNamedWithTheCommand(t *testing.T) {
	t.Parallel()
	home, port := managedHome(t, os.Args[0])
	holder := exec.Command(os.Args[0], "serve", "-c", filepath.Join(home, "other.json"))
	config := fmt.Sprintf(`{"serve": {"public": {"port": %d, "base_url": "https://localhost:1/.ory/"}, "admin": {"port": %d}}}`,
		labtest.FreePort(t), port)
	if err := os.WriteFile(filepath.Join(home, "other.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	holder.Env = append(os.Environ(), asKratos+"=1")
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(holder) })
	until(t, "the other program answers", func() bool { return answers(port) })

	process(t, home)
	want := fmt.Sprintf("`kill %d`", holder.Process.Pid)
	until(t, "the holder is named", func() bool {
		s := namedOf(statusOf(t, home), "kratos")
		return s.State == api.Unhealthy && s.Error != nil && s.Error.ErrorCode == "PORT_TAKEN" &&
			strings.Contains(s.Error.Hint, want) && strings.Contains(s.Error.Error, fmt.Sprint("process ", holder.Process.Pid))
	})
	if !answers(port) {
		t.Error("the other program was ended")
	}
}

func statusOf(t *testing.T, home string) api.Status {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	door, err := client.Dial(home)
	if err != nil {
		t.Fatal(err)
	}
	status, err := door.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func namedOf(s api.Status, name string) api.Service {
	for _, svc := range s.Services {
		if svc.Name == name {
			return svc
		}
	}
	return api.Service{}
}
