package backend

import (
	"crypto/x509"
	"os"
	"path/filepath"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/inspect"
)

// Explain takes a ceremony apart without a running lab, as `sting explain`
// does. Certificates are judged by the machine's clock, and against the roots of
// the home folder; problems says which of its files are none.
func Explain(raw []byte, home string) (x api.Explanation, problems []string, err error) {
	roots, problems := rootsIn(home)
	x, err = admin.ExplainWith(raw, inspect.Options{Now: clock.New(nil).Machine(), Roots: roots})
	return x, problems, err
}

// rootsIn reads the folder of roots in a home folder. Like everything there it may
// be no link.
func rootsIn(home string) (roots []*x509.Certificate, problems []string) {
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
