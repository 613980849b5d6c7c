//go:build !linux

package loopback

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Owner returns the process that listens on a TCP port of this machine, and
// its name; "" where the system doesn't tell.
func Owner(port int) (name string, pid int) {
	if runtime.GOOS == "windows" {
		out, err := exec.Command("netstat", "-ano", "-p", "TCP").Output()
		if err != nil {
			return "", 0
		}
		return ownerInNetstat(string(out), port)
	}
	out, err := exec.Command("lsof", "-nP", "-iTCP:"+strconv.Itoa(port), "-sTCP:LISTEN", "-Fpc").Output()
	if err != nil {
		return "", 0
	}
	return ownerInLsof(string(out))
}

// ownerInLsof reads lsof's output for programs: a line each that begins with p
// for the process, c for its command.
func ownerInLsof(out string) (name string, pid int) {
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if n, err := strconv.Atoi(strings.TrimPrefix(line, "p")); err == nil && pid == 0 {
			pid = n
		}
		if c, ok := strings.CutPrefix(line, "c"); ok && pid != 0 {
			return filepath.Base(c), pid
		}
	}
	return "", 0
}

// ownerInNetstat reads lines such as "TCP 127.0.0.1:4433 0.0.0.0:0 LISTENING 1234";
// the fourth word is translated on some systems.
func ownerInNetstat(out string, port int) (name string, pid int) {
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) != 5 || !strings.HasSuffix(f[1], ":"+strconv.Itoa(port)) || !strings.HasSuffix(f[2], ":0") {
			continue
		}
		if n, err := strconv.Atoi(f[4]); err == nil {
			return "a program", n
		}
	}
	return "", 0
}
