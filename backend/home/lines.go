package home

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sting/backend/service"
)

// Lines returns the last n lines that the last lab left in logs/sting.log, of one
// service or, for "", of all. A name that no line has is an empty log. It returns
// ErrUnusable where the log can't be read.
func Lines(home, name string, n int) ([]service.Line, error) {
	raw, err := os.ReadFile(filepath.Join(home, "logs", logName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, ErrUnusable.Saying("The log can't be read.").Because(err)
	}
	var lines []service.Line
	for text := range strings.Lines(string(raw)) {
		if line := parseLine(strings.TrimSuffix(text, "\n")); name == "" || line.Service == name {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-n):], nil
}

// parseLine reads a line as slog's text handler writes it.
func parseLine(text string) (line service.Line) {
	if rest, ok := strings.CutPrefix(text, "time="); ok {
		at, rest, _ := strings.Cut(rest, " ")
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			line.At, text = t, rest
		}
	}
	if rest, ok := strings.CutPrefix(text, "level="); ok {
		word, rest, _ := strings.Cut(rest, " ")
		var level slog.Level
		if level.UnmarshalText([]byte(word)) == nil {
			line.Level, text = level, rest
		}
	}
	if before, rest, ok := strings.Cut(text, " service="); ok {
		name, after, _ := strings.Cut(rest, " ")
		line.Service, text = name, strings.TrimSpace(before+" "+after)
	}
	line.Text = text
	return line
}
