package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	bolt "go.etcd.io/bbolt"

	"sting/backend/health"
)

// A value says by its checksum whether it is whole; an index has none. So each
// row of a table is held against the entries that have to lead to it, and each
// entry against the row that it leads to. What the indexes have lost is made anew
// of the rows. A row that is damaged is named; what leads to it stays, so that its
// address is not free for another.

// lead is an entry of an index.
type lead struct {
	in         index
	key, value []byte
}

// leading is an index whose entries lead to the rows of a kind.
type leading struct {
	index
	row func(key, value []byte) []byte // the key of the row that an entry leads to
}

// kind is one kind of thing in a file: its rows, and the indexes over them.
type kind struct {
	what    string // as a person calls it
	rows    []byte // the bucket
	indexes []leading
	// read decodes a row. own is the key that it should stand under, or nil where
	// the row doesn't know; leads are the entries that it should have.
	read func(key, value []byte) (own []byte, leads []lead, err error)
}

func kindOf[V any](what string, t table[V], own func(V) []byte, leads func([]byte, V) []lead, over ...leading) kind {
	return kind{what: what, rows: t.name, indexes: over, read: func(key, value []byte) ([]byte, []lead, error) {
		v, err := t.decode(key, value)
		if err != nil {
			return nil, nil, err
		}
		var at []byte
		if own != nil {
			if at = own(v); len(at) == 0 {
				return nil, nil, ErrDamagedRecord.Because(fmt.Errorf("it has no id"))
			}
		}
		if leads == nil {
			return at, nil, nil
		}
		key = bytes.Clone(key)
		if at != nil {
			key = at
		}
		return at, slices.DeleteFunc(leads(key, v), func(l lead) bool { return len(l.key) == 0 }), nil
	}}
}

func kindOfBlobs(what string, t blobs) kind {
	return kind{what: what, rows: t.name, read: func(key, value []byte) ([]byte, []lead, error) {
		return nil, nil, t.whole(key, value)
	}}
}

// survey is what a look at every value of a file found.
type survey struct {
	damages []health.Damage
	rows    []lead // damaged ones: bucket and key
	moved   []move // rows that stood under another key than their own
	missing []lead
	stray   []lead  // entries that lead to nothing, or elsewhere
	counts  []index // whose number is another than they say
	pace    *pace   // nil: nobody is kept waiting
}

type move struct{ bucket, from, to []byte }

// sound reports whether there is nothing to mend. Damaged rows can't be.
func (v *survey) sound() bool { return len(v.moved)+len(v.missing)+len(v.stray)+len(v.counts) == 0 }

// look reads every value of a file.
func look(tx *bolt.Tx, kinds []kind) (*survey, error) {
	v := &survey{}
	return v, v.look(tx, kinds)
}

func (v *survey) look(tx *bolt.Tx, kinds []kind) error {
	for _, k := range kinds {
		if tx.Bucket(k.rows) == nil {
			continue // made by an older version, and not opened to write since
		}
		k.indexes = slices.DeleteFunc(slices.Clone(k.indexes), func(x leading) bool { return tx.Bucket(x.name) == nil })
		if err := v.kind(tx, k); err != nil {
			return err
		}
	}
	return v.bodies(tx)
}

// bodies names the mails whose text or source is not where it should be.
func (v *survey) bodies(tx *bolt.Tx) error {
	b := tx.Bucket(mails.name)
	if b == nil {
		return nil // it is not the tape
	}
	return b.ForEach(func(key, _ []byte) error {
		for what, bucket := range map[string][]byte{"text of a mail": mailTexts.name, "source of a mail": mailSources.name} {
			if tx.Bucket(bucket).Get(key) == nil {
				v.damaged(tx, kind{what: what, rows: mails.name}, bytes.Clone(key), errNoBody)
			}
		}
		return nil
	})
}

var errNoBody = errors.New("it is missing")

