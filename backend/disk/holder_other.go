//go:build !linux

package disk

// Holder knows of no holders on this system.
func Holder(string) (name string, pid int) { return "", 0 }
