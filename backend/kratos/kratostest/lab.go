// Package kratostest says what "compatible with Ory Kratos" means: one suite,
// written against kratos-client-go and plain HTTP, that runs on the embedded
// provider always and on a real Kratos when somebody gives one.
//
// Its one invariant: the suite knows nothing of the provider's inside; whatever
// it can't see over HTTP or in a mail it doesn't test.
package kratostest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/kratos/idp"
	"sting/backend/session"
	"sting/backend/store"
)

// Lab is an embedded provider on a real store, with a clock that can be moved
// and a letter box instead of a courier.
type Lab struct {
	Provider *idp.Provider
	Store    *store.Store
	Clock    *clock.Clock
	Mails    *LetterBox

	mu     sync.Mutex
	config idp.Config
	policy session.Policy
}

// Open opens a lab in a folder. Hashes cost next to nothing.
func Open(dir string) (*Lab, error) {
	st, err := store.Open(dir, store.Options{NoSync: true})
	if err != nil {
		return nil, err
	}
	schema, err := idp.ParseSchema("default", config.DefaultSchema())
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	secret, err := st.Secret(context.Background(), "kratos")
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	l := &Lab{
		Store: st, Clock: clock.New(nil), Mails: &LetterBox{},
		config: idp.Config{Site: "https://localhost:8443", BaseURL: "https://localhost:8443/.ory"},
		policy: session.Policy{Lifespan: 24 * time.Hour, PrivilegedAge: 15 * time.Minute},
	}
	bus := &events.Bus{}
	l.Provider = &idp.Provider{
		Store: st, Identities: st, Bus: bus, Now: l.Clock.Now, Secret: secret,
		Courier: l.Mails, Outbox: l.Mails, Hasher: idp.NewHasher(idp.TestCost()),
		Sessions: &session.Sessions{Store: st, Now: l.Clock.Now, Policy: l.Policy, Bus: bus},
		Schema:   func() *idp.Schema { return schema }, Config: l.Config,
	}
	return l, nil
}

// New opens a lab that ends with the test. Its files are checked then.
func New(t testing.TB) *Lab {
	t.Helper()
	l, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(l.Store.Check(), l.Store.Close()); err != nil {
			t.Errorf("store: %v", err)
		}
	})
	return l
}

// Config returns the configuration as it stands.
func (l *Lab) Config() idp.Config {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.config
}

// Policy returns how long sessions live.
func (l *Lab) Policy() session.Policy {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.policy
}

// Configure changes the configuration while the lab runs.
func (l *Lab) Configure(change func(*idp.Config, *session.Policy)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.config, &l.policy)
}

// LetterBox takes mails and keeps them. The zero value is empty.
type LetterBox struct {
	mu    sync.Mutex
	mails []kept
}

type kept struct {
	id   string
	mail idp.Mail
}

var (
	_ idp.Courier = (*LetterBox)(nil)
	_ idp.Outbox  = (*LetterBox)(nil)
)

// Queue implements idp.Courier.
func (b *LetterBox) Queue(_ context.Context, m idp.Mail) error {
	id := make([]byte, 16)
	rand.Read(id)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = append(b.mails, kept{id: fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]), mail: m})
	return nil
}

// To lists the mails to an address, the latest last.
func (b *LetterBox) To(address string) []idp.Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []idp.Mail
	for _, k := range b.mails {
		if k.mail.To == address {
			out = append(out, k.mail)
		}
	}
	return out
}

func (k kept) message() idp.Message {
	m := k.mail
	return idp.Message{
		ID: k.id, Status: "sent", Recipient: m.To, Subject: m.Subject, Body: m.Text, Template: m.Template, SendCount: 1,
		CreatedAt: m.At, UpdatedAt: m.At, Tries: []idp.Try{{ID: k.id, At: m.At}},
	}
}

// Messages implements idp.Outbox.
func (b *LetterBox) Messages(_ context.Context, after string, limit int, status, recipient string) ([]idp.Message, int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []idp.Message
	total, behind := 0, after == ""
	for i := len(b.mails) - 1; i >= 0; i-- {
		m := b.mails[i].message()
		if status != "" && status != m.Status || recipient != "" && recipient != m.Recipient {
			continue
		}
		total++
		if behind && len(out) < limit {
			out = append(out, m)
		}
		behind = behind || m.ID == after
	}
	return out, total, nil
}

// Message implements idp.Outbox.
func (b *LetterBox) Message(_ context.Context, id string) (idp.Message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range b.mails {
		if k.id == id {
			return k.message(), nil
		}
	}
	return idp.Message{}, idp.ErrNoMessage
}
