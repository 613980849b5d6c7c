package cli

import (
	"bufio"
	"fmt"
	"strings"

	"sting/backend/fault"
)

var errNotConfirmed = fault.New(fault.Invalid, "NOT_CONFIRMED", "Nothing was removed.",
	"Answer y, or give --yes to remove without a question.")

// confirm asks a question and returns nil after a yes. Where nobody can
// answer, that is a wrong usage.
func (c *commands) confirm(question string) error {
	if !c.Terminal.In {
		return misuse{"Nobody is here to answer: " + question, "Give --yes to remove without a question."}
	}
	fmt.Fprintf(c.Stderr, "%s [y/N] ", plain(question))
	line, err := bufio.NewReader(c.Stdin).ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(c.Stderr)
		return errNotConfirmed
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return errNotConfirmed
}

// count says how many of something there are.
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
