//go:build !linux

package store_test

// limitMemory does nothing where there is no such limit: GOMEMLIMIT is a wish only.
func limitMemory(uint64) {}
