//go:build !unix

package config

import "io/fs"

const hasModes = false

func ownedByUs(fs.FileInfo) bool { return true }
