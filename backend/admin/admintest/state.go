package admintest

import (
	"context"
	"encoding/json"

	"sting/backend/api"
)

// Snapshots implements admin.Door, as all of these do.
func (d *Door) Snapshots(context.Context) ([]api.Snapshot, error) {
	return d.Copies, d.called("Snapshots")
}

// SaveSnapshot remembers the name.
func (d *Door) SaveSnapshot(_ context.Context, name string) (api.Snapshot, error) {
	return api.Snapshot{Name: name, Damaged: d.Lab.Damaged}, d.called("SaveSnapshot", name)
}

// RestoreSnapshot says that it did.
func (d *Door) RestoreSnapshot(_ context.Context, name string) (api.StateChanged, error) {
	return api.StateChanged{Message: "restored", Undo: "undo"}, d.called("RestoreSnapshot", name)
}

// RemoveSnapshot says that it did.
func (d *Door) RemoveSnapshot(_ context.Context, name string) error {
	return d.called("RemoveSnapshot", name)
}

// Reset says that it did.
func (d *Door) Reset(context.Context, api.ResetRequest) (api.StateChanged, error) {
	return api.StateChanged{Message: "reset", Undo: "undo"}, d.called("Reset")
}

// Export returns an empty export.
func (d *Door) Export(_ context.Context, format string) (json.RawMessage, error) {
	return json.RawMessage(`{"format":"sting-export/1"}`), d.called("Export", format)
}

// Import counts nothing.
func (d *Door) Import(_ context.Context, raw json.RawMessage) (api.Imported, error) {
	return api.Imported{Skipped: []string{}}, d.called("Import", string(raw))
}
