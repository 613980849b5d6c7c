// Mutate breaks the lines that decide who gets in, one at a time, and asks the
// tests to notice. A mutant that no test notices is a line that anybody could
// break by accident. No source file is touched: the broken text reaches the
// compiler as an overlay.
//
//	go run ./build/mutate named    a handful of text replacements, each with the test that holds it
//	go run ./build/mutate          every condition, comparison and ending call of the packages in scope.go
//
// STING_MUTANTS=N takes a random sample of N; its seed is printed, and
// STING_MUTANTS_SEED repeats it. STING_MUTANTS_ONLY=REGEXP takes those whose name
// matches.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mutate: error:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "arch_test.go")); err != nil {
		return fmt.Errorf("run from the top of the repository: %w", err)
	}
	dir, err := os.MkdirTemp("", "sting-mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	switch {
	case len(args) == 0:
		return runAll(ctx, root, dir)
	case len(args) == 1 && args[0] == "named":
		return runNamed(ctx, root, dir)
	}
	return fmt.Errorf("usage: go run ./build/mutate [named]")
}
