package backend

import (
	"context"
	"path/filepath"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/archive"
	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/mail"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
)

// state is what the admin verbs do to the lab's data.
type state parts

var _ admin.State = (*state)(nil)

func (s *state) shelf() archive.Shelf {
	return archive.Shelf{Dir: s.settings.now().Path("snapshots"), Version: s.lab.opts.Version, Now: s.lab.clock.Machine}
}

func snapshotOf(a archive.Snapshot) api.Snapshot {
	return api.Snapshot{Name: a.Name, TakenAt: a.TakenAt.Format(time.RFC3339), Reason: a.Reason, Version: a.Version, Bytes: a.Bytes}
}

// Snapshots implements admin.State.
func (s *state) Snapshots(context.Context) ([]api.Snapshot, error) {
	list, err := s.shelf().List()
	out := make([]api.Snapshot, 0, len(list))
	for _, a := range list {
		out = append(out, snapshotOf(a))
	}
	return out, err
}

// SaveSnapshot implements admin.State.
func (s *state) SaveSnapshot(ctx context.Context, name string) (api.Snapshot, error) {
	a, err := s.shelf().Save(name, "", s.store.Snapshot, store.CheckFile)
	out := snapshotOf(a)
	if err == nil {
		out.Damaged, err = s.missing(ctx)
	}
	return out, err
}

// RemoveSnapshot implements admin.State.
func (s *state) RemoveSnapshot(_ context.Context, name string) error { return s.shelf().Remove(name) }

// before takes the snapshot that undoes what comes next.
func (s *state) before(what string) (string, error) {
	shelf := s.shelf()
	a, err := shelf.Save(shelf.Automatic(what), "taken before a "+what, s.store.Snapshot, store.CheckFile)
	return a.Name, err
}

// RestoreSnapshot implements admin.State. The store stops meanwhile, and with it
// what needs it; requests wait for a moment or are told so.
func (s *state) RestoreSnapshot(ctx context.Context, name string) (api.StateChanged, error) {
	if err := s.known(name); err != nil {
		return api.StateChanged{}, err
	}
	if err := s.shelf().Examine(name, s.restorable); err != nil {
		return api.StateChanged{}, err
	}
	undo, err := s.before("restore")
	if err != nil {
		return api.StateChanged{}, err
	}
	err = s.services.While(ctx, "store", func() error {
		if err := s.store.CarryEnded(); err != nil {
			return err
		}
		_, err := s.shelf().CopyTo(s.store.Path(), name, store.CheckFile)
		return err
	})
	if err != nil {
		return api.StateChanged{}, err
	}
	s.changed()
	return api.StateChanged{Message: "The lab has the people, passwords, passkeys and sessions of the snapshot " + name + "; mails, records and virtual keys stay as they were.", Undo: undo}, nil
}

// restorable says why a copy of sting.db can't become the data of the lab: it is
// damaged, or something in it no front door would let in.
func (s *state) restorable(path string) error {
	if err := store.CheckFile(path); err != nil {
		return archive.ErrDamaged.Because(err)
	}
	content, found, err := store.ReadContent(path, filepath.Dir(path))
	if err != nil {
		return archive.ErrDamaged.Because(err)
	}
	if found = append(found, s.examine(&content, false)...); len(found) > 0 {
		return archive.ErrRefused.Hinting("%s", listed(found))
	}
	return nil
}

func (s *state) known(name string) error {
	list, err := s.shelf().List()
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

// Reset implements admin.State. The certificate authority stays unless asked:
// browsers would have to trust another one.
func (s *state) Reset(ctx context.Context, r api.ResetRequest) (api.StateChanged, error) {
	undo, err := s.before("reset")
	if err != nil {
		return api.StateChanged{}, err
	}
	what, renew := "", func() error { return nil }
	if r.CA {
		what, renew = resetWithCA, s.ca.Renew
	}
	if err := s.services.While(ctx, "store", func() error { return s.store.Clear(what, renew) }); err != nil {
		return api.StateChanged{}, err
	}
	s.changed()
	message := "Users, sessions, passkeys, mails and records are gone; the keys of the virtual authenticator stay."
	if r.CA {
		message += " There is a new certificate authority: run `sting trust`."
	}
	return api.StateChanged{Message: message, Undo: undo}, nil
}

// changed lets go of the oldest snapshots that were taken by themselves, once the
// change has happened that the newest one undoes.
func (s *state) changed() {
	if err := s.shelf().Prune(); err != nil {
		s.lab.log.Warn("old snapshots could not be removed", "err", err)
	}
	s.tellEverybody()
}

// tellEverybody makes the faces ask again.
func (s *state) tellEverybody() {
	events.Publish(s.bus, identity.Changed{What: "updated"})
	events.Publish(s.bus, session.Changed{What: "updated"})
	events.Publish(s.bus, passkey.Changed{What: "updated"})
	events.Publish(s.bus, mail.Changed{What: "deleted"})
}

// all walks a list to its end.
func all[T any](fetch func(after string, limit int) ([]T, error), id func(T) string, each func(T) error) error {
	const stretch = 500
	after := ""
	for {
		list, err := fetch(after, stretch)
		if err != nil {
			return err
		}
		for _, v := range list {
			after = id(v)
			if err := each(v); err != nil {
				return err
			}
		}
		if len(list) < stretch {
			return nil
		}
	}
}
