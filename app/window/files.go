package window

import (
	"encoding/json"
	"errors"
	"io"
	"os"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/document"
)

// ExportCeremony asks where to put the record of a ceremony, writes it there as
// JSON that Explain and the terminal read, and returns the path; "" where the
// person changed their mind. Only the person can read the file: it holds
// addresses and user handles.
func (b *Bridge) ExportCeremony(id string) (string, error) {
	out, err := b.w.ask(admin.Ceremony.Spec, api.ID{ID: id})
	if err != nil {
		return "", err
	}
	ceremony, _ := out.(api.Ceremony)
	return b.w.save("Export a ceremony", "ceremony-"+ceremony.ID+".json", ceremony.Record)
}

// ExportData asks where to put accounts, passkeys and sessions, as "sting" or
// "kratos" has them, writes them there for the person alone, and returns the
// path; "" where the person changed their mind.
func (b *Bridge) ExportData(format string) (string, error) {
	out, err := b.w.ask(admin.Export.Spec, api.ExportAs{Format: format})
	if err != nil {
		return "", err
	}
	raw, _ := out.(json.RawMessage)
	return b.w.save("Export the lab's data", format+"-export.json", raw)
}

// Imported is what came in from a file; Path is "" where the person chose none.
type Imported struct {
	api.Imported
	Path string `json:"path"`
}

// ImportData asks for a file that ExportData wrote and takes it in; what is there
// already stays as it is.
func (b *Bridge) ImportData() (Imported, error) {
	path, err := b.w.sh.OpenPath("Import into the lab")
	if err != nil || path == "" {
		return Imported{Imported: api.Imported{Skipped: []string{}}}, err
	}
	raw, err := readBounded(path, admin.Import.Most)
	if err != nil {
		return Imported{}, err
	}
	if why := document.Broken(raw); why != "" {
		return Imported{}, ErrNotJSON.Saying("%s holds no JSON.", path).
			Hinting("%s %s", why, ErrNotJSON.Hint)
	}
	out, err := b.w.ask(admin.Import.Spec, json.RawMessage(raw))
	in, _ := out.(api.Imported)
	return Imported{in, path}, err
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
