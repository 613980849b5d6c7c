package localca

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// Sudo returns an Elevate for a terminal: sudo asks for the password there.
// What the command says goes to talk.
func Sudo(terminal io.Reader, talk io.Writer) Elevate {
	return func(ctx context.Context, argv []string) error {
		cmd := exec.CommandContext(ctx, "sudo", append([]string{"--"}, argv...)...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, talk, talk
		return elevated("sudo", cmd)
	}
}

// Pkexec returns an Elevate for a window: the desktop asks for the password.
// Without an agent that could ask it fails at once.
func Pkexec() Elevate {
	return func(ctx context.Context, argv []string) error {
		return elevated("pkexec", exec.CommandContext(ctx, "pkexec", append([]string{"--disable-internal-agent"}, argv...)...))
	}
}

func elevated(tool string, cmd *exec.Cmd) error {
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", tool, err)
	}
	return nil
}
