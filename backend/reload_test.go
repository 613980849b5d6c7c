package backend_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/labtest"
)

// warnsOf waits until a warning of the status has every one of the words, or,
// with gone, until none has.
func warnsOf(t *testing.T, lab *labtest.Lab, gone bool, words ...string) {
	t.Helper()
	var last []string
	deadline := time.After(10 * time.Second)
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		st, err := lab.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		last = st.Warnings
		said := false
		for _, w := range last {
			all := true
			for _, word := range words {
				all = all && strings.Contains(w, word)
			}
			said = said || all
		}
		if said != gone {
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("the status warns %q; %q is to be gone: %v", last, words, gone)
		}
	}
}

func TestAWrongChangeOfTheFileIsSaidUntilItIsMended(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	file := filepath.Join(lab.Home, "sting.yml")
	good, err := os.ReadFile(file)
	done(t, err)
	write := func(more string) { done(t, os.WriteFile(file, append(good[:len(good):len(good)], more...), 0o600)) }

	write("session: {lifespan: 2h}\nkratos: {mode: none, binary: /nowhere/kratos}\n")
	warnsOf(t, lab, false, "line 3", "kratos.mode")
	warnsOf(t, lab, false, "kratos.binary", "`sting restart`")
	write("session: {lifespan: 2h}\n")
	warnsOf(t, lab, true, "kratos.mode")
	warnsOf(t, lab, true, "kratos.binary")
}
