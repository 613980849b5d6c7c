package store

import (
	"bytes"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"

	"sting/backend/identity"
	"sting/backend/session"
)

// mostRemembered bounds the rows that are remembered of one table.
const mostRemembered = 1024

// remembered are the last rows of a table that were read, decoded: a request looks at
// the same person and session several times. Each look reads the row of its own
// transaction, and what is remembered counts only while the bytes are the same: what
// was changed, revoked or damaged is never answered from memory.
type remembered[V any] struct {
	table table[V]
	clone func(V) V // shares nothing that can change

	mu   sync.Mutex
	rows map[string]decoded[V]
}

type decoded[V any] struct {
	row   []byte
	value V
}

func rememberedPeople() *remembered[identity.Identity] {
	return &remembered[identity.Identity]{table: identities, clone: clonePerson, rows: make(map[string]decoded[identity.Identity])}
}

func rememberedSessions() *remembered[session.Session] {
	return &remembered[session.Session]{table: sessions, clone: cloneSession, rows: make(map[string]decoded[session.Session])}
}

// get is what the table's get is.
func (m *remembered[V]) get(tx *bolt.Tx, key []byte) (v V, err error) {
	row := tx.Bucket(m.table.name).Get(key)
	if row == nil {
		return v, m.table.missing
	}
	m.mu.Lock()
	known, ok := m.rows[string(key)]
	m.mu.Unlock()
	if ok && bytes.Equal(known.row, row) {
		return m.clone(known.value), nil
	}
	if v, err = m.table.decode(key, row); err != nil {
		return v, err
	}
	m.keep(key, decoded[V]{bytes.Clone(row), m.clone(v)})
	return v, nil
}

func (m *remembered[V]) keep(key []byte, d decoded[V]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for old := range m.rows { // any one makes room: who is asked for again comes back
		if len(m.rows) < mostRemembered {
			break
		}
		delete(m.rows, old)
	}
	m.rows[string(key)] = d
}

func clonePerson(i identity.Identity) identity.Identity {
	i.Traits, i.Identifiers, i.UserHandle = bytes.Clone(i.Traits), slices.Clone(i.Identifiers), bytes.Clone(i.UserHandle)
	i.Addresses = slices.Clone(i.Addresses)
	i.MetadataPublic, i.MetadataAdmin = bytes.Clone(i.MetadataPublic), bytes.Clone(i.MetadataAdmin)
	if i.Password != nil {
		own := *i.Password
		i.Password = &own
	}
	return i
}

func cloneSession(v session.Session) session.Session {
	v.Methods = slices.Clone(v.Methods)
	v.PasskeyToken, v.KratosToken, v.EndedToken = bytes.Clone(v.PasskeyToken), bytes.Clone(v.KratosToken), bytes.Clone(v.EndedToken)
	return v
}
