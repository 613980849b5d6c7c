package home

import (
	"crypto/x509"
	"os"
	"path/filepath"

	"sting/backend/inspect"
)

// Roots reads the folder of roots of attestations in a home folder; "" has none.
// problems says which of its files are none. Like everything there the folder may be no
// link.
func Roots(home string) (roots []*x509.Certificate, problems []string) {
	if home == "" {
		return nil, nil
	}
	dir := filepath.Join(home, "roots")
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, nil
	}
	if !info.IsDir() {
		return nil, []string{dir + " is no folder, so no roots of attestations were read. Make it a folder of PEM files."}
	}
	return inspect.ReadRoots(os.DirFS(dir))
}
