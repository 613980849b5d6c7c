package managed

import (
	"bufio"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// lastLine hands a process' lines to the log and remembers the latest ones.
type lastLine struct {
	log    *slog.Logger
	secret string // never written to the log
	mu     sync.Mutex
	lines  []string
}

// latestLines is how many lines of a process are remembered: a refusal of its
// configuration takes a few.
const latestLines = 40

func (l *lastLine) read(r io.Reader) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), 1<<20)
	for lines.Scan() {
		text := l.clean(lines.Text())
		if strings.TrimSpace(text) == "" {
			continue
		}
		l.mu.Lock()
		l.lines = append(l.lines[max(0, len(l.lines)+1-latestLines):], text)
		l.mu.Unlock()
		l.log.Info("kratos says", "line", strings.TrimSpace(text))
	}
	_, _ = io.Copy(io.Discard, r) // a line too long ends the scanner, not the process
}

// clean takes the secret out of a line and clips it. A refused configuration is
// shown by Kratos with its values.
func (l *lastLine) clean(line string) string {
	for _, secret := range []string{l.secret, l.secret[:min(len(l.secret), 32)]} {
		if secret != "" {
			line = strings.ReplaceAll(line, secret, "(secret)")
		}
	}
	return clip(line)
}

func (l *lastLine) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) == 0 {
		return ""
	}
	return strings.TrimSpace(l.lines[len(l.lines)-1])
}

func (l *lastLine) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

func clip(s string) string {
	const longest = 1000
	if len(s) > longest {
		s = s[:longest] + " ..."
	}
	return s
}
