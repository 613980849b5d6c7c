// Package transfer moves the data of a lab as a whole: into a snapshot and back, out
// as an export, in as an import, away in a reset.
//
// Its one invariant: all of it moves or nothing does, and what is replaced was copied
// first.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/archive"
	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/mail"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
)

// Data is the lab's data. All fields but Schema are required.
type Data struct {
	Store   *store.Store
	Folder  func() string    // of the snapshots
	Version string           // of this build
	Now     func() time.Time // the machine's
	// While makes a change while a service, and what needs it, stands still.
	While func(ctx context.Context, service string, change func() error) error
	Renew func() error // makes a new certificate authority
	// Schema is the identity schema that people have to fit; nil: a Kratos elsewhere
	// has its own.
	Schema func() *idp.Schema
	Bus    *events.Bus
	Log    *slog.Logger
}

var _ admin.State = (*Data)(nil)

func (d *Data) snapshots() archive.Store {
	return archive.Store{Dir: d.Folder(), Version: d.Version, Now: d.Now}
}

// Sweep removes what writers of snapshots left that were cut short, and the oldest of
// the snapshots that the lab took by itself. Nobody may write there meanwhile.
func (d *Data) Sweep() error {
	return errors.Join(archive.Sweep(d.Folder()), d.snapshots().Prune(), os.RemoveAll(filepath.Join(d.Folder(), store.Scratch)))
}

func snapshotOf(a archive.Snapshot) api.Snapshot {
	return api.Snapshot{Name: a.Name, TakenAt: a.TakenAt.Format(time.RFC3339), Reason: a.Reason, Version: a.Version, Bytes: a.Bytes}
}

// Snapshots implements admin.State.
func (d *Data) Snapshots(context.Context) ([]api.Snapshot, error) {
	list, err := d.snapshots().List()
	out := make([]api.Snapshot, 0, len(list))
	for _, a := range list {
		out = append(out, snapshotOf(a))
	}
	return out, err
}

// SaveSnapshot implements admin.State.
func (d *Data) SaveSnapshot(ctx context.Context, name string) (api.Snapshot, error) {
	a, err := d.snapshots().Save(name, "", d.Store.Snapshot, store.CheckFile)
	out := snapshotOf(a)
	if err == nil {
		out.Damaged, err = d.missing(ctx)
	}
	return out, err
}

// RemoveSnapshot implements admin.State.
func (d *Data) RemoveSnapshot(_ context.Context, name string) error {
	return d.snapshots().Remove(name)
}

// before takes the snapshot that undoes what comes next.
func (d *Data) before(what string) (string, error) {
	snapshots := d.snapshots()
	a, err := snapshots.Save(snapshots.Automatic(what), "taken before a "+what, d.Store.Snapshot, store.CheckFile)
	return a.Name, err
}

// RestoreSnapshot implements admin.State. The store stops meanwhile, and with it
// what needs it; requests wait for a moment or are told so.
func (d *Data) RestoreSnapshot(ctx context.Context, name string) (api.StateChanged, error) {
	if err := d.known(name); err != nil {
		return api.StateChanged{}, err
	}
	if err := d.snapshots().Examine(name, d.restorable); err != nil {
		return api.StateChanged{}, err
	}
	undo, err := d.before("restore")
	if err != nil {
		return api.StateChanged{}, err
	}
	err = d.While(ctx, "store", func() error {
		if err := d.Store.CarryEnded(); err != nil {
			return err
		}
		_, err := d.snapshots().CopyTo(d.Store.Path(), name, store.CheckFile)
		return err
	})
	if err != nil {
		return api.StateChanged{}, err
	}
	d.changed()
	message := "The lab has the people, passwords, passkeys and sessions of the snapshot " + name +
		"; mails, records and virtual keys stay as they were."
	return api.StateChanged{Message: message, Undo: undo}, nil
}

// restorable says why a copy of sting.db can't become the data of the lab: it is
// damaged, or something in it no front door would let in.
func (d *Data) restorable(path string) error {
	if err := store.CheckFile(path); err != nil {
		return archive.ErrDamaged.Because(err)
	}
	content, found, err := store.ReadContent(path, filepath.Dir(path))
	if err != nil {
		return archive.ErrDamaged.Because(err)
	}
	if found = append(found, d.examine(&content, false)...); len(found) > 0 {
		return archive.ErrRefused.Hinting("%s", listed(found))
	}
	return nil
}

func (d *Data) known(name string) error {
	list, err := d.snapshots().List()
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Name == name {
			return nil
		}
	}
	return archive.ErrNotFound
}

// resetWithCA is what a reset writes down that makes a new authority too.
const resetWithCA = "ca"

// AuthorityPending reports whether a reset that was killed in a home folder was to make
// a new certificate authority too.
func AuthorityPending(home string) bool {
	what, pending := store.Pending(home)
	return pending && what == resetWithCA
}

// Reset implements admin.State. The certificate authority stays unless asked:
// browsers would have to trust another one.
func (d *Data) Reset(ctx context.Context, r api.ResetRequest) (api.StateChanged, error) {
	undo, err := d.before("reset")
	if err != nil {
		return api.StateChanged{}, err
	}
	what, renew := "", func() error { return nil }
	if r.CA {
		what, renew = resetWithCA, d.Renew
	}
	if err := d.While(ctx, "store", func() error { return d.Store.Clear(what, renew) }); err != nil {
		return api.StateChanged{}, err
	}
	d.changed()
	message := "Users, sessions, passkeys, mails and records are gone; the keys of the virtual authenticator stay."
	if r.CA {
		message += " There is a new certificate authority: run `sting trust`."
	}
	return api.StateChanged{Message: message, Undo: undo}, nil
}

// changed lets go of the oldest snapshots that were taken by themselves, once the
// change has happened that the newest one undoes.
func (d *Data) changed() {
	if err := d.snapshots().Prune(); err != nil {
		d.Log.Warn("old snapshots could not be removed", "err", err)
	}
	d.Tell()
}

// DropDamaged removes the values that can't be read. A snapshot keeps the file as it
// was.
func (d *Data) DropDamaged(ctx context.Context) (done string, err error) {
	undo, err := d.before("repair")
	if err != nil {
		return "", err
	}
	n, err := d.Store.DropDamaged(ctx)
	if err != nil {
		return "", err
	}
	d.Tell()
	return fmt.Sprintf("removed %d damaged values; the snapshot %s has the file as it was", n, undo), nil
}

// Tell makes the faces ask for everything again.
func (d *Data) Tell() {
	events.Publish(d.Bus, identity.Changed{What: "updated"})
	events.Publish(d.Bus, session.Changed{What: "updated"})
	events.Publish(d.Bus, passkey.Changed{What: "updated"})
	events.Publish(d.Bus, mail.Changed{What: "deleted"})
}
