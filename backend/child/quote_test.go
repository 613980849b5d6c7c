//go:build unix

package child_test

import (
	"os/exec"
	"testing"

	"sting/backend/child"
)

func TestACommandIsQuotedForAShell(t *testing.T) {
	argv := []string{"printf", "%s|", "plain/path-1.pem", "two words", "it's", "", "$HOME;`id`"}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", child.Quote(argv...)).Output()
	if want := "plain/path-1.pem|two words|it's||$HOME;`id`|"; err != nil || string(out) != want {
		t.Errorf("the shell understood %q, %v, want %q", out, err, want)
	}
}
