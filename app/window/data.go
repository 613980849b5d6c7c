package window

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/document"
)

// Data is the panel of what the lab keeps: its snapshots, its export, its
// configuration, and the mock user.
type Data struct{ w *Window }

// mostImported bounds a file that is imported, in bytes.
const mostImported = 64 << 20

// Snapshots lists the copies of the lab's data, the latest first.
func (s *Data) Snapshots() ([]api.Snapshot, error) {
	list, err := ask(s.w, func(ctx context.Context, d admin.Door) ([]api.Snapshot, error) { return d.Snapshots(ctx) })
	return listed(list), err
}

// Save takes a snapshot under a name.
func (s *Data) Save(name string) (api.Snapshot, error) {
	return ask(s.w, func(ctx context.Context, d admin.Door) (api.Snapshot, error) { return d.SaveSnapshot(ctx, name) })
}

// Restore puts a snapshot in the place of the lab's data; its answer names the
// snapshot that was taken before.
func (s *Data) Restore(name string) (api.StateChanged, error) {
	return ask(s.w, func(ctx context.Context, d admin.Door) (api.StateChanged, error) { return d.RestoreSnapshot(ctx, name) })
}

// Remove deletes a snapshot.
func (s *Data) Remove(name string) error {
	return tell(s.w, func(ctx context.Context, d admin.Door) error { return d.RemoveSnapshot(ctx, name) })
}

// Reset forgets users, sessions, passkeys, mails and records, and with ca the
// certificate authority; its answer names the snapshot that was taken before.
func (s *Data) Reset(ca bool) (api.StateChanged, error) {
	return ask(s.w, func(ctx context.Context, d admin.Door) (api.StateChanged, error) {
		return d.Reset(ctx, api.ResetRequest{CA: ca})
	})
}

// Export asks where to put accounts, passkeys and sessions, as "sting" or
// "kratos" has them, writes them there for the person alone, and returns the
// path; "" where the person changed their mind.
func (s *Data) Export(format string) (string, error) {
	raw, err := ask(s.w, func(ctx context.Context, d admin.Door) (json.RawMessage, error) { return d.Export(ctx, format) })
	if err != nil {
		return "", err
	}
	return s.w.save("Export the lab's data", format+"-export.json", raw)
}

// Imported is what came in from a file; Path is "" where the person chose none.
type Imported struct {
	api.Imported
	Path string `json:"path"`
}

// Import asks for a file that Export wrote and takes it in; what is there already
// stays as it is.
func (s *Data) Import() (Imported, error) {
	path, err := s.w.sh.OpenPath("Import into the lab")
	if err != nil || path == "" {
		return Imported{Imported: api.Imported{Skipped: []string{}}}, err
	}
	raw, err := readBounded(path, mostImported)
	if err != nil {
		return Imported{}, err
	}
	if why := document.Broken(raw); why != "" {
		return Imported{}, ErrNotJSON.Saying("%s holds no JSON.", path).
			Hinting("%s Choose a file that Export or `sting export` wrote.", why)
	}
	in, err := ask(s.w, func(ctx context.Context, d admin.Door) (api.Imported, error) { return d.Import(ctx, raw) })
	in.Skipped = listed(in.Skipped)
	return Imported{in, path}, err
}

// Config tells what is in force, where it comes from, and what is wrong in the
// file.
func (s *Data) Config() (api.ConfigReport, error) {
	report, err := ask(s.w, func(ctx context.Context, d admin.Door) (api.ConfigReport, error) { return d.Config(ctx) })
	report.Problems = listed(report.Problems)
	return report, err
}

// Mock shows every browser as signed in as a user that opens nothing, until it is
// off again or the lab ends.
func (s *Data) Mock(r api.MockRequest) (api.MockRequest, error) {
	return ask(s.w, func(ctx context.Context, d admin.Door) (api.MockRequest, error) { return d.Mock(ctx, r) })
}

// readBounded reads a file of at most so many bytes.
func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, ErrNotRead.Because(err).Saying("%s could not be read.", path)
	}
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	switch err = errors.Join(err, f.Close()); {
	case err != nil:
		return nil, ErrNotRead.Because(err).Saying("%s could not be read.", path)
	case int64(len(raw)) > most:
		return nil, ErrNotRead.Saying("%s is larger than %d MiB.", path, most>>20)
	}
	return raw, nil
}
