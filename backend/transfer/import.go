package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"sting/backend/api"
	"sting/backend/document"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
)

// The faults of an import.
var (
	// ErrImport means that a file to import can't be read.
	ErrImport = fault.New(fault.Invalid, "IMPORT_UNREADABLE", "This is not what the lab exports.",
		"Give a file that `sting export` wrote; nothing was imported.").Running("sting export")
	// ErrImportRefused means that no front door would let in what is in the file.
	ErrImportRefused = fault.New(fault.Invalid, "IMPORT_REFUSED", "The file has values that can't be taken in, so nothing was imported.",
		"Mend the file, or export anew.")
)

// Bounds of a file to import.
const (
	mostEntries  = 50_000  // what one transaction takes in within the time that a client waits
	longestEntry = 1 << 20 // bytes
)

// free are the members of an export below which names are their writer's own.
var free = []string{"traits", "metadata_public", "metadata_admin"}

// Import implements admin.State. All of the file comes in, in one transaction, or
// nothing does and every reason is said.
func (d *Data) Import(ctx context.Context, raw json.RawMessage) (api.Imported, error) {
	out := api.Imported{Skipped: []string{}}
	unreadable := document.Examine(raw, free...)
	var in api.Export
	if why := unlikeExport(raw, &in); why != "" {
		return out, ErrImport.Hinting("%s Give a file that `sting export` wrote; nothing was imported.", why).Running("sting export")
	}
	content, more := decodeContent(in)
	unreadable = append(unreadable, more...)
	wrong := d.examine(&content, true)
	bad := len(unreadable)+len(wrong) > 0
	done, conflicts, err := d.Store.Bring(ctx, content, bad)
	switch {
	case err != nil:
		return out, err
	case len(unreadable) > 0:
		return out, ErrImport.Hinting("%s", listed(unreadable, wrong, conflicts))
	case len(wrong)+len(conflicts) > 0:
		return out, ErrImportRefused.Hinting("%s", listed(wrong, conflicts))
	}
	out.Identities, out.Credentials, out.Sessions = done.People, done.Passkeys, done.Sessions
	out.Skipped = append(out.Skipped, done.Kept...)
	d.Tell()
	return out, nil
}

// unlikeExport decodes a file, and says why it is none that an export wrote, or "".
func unlikeExport(raw json.RawMessage, in *api.Export) string {
	if why := document.Broken(raw); why != "" {
		return why
	}
	err := json.Unmarshal(raw, in)
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch trimmed := bytes.TrimSpace(raw); {
	case trimmed[0] == '[':
		return "It is a list, as `sting export --kratos` writes one for Ory Kratos: POST each entry to /admin/identities."
	case mistyped && wrong.Field != "":
		return fmt.Sprintf("The member %q is a JSON %s and has to be another type.", wrong.Field, wrong.Value)
	case err != nil:
		return fmt.Sprintf("It is no JSON object: %v.", err)
	case in.Format == "":
		return fmt.Sprintf("It has no member \"format\": %q.", exportFormat)
	case in.Format != exportFormat:
		return fmt.Sprintf("Its format is %s, and this version reads %q.", identity.Quoted(in.Format), exportFormat)
	}
	return ""
}

// listed writes every problem once, under a line that says that nothing changed.
func listed(lists ...fault.Problems) string {
	var all fault.Problems
	seen := make(map[fault.Problem]bool)
	for _, p := range slices.Concat(lists...) {
		if !seen[p] {
			all = append(all, p)
		}
		seen[p] = true
	}
	return "Nothing was changed. Mend this:\n" + all.Text()
}

// decodeContent reads the entries of an export. One that can't be read is marked, and
// said.
func decodeContent(in api.Export) (c store.Content, found fault.Problems) {
	if n := len(in.Identities) + len(in.Credentials) + len(in.Sessions); n > mostEntries {
		found.Add("", "Split the file.", "It has %d entries; at most %d are read.", n, mostEntries)
		return c, found
	}
	c.People = decodeAll[identity.Identity](in.Identities, "identities", &found)
	c.Passkeys = decodeAll[passkey.Credential](in.Credentials, "credentials", &found)
	c.Sessions = decodeAll[session.Session](in.Sessions, "sessions", &found)
	return c, found
}

func decodeAll[T any](list []json.RawMessage, name string, found *fault.Problems) []store.Entry[T] {
	out := make([]store.Entry[T], 0, len(list))
	for n, raw := range list {
		e := store.Entry[T]{Where: fmt.Sprintf("%s[%d]", name, n)}
		if why := decodeEntry(raw, &e.Value); why != "" {
			found.Add(e.Where, "Write it as `sting export` of this version does.", "It can't be read: %s.", why)
			e.Bad = true
		}
		out = append(out, e)
	}
	return out
}

// decodeEntry says why an entry can't be read, or "".
func decodeEntry(raw json.RawMessage, v any) string {
	if len(raw) > longestEntry {
		return fmt.Sprintf("it has %d bytes, and no entry has more than %d", len(raw), longestEntry)
	}
	if b := bytes.TrimSpace(raw); len(b) == 0 || b[0] != '{' {
		return "it is no JSON object"
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err.Error()
	}
	return ""
}

// examine reports what no front door would let in, and marks the entries. It is the
// same for a file to import and for a snapshot; but a snapshot may be older than the
// identity schema, which then is not asked.
func (d *Data) examine(c *store.Content, schema bool) fault.Problems {
	var found fault.Problems
	judge(&found, c.People, func(i identity.Identity) fault.Problems {
		ps := append(i.Examine(), idp.ExamineHash(i.Password)...)
		if schema && d.Schema != nil {
			ps = append(ps, d.Schema().Examine(i)...)
		}
		return ps
	})
	judge(&found, c.Passkeys, passkey.Credential.Examine)
	judge(&found, c.Sessions, session.Session.Examine)
	return found
}

func judge[T any](found *fault.Problems, list []store.Entry[T], examine func(T) fault.Problems) {
	for n := range list {
		if e := &list[n]; !e.Bad {
			ps := examine(e.Value)
			e.Bad = len(ps) > 0
			found.Under(e.Where, ps)
		}
	}
}
