package child

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// bind gives the child a group of its own, so that Ctrl-C in the terminal is for
// us, who end it in good order, and lets the kernel end it when we die.
func bind(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Pdeathsig = true, syscall.SIGKILL
}

// tie has nothing to do here: bind did it.
func tie(*os.Process) error { return nil }

// stat returns the fields of /proc/PID/stat from the state on (proc_pid_stat(5)).
func stat(pid int) []string {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	i := bytes.LastIndexByte(raw, ')') // a name may hold anything
	if err != nil || i < 0 {
		return nil
	}
	return strings.Fields(string(raw[i+1:]))
}

// startOf returns when a process was started: in ticks since which boot.
func startOf(pid int) string {
	const startTime = 22 - 3
	fields := stat(pid)
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil || len(fields) <= startTime {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + fields[startTime]
}

// ended reports whether a process is a zombie.
func ended(pid int) bool {
	fields := stat(pid)
	return len(fields) > 0 && (fields[0] == "Z" || fields[0] == "X")
}

// nameOf returns what the system calls a process.
func nameOf(pid int, otherwise string) string {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	if name := strings.TrimSpace(string(raw)); err == nil && name != "" {
		return name
	}
	return otherwise
}

// marked returns the processes of a group that have the variable in their
// environment. The system shows it to their owner alone. What has left the group
// was started for the person, such as an editor from a browser.
func marked(group int, variable string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		pid, err := strconv.Atoi(strings.Split(file, "/")[2])
		if f := stat(pid); err != nil || len(f) < 3 || f[2] != strconv.Itoa(group) {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // somebody else's, or gone
		}
		for v := range bytes.SplitSeq(raw, []byte{0}) {
			if string(v) == variable && alive(pid) {
				pids = append(pids, pid)
				break
			}
		}
	}
	return pids
}
