package admin

import (
	"context"
	"log/slog"
	"time"

	"sting/backend/api"
	"sting/backend/service"
	"sting/backend/wire"
)

// ServiceName returns the name of a service, whichever of its names was typed.
func ServiceName(typed string) string {
	switch typed {
	case "app", "frontend":
		return "site"
	case "sting-kratos":
		return "kratos"
	case "mailpit":
		return "mail"
	}
	return typed
}

// changeTime bounds a start or a restart, with everything that it takes along.
const changeTime = time.Minute

// StartService starts a service and what it needs. It returns when it is ready,
// or why it isn't.
func (l *Lab) StartService(ctx context.Context, name string) error {
	return lasting(ctx, func(ctx context.Context) error { return l.Running.Start(ctx, ServiceName(name)) })
}

// StopService stops a service and what needs it.
func (l *Lab) StopService(_ context.Context, name string) error {
	return l.Running.Stop(ServiceName(name))
}

// RestartService stops a service with what needs it and starts them again.
func (l *Lab) RestartService(ctx context.Context, name string) error {
	return lasting(ctx, func(ctx context.Context) error { return l.Running.Restart(ctx, ServiceName(name)) })
}

// lasting lets a change go on when the one who asked for it goes away: half a
// restart would leave services stopped that nobody stopped.
func lasting(ctx context.Context, change func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeTime)
	defer cancel()
	return change(ctx)
}

// Logs returns the last n lines of a service, of the whole lab for "".
func (l *Lab) Logs(_ context.Context, name string, n int) ([]api.LogLine, error) {
	name, err := l.logged(name)
	if err != nil {
		return nil, err
	}
	lines := []api.LogLine{}
	for _, line := range l.Ring.Lines(name, n) {
		lines = append(lines, LogLine(line))
	}
	return lines, nil
}

// FollowLogs calls f with the last n lines and then with each new one until ctx
// ends.
func (l *Lab) FollowLogs(ctx context.Context, name string, n int, f func(api.LogLine)) error {
	name, err := l.logged(name)
	if err != nil {
		return err
	}
	l.Ring.Follow(ctx, name, n, func(line service.Line) { f(LogLine(line)) })
	return nil
}

// logged returns the lines of the service that a name means.
func (l *Lab) logged(name string) (string, error) {
	name = ServiceName(name)
	if name == "" {
		return "", nil
	}
	for _, s := range l.Running.Services {
		if s.Name == name {
			return name, nil
		}
	}
	return "", service.ErrUnknown.Saying("There is no service called %q.", name)
}

// LogLine is a line of a log as the wire has it.
func LogLine(v service.Line) api.LogLine {
	return api.LogLine{At: wire.Translator{}.Time(v.At), Service: v.Service, Level: logLevel(v.Level), Text: v.Text}
}

func logLevel(l slog.Level) string {
	switch {
	case l >= slog.LevelError:
		return "error"
	case l >= slog.LevelWarn:
		return "warn"
	case l >= slog.LevelInfo:
		return "info"
	}
	return "debug"
}
