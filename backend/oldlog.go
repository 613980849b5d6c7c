package backend

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
)

// Logs returns the last n lines that the last lab left in logs/sting.log, of one
// service or, for "", of all. A name that no line has is an empty log.
func (o Offline) Logs(_ context.Context, name string, n int) ([]api.LogLine, error) {
	raw, err := os.ReadFile(filepath.Join(o.Home, "logs", logName))
	if errors.Is(err, fs.ErrNotExist) {
		return []api.LogLine{}, nil
	}
	if err != nil {
		return nil, ErrHomeUnusable.Saying("The log can't be read.").Because(err)
	}
	name = admin.ServiceName(name)
	lines := []api.LogLine{}
	for text := range strings.Lines(string(raw)) {
		if line := parseLog(strings.TrimSuffix(text, "\n")); name == "" || line.Service == name {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-n):], nil
}

// parseLog reads a line as slog's text handler writes it.
func parseLog(text string) api.LogLine {
	line := api.LogLine{Level: "info"}
	if rest, ok := strings.CutPrefix(text, "time="); ok {
		at, rest, _ := strings.Cut(rest, " ")
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			line.At, text = t.UTC().Format(time.RFC3339), rest
		}
	}
	if rest, ok := strings.CutPrefix(text, "level="); ok {
		word, rest, _ := strings.Cut(rest, " ")
		var level slog.Level
		if level.UnmarshalText([]byte(word)) == nil {
			line.Level, text = admin.LogLevel(level), rest
		}
	}
	if before, rest, ok := strings.Cut(text, " service="); ok {
		name, after, _ := strings.Cut(rest, " ")
		line.Service, text = name, strings.TrimSpace(before+" "+after)
	}
	line.Text = text
	return line
}
