package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
)

// coding makes bytes of the values of a table, and values of the bytes.
type coding[V any] struct {
	encode func(to *bytes.Buffer, v V) error
	decode func([]byte) (V, error)
}

var encoder, decoder = func() (cbor.UserBufferEncMode, cbor.DecMode) {
	e, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.UserBufferEncMode()
	if err != nil {
		panic(err)
	}
	d, err := cbor.DecOptions{}.DecMode()
	if err != nil {
		panic(err)
	}
	return e, d
}()

func inJSON[V any]() coding[V] {
	return coding[V]{
		encode: func(to *bytes.Buffer, v V) error {
			raw, err := json.Marshal(v)
			to.Write(raw)
			return err
		},
		decode: func(b []byte) (v V, err error) { return v, json.Unmarshal(b, &v) },
	}
}

// inCBOR is the coding of a row R that stands for V, with numbers in the place of
// names. A row of format 1 is JSON, whose "{" begins no row of CBOR, and is read too:
// snapshots and exports of that time are.
func inCBOR[V, R any](row func(V) R, value func(R) (V, error)) coding[V] {
	return coding[V]{
		encode: func(to *bytes.Buffer, v V) error { return encoder.MarshalToBuffer(row(v), to) },
		decode: func(b []byte) (v V, err error) {
			if ofFormat1(b) {
				return v, json.Unmarshal(b, &v)
			}
			var r R
			if err := decoder.Unmarshal(b, &r); err != nil {
				return v, err
			}
			return value(r)
		},
	}
}

func ofFormat1(row []byte) bool { return len(row) > 0 && row[0] == '{' }

// identityCoding, sessionCoding and the others say how the rows of sting.db stand in it.
func identityCoding() coding[identity.Identity] {
	return inCBOR(func(i identity.Identity) identityRow { return identityRow(i) },
		func(r identityRow) (identity.Identity, error) { return identity.Identity(r), nil })
}

func sessionCoding() coding[session.Session] {
	return inCBOR(func(v session.Session) sessionRow { return sessionRow(v) },
		func(r sessionRow) (session.Session, error) { return session.Session(r), nil })
}

func registrationCoding() coding[registration] {
	return inCBOR(func(g registration) registration { return g },
		func(g registration) (registration, error) { return g, nil })
}

func signInCoding() coding[signIn] {
	return inCBOR(func(v signIn) signIn { return v }, func(v signIn) (signIn, error) { return v, nil })
}

func ceremonyCoding() coding[passkey.Ceremony] {
	return inCBOR(func(c passkey.Ceremony) ceremonyRow { return ceremonyRow(c) },
		func(r ceremonyRow) (passkey.Ceremony, error) { return passkey.Ceremony(r), nil })
}

func tombstoneCoding() coding[tombstone] {
	return inCBOR(func(v tombstone) tombstone { return v }, func(v tombstone) (tombstone, error) { return v, nil })
}

// credentialCoding leaves out what the registration said.
func credentialCoding() coding[passkey.Credential] { return inCBOR(credentialToRow, credentialOfRow) }

func credentialToRow(c passkey.Credential) usedCredentialRow {
	return usedCredentialRow{credentialRow(c), packUses(c.Counters)}
}

func credentialOfRow(r usedCredentialRow) (c passkey.Credential, err error) {
	c = passkey.Credential(r.credentialRow)
	if c.Counters, err = unpackUses(r.Uses); err != nil {
		return c, fmt.Errorf("its uses: %w", err)
	}
	return c, nil
}
