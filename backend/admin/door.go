// Package admin has the verbs of the admin door: what the window's panels and
// the terminal can do to a lab. Both faces use them through Door, in the
// process or over the socket.
package admin

import (
	"context"

	"sting/backend/api"
)

// Door is everything a face can ask of a running lab. Lab in this package
// answers in the process, client.Client over the socket. Every error is, or
// wraps, a *fault.Error.
type Door interface {
	Status(ctx context.Context) (api.Status, error)
	Stop(ctx context.Context) error
	Open(ctx context.Context, page string) (api.Opened, error) // opens the system's browser

	StartService(ctx context.Context, name string) error // a name or an alias: ServiceName
	StopService(ctx context.Context, name string) error
	RestartService(ctx context.Context, name string) error
	// Logs returns the last n lines of a service, oldest first; of the whole lab
	// for "".
	Logs(ctx context.Context, service string, n int) ([]api.LogLine, error)
	// FollowLogs calls f with the last n lines and then with each new one until
	// ctx ends or the connection breaks.
	FollowLogs(ctx context.Context, service string, n int, f func(api.LogLine)) error

	Users(ctx context.Context, q api.Query) (api.Page[api.Person], error)
	User(ctx context.Context, id string) (api.Person, error) // an id or an e-mail address
	RemoveUser(ctx context.Context, id string) error

	Passkeys(ctx context.Context, q api.Query) (api.Page[api.OwnedPasskey], error)
	Passkey(ctx context.Context, id string) (api.OwnedPasskey, error)
	RenamePasskey(ctx context.Context, id, name string) (api.OwnedPasskey, error)
	RemovePasskey(ctx context.Context, id string) error

	Sessions(ctx context.Context, q api.Query) (api.Page[api.LabSession], error)
	Session(ctx context.Context, id string) (api.LabSession, error)
	EndSession(ctx context.Context, id string) error

	Ceremonies(ctx context.Context, q api.Query) (api.Page[api.CeremonySummary], error)

	Clock(ctx context.Context) (api.Clock, error)
	MoveClock(ctx context.Context, by string) (api.Clock, error) // a duration or "reset"

	Certificate(ctx context.Context) (api.Certificate, error)
	Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error)

	Config(ctx context.Context) (api.ConfigReport, error)

	Doctor
	Preflighter
	State
	Explainer
	Inspector
	Mocking

	Post
	VirtualDoor
	WindowDoor

	// Events calls f with news until ctx ends or the connection breaks.
	Events(ctx context.Context, f func(api.Event)) error
}
