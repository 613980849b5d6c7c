package backend_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"sting/backend"
)

// THREATS F03, F04, F37: a disk that is full at any moment of the first start. The
// disk is a file system in memory that grows a page at a time, in a mount namespace
// of this test's own.

func init() { // what runs in the namespace is this program; TestMain is for every system
	dir := os.Getenv(asOnTiny)
	if dir == "" {
		return
	}
	step, err := strconv.Atoi(os.Getenv(asOnTiny + "_STEP"))
	if err == nil {
		err = startOnTinyDisks(dir, step)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

const (
	page     = 4096
	asOnTiny = "STING_TEST_ON_A_TINY_DISK"
)

// startOnTinyDisks starts a lab on disks of more and more pages, and says on stdout
// where the start after one that failed isn't like a first one.
func startOnTinyDisks(dir string, step int) error {
	for pages := 2; ; pages += step {
		if err := syscall.Mount("sting", dir, "tmpfs", 0, fmt.Sprintf("size=%d", pages*page)); err != nil {
			return fmt.Errorf("mount: %w", err)
		}
		home := filepath.Join(dir, "home")
		full := startAndStop(home)
		if err := syscall.Mount("sting", dir, "tmpfs", syscall.MS_REMOUNT, "size=16777216"); err != nil {
			return fmt.Errorf("grow: %w", err)
		}
		if full != nil && strings.Contains(full.Error(), "DAMAGED") {
			fmt.Printf("%d pages: a full disk is taken for damage: %v\n", pages, full)
		}
		if err := startAndStop(home); err != nil {
			fmt.Printf("%d pages: the start failed with %v, and the next one with %v\n", pages, full, err)
		}
		left, err := filepath.Glob(filepath.Join(home, "*.damaged*"))
		if err != nil || len(left) > 0 {
			fmt.Printf("%d pages: %q were put aside, %v\n", pages, left, err)
		}
		if err := syscall.Unmount(dir, 0); err != nil {
			return fmt.Errorf("unmount: %w", err)
		}
		if full == nil {
			fmt.Println("tried", pages)
			return nil
		}
	}
}

func startAndStop(home string) error {
	o := labOptions(home)
	o.Overrides = map[string]string{"ports.site": "0", "ports.kratos_public": "0", "ports.kratos_admin": "0", "ports.smtp": "0",
		"ports.smtp_plain": "0", "ports.mail": "0"}
	lab := backend.New(o)
	ctx, end := context.WithCancel(context.Background())
	defer end()
	ended := make(chan error, 1)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	go func() { ended <- lab.Run(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-lab.Ready():
	}
	end()
	return <-ended
}

func TestAFullDiskInTheFirstStartLeavesAHomeThatStarts(t *testing.T) {
	t.Parallel()
	step := "16"
	if os.Getenv("STING_KILLS") != "" {
		step = "1"
	}
	flags := []string{"-m"}
	if os.Geteuid() != 0 {
		flags = []string{"-Urm"}
	}
	if out, err := exec.Command("unshare", append(flags, "true")...).CombinedOutput(); err != nil {
		t.Skipf("no mount namespace of one's own here: %v: %s", err, out)
	}
	cmd := exec.Command("unshare", append(flags, os.Args[0])...)
	cmd.Env = append(os.Environ(), asOnTiny+"="+t.TempDir(), asOnTiny+"_STEP="+step)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if tried, ok := strings.CutPrefix(line, "tried "); ok {
			t.Logf("disks of 2 to %s pages, %s at a time", strings.TrimSpace(tried), step)
			continue
		}
		t.Error(strings.TrimSpace(line))
	}
}
