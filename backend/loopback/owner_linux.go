package loopback

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Owner returns the process that listens on a TCP port of this machine, and
// its name; "" where the system doesn't tell.
func Owner(port int) (name string, pid int) {
	inodes := listening(port)
	if len(inodes) == 0 {
		return "", 0
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		to, err := os.Readlink(link)
		if err != nil || !inodes[to] {
			continue
		}
		number := strings.Split(link, "/")[2]
		pid, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		name, err := os.ReadFile("/proc/" + number + "/comm")
		if err != nil {
			return "a program", pid
		}
		return strings.TrimSpace(string(name)), pid
	}
	return "", 0
}

// listening returns the sockets that listen on a port, as links in /proc name
// them.
func listening(port int) map[string]bool {
	const listen = "0A" // TCP_LISTEN
	found := make(map[string]bool)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			if len(f) < 10 || f[3] != listen {
				continue
			}
			_, hex, _ := strings.Cut(f[1], ":")
			if n, err := strconv.ParseUint(hex, 16, 16); err == nil && int(n) == port {
				found["socket:["+f[9]+"]"] = true
			}
		}
	}
	return found
}
