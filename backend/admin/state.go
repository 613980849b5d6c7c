package admin

import (
	"context"
	"encoding/json"

	"sting/backend/api"
)

// State is what the verbs about the lab's data ask of it.
type State interface {
	Snapshots(ctx context.Context) ([]api.Snapshot, error)
	SaveSnapshot(ctx context.Context, name string) (api.Snapshot, error)
	RestoreSnapshot(ctx context.Context, name string) (api.StateChanged, error)
	RemoveSnapshot(ctx context.Context, name string) error
	// Reset forgets users, sessions, passkeys, mails and records; it takes a
	// snapshot first, which holds neither mails nor records.
	Reset(ctx context.Context, r api.ResetRequest) (api.StateChanged, error)
	// Export returns accounts, passkeys and sessions as JSON: the format "sting", or "kratos" for the
	// import of a Kratos.
	Export(ctx context.Context, format string) (json.RawMessage, error)
	// Import takes what Export wrote; what is there already stays as it is.
	Import(ctx context.Context, raw json.RawMessage) (api.Imported, error)
}
