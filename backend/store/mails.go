package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	bolt "go.etcd.io/bbolt"

	"sting/backend/mail"
)

var _ mail.Store = (*Store)(nil)

var (
	mails       = table[mail.Mail]{name: []byte("mails"), missing: mail.ErrNotFound} // by number of arrival
	mailTexts   = blobs{name: []byte("mail_texts"), missing: mail.ErrNotFound}
	mailSources = blobs{name: []byte("mail_sources"), missing: mail.ErrNotFound} // its sequence counts mails and bytes
	mailIDs     = index{name: []byte("mail_ids")}                                // id -> number of arrival
)

// blobs is a bucket of bytes, each behind a CRC-32C.
type blobs struct {
	name    []byte
	missing error
}

// pieceSize is how much of a blob stands in one value: bbolt writes a leaf anew as
// a whole, with every value on it, and wants pages in a row for it.
const pieceSize = 64 << 10

// pieceKey is where a piece stands: the first under the key itself, the others
// behind it, by their number.
func pieceKey(key []byte, n int) []byte {
	if n == 0 {
		return key
	}
	return binary.BigEndian.AppendUint32(bytes.Clone(key), uint32(n))
}

func (t blobs) put(tx *bolt.Tx, key, data []byte) error {
	for n := 0; n == 0 || len(data) > 0; n++ {
		piece := data[:min(len(data), pieceSize)]
		data = data[len(piece):]
		b := make([]byte, 4, 4+len(piece))
		binary.BigEndian.PutUint32(b, crc32.Checksum(piece, castagnoli))
		if err := tx.Bucket(t.name).Put(pieceKey(key, n), append(b, piece...)); err != nil {
			return err
		}
	}
	return nil
}

// each calls f with the pieces of a blob, in order, until it fails.
func (t blobs) each(tx *bolt.Tx, key []byte, f func(k, v []byte) error) error {
	c := tx.Bucket(t.name).Cursor()
	for k, v := c.Seek(key); k != nil && bytes.HasPrefix(k, key); k, v = c.Next() {
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

// size returns the bytes of a blob, 0 where there is none.
func (t blobs) size(tx *bolt.Tx, key []byte) (n int) {
	_ = t.each(tx, key, func(_, v []byte) error { n += max(0, len(v)-4); return nil })
	return n
}

func (t blobs) delete(tx *bolt.Tx, key []byte) error {
	var keys [][]byte
	if err := t.each(tx, key, func(k, _ []byte) error { keys = append(keys, bytes.Clone(k)); return nil }); err != nil {
		return err
	}
	for _, k := range keys {
		if err := tx.Bucket(t.name).Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// piece returns a copy of one piece; io.EOF behind the last.
func (t blobs) piece(tx *bolt.Tx, key []byte, n int) ([]byte, error) {
	k := pieceKey(key, n)
	b := tx.Bucket(t.name).Get(k)
	switch {
	case b == nil && n == 0:
		return nil, t.missing
	case b == nil:
		return nil, io.EOF
	}
	if err := t.whole(k, b); err != nil {
		return nil, err
	}
	return bytes.Clone(b[4:]), nil
}

// get returns a copy, which outlives the transaction.
func (t blobs) get(tx *bolt.Tx, key []byte) ([]byte, error) {
	all, n := make([]byte, 0, t.size(tx, key)), 0
	err := t.each(tx, key, func(k, v []byte) error {
		if !bytes.Equal(k, pieceKey(key, n)) {
			return ErrDamagedRecord.Because(fmt.Errorf("%s/%q: piece %d is missing", t.name, key, n))
		}
		n++
		if err := t.whole(k, v); err != nil {
			return err
		}
		all = append(all, v[4:]...)
		return nil
	})
	if err == nil && n == 0 {
		err = t.missing
	}
	return all, err
}

func (t blobs) whole(key, b []byte) error {
	if len(b) < 4 || binary.BigEndian.Uint32(b) != crc32.Checksum(b[4:], castagnoli) {
		return ErrDamagedRecord.Because(fmt.Errorf("%s/%q: checksum differs", t.name, key))
	}
	return nil
}

// AddMail implements mail.Store.
func (s *Store) AddMail(ctx context.Context, m mail.Mail, source []byte, text string, b mail.Bounds) (dropped []string, err error) {
	err = write(ctx, s.tape, func(tx *bolt.Tx) error {
		dropped = nil
		n, err := tx.Bucket(mails.name).NextSequence()
		if err != nil {
			return err
		}
		key := binary.BigEndian.AppendUint64(nil, n)
		if err := mails.put(tx, key, m); err != nil {
			return err
		}
		if err := mailIDs.put(tx, []byte(m.ID), key); err != nil {
			return err
		}
		if err := mailTexts.put(tx, key, []byte(text)); err != nil {
			return err
		}
		if err := mailSources.put(tx, key, source); err != nil {
			return err
		}
		if err := countRecords(tx.Bucket(mailSources.name), 1, len(source)+len(text)); err != nil {
			return err
		}
		dropped, err = boundMails(tx, key, b)
		return err
	})
	return dropped, err
}

// boundMails drops the oldest mails until the bounds hold, but never the newest.
func boundMails(tx *bolt.Tx, newest []byte, b mail.Bounds) (dropped []string, err error) {
	sources := tx.Bucket(mailSources.name)
	for {
		s := sources.Sequence()
		if int(s>>bytesBits) <= b.Count && int64(s&(1<<bytesBits-1)) <= b.Bytes {
			return dropped, nil
		}
		k, v := tx.Bucket(mails.name).Cursor().First()
		if k == nil || bytes.Equal(k, newest) {
			return dropped, nil
		}
		if m, err := mails.decode(k, v); err == nil {
			dropped = append(dropped, m.ID)
		}
		if err := dropMail(tx, bytes.Clone(k)); err != nil {
			return dropped, err
		}
	}
}

func dropMail(tx *bolt.Tx, key []byte) error {
	sources := tx.Bucket(mailSources.name)
	size := mailSources.size(tx, key) + mailTexts.size(tx, key)
	if err := countRecords(sources, -1, -size); err != nil {
		return err
	}
	if m, err := mails.get(tx, key); err == nil {
		if err := mailIDs.delete(tx, []byte(m.ID)); err != nil {
			return err
		}
	}
	return errors.Join(mails.delete(tx, key), mailTexts.delete(tx, key), mailSources.delete(tx, key))
}

// Mail implements mail.Store.
func (s *Store) Mail(_ context.Context, id string) (m mail.Mail, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		m, err = mailByID(tx, id)
		return err
	})
	return m, err
}

func mailByID(tx *bolt.Tx, id string) (mail.Mail, error) {
	key := mailIDs.get(tx, []byte(id))
	if key == nil {
		return mail.Mail{}, mail.ErrNotFound
	}
	return mails.get(tx, key)
}

// MailSource implements mail.Store.
func (s *Store) MailSource(_ context.Context, id string) (source []byte, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		key := mailIDs.get(tx, []byte(id))
		if key == nil {
			return mail.ErrNotFound
		}
		source, err = mailSources.get(tx, key)
		return err
	})
	return source, err
}

