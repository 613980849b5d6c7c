//go:build !(desktop || dev || bindings)

package window

import (
	"io/fs"
)

// Run says that this build has no window.
func Run(*Window, fs.FS) error { return ErrNoWindow }
