package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// runAll fails when a mutant survives that nobody has called equivalent, or when
// one that somebody has called so is gone.
func runAll(ctx context.Context, root, dir string) error {
	began := time.Now()
	mutants, overlay, err := instrument(root, dir)
	if err != nil {
		return err
	}
	listed, err := readList(filepath.Join(root, "build/mutate/equivalent.txt"))
	if err != nil {
		return err
	}
	if gone := missing(listed, mutants); len(gone) > 0 {
		return fmt.Errorf("build/mutate/equivalent.txt lists mutants that are none any more; take them out:\n%s", strings.Join(gone, "\n"))
	}
	chosen, err := choose(slices.DeleteFunc(slices.Clone(mutants), func(m mutant) bool { return listed[m.key] != "" }))
	if err != nil {
		return err
	}
	fmt.Printf("%d mutants in %d packages, %d of them listed as equivalent; %d are tried\n", len(mutants), len(scope), len(listed), len(chosen))
	tests, err := prepare(ctx, root, dir, overlay)
	if err != nil {
		return err
	}
	survivors := try(ctx, chosen, tests)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fmt.Printf("%d mutants tried, %d killed, %d survived, %d listed as equivalent, in %v\n",
		len(chosen), len(chosen)-len(survivors), len(survivors), len(listed), time.Since(began).Round(time.Second))
	if len(survivors) > 0 {
		return fmt.Errorf("no test notices these; write one, or say in build/mutate/equivalent.txt why nothing is lost:\n%s", strings.Join(survivors, "\n"))
	}
	return nil
}

// prepare compiles the suites and finds out which test comes past which mutant.
func prepare(ctx context.Context, root, dir, overlay string) ([]*suite, error) {
	var tests []*suite
	for _, pkg := range suites {
		s, err := compile(ctx, root, dir, overlay, pkg)
		if err != nil {
			return nil, err
		}
		began, n := time.Now(), len(s.tests)
		if err := s.survey(ctx, dir); err != nil {
			return nil, err
		}
		fmt.Printf("%s: %d tests surveyed in %v\n", pkg, n, time.Since(began).Round(time.Second))
		tests = append(tests, s)
	}
	return tests, nil
}

// try asks the suites about each mutant, its own package's first, and returns
// the names of those that nobody noticed.
func try(ctx context.Context, chosen []mutant, tests []*suite) []string {
	var survivors []string
	var mu sync.Mutex
	done, told := 0, time.Now()
	each(len(chosen), func(i int) {
		killer := ""
		for _, s := range ownFirst(tests, chosen[i]) {
			var err error
			if killer, err = s.kills(ctx, chosen[i]); killer != "" || err != nil {
				break
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if done++; killer == "" && ctx.Err() == nil {
			survivors = append(survivors, chosen[i].key)
			fmt.Printf("survived: %s (line %d)\n", chosen[i].key, chosen[i].line)
		}
		if time.Since(told) > 30*time.Second {
			told = time.Now()
			fmt.Printf("%d of %d, %d survived\n", done, len(chosen), len(survivors))
		}
	})
	slices.Sort(survivors)
	return survivors
}

func ownFirst(tests []*suite, m mutant) []*suite {
	out := slices.Clone(tests)
	own := filepath.ToSlash(filepath.Dir(m.file))
	slices.SortStableFunc(out, func(a, b *suite) int {
		switch {
		case a.pkg == own && b.pkg != own:
			return -1
		case b.pkg == own && a.pkg != own:
			return 1
		}
		return 0
	})
	return out
}

// choose takes the sample that the environment asks for.
func choose(all []mutant) ([]mutant, error) {
	if only := os.Getenv("STING_MUTANTS_ONLY"); only != "" {
		all = slices.DeleteFunc(all, func(m mutant) bool { return !strings.Contains(m.key, only) })
	}
	n := os.Getenv("STING_MUTANTS")
	if n == "" {
		return all, nil
	}
	most, err := strconv.Atoi(n)
	if err != nil || most < 1 {
		return nil, fmt.Errorf("STING_MUTANTS is %q, and must be how many are tried", n)
	}
	seed, err := strconv.ParseUint(os.Getenv("STING_MUTANTS_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	fmt.Printf("STING_MUTANTS_SEED=%d\n", seed)
	rand.New(rand.NewPCG(seed, seed)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(most, len(all))], nil
}

// readList reads mutants, one a line, each followed by an indented sentence that
// says why.
func readList(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list := make(map[string]string)
	last := ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "  ") && last != "":
			list[last] = strings.TrimSpace(list[last] + " " + strings.TrimSpace(line))
		default:
			last = line
			list[last] = ""
		}
	}
	for key, why := range list {
		if why == "" {
			return nil, fmt.Errorf("%s: nobody says why this one is equivalent: %s", path, key)
		}
	}
	return list, nil
}

func missing(listed map[string]string, all []mutant) []string {
	var gone []string
	for key := range listed {
		if !slices.ContainsFunc(all, func(m mutant) bool { return m.key == key }) {
			gone = append(gone, key)
		}
	}
	slices.Sort(gone)
	return gone
}
