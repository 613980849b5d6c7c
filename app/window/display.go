package window

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sting/backend/fault"
)

// Why there can be no window.
var (
	ErrNoWindow = fault.New(fault.Unavailable, "NO_WINDOW", "This build has no window.",
		"Run `sting serve`: it is the same lab without a window. `build/run` builds the program with one.")
	ErrNoDisplay = fault.New(fault.Unavailable, "NO_DISPLAY",
		"There is no display to open a window on: DISPLAY and WAYLAND_DISPLAY are both empty.",
		"Run `sting serve`: it is the same lab without a window. Over SSH, `ssh -X` forwards a display.")
)

// displayTime is how long a display may take to answer.
const displayTime = 2 * time.Second

// checkDisplay returns ErrNoDisplay where a window toolkit would find none, or one
// that lets nobody in: GTK ends the process then, before it can say so.
func checkDisplay(goos string, getenv func(string) string) error {
	switch goos {
	case "windows", "darwin":
		return nil
	}
	wayland, x := getenv("WAYLAND_DISPLAY"), getenv("DISPLAY")
	if wayland == "" && x == "" {
		return ErrNoDisplay
	}
	var why []string
	if wayland != "" {
		if !filepath.IsAbs(wayland) {
			wayland = filepath.Join(getenv("XDG_RUNTIME_DIR"), wayland)
		}
		conn, err := net.DialTimeout("unix", wayland, displayTime)
		if err == nil {
			return conn.Close()
		}
		why = append(why, fmt.Sprintf("nobody answers at %s (WAYLAND_DISPLAY)", wayland))
	}
	if x != "" {
		err := knockAtX(x, getenv)
		if err == nil {
			return nil
		}
		why = append(why, err.Error())
	}
	return ErrNoDisplay.Saying("There is no display to open a window on: %s.", strings.Join(why, "; "))
}

// knockAtX opens a display as a client of X does, and closes it again.
func knockAtX(display string, getenv func(string) string) error {
	host, rest, ok := strings.Cut(display, ":")
	digits, _, _ := strings.Cut(rest, ".")
	number, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil || number > 65535-6000 {
		return fmt.Errorf("%q is no display (DISPLAY)", display)
	}
	refused := ""
	for _, cookie := range append(cookies(getenv, digits), nil) {
		conn, err := dialX(host, int(number))
		if err != nil {
			return fmt.Errorf("nobody answers at %s (DISPLAY)", display)
		}
		refused, err = setUp(conn, cookie)
		_ = conn.Close()
		if err != nil {
			return fmt.Errorf("what answers at %s (DISPLAY) is no display", display)
		}
		if refused == "" {
			return nil
		}
	}
	return fmt.Errorf("the display %s lets you not in (%s): XAUTHORITY names the file with its key", display, refused)
}

func dialX(host string, number int) (net.Conn, error) {
	d := net.Dialer{Timeout: displayTime}
	if host != "" && host != "unix" {
		return d.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(6000+number)))
	}
	path := fmt.Sprintf("/tmp/.X11-unix/X%d", number)
	conn, err := d.Dial("unix", "@"+path)
	if err != nil {
		conn, err = d.Dial("unix", path)
	}
	return conn, err
}

// cookieName is the one way of getting in that is in use.
const cookieName = "MIT-MAGIC-COOKIE-1"

// setUp says hello as the X protocol wants it, and returns why the display refuses,
// "" where it doesn't.
func setUp(conn net.Conn, cookie []byte) (refused string, err error) {
	if err := conn.SetDeadline(time.Now().Add(displayTime)); err != nil {
		return "", err
	}
	name := ""
	if cookie != nil {
		name = cookieName
	}
	hello := []byte{'l', 0, 11, 0, 0, 0}
	hello = binary.LittleEndian.AppendUint16(hello, uint16(len(name)))
	hello = binary.LittleEndian.AppendUint16(hello, uint16(len(cookie)))
	hello = append(append(hello, 0, 0), padded([]byte(name))...)
	if _, err := conn.Write(append(hello, padded(cookie)...)); err != nil {
		return "", err
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(conn, head); err != nil {
		return "", err
	}
	switch head[0] {
	case 1:
		return "", nil
	case 0:
		reason := make([]byte, head[1])
		if _, err := io.ReadFull(conn, reason); err != nil {
			return "", err
		}
		return strings.TrimSpace(strings.ToValidUTF8(string(reason), "?")), nil
	case 2:
		return "it asks for more than a key", nil
	}
	return "", errors.New("no answer of a display")
}

func padded(b []byte) []byte { return append(b[:len(b):len(b)], make([]byte, (4-len(b)%4)%4)...) }

// cookies are the keys that the person has for a display: of the file that
// XAUTHORITY names, or .Xauthority in their home.
func cookies(getenv func(string) string, number string) (keys [][]byte) {
	path := getenv("XAUTHORITY")
	if path == "" {
		path = filepath.Join(getenv("HOME"), ".Xauthority")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for len(raw) > 2 {
		raw = raw[2:]        // the family of the address
		var fields [4][]byte // address, number, name, data
		for i := range fields {
			if len(raw) < 2 || len(raw) < 2+int(binary.BigEndian.Uint16(raw)) {
				return keys
			}
			n := 2 + int(binary.BigEndian.Uint16(raw))
			fields[i], raw = raw[2:n], raw[n:]
		}
		if of := string(fields[1]); (of == "" || of == number) && string(fields[2]) == cookieName {
			keys = append(keys, fields[3])
		}
	}
	return keys
}
