package window

import (
	"sting/backend/fault"
)

// Why there can be no window.
var (
	ErrNoWindow = fault.New(fault.Unavailable, "NO_WINDOW", "This build has no window.",
		"Run `sting serve`: it is the same lab without a window. `build/run` builds the program with one.")
	ErrNoDisplay = fault.New(fault.Unavailable, "NO_DISPLAY", "There is no display to open a window on: DISPLAY and WAYLAND_DISPLAY are both empty.",
		"Run `sting serve`: it is the same lab without a window. Over SSH, `ssh -X` forwards a display.")
)

// checkDisplay returns ErrNoDisplay where a window toolkit would find none: GTK
// ends the process then, before it can say so.
func checkDisplay(goos string, getenv func(string) string) error {
	switch goos {
	case "windows", "darwin":
		return nil
	}
	if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" {
		return ErrNoDisplay
	}
	return nil
}
