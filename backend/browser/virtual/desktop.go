package virtual

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Desktop is the session on whose screen the browser opens, where that isn't the
// one that this process was started in: the values of the variables of the same
// names, "" for one that is not set. A nil one is this process' own.
type Desktop struct{ Display, WaylandDisplay, XAuthority, RuntimeDir, Home string }

// variables are those that decide which screen and which trust stores a browser
// has. Only they are taken from somebody else's environment: none names a program.
func (d *Desktop) variables() map[string]string {
	return map[string]string{
		"DISPLAY": d.Display, "WAYLAND_DISPLAY": d.WaylandDisplay, "XAUTHORITY": d.XAuthority,
		"XDG_RUNTIME_DIR": d.RuntimeDir, "HOME": d.Home,
	}
}

// foreign reports whether the browser has to be told where it opens.
func (d *Desktop) foreign() bool { return d != nil && runtime.GOOS == "linux" }

// environment returns what the browser is started with.
func (d *Desktop) environment() []string {
	env := os.Environ()
	if !d.foreign() {
		return env
	}
	for name, value := range d.variables() {
		if name == "HOME" && !folder(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' }) {
			continue // nothing that could be used: the lab's own stays
		}
		env = slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// screen names where a window opens, "" for nowhere.
func (d *Desktop) screen() string {
	if !d.foreign() {
		d = &Desktop{Display: os.Getenv("DISPLAY"), WaylandDisplay: os.Getenv("WAYLAND_DISPLAY")}
	}
	if d.WaylandDisplay != "" {
		return d.WaylandDisplay
	}
	return d.Display
}

func folder(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && filepath.IsAbs(path) && fi.IsDir()
}
