//go:build !unix

package localca

// blocked returns nil: certutil's own words have to do here.
func blocked(string, bool) error { return nil }
