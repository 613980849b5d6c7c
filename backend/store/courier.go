package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	bolt "go.etcd.io/bbolt"

	"sting/backend/mail/courier"
)

var _ courier.Store = (*Store)(nil)

var (
	messages = table[courier.Message]{name: []byte("messages"), missing: courier.ErrNoMessage} // by number of arrival
	// id -> number of arrival; its sequence counts them
	messageIDs     = index{name: []byte("message_ids")}
	messageWaiting = index{name: []byte("messages_waiting")} // number of arrival -> nothing
)

// CreateMessage implements courier.Store.
func (s *Store) CreateMessage(ctx context.Context, m courier.Message, keep int) error {
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		n, err := tx.Bucket(messages.name).NextSequence()
		if err != nil {
			return err
		}
		if err := boundMessages(tx, max(1, keep)); err != nil {
			return err
		}
		key := binary.BigEndian.AppendUint64(nil, n)
		if err := messageIDs.put(tx, []byte(m.ID), key); err != nil {
			return err
		}
		ids := tx.Bucket(messageIDs.name)
		if err := ids.SetSequence(ids.Sequence() + 1); err != nil {
			return err
		}
		return putMessage(tx, key, m)
	})
}

func waiting(m courier.Message) bool {
	return m.Status == courier.Queued || m.Status == courier.Processing
}

func putMessage(tx *bolt.Tx, key []byte, m courier.Message) error {
	var err error
	if waiting(m) {
		err = messageWaiting.put(tx, key, []byte{})
	} else {
		err = messageWaiting.delete(tx, key)
	}
	if err != nil {
		return err
	}
	return messages.put(tx, key, m)
}

// boundMessages makes room for one more: what has ended goes first.
func boundMessages(tx *bolt.Tx, keep int) error {
	ids := tx.Bucket(messageIDs.name)
	for int(ids.Sequence()) >= keep {
		c := tx.Bucket(messages.name).Cursor()
		k, v := c.First()
		for ; k != nil && tx.Bucket(messageWaiting.name).Get(k) != nil; k, v = c.Next() {
		}
		if k == nil {
			k, v = c.First()
		}
		if k == nil {
			return ids.SetSequence(0)
		}
		key := bytes.Clone(k)
		if m, err := messages.decode(k, v); err == nil {
			if err := messageIDs.delete(tx, []byte(m.ID)); err != nil {
				return err
			}
		}
		if err := messageWaiting.delete(tx, key); err != nil {
			return err
		}
		if err := messages.delete(tx, key); err != nil {
			return err
		}
		if err := ids.SetSequence(ids.Sequence() - 1); err != nil {
			return err
		}
	}
	return nil
}

// Message implements courier.Store.
func (s *Store) Message(_ context.Context, id string) (m courier.Message, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		m, _, err = messageByID(tx, id)
		return err
	})
	return m, err
}

func messageByID(tx *bolt.Tx, id string) (m courier.Message, key []byte, err error) {
	key = bytes.Clone(messageIDs.get(tx, []byte(id)))
	if key == nil {
		return m, nil, courier.ErrNoMessage
	}
	m, err = messages.get(tx, key)
	return m, key, err
}

// Messages implements courier.Store.
func (s *Store) Messages(_ context.Context, after string, limit int, status, recipient string) (list []courier.Message, total int,
	err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		list, total = nil, 0
		var behind []byte
		if after != "" {
			if behind = messageIDs.get(tx, []byte(after)); behind == nil {
				return courier.ErrNoMessage
			}
		}
		c := tx.Bucket(messages.name).Cursor()
		for k, v := c.Last(); k != nil; k, v = c.Prev() {
			m, err := messages.decode(k, v)
			if err != nil || status != "" && m.Status != status || recipient != "" && m.To != recipient {
				continue // one damaged record must not hide the others
			}
			total++
			if len(list) < limit && (behind == nil || bytes.Compare(k, behind) < 0) {
				list = append(list, m)
			}
		}
		return nil
	})
	return list, total, err
}

// UpdateMessage implements courier.Store.
func (s *Store) UpdateMessage(ctx context.Context, id string, change func(*courier.Message) error) (m courier.Message, err error) {
	err = write(ctx, s.tape, func(tx *bolt.Tx) error {
		var key []byte
		if m, key, err = messageByID(tx, id); err != nil {
			return err
		}
		if err := change(&m); err != nil {
			return err
		}
		return putMessage(tx, key, m)
	})
	return m, err
}

// ForgetMessages removes the messages to somebody who never was, whatever became of
// them.
func (s *Store) ForgetMessages(ctx context.Context, recipient string) error {
	return write(ctx, s.tape, func(tx *bolt.Tx) error {
		var keys [][]byte
		var ids []string
		c := tx.Bucket(messages.name).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if m, err := messages.decode(k, v); err == nil && m.To == recipient {
				keys, ids = append(keys, bytes.Clone(k)), append(ids, m.ID)
			}
		}
		for n, key := range keys {
			err := errors.Join(messageIDs.delete(tx, []byte(ids[n])), messageWaiting.delete(tx, key), messages.delete(tx, key))
			if err != nil {
				return err
			}
		}
		counted := tx.Bucket(messageIDs.name)
		return counted.SetSequence(counted.Sequence() - min(counted.Sequence(), uint64(len(keys))))
	})
}

// WaitingMessages implements courier.Store.
func (s *Store) WaitingMessages(context.Context) (list []courier.Message, err error) {
	err = view(s.tape, func(tx *bolt.Tx) error {
		list = nil
		return messageWaiting.under(tx, nil, func(key, _ []byte) error {
			if m, err := messages.get(tx, key); err == nil { // a damaged one can't be sent
				list = append(list, m)
			}
			return nil
		})
	})
	return list, err
}
