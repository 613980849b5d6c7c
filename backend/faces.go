package backend

import (
	"io"
	"log/slog"
	"os"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/doctor"
	"sting/backend/home"
	"sting/backend/host"
	"sting/backend/localca"
)

// Offline answers what can be asked of a home folder without the lab, and acts for the
// user of this process.
type Offline = host.Offline

// Here returns the door of a lab that runs in another process, such that what hangs on
// a person's environment is done in this one. off is the same home folder.
func Here(door admin.Door, off Offline, log *slog.Logger) admin.Door {
	return host.Here(door, off, log)
}

// Explain takes a ceremony apart without a running lab: host.Explain.
func Explain(raw []byte, folder string) (x api.Explanation, problems []string, err error) {
	return host.Explain(raw, folder)
}

// CheckIDs lists the ids of the doctor's checks, in their order. It looks at
// nothing.
func CheckIDs() []string { return doctor.IDs() }

// ErrAlreadyRunning means that another process runs a lab with the home folder.
var ErrAlreadyRunning = home.ErrAlreadyRunning

// Home returns the home folder: flag where it is given, else STING_HOME, else
// the platform's data folder. env is os.Getenv. It touches no disk.
func Home(flag string, env func(string) string) (string, error) { return config.Home(flag, env) }

// Sudo returns what changes the system's trust store from a terminal: sudo asks
// for the password there.
func Sudo(terminal io.Reader, talk io.Writer) localca.Elevate { return localca.Sudo(terminal, talk) }

// Pkexec returns what changes the system's trust store from a window: the
// desktop asks for the password.
func Pkexec() localca.Elevate { return localca.Pkexec() }

// ServeLog opens logs/serve.log in a home folder, empty: what a lab in the background
// writes to stdout and stderr. It returns home.ErrUnusable.
func ServeLog(folder string) (*os.File, error) { return home.ServeLog(folder) }
