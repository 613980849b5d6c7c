package localca

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
)

// browsers brings the browsers' stores into the state that was asked for.
func (w *work) browsers(ctx context.Context) []StoreReport {
	home := w.home
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return []StoreReport{{Kind: KindNSS, Name: "browsers", Before: Unknown, After: Unknown,
				Problem: ErrStore.Saying("The home folder with the browsers' stores is not known.").Because(err)}}
		}
	}
	stores := browserStores(home)
	if w.remove {
		stores = withRemembered(stores, w.ledger)
	}
	verb := "sting trust"
	if w.remove {
		verb = "sting untrust"
	}
	tool, toolErr := findNSS(w.CertificatePath(), verb)
	if foreign(home) {
		toolErr = ErrStore.Saying("The browsers' stores in %s belong to another user.", home).
			Hinting("Run `%s` as that user, without sudo: browsers' stores need no root.", verb)
	}
	out := make([]StoreReport, len(stores))
	for i, s := range stores {
		r := &out[i]
		*r = StoreReport{Kind: s.Kind, Name: s.name, Path: s.Path, Before: Unknown, After: Unknown}
		err := toolErr
		switch {
		case !hasDatabase(s.Path) && (w.remove || toolErr == nil && w.DryRun):
			r.Before, r.After, err = Absent, Absent, nil // a store that isn't there trusts nobody
			if !w.remove {
				r.Note = "would be made, and the authority added"
			}
		case toolErr == nil:
			err = w.browser(ctx, tool, s, r)
		}
		r.fail(err)
	}
	return out
}

// browser brings one store into the state that was asked for.
func (w *work) browser(ctx context.Context, tool nss, s store, r *StoreReport) error {
	if s.create && !hasDatabase(s.Path) {
		if err := tool.create(ctx, s.Path); err != nil {
			return err
		}
		r.Before = Absent
	}
	found, err := tool.ours(ctx, s.Path, w.ledger)
	if err != nil {
		return err
	}
	r.Before = stateOf(found, w.entry.Certificate)
	r.After = r.Before
	unwanted := slices.DeleteFunc(slices.Clone(found), func(h held) bool {
		return !w.remove && bytes.Equal(h.der, w.entry.Certificate)
	})
	add := !w.remove && r.Before != Trusted
	if !add && len(unwanted) == 0 {
		r.Note = w.note(add, len(unwanted))
		return nil
	}
	if err := blocked(s.Path, true); err != nil {
		return err
	}
	if w.DryRun {
		return w.rehearse(ctx, tool, s, r, add, len(unwanted))
	}
	r.Note = s.note
	if err := w.remember(s.place); err != nil {
		return err
	}
	if add {
		err = tool.add(ctx, s.Path, w.entry, found)
	}
	for _, h := range unwanted {
		if err == nil {
			err = tool.remove(ctx, s.Path, h)
		}
	}
	return w.ask(ctx, tool, s, r, err)
}

// rehearse says what would be done, or what would keep it from being done.
func (w *work) rehearse(ctx context.Context, tool nss, s store, r *StoreReport, add bool, unwanted int) error {
	if add {
		if err := tool.locked(ctx, s.Path); err != nil {
			return err
		}
	}
	r.Note = w.note(add, unwanted)
	return nil
}

// ask looks the authority up again: what certutil says it did is no proof.
func (w *work) ask(ctx context.Context, tool nss, s store, r *StoreReport, err error) error {
	found, askErr := tool.ours(ctx, s.Path, w.ledger)
	if askErr != nil {
		r.After = Unknown
		return errors.Join(err, askErr)
	}
	r.After = stateOf(found, w.entry.Certificate)
	if err != nil {
		return err
	}
	if w.remove && len(found) > 0 || !w.remove && r.After != Trusted {
		return ErrStore.Saying("certutil reported success, and %s is not as asked.", s.Path)
	}
	return nil
}
