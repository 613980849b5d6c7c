package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sting/backend/identity"
	"sting/backend/mail"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/tape"
)

// listen takes down what a person is told.
func (c *child) listen() {
	damages, err := c.s.Damages(context.Background())
	if err != nil {
		c.wrong("what is damaged can't be told: %v", err)
	}
	said := c.s.Notices()
	for _, d := range damages {
		if d.Fix == "" || d.ID == "" {
			c.wrong("%v says too little", d)
		}
		said = append(said, d.String())
	}
	c.named = strings.Join(said, "\n")
}

// expect holds what was found against what was written. A thing that isn't found
// has to be named, and the error has to say that it is damaged.
func (c *child) expect(what, id string, err error, got, want any) {
	switch {
	case err == nil:
		g, _ := json.Marshal(got)
		w, _ := json.Marshal(want)
		if !bytes.Equal(g, w) {
			c.wrong("%s %s is %s, want %s", what, id, g, w)
		}
	case strings.Contains(c.named, "may be lost"):
	case !errors.Is(err, store.ErrDamagedRecord):
		c.wrong("%s %s: %v", what, id, err)
	case !strings.Contains(c.named, id):
		c.wrong("%s %s can't be read, and nobody says so", what, id)
	}
}

func (c *child) read(w truth) {
	ctx := context.Background()
	for _, p := range w.People {
		got, err := c.s.Identity(ctx, p.ID)
		c.expect("the account", string(p.ID), err, got, p)
		got, err = c.s.IdentityByIdentifier(ctx, p.Identifiers[0])
		c.expect("by address the account", string(p.ID), err, got, p)
		got, err = c.s.IdentityByUserHandle(ctx, p.UserHandle)
		c.expect("by handle the account", string(p.ID), err, got, p)
	}
	for _, k := range w.Passkeys {
		got, err := c.s.Credential(ctx, k.ID)
		c.expect("the passkey", k.ID, err, key(got), key(k))
		got, err = c.s.CredentialByCredentialID(ctx, k.CredentialID)
		c.expect("by its own id the passkey", k.ID, err, key(got), key(k))
		list, err := c.s.CredentialsOf(ctx, k.IdentityID)
		if n, damaged := c.s.DamagedOf(ctx, k.IdentityID); err != nil || damaged != nil || len(list)+n != 1 {
			c.wrong("%s has %d passkeys and %d damaged ones: %v, %v", k.IdentityID, len(list), n, err, damaged)
		}
	}
	for _, v := range w.Sessions {
		got, err := c.s.Session(ctx, v.ID)
		c.expect("the session", string(v.ID), err, got, v)
		got, err = c.s.SessionByToken(ctx, session.KindPasskey, v.PasskeyToken)
		c.expect("by its token the session", string(v.ID), err, got, v)
	}
	c.lists(w)
	if _, err := os.Stat(filepath.Join(c.home, "tape.db.damaged")); err != nil { // it was begun anew, and that was said
		c.readTape(w)
	}
}

func key(c passkey.Credential) []any { return []any{c.ID, c.CredentialID, c.IdentityID, c.PublicKey} }

// lists looks whether what can be read is in the lists too.
func (c *child) lists(w truth) {
	ctx := context.Background()
	people, err := c.s.Identities(ctx, "", 1<<20)
	have := make(map[string]bool)
	for _, p := range people {
		have[string(p.ID)] = true
	}
	keys, err2 := c.s.Credentials(ctx, "", 1<<20)
	for _, k := range keys {
		have[k.ID] = true
	}
	sessions, err3 := c.s.Sessions(ctx, "", 1<<20)
	for _, v := range sessions {
		have[string(v.ID)] = true
	}
	if err := errors.Join(err, err2, err3); err != nil {
		c.wrong("a list: %v", err)
	}
	for i := range w.People {
		for _, id := range []string{string(w.People[i].ID), w.Passkeys[i].ID, string(w.Sessions[i].ID)} {
			if !have[id] && !strings.Contains(c.named, id) && !strings.Contains(c.named, "may be lost") {
				c.wrong("%s is in no list, and nobody says so", id)
			}
		}
	}
}

func (c *child) readTape(w truth) {
	ctx := context.Background()
	for _, m := range w.Mails {
		got, err := c.s.Mail(ctx, m.ID)
		c.told("the mail", m.ID, err, got, m)
		if _, err := c.s.MailSource(ctx, m.ID); err != nil {
			c.told("the source of the mail", m.ID, err, nil, nil)
		}
	}
	_ = c.s.EachMail(ctx, func(m mail.Mail, text func() string) bool {
		if strings.HasPrefix(m.ID, "mail-") && text() != "text" && !strings.Contains(c.named, "mail") {
			c.wrong("the text of the mail %s is %q, and nobody says so", m.ID, text())
		}
		return true
	})
	for _, r := range w.Records {
		got, err := c.s.Record(ctx, r.ID)
		c.told("the record", r.ID, err, got, r)
	}
}

// told is expect for what has no id that a list shows: something has to be said.
func (c *child) told(what, id string, err error, got, want any) {
	if err == nil || !strings.Contains(c.named, "can't be read") {
		c.expect(what, id, err, got, want)
	}
}

// write does what people do next. Everything has to work, but for what is named.
func (c *child) write(w truth) {
	ctx := context.Background()
	for i, p := range w.People {
		again := identity.New(start(), "default", p.Traits, p.Identifiers[0])
		if err := c.s.CreateIdentity(ctx, again); !errors.Is(err, identity.ErrEmailTaken) && !errors.Is(err, store.ErrDamagedRecord) &&
			!strings.Contains(c.named, "may be lost") {
			c.wrong("a second account for %s: %v", p.Identifiers[0], err)
		}
		v, _ := newSession(p.ID)
		_, err := c.s.Grant(ctx, w.Passkeys[i].ID, func(c *passkey.Credential) error { c.SignCount++; return nil }, v)
		if err != nil {
			c.expect("the sign-in with", w.Passkeys[i].ID, err, nil, nil)
		}
	}
	for i := range 30 {
		name := identity.New(start(), "default", []byte(`{}`), fmt.Sprintf("new-%d-%s", i, identity.ID(w.People[i].ID)))
		name.Identifiers = nil // the second run registers them again
		err := errors.Join(
			c.s.CreateIdentity(ctx, name),
			c.s.PutRecords(ctx, []tape.Record{{ID: fmt.Sprintf("z-%d", i)}}, tape.Bounds{Count: 1000, Bytes: 1 << 30}),
			c.s.PutCeremony(ctx, ceremony(fmt.Sprint("new", i), "browser", 0)),
		)
		_, mailed := c.s.AddMail(ctx, mail.Mail{ID: fmt.Sprintf("new-%d", i)}, []byte("source"), "text", mail.Bounds{Count: 1000, Bytes: 1 << 30})
		if err := errors.Join(err, mailed); err != nil {
			c.wrong("a write: %v", err)
		}
	}
	c.listen()
	c.read(w)
}
