package backend

import (
	"io"
	"os"

	"sting/backend/config"
	"sting/backend/home"
	"sting/backend/localca"
)

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
