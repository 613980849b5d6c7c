package admintest

import (
	"context"

	"sting/backend/api"
	"sting/backend/fault"
)

// Ceremony finds a record of the tape.
func (d *Door) Ceremony(_ context.Context, id string) (api.Ceremony, error) {
	if err := d.called("Ceremony", id); err != nil {
		return api.Ceremony{}, err
	}
	for _, s := range d.Tape {
		if s.ID == id {
			return api.Ceremony{CeremonySummary: s, Ignored: []string{}, Differs: []string{}}, nil
		}
	}
	return api.Ceremony{}, fault.ErrNotFound
}

// PasskeyDetails finds a credential.
func (d *Door) PasskeyDetails(_ context.Context, id string) (api.PasskeyDetails, error) {
	if err := d.called("PasskeyDetails", id); err != nil {
		return api.PasskeyDetails{}, err
	}
	for _, k := range d.Keys {
		if k.ID == id {
			return api.PasskeyDetails{OwnedPasskey: k, Uses: []api.PasskeyUse{}, Warnings: []string{}, Ceremonies: []string{}}, nil
		}
	}
	return api.PasskeyDetails{}, fault.ErrNotFound
}