// MailPiece implements mail.Store.
func (s *Store) MailPiece(_ context.Context, id string, n int) (piece []byte, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		key := mailIDs.get(tx, []byte(id))
		if key == nil {
			return mail.ErrNotFound
		}
		piece, err = mailSources.piece(tx, key, n)
		if errors.Is(err, io.EOF) {
			return nil // no fault of the file's
		}
		return err
	})
	if err == nil && piece == nil {
		err = io.EOF
	}
	return piece, err
}

// EachMail implements mail.Store.
func (s *Store) EachMail(_ context.Context, f func(m mail.Mail, text func() string) bool) error {
	return view(s.tape, func(tx *bolt.Tx) error {
		c := tx.Bucket(mails.name).Cursor()
		for k, v := c.Last(); k != nil; k, v = c.Prev() {
			m, err := mails.decode(k, v)
			if err != nil {
				continue // one damaged record must not hide the others
			}
			text := func() string {
				b, err := mailTexts.get(tx, k)
				if err != nil {
					return ""
				}
				return string(b)
			}
			if !f(m, text) {
				return nil
			}
		}
		return nil
	})
}

// ChangeMails implements mail.Store.
func (s *Store) ChangeMails(ctx context.Context, ids []string, change func(*mail.Mail)) (n int, err error) {
	err = write(ctx, s.tape, func(tx *bolt.Tx) error {
		n = 0
		for _, id := range ids {
			key := bytes.Clone(mailIDs.get(tx, []byte(id)))
			m, err := mailByID(tx, id)
			if err != nil {
				continue // gone, or damaged: the others are changed
			}
			change(&m)
			if err := mails.put(tx, key, m); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// DeleteMails implements mail.Store.
func (s *Store) DeleteMails(ctx context.Context, ids []string) (n int, err error) {
	err = write(ctx, s.tape, func(tx *bolt.Tx) error {
		n = 0
		for _, id := range ids {
			key := bytes.Clone(mailIDs.get(tx, []byte(id)))
			if key == nil {
				continue
			}
			if err := dropMail(tx, key); err != nil {
				return err
			}
			if err := mailIDs.delete(tx, []byte(id)); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
