package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// bind has nothing to do here: tie does it once the process is there.
func bind(*exec.Cmd) {}

// job is one that ends everything in it when its last handle closes: ours, which
// the system closes when we end, however that happens.
var job = sync.OnceValues(func() (windows.Handle, error) {
	h, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, fmt.Errorf("make job: %w", err)
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, err = windows.SetInformationJobObject(h, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)),
		uint32(unsafe.Sizeof(info)))
	if err != nil {
		return 0, errors.Join(fmt.Errorf("limit job: %w", err), windows.CloseHandle(h))
	}
	return h, nil
})

// tie puts a child into the job. What it starts from then on is in it, too.
func tie(p *os.Process) error {
	h, err := job()
	if err != nil {
		return err
	}
	child, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.Pid))
	if err != nil {
		return fmt.Errorf("open child: %w", err)
	}
	err = windows.AssignProcessToJobObject(h, child)
	if err != nil {
		err = fmt.Errorf("put child into job: %w", err)
	}
	return errors.Join(err, windows.CloseHandle(child))
}

// startOf returns when a process was started, in units of 100 ns since 1601.
func startOf(pid int) string {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return ""
	}
	defer windows.CloseHandle(h)
	var began, end, kernel, user windows.Filetime
	if windows.GetProcessTimes(h, &began, &end, &kernel, &user) != nil {
		return ""
	}
	return strconv.FormatInt(began.Nanoseconds(), 10)
}

const stillActive = 259 // STILL_ACTIVE of GetExitCodeProcess

func alive(pid int) bool {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return errors.Is(err, windows.ERROR_ACCESS_DENIED)
	}
	defer windows.CloseHandle(h)
	var code uint32
	return windows.GetExitCodeProcess(h, &code) == nil && code == stillActive
}

func ask(pid int) { kill(pid) } // there is no asking a program without a window

func kill(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill() // one that is gone is what is wanted
	}
}

func killGroup(pid int) { kill(pid) }

func nameOf(_ int, otherwise string) string { return otherwise }

func marked(int, string) []int { return nil }

func killCommand(pid int) string { return fmt.Sprintf("taskkill /F /PID %d", pid) }
