package store_test

import "syscall"

// limitMemory bounds what this process may fill, so that asking for all memory
// ends it instead of the machine. What Go only reserves doesn't count.
func limitMemory(bytes uint64) {
	limit := syscall.Rlimit{Cur: bytes, Max: bytes}
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &limit); err != nil {
		panic(err)
	}
}
