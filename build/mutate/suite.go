package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// suite is the test program of one package.
type suite struct {
	pkg    string
	binary string
	folder string
	tests  []reach
}

// reach is one test, how long it takes, and the mutants that it comes past.
type reach struct {
	name string
	took time.Duration
	past map[int]bool
}

// slowest is how long a test may take alone to be asked about mutants.
const slowest = 25 * time.Second

// compile builds a suite's program with all mutants asleep.
func compile(ctx context.Context, root, dir, overlay, pkg string) (*suite, error) {
	s := &suite{pkg: pkg, folder: filepath.Join(root, pkg), binary: filepath.Join(dir, strings.ReplaceAll(pkg, "/", "_")+".test")}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", s.binary, "./"+pkg)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compile the tests of %s: %w\n%s", pkg, err, out)
	}
	out, err := s.run(ctx, time.Minute, nil, "-test.list=^Test")
	if err != nil {
		return nil, fmt.Errorf("list the tests of %s: %w", pkg, err)
	}
	wanted, err := askedTests(s.folder, asked[pkg])
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Fields(string(out)) {
		if strings.HasPrefix(name, "Test") && (asked[pkg] == "" || wanted[name]) {
			s.tests = append(s.tests, reach{name: name})
		}
	}
	return s, nil
}

// askedTests returns the tests that stand in some files of a folder.
func askedTests(folder, files string) (map[string]bool, error) {
	wanted := make(map[string]bool)
	for name := range strings.FieldsSeq(files) {
		raw, err := os.ReadFile(filepath.Join(folder, name+"_test.go"))
		if err != nil {
			return nil, fmt.Errorf("build/mutate/scope.go asks for tests that are gone: %w", err)
		}
		for _, m := range declared.FindAllSubmatch(raw, -1) {
			wanted[string(m[1])] = true
		}
	}
	return wanted, nil
}

// run starts the suite's program where go test would.
func (s *suite) run(ctx context.Context, limit time.Duration, env []string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.binary, args...)
	cmd.Dir, cmd.WaitDelay = s.folder, time.Second
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "STING_") }), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.Bytes(), err
}

// survey runs every test alone, with all mutants asleep, and notes what it comes
// past. A test that is red, or slow, is not asked about mutants; red ones are an
// error, because then nothing would be shown.
func (s *suite) survey(ctx context.Context, dir string) error {
	errs := make([]error, len(s.tests))
	each(len(s.tests), func(i int) {
		t := &s.tests[i]
		notes := filepath.Join(dir, strings.ReplaceAll(s.pkg, "/", "_")+"_"+strconv.Itoa(i))
		for try := 1; ; try++ {
			began := time.Now()
			out, err := s.run(ctx, 2*time.Minute, []string{"STING_MUTANT_NOTES=" + notes}, "-test.run=^"+t.name+"$", "-test.count=1")
			if t.took = time.Since(began); err == nil {
				break
			}
			if try == 3 { // two programs may draw one port once
				errs[i] = fmt.Errorf("%s of %s is red with no mutant awake: %w\n%s", t.name, s.pkg, err, tail(out))
				return
			}
		}
		t.past = make(map[int]bool)
		if raw, err := os.ReadFile(notes); err == nil {
			for _, n := range strings.Fields(string(raw)) {
				if id, err := strconv.Atoi(n); err == nil {
					t.past[id] = true
				}
			}
		}
	})
	s.tests = slices.DeleteFunc(s.tests, func(r reach) bool { return r.took > slowest })
	slices.SortFunc(s.tests, func(a, b reach) int { return int(a.took - b.took) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// kills runs the tests that come past a mutant, a few at a time, and returns the
// first that goes red; "" if none does.
func (s *suite) kills(ctx context.Context, m mutant) (string, error) {
	var names []string
	var took time.Duration
	for _, t := range s.tests {
		if t.past[m.id] {
			names, took = append(names, t.name), took+t.took
		}
	}
	limit := 20*time.Second + 4*took
	for group := range slices.Chunk(names, 6) {
		for len(group) > 0 {
			name, err := s.firstRed(ctx, m, limit, group)
			if err != nil || name == "" {
				if err != nil {
					return "", err
				}
				break
			}
			again, err := s.firstRed(ctx, m, limit, []string{name})
			if again != "" || err != nil { // red twice is no accident
				return s.pkg + " " + name, err
			}
			group = slices.DeleteFunc(slices.Clone(group), func(n string) bool { return n == name })
		}
	}
	return "", nil
}

// firstRed wakes a mutant, runs tests until one is red, and returns its name: the
// first one's where the program ended without a word.
func (s *suite) firstRed(ctx context.Context, m mutant, limit time.Duration, names []string) (string, error) {
	out, err := s.run(ctx, limit, []string{"STING_MUTANT_AWAKE=" + strconv.Itoa(m.id)},
		"-test.run=^("+strings.Join(names, "|")+")$", "-test.failfast", "-test.count=1", "-test.timeout="+limit.String())
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err == nil:
		return "", nil
	}
	if m := red.FindSubmatch(out); m != nil && slices.Contains(names, string(m[1])) {
		return string(m[1]), nil
	}
	if m := running.FindSubmatch(out); m != nil && slices.Contains(names, string(m[1])) {
		return string(m[1]), nil // a panic, or no end
	}
	return names[0], nil
}

var (
	declared = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

	red     = regexp.MustCompile(`(?m)^\s*--- FAIL: (\w+) `)
	running = regexp.MustCompile(`(?:running tests:\s+|\.)(Test\w+)(?: \(|\()`)
)

func tail(out []byte) string {
	lines := strings.Split(string(out), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// each calls f for 0 to n-1, on every core.
func each(n int, f func(i int)) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	workers.Wait()
}
