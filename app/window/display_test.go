package window_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sting/app/window"
)

// display is an X server that lets in who shows its key, and its name for DISPLAY.
func display(t *testing.T, key string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			answer(conn, key)
			_ = conn.Close()
		}
	}()
	return fmt.Sprintf("127.0.0.1:%d.0", ln.Addr().(*net.TCPAddr).Port-6000)
}

func answer(conn net.Conn, key string) {
	head := make([]byte, 12)
	if _, err := io.ReadFull(conn, head); err != nil {
		return
	}
	name, data := int(binary.LittleEndian.Uint16(head[6:])), int(binary.LittleEndian.Uint16(head[8:]))
	rest := make([]byte, (name+3)/4*4+(data+3)/4*4)
	_, _ = io.ReadFull(conn, rest)
	if bytes.Contains(rest, []byte(key)) {
		_, _ = conn.Write([]byte{1, 0, 11, 0, 0, 0, 0, 0})
		return
	}
	reason := "No protocol specified\n\x00\x00"
	_, _ = conn.Write(append([]byte{0, byte(len(reason)), 11, 0, 0, 0, byte(len(reason) / 4), 0}, reason...))
}

// authority writes a file with a key as xauth does.
func authority(t *testing.T, display, key string) string {
	t.Helper()
	_, rest, _ := strings.Cut(display, ":")
	number, _, _ := strings.Cut(rest, ".")
	raw := []byte{1, 0}
	for _, field := range []string{"host", number, "MIT-MAGIC-COOKIE-1", key} {
		raw = append(binary.BigEndian.AppendUint16(raw, uint16(len(field))), field...)
	}
	path := filepath.Join(t.TempDir(), "Xauthority")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestADeadDisplayIsSaidInWordsBeforeTheToolkitIsAsked(t *testing.T) {
	open, closed := display(t, ""), display(t, "0123456789abcdef")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := fmt.Sprintf("127.0.0.1:%d", ln.Addr().(*net.TCPAddr).Port-6000)
	_ = ln.Close()
	key := authority(t, closed, "0123456789abcdef")
	for claim, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"one that answers":    {map[string]string{"DISPLAY": open}, ""},
		"one with a key":      {map[string]string{"DISPLAY": closed, "XAUTHORITY": key}, ""},
		"one without the key": {map[string]string{"DISPLAY": closed, "HOME": t.TempDir()}, "lets you not in (No protocol specified"},
		"the key of another": {map[string]string{"DISPLAY": closed, "XAUTHORITY": authority(t, closed, "fedcba9876543210")},
			"XAUTHORITY"},
		"nobody":                    {map[string]string{"DISPLAY": nobody}, "nobody answers at " + nobody},
		"a socket that isn't there": {map[string]string{"DISPLAY": ":59000"}, "nobody answers at :59000"},
		"no display at all":         {map[string]string{"DISPLAY": "screen"}, "is no display"},
		"Wayland without anybody":   {map[string]string{"WAYLAND_DISPLAY": "wayland-77", "XDG_RUNTIME_DIR": t.TempDir()}, "WAYLAND_DISPLAY"},
		"Wayland without anybody, but X": {map[string]string{"WAYLAND_DISPLAY": "wayland-77", "XDG_RUNTIME_DIR": t.TempDir(), "DISPLAY": open},
			""},
		"nothing": {nil, "both empty"},
	} {
		err := window.CheckDisplay("linux", func(name string) string { return c.env[name] })
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, window.ErrNoDisplay) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", claim, err, c.want)
		}
	}
}
