//go:build unix && !linux

package child

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// bind gives the child a group of its own, so that Ctrl-C in the terminal is for
// us. No signal tells it that we died: the note tells the next start.
func bind(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}

// tie has nothing to do here: there is nothing to tie to.
func tie(*os.Process) error { return nil }

// ps asks for one column about a process, in words that no locale changes.
func ps(pid int, column string) string {
	cmd := exec.Command("ps", "-o", column+"=", "-p", strconv.Itoa(pid))
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// startOf returns when a process was started, and with which program.
func startOf(pid int) string {
	at, program := ps(pid, "lstart"), ps(pid, "comm")
	if at == "" || program == "" {
		return ""
	}
	return at + " " + program
}

// ended reports whether a process is a zombie.
func ended(pid int) bool { return strings.HasPrefix(ps(pid, "stat"), "Z") }

// nameOf returns the name that is known: that of the program.
func nameOf(_ int, otherwise string) string { return otherwise }

// marked finds nobody: the environment of another process isn't shown here.
func marked(int, string) []int { return nil }
