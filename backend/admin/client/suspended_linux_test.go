package client_test

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sting/backend/admin/client"
	"sting/backend/fault"
)

func TestASuspendedLabSaysHowItGoesOn(t *testing.T) {
	home, err := os.MkdirTemp("", "sting-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	ln, err := net.Listen("unix", filepath.Join(home, "admin.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	lab := exec.CommandContext(t.Context(), "sleep", "600")
	if err := lab.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lab.Process.Kill(); _ = lab.Wait() })
	raw, err := json.Marshal(map[string]any{"pid": lab.Process.Pid, "build": "test", "door": filepath.Join(home, "admin.sock")})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "sting.lock"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := lab.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(lab.Process.Pid, &ws, syscall.WUNTRACED, nil); err != nil || !ws.Stopped() {
		t.Fatalf("%v %v", err, ws)
	}
	_, err = client.Dial(home)
	if !errors.Is(err, client.ErrSuspended) {
		t.Fatalf("%v", err)
	}
	commands := strings.Split(fault.From(err).Hint, "`") // "fg", and the one for another terminal
	if len(commands) != 5 {
		t.Fatalf("the fix is %q", commands)
	}
	words := strings.Fields(commands[3])
	if out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if _, err := syscall.Wait4(lab.Process.Pid, &ws, syscall.WCONTINUED, nil); err != nil || !ws.Continued() {
		t.Fatalf("%v %v", err, ws)
	}
	c, err := client.Dial(home)
	if err != nil {
		t.Fatalf("after the fix: %v", err)
	}
	c.Close()
}
