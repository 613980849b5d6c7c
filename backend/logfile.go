package backend

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

// logFile is logs/sting.log in the home folder, rotated by size and readable by
// its owner alone. Before open and after close it takes lines and keeps none:
// nothing touches the disk before Run.
type logFile struct {
	mu sync.Mutex
	to *lumberjack.Logger
}

func (f *logFile) open(home string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := os.MkdirAll(filepath.Join(home, "logs"), 0o700); err != nil {
		return ErrHomeUnusable.Saying("The folder for the log can't be made.").Because(err)
	}
	f.to = &lumberjack.Logger{Filename: filepath.Join(home, "logs", "sting.log"), MaxSize: logMegabytes, MaxBackups: logBackups}
	return nil
}

func (f *logFile) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.to.Close() // a log that can't be closed is no reason to fail
	f.to = nil
}

// Write implements io.Writer. A disk that is full must not stop the lab, so a
// line that can't be written is lost here; the terminal and the book have it.
func (f *logFile) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.to != nil {
		_, _ = f.to.Write(line)
	}
	return len(line), nil
}
