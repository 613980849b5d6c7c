package host

import (
	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/home"
	"sting/backend/inspect"
)

// Explain takes a ceremony apart without a running lab, as `sting explain`
// does. Certificates are judged by the machine's clock, and against the roots of
// the home folder; problems says which of its files are none.
func Explain(raw []byte, folder string) (x api.Explanation, problems []string, err error) {
	roots, problems := home.Roots(folder)
	x, err = inspect.Explain(raw, inspect.Options{Now: clock.New(nil).Machine(), Roots: roots})
	return x, problems, err
}
