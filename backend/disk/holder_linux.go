package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Holder returns the process that holds a lock on a file, and its name; "" where nobody
// does or the system doesn't tell.
func Holder(path string) (name string, pid int) {
	info, err := os.Stat(path)
	if err != nil {
		return "", 0
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", 0
	}
	for _, pid := range append(lockers(s), users(info)...) {
		if pid == os.Getpid() {
			continue
		}
		name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		if err != nil {
			continue // it ended meanwhile
		}
		return strings.TrimSpace(string(name)), pid
	}
	return "", 0
}

// lockers are the processes of /proc/locks with a lock on an inode: a line is
// "1: FLOCK ADVISORY WRITE 4711 fe:00:1234 0 EOF", its device in hexadecimal.
func lockers(s *syscall.Stat_t) []int {
	raw, err := os.ReadFile("/proc/locks")
	if err != nil {
		return nil
	}
	major, minor := s.Dev>>8&0xfff|s.Dev>>32&^0xfff, s.Dev&0xff|s.Dev>>12&^0xff
	want := fmt.Sprintf("%02x:%02x:%d", major, minor, s.Ino)
	var found []int
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) < 6 || f[len(f)-3] != want {
			continue
		}
		if pid, err := strconv.Atoi(f[len(f)-4]); err == nil && pid > 0 {
			found = append(found, pid)
		}
	}
	return found
}

// users are the processes that have a file open, where /proc/locks names nobody.
func users(file os.FileInfo) []int {
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	var found []int
	for _, link := range links {
		other, err := os.Stat(link)
		if err != nil || !os.SameFile(file, other) {
			continue
		}
		if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil {
			found = append(found, pid)
		}
	}
	return found
}
