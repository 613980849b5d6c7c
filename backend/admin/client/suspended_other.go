//go:build !linux

package client

// suspended is not known here.
func suspended(int) bool { return false }
