package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// runAll fails when a mutant survives that is in neither list.
func runAll(ctx context.Context, root, dir string) error {
	began := time.Now()
	mutants, overlay, err := instrument(root, dir)
	if err != nil {
		return err
	}
	equivalent, unheld, err := lists(root, mutants)
	if err != nil {
		return err
	}
	chosen, err := choose(slices.DeleteFunc(slices.Clone(mutants), func(m mutant) bool { return equivalent[m.key] != "" }))
	if err != nil {
		return err
	}
	fmt.Printf("%d mutants in %d packages: %d equivalent, %d not held yet; %d are tried\n", len(mutants), len(scope), len(equivalent),
		len(unheld), len(chosen))
	tests, err := prepare(ctx, root, dir, overlay)
	if err != nil {
		return err
	}
	survivors := try(ctx, chosen, tests)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return verdict(chosen, survivors, equivalent, unheld, time.Since(began))
}

// verdict tells what came out, and fails where something new survived.
func verdict(chosen []mutant, survivors []string, equivalent, unheld map[string]string, took time.Duration) error {
	fmt.Printf("%d mutants tried, %d killed, %d survived, %d equivalent, in %v\n",
		len(chosen), len(chosen)-len(survivors), len(survivors), len(equivalent), took.Round(time.Second))
	for _, m := range chosen {
		if unheld[m.key] != "" && !slices.Contains(survivors, m.key) {
			fmt.Printf("held now, take it out of unheld.txt: %s\n", m.key)
		}
	}
	fresh := slices.DeleteFunc(slices.Clone(survivors), func(key string) bool {
		for listed := range unheld {
			if covers(listed, key) {
				return true
			}
		}
		return false
	})
	if len(fresh) > 0 {
		return fmt.Errorf("no test notices these; write one, or say in build/mutate/equivalent.txt why nothing is lost:\n%s",
			strings.Join(fresh, "\n"))
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
		named, err := regexp.Compile(only)
		if err != nil {
			return nil, fmt.Errorf("STING_MUTANTS_ONLY: %w", err)
		}
		all = slices.DeleteFunc(all, func(m mutant) bool { return !named.MatchString(m.key) })
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

// lists reads which mutants are equivalent and which no test holds yet.
func lists(root string, mutants []mutant) (equivalent, unheld map[string]string, err error) {
	if equivalent, err = readList(filepath.Join(root, "build/mutate/equivalent.txt")); err != nil {
		return nil, nil, err
	}
	if unheld, err = readList(filepath.Join(root, "build/mutate/unheld.txt")); err != nil {
		return nil, nil, err
	}
	var gone []string
	for _, list := range []map[string]string{equivalent, unheld} {
		for key := range list {
			if !slices.ContainsFunc(mutants, func(m mutant) bool { return covers(key, m.key) }) {
				gone = append(gone, key)
			}
		}
	}
	slices.Sort(gone)
	for _, key := range gone {
		fmt.Printf("listed, and no mutant any more; take it out: %s\n", key)
	}
	return equivalent, unheld, nil
}

// covers reports whether a line of a list is a mutant's key or, ending in "*",
// what it begins with.
func covers(listed, key string) bool {
	begin, many := strings.CutSuffix(listed, "*")
	return listed == key || many && strings.HasPrefix(key, begin)
}

// readList reads mutants, one a line, and the indented sentence behind them that
// says what holds for all since the sentence before.
func readList(path string) (map[string]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	list := make(map[string]string)
	var waiting, told []string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\r\n")
		why, indented := strings.CutPrefix(line, "  ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case indented:
			if len(waiting) > 0 {
				told, waiting = waiting, nil
			}
			for _, key := range told {
				list[key] = strings.TrimSpace(list[key] + " " + why)
			}
		default:
			waiting = append(waiting, line)
		}
	}
	if len(waiting) > 0 {
		return nil, fmt.Errorf("%s: no sentence says why of: %s", path, waiting[0])
	}
	return list, nil
}
