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
	for _, name := range strings.Fields(string(out)) {
		if strings.HasPrefix(name, "Test") && name != "TestMain" {
			s.tests = append(s.tests, reach{name: name})
		}
	}
	return s, nil
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
		began := time.Now()
		out, err := s.run(ctx, 2*time.Minute, []string{"STING_MUTANT_NOTES=" + notes}, "-test.run=^"+t.name+"$", "-test.count=1")
		t.took = time.Since(began)
		if err != nil {
			errs[i] = fmt.Errorf("%s of %s is red with no mutant awake: %w\n%s", t.name, s.pkg, err, tail(out))
			return
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
		out, err := s.run(ctx, limit, []string{"STING_MUTANT_AWAKE=" + strconv.Itoa(m.id)},
			"-test.run=^("+strings.Join(group, "|")+")$", "-test.failfast", "-test.count=1", "-test.timeout="+limit.String())
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err != nil {
			return s.pkg + " " + firstRed(out), nil
		}
	}
	return "", nil
}

var red = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

func firstRed(out []byte) string {
	if m := red.FindSubmatch(out); m != nil {
		return string(m[1])
	}
	return "(no end, or a panic)"
}

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
