//go:build desktop || dev || bindings

package window

import (
	"sync"
	"syscall"
)

// closeToOthers keeps from other users of the machine what the web view makes
// until the returned function is called, and what its own processes make for
// good: they begin meanwhile and inherit it. A web view of a program called
// sting keeps its files in the folder that is the lab's home in the usual place,
// and comes first; the lab must find that folder closed. It ends when the page
// is there, so that a browser which the window opens knows nothing of it.
func closeToOthers() (open func()) {
	before := syscall.Umask(0o077)
	return sync.OnceFunc(func() { syscall.Umask(before) })
}
