package home

import (
	"os"
	"path/filepath"
	"sync"

	"gopkg.in/natefinch/lumberjack.v2"
)

// How much of the log the home folder keeps.
const (
	logMegabytes = 5
	logBackups   = 3
)

// LogFile is logs/sting.log in the home folder, rotated by size and readable by
// its owner alone. Before Open and after Close it takes lines and keeps none:
// nothing touches the disk before Run.
type LogFile struct {
	mu sync.Mutex
	to *lumberjack.Logger
}

// Open begins to keep lines in a home folder. It returns ErrUnusable.
func (f *LogFile) Open(home string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, err := logFolder(home)
	if err != nil {
		return err
	}
	f.to = &lumberjack.Logger{Filename: filepath.Join(dir, logName), MaxSize: logMegabytes, MaxBackups: logBackups}
	return nil
}

// logName is the log in the folder of logs.
const logName = "sting.log"

// logFolder makes the folder for logs in a home folder.
func logFolder(home string) (string, error) {
	dir := filepath.Join(home, "logs")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", ErrUnusable.Saying("The folder for the log can't be made.").Because(err)
	}
	return dir, nil
}

// ServeLog opens logs/serve.log in a home folder, empty: what a lab in the
// background writes to stdout and stderr. It returns ErrUnusable.
func ServeLog(home string) (*os.File, error) {
	dir, err := logFolder(home)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "serve.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, ErrUnusable.Saying("The log of the lab in the background can't be written.").Because(err)
	}
	return f, nil
}

// Close ends that.
func (f *LogFile) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.to.Close() // a log that can't be closed is no reason to fail
	f.to = nil
}

// Write implements io.Writer. A disk that is full must not stop the lab, so a
// line that can't be written is lost here; the terminal and the log ring have it.
func (f *LogFile) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.to != nil {
		_, _ = f.to.Write(line)
	}
	return len(line), nil
}
