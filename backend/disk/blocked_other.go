//go:build !unix

package disk

// Blocked knows of no owners and modes on this system.
func Blocked(string) (why, command string) { return "", "" }
