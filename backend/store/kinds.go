package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/health"
	"sting/backend/identity"
	"sting/backend/kratos/idp"
	"sting/backend/mail"
	"sting/backend/mail/courier"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/tape"
)

// The words for what a file holds, as a person calls it.
const (
	Account = "account"
	Passkey = "passkey"
	// Registration is what the registration of a passkey said; without it the passkey works.
	Registration = "registration of a passkey"
	Session      = "session"
	Mail         = "mail"
	Record       = "ceremony"
)

// kindsOf lists what is in a file, and which indexes lead to it.
func kindsOf(name string) []kind {
	if name == "tape.db" {
		return tapeKinds()
	}
	return durableKinds()
}

func durableKinds() []kind {
	return []kind{
		kindOf(Account, identities, func(i identity.Identity) []byte { return []byte(i.ID) }, leadsToIdentity,
			leading{identifiers, leadsToValue}, leading{userHandles, leadsToValue},
			leading{peopleNewest, leadsBehindMoment}, leading{peopleNames, leadsBehindNUL}, leading{peopleWords, leadsBehindNUL}),
		kindOf(Passkey, credentials, func(c passkey.Credential) []byte { return []byte(c.ID) }, leadsToCredential,
			leading{credentialIDs, leadsToValue}, leading{credentialsOf, leadsBehindNUL},
			leading{passkeysNewest, leadsBehindMoment}, leading{passkeysNames, leadsBehindNUL}, leading{passkeysWords, leadsBehindNUL}),
		kindOf(Registration, registrations, func(g registration) []byte { return []byte(g.ID) }, nil),
		kindOf(Session, sessions, func(v session.Session) []byte { return []byte(v.ID) }, leadsToSession,
			leading{sessionTokens, leadsToValue}, leading{sessionsOf, leadsBehindNUL}, leading{sessionsNewest, leadsBehindMoment}),
		kindOf("code", codes, func(c idp.Code) []byte { return []byte(c.FlowID) }, leadsToCode, leading{codesByAge, leadsBehindAge}),
		kindOf("count of guesses", guesses, nil, nil),
		kindOf("setting", settings, nil, nil),
	}
}

func tapeKinds() []kind {
	return []kind{
		kindOf("open ceremony", ceremonies, func(c passkey.Ceremony) []byte { return []byte(c.ID) }, nil),
		kindOf(Record, records, func(r tape.Record) []byte { return []byte(r.ID) }, nil),
		kindOf("flow", flows, func(f idp.Flow) []byte { return flowKey(f.Kind, f.ID) }, nil),
		kindOf(Mail, mails, nil, func(key []byte, m mail.Mail) []lead { return []lead{{mailIDs, []byte(m.ID), key}} },
			leading{mailIDs, leadsToValue}),
		kindOfBlobs("text of a mail", mailTexts),
		kindOfBlobs("source of a mail", mailSources),
		kindOf("watched passkey", watchedKeys, nil, nil),
		kindOf("message", messages, nil, leadsToMessage, leading{messageIDs, leadsToValue}, leading{messageWaiting, leadsToKey}),
		kindOf("setting", settings, nil, nil),
	}
}

func leadsToValue(_, value []byte) []byte { return value }

func leadsToKey(key, _ []byte) []byte { return key }

func leadsBehindNUL(key, _ []byte) []byte {
	_, rest, _ := bytes.Cut(key, []byte{0})
	return rest
}

func leadsBehindAge(key, _ []byte) []byte { return key[min(8, len(key)):] }

func leadsToIdentity(key []byte, i identity.Identity) []lead {
	leads := append(listLeadsOfIdentity(i), lead{userHandles, i.UserHandle, key})
	for _, name := range i.Identifiers {
		leads = append(leads, lead{identifiers, []byte(name), key})
	}
	return leads
}

func leadsToCredential(key []byte, c passkey.Credential) []lead {
	return append(listLeadsOfCredential(c), lead{credentialIDs, c.CredentialID, key},
		lead{credentialsOf, join([]byte(c.IdentityID), key), []byte{}})
}

func leadsToSession(key []byte, v session.Session) []lead {
	leads := append(listLeadsOfSession(v), lead{sessionsOf, join([]byte(v.IdentityID), key), []byte{}})
	for k, hash := range tokensOf(v) {
		leads = append(leads, lead{sessionTokens, join([]byte(k), hash), key})
	}
	return leads
}

func leadsToCode(key []byte, c idp.Code) []lead {
	return []lead{{codesByAge, append(age(c.IssuedAt), key...), []byte{}}}
}

func leadsToMessage(key []byte, m courier.Message) []lead {
	leads := []lead{{messageIDs, []byte(m.ID), key}}
	if waiting(m) {
		leads = append(leads, lead{messageWaiting, key, []byte{}})
	}
	return leads
}

// damaged names a row that can't be read: what still leads to it tells whose it is.
func (v *survey) damaged(tx *bolt.Tx, k kind, key []byte, err error) {
	why := err.Error()
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Err != nil {
		why = f.Err.Error()
	}
	v.rows = append(v.rows, lead{in: index{name: k.rows}, key: key})
	v.damages = append(v.damages, health.Damage{
		What: k.what, ID: shownKey(key), Whose: whose(tx, k.what, key), Why: why,
		Fix: "Put a snapshot back: `sting snapshot list`. Without one, `sting doctor --fix " + CheckRecords +
			"` takes a snapshot as it is and removes what is damaged.",
	})
}

func shownKey(key []byte) string {
	if utf8.Valid(key) && !bytes.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return string(key)
	}
	return hex.EncodeToString(key)
}

// whose finds the address of the person whom a row belongs to, by the indexes.
func whose(tx *bolt.Tx, what string, key []byte) string {
	of := map[string]index{Passkey: credentialsOf, Registration: credentialsOf, Session: sessionsOf}
	person := key
	if x, owned := of[what]; owned {
		person = nil
		_ = tx.Bucket(x.name).ForEach(func(k, _ []byte) error {
			if owner, id, _ := bytes.Cut(k, []byte{0}); bytes.Equal(id, key) {
				person = bytes.Clone(owner)
			}
			return nil
		})
	} else if what != Account {
		return ""
	}
	address := ""
	_ = tx.Bucket(identifiers.name).ForEach(func(name, id []byte) error {
		if address == "" && person != nil && bytes.Equal(id, person) {
			address = string(name)
		}
		return nil
	})
	return address
}
