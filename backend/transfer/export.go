package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
)

// exportFormat is the first and only one.
const exportFormat = "sting-export/1"

// Export implements admin.State.
func (d *Data) Export(ctx context.Context, format string) (json.RawMessage, error) {
	switch format {
	case "", "sting":
		return d.export(ctx)
	case "kratos":
		return d.exportForKratos(ctx)
	}
	return nil, fault.ErrInvalidField.In("format").Saying("There is no format %q.", format).Hinting("Use sting or kratos.")
}

func (d *Data) export(ctx context.Context) (json.RawMessage, error) {
	out := api.Export{
		Format: exportFormat, Version: d.Version, TakenAt: d.Now().Format(time.RFC3339),
		Identities: []json.RawMessage{}, Credentials: []json.RawMessage{}, Sessions: []json.RawMessage{},
	}
	err := errors.Join(
		all(func(after string, n int) ([]identity.Identity, error) {
			return d.Store.Identities(ctx, identity.ID(after), n)
		}, func(i identity.Identity) string { return string(i.ID) }, into[identity.Identity](&out.Identities)),
		all(func(after string, n int) ([]passkey.Credential, error) { return d.Store.Credentials(ctx, after, n) },
			func(c passkey.Credential) string { return c.ID }, into[passkey.Credential](&out.Credentials)),
		all(func(after string, n int) ([]session.Session, error) {
			return d.Store.Sessions(ctx, session.ID(after), n)
		}, func(v session.Session) string { return string(v.ID) }, into[session.Session](&out.Sessions)),
	)
	if err != nil {
		return nil, err
	}
	if out.Damaged, err = d.missing(ctx); err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// missing names what a copy of the data doesn't hold, since it can't be read.
func (d *Data) missing(ctx context.Context) (list []api.Damaged, err error) {
	damages, err := d.Store.Damages(ctx)
	for _, d := range damages {
		if d.File == "sting.db" {
			list = append(list, admin.Damaged(d))
		}
	}
	return list, err
}

func into[T any](list *[]json.RawMessage) func(T) error {
	return func(v T) error {
		raw, err := json.Marshal(v)
		*list = append(*list, raw)
		return err
	}
}

// kratosIdentity is a person as the import of Ory Kratos reads them: POST
// /admin/identities, one body each.
type kratosIdentity struct {
	SchemaID    string              `json:"schema_id"`
	State       string              `json:"state"`
	Traits      json.RawMessage     `json:"traits"`
	Public      json.RawMessage     `json:"metadata_public,omitempty"`
	Admin       json.RawMessage     `json:"metadata_admin,omitempty"`
	Credentials *kratosCredentials  `json:"credentials,omitempty"`
	Addresses   []verifiableAddress `json:"verifiable_addresses,omitempty"`
}

type kratosCredentials struct {
	Password struct {
		Config struct {
			Hash string `json:"hashed_password"`
		} `json:"config"`
	} `json:"password"`
}

type verifiableAddress struct {
	Value    string `json:"value"`
	Via      string `json:"via"`
	Verified bool   `json:"verified"`
	Status   string `json:"status"`
}

func (d *Data) exportForKratos(ctx context.Context) (json.RawMessage, error) {
	list := []kratosIdentity{}
	err := all(func(after string, n int) ([]identity.Identity, error) {
		return d.Store.Identities(ctx, identity.ID(after), n)
	}, func(i identity.Identity) string { return string(i.ID) }, func(i identity.Identity) error {
		k := kratosIdentity{SchemaID: i.SchemaID, State: string(i.State), Traits: i.Traits, Public: i.MetadataPublic, Admin: i.MetadataAdmin}
		if i.Password != nil {
			k.Credentials = &kratosCredentials{}
			k.Credentials.Password.Config.Hash = i.Password.Hash
		}
		for _, a := range i.Addresses {
			if a.Verify {
				k.Addresses = append(k.Addresses, verifiableAddress{a.Value, a.Via, a.Verified, a.Status})
			}
		}
		list = append(list, k)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(list)
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
