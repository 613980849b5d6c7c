//go:build !unix

package store

// noFollow is nothing where the system has no such flag.
const noFollow = 0