func (v *survey) kind(tx *bolt.Tx, k kind) error {
	want := make([]int, len(k.indexes))
	before := len(v.missing) + len(v.rows) + len(v.moved)
	err := tx.Bucket(k.rows).ForEach(func(key, value []byte) error {
		if err := v.pace.step(); err != nil {
			return err
		}
		own, leads, err := k.read(key, value)
		switch {
		case err != nil:
			v.damaged(tx, k, bytes.Clone(key), err)
			return nil
		case own != nil && !bytes.Equal(own, key):
			v.moved = append(v.moved, move{k.rows, bytes.Clone(key), own})
		}
		for _, l := range leads {
			i := slices.IndexFunc(k.indexes, func(x leading) bool { return bytes.Equal(x.name, l.in.name) })
			if i < 0 {
				continue // of an older version, as well
			}
			want[i]++
			if got := l.in.get(tx, l.key); got == nil || !bytes.Equal(got, l.value) {
				v.missing = append(v.missing, l)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	suspect := len(v.missing)+len(v.rows)+len(v.moved) > before
	for i, x := range k.indexes {
		n, err := v.entriesIn(tx, x.name)
		if err != nil {
			return err
		}
		if x.counted && tx.Bucket(x.name).Sequence() != uint64(n) {
			v.counts = append(v.counts, x.index)
		}
		if !suspect && n == want[i] {
			continue // each row has its entries, and there are no others
		}
		if err := v.strays(tx, k, x); err != nil {
			return err
		}
	}
	return nil
}

func (v *survey) entriesIn(tx *bolt.Tx, bucket []byte) (n int, err error) {
	c := tx.Bucket(bucket).Cursor()
	for k, _ := c.First(); k != nil && err == nil; k, _ = c.Next() {
		n++
		err = v.pace.step()
	}
	return n, err
}

// strays finds the entries that their row doesn't want. Those of a damaged row
// stay.
func (v *survey) strays(tx *bolt.Tx, k kind, x leading) error {
	rows := tx.Bucket(k.rows)
	return tx.Bucket(x.name).ForEach(func(key, value []byte) error {
		to := x.row(key, value)
		for _, m := range v.moved {
			if bytes.Equal(m.bucket, k.rows) && bytes.Equal(m.to, to) {
				to = m.from
			}
		}
		if err := v.pace.step(); err != nil {
			return err
		}
		if wants, known := k.wants(to, rows.Get(to), lead{x.index, key, value}); !wants && known {
			v.stray = append(v.stray, lead{x.index, bytes.Clone(key), bytes.Clone(value)})
		}
		return nil
	})
}

// wants reports whether a row has to have an entry; of a damaged row nobody knows.
func (k kind) wants(key, row []byte, entry lead) (wants, known bool) {
	if row == nil {
		return false, true
	}
	_, leads, err := k.read(key, row)
	return slices.ContainsFunc(leads, func(l lead) bool {
		return bytes.Equal(l.in.name, entry.in.name) && bytes.Equal(l.key, entry.key) && bytes.Equal(l.value, entry.value)
	}), err == nil
}

// wanted is wants of the row that an entry leads to now: it may have changed since it
// was looked at.
func wanted(tx *bolt.Tx, kinds []kind, entry lead) (wants, known bool) {
	for _, k := range kinds {
		for _, x := range k.indexes {
			if bytes.Equal(x.name, entry.in.name) {
				to := x.row(entry.key, entry.value)
				return k.wants(to, tx.Bucket(k.rows).Get(to), entry)
			}
		}
	}
	return false, false
}

// mend makes the indexes what the rows say, as they are now. It returns what it did, a
// sentence each.
func (v *survey) mend(tx *bolt.Tx, name string) (said []string, err error) {
	kinds := kindsOf(name)
	for _, m := range v.moved {
		if err := m.mend(tx, kinds); err != nil {
			return nil, err
		}
	}
	for _, l := range v.stray {
		if wants, known := wanted(tx, kinds, l); wants || !known {
			continue
		}
		if err := l.in.delete(tx, l.key); err != nil {
			return nil, err
		}
	}
	for _, l := range v.missing {
		if wants, known := wanted(tx, kinds, l); !wants || !known {
			continue
		}
		if err := l.in.put(tx, l.key, l.value); err != nil {
			return nil, err
		}
	}
	for _, x := range v.counts {
		n, err := (&survey{}).entriesIn(tx, x.name)
		if err == nil {
			err = tx.Bucket(x.name).SetSequence(uint64(n))
		}
		if err != nil {
			return nil, err
		}
	}
	return []string{fmt.Sprintf("An index in %s was damaged and was made anew of what it leads to (%s); nothing is lost.",
		name, counted(len(v.moved)+len(v.counts)+max(len(v.stray), len(v.missing)), "entry", "entries"))}, nil
}

// mend puts a row under its own key. Where another stands there, both say that they
// are the same: the one in its place counts.
func (m move) mend(tx *bolt.Tx, kinds []kind) error {
	b := tx.Bucket(m.bucket)
	row := bytes.Clone(b.Get(m.from))
	if row == nil || b.Get(m.to) != nil {
		return nil
	}
	for _, k := range kinds {
		if !bytes.Equal(k.rows, m.bucket) {
			continue
		}
		if own, _, err := k.read(m.from, row); err != nil || !bytes.Equal(own, m.to) {
			return nil // it has changed since
		}
	}
	if err := b.Put(m.to, row); err != nil {
		return err
	}
	return b.Delete(m.from)
}

// surveyed looks at every value of a file that was just opened, and mends its
// indexes.
func (s *Store) surveyed(db *bolt.DB, path string) error {
	name := filepath.Base(path)
	var v *survey
	err := db.View(func(tx *bolt.Tx) (err error) {
		v, err = look(tx, kindsOf(name))
		return err
	})
	if err != nil {
		return err
	}
	s.keep(name, v)
	if v.sound() {
		return nil
	}
	return db.Update(func(tx *bolt.Tx) error {
		said, err := v.mend(tx, name)
		s.notices = append(s.notices, said...)
		return err
	})
}

// keep remembers what a look at a file found.
func (s *Store) keep(name string, v *survey) {
	s.seeing.Lock()
	defer s.seeing.Unlock()
	s.damages = append(slices.DeleteFunc(s.damages, func(d health.Damage) bool { return d.File == name }), v.damagesIn(name)...)
}

// damagesIn names the file of what was found in it.
func (v *survey) damagesIn(name string) []health.Damage {
	for i := range v.damages {
		v.damages[i].File = name
	}
	return v.damages
}

// Damages names the values that can't be read any more: those that the last look
// found, and a new look is taken where one was met since.
//
// While a large file is examined behind the back of those who use it, what that has
// not come to is not named yet.
func (s *Store) Damages(ctx context.Context) ([]health.Damage, error) {
	for name, db := range s.files() {
		if db.suspect.CompareAndSwap(true, false) {
			if err := s.lookAgain(ctx, name, db); err != nil {
				return nil, err
			}
		}
	}
	s.seeing.Lock()
	defer s.seeing.Unlock()
	return slices.Clone(s.damages), nil
}

// Survey looks at every value of both files, and names those that can't be read.
func (s *Store) Survey(ctx context.Context) ([]health.Damage, error) {
	for _, db := range s.files() {
		if err := db.broken.Load(); err != nil {
			return nil, err
		}
		db.suspect.Store(true)
	}
	return s.Damages(ctx)
}

func (s *Store) files() map[string]*file {
	return map[string]*file{"sting.db": s.db, "tape.db": s.tape}
}

func (s *Store) lookAgain(ctx context.Context, name string, db *file) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return view(db, func(tx *bolt.Tx) error {
		v, err := look(tx, kindsOf(name))
		if err == nil {
			s.keep(name, v)
		}
		return err
	})
}

// DropDamaged removes the values that can't be read, with what leads to them, and
// says how many there were. An address that led to one is free again.
func (s *Store) DropDamaged(ctx context.Context) (n int, err error) {
	for name, db := range s.files() {
		rows := 0
		err := write(ctx, db, func(tx *bolt.Tx) error {
			v, err := look(tx, kindsOf(name))
			if err != nil {
				return err
			}
			rows = len(v.rows)
			for _, l := range v.rows {
				if err := l.in.delete(tx, l.key); err != nil {
					return err
				}
			}
			if v, err = look(tx, kindsOf(name)); err != nil {
				return err
			}
			_, err = v.mend(tx, name)
			return err
		})
		if err != nil {
			return n, err
		}
		n += rows
		db.suspect.Store(true)
	}
	_, err = s.Damages(ctx)
	return n, err
}
