package cli

import (
	"os"
	"os/exec"
	"path/filepath"

	"sting/backend"
	"sting/backend/fault"
)

var errBackground = fault.New(fault.Unavailable, "NOT_STARTED", "The lab could not be started in the background.",
	"Run it in this terminal: `sting serve`.")

// background starts `sting serve` of this program in a session of its own, so
// that neither Ctrl-C nor the end of the terminal reaches it.
func background(s Serve) (Child, error) {
	home, err := filepath.Abs(s.Home)
	if err != nil {
		return Child{}, errBackground.Because(err)
	}
	program, err := os.Executable()
	if err != nil {
		return Child{}, errBackground.Because(err)
	}
	log, err := backend.ServeLog(home)
	if err != nil {
		return Child{}, err
	}
	defer log.Close()
	cmd := exec.Command(program, "serve", "--quiet", "--home", home)
	cmd.Args[0] = os.Args[0] // a program may go by its name
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = home, log, log, ownSession()
	if err := cmd.Start(); err != nil {
		return Child{}, errBackground.Because(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // what it wrote says why
	}()
	return Child{PID: cmd.Process.Pid, Log: log.Name(), Ended: ended, End: func() {
		if cmd.Process.Signal(os.Interrupt) != nil {
			_ = cmd.Process.Kill()
		}
		<-ended
	}}, nil
}
