package admintest

import (
	"context"

	"sting/backend/api"
)

// Examine tells Health, finding by finding and whole.
func (d *Door) Examine(_ context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	if err := d.called("Examine", check); err != nil {
		return api.DoctorReport{}, err
	}
	for _, f := range d.Health.Findings {
		if found != nil {
			found(f)
		}
	}
	return d.Health, nil
}

// Repair answers with Mended.
func (d *Door) Repair(_ context.Context, check string) (api.DoctorReport, error) {
	return d.Mended, d.called("Repair", check)
}

// Browsers answers with Passports.
func (d *Door) Browsers(context.Context) ([]api.BrowserPassport, error) {
	return d.Passports, d.called("Browsers")
}
